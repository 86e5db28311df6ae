"""A streamer between those that have work and those that do it, which need not know of each other: a PULL, a PUSH and a proxy.
In Rust: streamer.rs.

    python streamer.py                          # all three in one terminal
    python streamer.py proxy  [sources] [sinks] # or each in its own
    python streamer.py source [endpoint]
    python streamer.py sink   [endpoint]
"""

import sys
import threading

import zmq

TASKS = 10


def proxy(context, sources, sinks):
    with context.socket(zmq.PULL) as frontend, context.socket(zmq.PUSH) as backend:
        frontend.bind(sources)
        print(f"listening on {frontend.last_endpoint.decode()}")
        backend.bind(sinks)
        print(f"listening on {backend.last_endpoint.decode()}")

        zmq.proxy(frontend, backend)


def source(context, endpoint):
    with context.socket(zmq.PUSH) as source:
        source.connect(endpoint)

        for task in range(TASKS):
            source.send_string(f"task {task}")


def sink(context, endpoint):
    with context.socket(zmq.PULL) as sink:
        sink.connect(endpoint)

        for _ in range(TASKS):
            print(f"received: {sink.recv_string()}")


def proxy_until_terminated(context):
    try:
        proxy(context, "inproc://sources", "inproc://sinks")
    except zmq.ContextTerminated:
        pass


def main():
    role, first, second = (sys.argv[1:] + [None] * 3)[:3]
    with zmq.Context() as context:
        if role == "proxy":
            proxy(context, first or "tcp://*:5559", second or "tcp://*:5560")
        elif role == "source":
            source(context, first or "tcp://localhost:5559")
        elif role == "sink":
            sink(context, first or "tcp://localhost:5560")
        else:
            threading.Thread(target=proxy_until_terminated, args=[context]).start()
            threading.Thread(target=source, args=[context, "inproc://sources"]).start()
            sink(context, "inproc://sinks")

            # The streamer waits for more. This ends it with an error that says so, and waits until it has.
            context.term()


main()

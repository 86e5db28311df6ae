"""A broker between REQ clients and REP workers, which need not know of each other: a ROUTER, a DEALER and a proxy.
In Rust: broker.rs.

    python broker.py                            # two clients and two workers, in one terminal
    python broker.py proxy  [clients] [workers] # or each in its own
    python broker.py client [endpoint] [name]
    python broker.py worker [endpoint]          # as many as you like; they run until they are stopped
"""

import sys
import threading

import zmq

REQUESTS = 3


def proxy(context, clients, workers):
    with context.socket(zmq.ROUTER) as frontend, context.socket(zmq.DEALER) as backend:
        frontend.bind(clients)
        print(f"listening on {frontend.last_endpoint.decode()}")
        backend.bind(workers)
        print(f"listening on {backend.last_endpoint.decode()}")

        zmq.proxy(frontend, backend)


def client(context, endpoint, name):
    with context.socket(zmq.REQ) as client:
        client.connect(endpoint)

        for request in range(REQUESTS):
            client.send_string(f"{name} {request}")
            print(f"reply: {client.recv_string()}")


def worker(context, endpoint):
    with context.socket(zmq.REP) as worker:
        worker.connect(endpoint)

        while True:
            request = worker.recv_string()
            print(f"request: {request}")
            worker.send_string(f"{request} is done")


def until_terminated(role, *args):
    try:
        role(*args)
    except zmq.ContextTerminated:
        pass


def main():
    role, first, second = (sys.argv[1:] + [None] * 3)[:3]
    with zmq.Context() as context:
        if role == "proxy":
            proxy(context, first or "tcp://*:5559", second or "tcp://*:5560")
        elif role == "client":
            client(context, first or "tcp://localhost:5559", second or "A")
        elif role == "worker":
            worker(context, first or "tcp://localhost:5560")
        else:
            endless = [
                [proxy, context, "inproc://clients", "inproc://workers"],
                [worker, context, "inproc://workers"],
                [worker, context, "inproc://workers"],
            ]
            for args in endless:
                threading.Thread(target=until_terminated, args=args).start()
            clients = [threading.Thread(target=client, args=[context, "inproc://clients", name]) for name in "AB"]
            for thread in clients:
                thread.start()
            for thread in clients:
                thread.join()

            # The others wait for more. This ends them with an error that says so, and waits until they have.
            context.term()


main()

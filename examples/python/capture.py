"""A proxy that gives all that it passes on to a third socket, too, which is read by a thread that logs it. In Rust: capture.rs.

    python capture.py
"""

import threading

import zmq

REQUESTS = 2


def proxy(context):
    with (
        context.socket(zmq.ROUTER) as frontend,
        context.socket(zmq.DEALER) as backend,
        context.socket(zmq.PAIR) as capture,
    ):
        frontend.bind("inproc://clients")
        backend.bind("inproc://workers")
        # A PAIR loses nothing: if the log is slow, the proxy waits. A PUB would drop what nobody has room for.
        capture.connect("inproc://log")

        zmq.proxy(frontend, backend, capture)


def client(context):
    with context.socket(zmq.REQ) as client:
        client.identity = b"Client1"  # or it would be five bytes that are no text
        client.connect("inproc://clients")

        for request in range(REQUESTS):
            client.send_string(f"request {request}")
            client.recv()


def worker(context):
    with context.socket(zmq.REP) as worker:
        worker.connect("inproc://workers")

        while True:
            request = worker.recv_string()
            worker.send_string(f"{request} is done")


def log(context):
    """Prints the frames of each message: who it is from or for, the empty frame of a REQ, and what it says."""
    with context.socket(zmq.PAIR) as log:
        log.bind("inproc://log")

        # Each request passes, and each reply.
        for _ in range(2 * REQUESTS):
            frames = log.recv_multipart()
            print("captured: " + " | ".join(frame.decode() for frame in frames))


def until_terminated(role, context):
    try:
        role(context)
    except zmq.ContextTerminated:
        pass


def main():
    with zmq.Context() as context:
        for role in (proxy, worker):
            threading.Thread(target=until_terminated, args=[role, context]).start()
        others = [threading.Thread(target=role, args=[context]) for role in (log, client)]
        for thread in others:
            thread.start()
        for thread in others:
            thread.join()

        # The proxy and the worker wait for more. This ends them with an error that says so, and waits until they have.
        context.term()


main()

"""The load-balancing broker of the ØMQ Guide: each request goes to the worker that has been idle for longest.
In Rust: load_balancer.rs.

    python load_balancer.py                              # with three workers and ten clients, in one terminal
    python load_balancer.py broker [frontend] [backend]  # or each in its own
    python load_balancer.py worker [backend]  [name]     # as many as you like; they run until they are stopped
    python load_balancer.py client [frontend] [name] [requests]
"""

import sys
import threading

import zmq

READY = b"READY"


def broker(context, frontend_endpoint, backend_endpoint):
    with context.socket(zmq.ROUTER) as frontend, context.socket(zmq.ROUTER) as backend:
        frontend.bind(frontend_endpoint)
        print(f"listening on {frontend.last_endpoint.decode()}")
        backend.bind(backend_endpoint)
        print(f"listening on {backend.last_endpoint.decode()}")

        workers = []  # the idle ones, in the order in which they became so
        poller = zmq.Poller()
        poller.register(backend, zmq.POLLIN)
        while True:
            # Requests wait in their sockets while nobody could take them.
            poller.register(frontend, zmq.POLLIN if workers else 0)
            ready = dict(poller.poll())

            if backend in ready:
                # From a worker: who it is, nothing, and READY, or the client, nothing, and the answer.
                worker, _empty, *answer = backend.recv_multipart()
                if answer == [READY]:
                    print(f"{worker.decode()} is ready")
                else:
                    frontend.send_multipart(answer)
                workers.append(worker)
            if frontend in ready:
                client, empty, request = frontend.recv_multipart()
                backend.send_multipart([workers.pop(0), b"", client, empty, request])


def worker(context, endpoint, name):
    with context.socket(zmq.REQ) as worker:
        worker.identity = name.encode()  # before it connects
        worker.connect(endpoint)

        # A REQ that is the server: its first request says that it waits for one.
        worker.send(READY)
        while True:
            client, empty, request = worker.recv_multipart()
            answer = f"{name} did {request.decode()}"
            worker.send_multipart([client, empty, answer.encode()])


def client(context, endpoint, name, requests):
    with context.socket(zmq.REQ) as client:
        client.connect(endpoint)
        for request in range(1, requests + 1):
            client.send_string(f"{name}-{request}")
            print(client.recv_string())


def until_terminated(part, *args):
    try:
        part(*args)
    except zmq.ContextTerminated:
        pass


def start(part, *args):
    thread = threading.Thread(target=until_terminated, args=[part, *args])
    thread.start()
    return thread


def main():
    role, first, second, requests = (sys.argv[1:] + [None] * 4)[:4]
    with zmq.Context() as context:
        if role == "broker":
            broker(context, first or "tcp://*:5566", second or "tcp://*:5567")
        elif role == "worker":
            worker(context, first or "tcp://localhost:5567", second or "worker")
        elif role == "client":
            client(context, first or "tcp://localhost:5566", second or "client", int(requests or 1))
        else:
            start(broker, context, "inproc://frontend", "inproc://backend")
            for number in range(1, 4):
                start(worker, context, "inproc://backend", f"worker-{number}")
            clients = [start(client, context, "inproc://frontend", f"client-{number}", 2) for number in range(1, 11)]
            for thread in clients:
                thread.join()
            context.term()  # the others wait for more: each closes its own socket, which the end of `with` would do from here


main()

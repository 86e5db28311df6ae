"""The Paranoid Pirate queue of the ØMQ Guide: gives requests to workers, and knows by heartbeats which of them are alive.
In Rust: paranoid_pirate_queue.rs.

    python paranoid_pirate_queue.py [frontend] [backend] [heartbeat in ms] [liveness]
    python paranoid_pirate_worker.py tcp://localhost:5569 A # as many as you like
    python lazy_pirate.py client tcp://localhost:5568
"""

import sys
import time

import zmq

READY = b"\x01"
HEARTBEAT = b"\x02"


def main():
    frontend_endpoint, backend_endpoint, heartbeat, liveness = (sys.argv[1:] + [None] * 4)[:4]
    heartbeat = int(heartbeat or 1000) / 1000
    liveness = int(liveness or 3)

    context = zmq.Context()
    frontend = context.socket(zmq.ROUTER)
    frontend.bind(frontend_endpoint or "tcp://*:5568")
    print(f"listening on {frontend.last_endpoint.decode()}")
    backend = context.socket(zmq.ROUTER)
    backend.router_handover = True  # a worker that comes back takes over from its lost connection
    backend.bind(backend_endpoint or "tcp://*:5569")
    print(f"listening on {backend.last_endpoint.decode()}")

    workers = {}  # who can take a request, and when they expire; the one that has been idle for longest is the first
    heartbeat_at = time.monotonic() + heartbeat
    poller = zmq.Poller()
    poller.register(backend, zmq.POLLIN)
    while True:
        # Requests wait in their sockets while nobody could take them.
        poller.register(frontend, zmq.POLLIN if workers else 0)
        ready = dict(poller.poll(max(0, heartbeat_at - time.monotonic()) * 1000))

        if backend in ready:
            # From a worker: who it is, and READY or HEARTBEAT, or the client, nothing, and the answer.
            worker, *frames = backend.recv_multipart()
            # Whatever it says, it is alive, and waits for a request.
            workers.pop(worker, None)
            workers[worker] = time.monotonic() + heartbeat * liveness
            if frames == [READY]:
                print(f"{worker.decode()} is ready")
            elif len(frames) == 3:
                frontend.send_multipart(frames)
            elif frames != [HEARTBEAT]:
                print(f"not understood, from {worker.decode()}: {frames}", file=sys.stderr)
        if frontend in ready:
            # Whatever it is: what to make of it is for the worker to say.
            frames = frontend.recv_multipart()
            worker = next(iter(workers))
            del workers[worker]
            backend.send_multipart([worker, *frames])

        now = time.monotonic()
        if now >= heartbeat_at:
            for worker in workers:
                backend.send_multipart([worker, HEARTBEAT])
            heartbeat_at = now + heartbeat
        for worker, expires in list(workers.items()):
            if expires <= now:
                print(f"{worker.decode()} has expired")
                del workers[worker]


main()

"""The Paranoid Pirate worker of the ØMQ Guide: echoes what its queue gives it, and when it hears nothing from the queue connects
anew, each time after twice as long. In Rust: paranoid_pirate_worker.rs.

    python paranoid_pirate_worker.py [endpoint] [name] [heartbeat in ms] [liveness]

With paranoid_pirate_queue.py.
"""

import sys
import time

import zmq

READY = b"\x01"
HEARTBEAT = b"\x02"


def work(context, endpoint, name, heartbeat, silence):
    """Works until the queue has been silent for as long as `silence`, and answers whether it was heard of at all."""
    with context.socket(zmq.DEALER) as worker:
        worker.identity = name.encode()  # before it connects
        worker.linger = 0
        worker.connect(endpoint)
        worker.send(READY)

        heard = False
        now = time.monotonic()
        heartbeat_at, lost_at = now + heartbeat, now + silence
        while True:
            if worker.poll(max(0, min(heartbeat_at, lost_at) - time.monotonic()) * 1000):
                frames = worker.recv_multipart()
                if len(frames) == 3:
                    _client, _empty, request = frames
                    print(f"{name} does {request.decode()}")
                    worker.send_multipart(frames)
                elif frames != [HEARTBEAT]:
                    print(f"not understood: {frames}", file=sys.stderr)
                heard = True
                lost_at = time.monotonic() + silence
            now = time.monotonic()
            if now >= lost_at:
                return heard
            if now >= heartbeat_at:
                worker.send(HEARTBEAT)
                heartbeat_at = now + heartbeat


def main():
    endpoint, name, heartbeat, liveness = (sys.argv[1:] + [None] * 4)[:4]
    endpoint, name = endpoint or "tcp://localhost:5569", name or "worker"
    heartbeat = int(heartbeat or 1000) / 1000
    liveness = int(liveness or 3)

    context = zmq.Context()
    interval = heartbeat
    while True:
        if work(context, endpoint, name, heartbeat, heartbeat * liveness):
            interval = heartbeat
        print(f"{name} hears nothing, connecting again in {interval * 1000:.0f} ms")
        time.sleep(interval)
        interval = min(interval * 2, heartbeat * 32)


main()

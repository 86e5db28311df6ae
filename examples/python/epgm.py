"""Publish-subscribe by multicast, where libzmq has it (the wheels of pyzmq do not; Debian's python3-zmq does). In Rust: epgm.rs.

    python epgm.py publisher  'epgm://eth0;239.192.1.1:5555' [messages]
    python epgm.py subscriber 'epgm://eth0;239.192.1.1:5555' [messages]
"""

import itertools
import sys
import time

import zmq


def publisher(context, endpoint, messages):
    with context.socket(zmq.PUB) as publisher:
        publisher.connect(endpoint)  # with multicast it does not matter who binds
        for message in range(messages) if messages else itertools.count():
            publisher.send_multipart([b"tick", str(message).encode()])
            time.sleep(0.05)


def subscriber(context, endpoint, messages):
    with context.socket(zmq.SUB) as subscriber:
        subscriber.setsockopt(zmq.SUBSCRIBE, b"tick")
        subscriber.connect(endpoint)
        for _ in range(messages or 10):
            topic, message = subscriber.recv_multipart()
            print(f"{topic.decode()}: {message.decode()}")


def main():
    if not zmq.has("pgm"):
        return print("this libzmq has no pgm: see Debian's python3-zmq")
    role, endpoint, messages = (sys.argv[1:] + [None] * 3)[:3]
    context = zmq.Context()
    if role == "publisher":
        publisher(context, endpoint, int(messages or 0))
    elif role == "subscriber":
        subscriber(context, endpoint, int(messages or 0))
    else:
        print("epgm.py publisher|subscriber 'epgm://interface;group:port' [messages]")


main()

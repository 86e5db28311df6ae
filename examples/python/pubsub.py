"""Publish-subscribe with the topic in a frame of its own. In Rust: pubsub.rs.

    python pubsub.py                           # both in one terminal
    python pubsub.py publisher  [endpoint]     # or in two
    python pubsub.py subscriber [endpoint]
"""

import sys
import threading

import zmq
from subscriptions import wait_for_subscriptions


def publisher(context, endpoint):
    with context.socket(zmq.PUB) as publisher:
        publisher.bind(endpoint)
        print(f"listening on {publisher.last_endpoint.decode()}")

        wait_for_subscriptions(publisher, 1)
        publisher.send_multipart([b"topic2", b"Hello Nobody!"])
        publisher.send_multipart([b"topic1", b"Hello Subscribers!"])


def subscriber(context, endpoint):
    with context.socket(zmq.SUB) as subscriber:
        subscriber.connect(endpoint)
        subscriber.subscribe("topic1")

        topic, message = subscriber.recv_multipart()
        print(f"{topic.decode()}: {message.decode()}")


def main():
    role, endpoint = (sys.argv[1:] + [None, None])[:2]
    with zmq.Context() as context:
        if role == "publisher":
            publisher(context, endpoint or "tcp://*:5556")
        elif role == "subscriber":
            subscriber(context, endpoint or "tcp://localhost:5556")
        else:
            thread = threading.Thread(target=publisher, args=[context, "inproc://pubsub"])
            thread.start()
            subscriber(context, "inproc://pubsub")
            thread.join()


main()

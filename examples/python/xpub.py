"""An XPUB, which receives its subscribers' subscriptions as messages: a byte, 1 to subscribe and 0 to unsubscribe, and the topic.
In Rust: xpub.rs.

    python xpub.py                         # both in one terminal
    python xpub.py publisher  [endpoint]   # or in two
    python xpub.py subscriber [endpoint]
"""

import sys
import threading

import zmq


def publisher(context, endpoint):
    with context.socket(zmq.XPUB) as publisher:
        publisher.bind(endpoint)
        print(f"listening on {publisher.last_endpoint.decode()}")

        for _ in range(2):
            event = publisher.recv()
            topic = event[1:].decode()
            if event[0] == 1:
                print(f"subscribed to: {topic}")
                publisher.send_string(f"{topic} NYC 72")
            else:
                print(f"unsubscribed from: {topic}")


def subscriber(context, endpoint):
    with context.socket(zmq.SUB) as subscriber:
        subscriber.connect(endpoint)
        subscriber.subscribe("weather")
        print(f"received: {subscriber.recv_string()}")
        subscriber.unsubscribe("weather")


def main():
    role, endpoint = (sys.argv[1:] + [None] * 2)[:2]
    with zmq.Context() as context:
        if role == "publisher":
            publisher(context, endpoint or "tcp://*:5562")
        elif role == "subscriber":
            subscriber(context, endpoint or "tcp://localhost:5562")
        else:
            thread = threading.Thread(target=publisher, args=[context, "inproc://xpub"])
            thread.start()
            subscriber(context, "inproc://xpub")
            thread.join()


main()

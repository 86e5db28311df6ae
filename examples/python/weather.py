"""Publish-subscribe with the topic as the beginning of the message, and two subscribers that each get only their own.
In Rust: weather.rs.

    python weather.py                                        # all three in one terminal
    python weather.py publisher  [endpoint]                  # or in three
    python weather.py subscriber [endpoint] [name] [topic]   # A weather, and B sports
"""

import sys
import threading

import zmq
from subscriptions import wait_for_subscriptions

NEWS = ["weather NYC 72", "sports Mets 3", "weather Boston 64", "sports Sox 5"]


def publisher(context, endpoint):
    with context.socket(zmq.PUB) as publisher:
        publisher.bind(endpoint)
        print(f"listening on {publisher.last_endpoint.decode()}")

        wait_for_subscriptions(publisher, 2)
        for news in NEWS:
            publisher.send_string(news)


def subscriber(context, endpoint, name, topic):
    with context.socket(zmq.SUB) as subscriber:
        subscriber.connect(endpoint)
        subscriber.subscribe(topic)  # a prefix: all messages that begin with it

        for _ in range(2):
            message = subscriber.recv_string()
            print(f"{name}: {message}")


def main():
    role, endpoint, name, topic = (sys.argv[1:] + [None] * 4)[:4]
    with zmq.Context() as context:
        if role == "publisher":
            publisher(context, endpoint or "tcp://*:5556")
        elif role == "subscriber":
            subscriber(context, endpoint or "tcp://localhost:5556", name or "A", topic or "weather")
        else:
            threads = [
                threading.Thread(target=publisher, args=[context, "inproc://weather"]),
                threading.Thread(target=subscriber, args=[context, "inproc://weather", "A", "weather"]),
                threading.Thread(target=subscriber, args=[context, "inproc://weather", "B", "sports"]),
            ]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()


main()

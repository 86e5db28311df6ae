"""A forwarder between publishers and subscribers, which need not know of each other: an XSUB, an XPUB and a proxy.
In Rust: forwarder.rs.

    python forwarder.py                                       # all four in one terminal
    python forwarder.py proxy      [publishers] [subscribers] # or each in its own
    python forwarder.py publisher  [endpoint]
    python forwarder.py subscriber [endpoint] [name] [topic]  # A weather, and B sports
"""

import sys
import threading

import zmq

NEWS = ["weather NYC 72", "sports Mets 3", "weather Boston 64", "sports Sox 5"]


def proxy(context, publishers, subscribers):
    with context.socket(zmq.XSUB) as frontend, context.socket(zmq.XPUB) as backend:
        frontend.bind(publishers)
        print(f"listening on {frontend.last_endpoint.decode()}")
        backend.bind(subscribers)
        print(f"listening on {backend.last_endpoint.decode()}")

        zmq.proxy(frontend, backend)


def publisher(context, endpoint):
    with context.socket(zmq.XPUB) as publisher:
        publisher.connect(endpoint)

        # An XPUB receives the subscriptions: what is sent before would be lost. There are two topics.
        publisher.recv()
        publisher.recv()
        for news in NEWS:
            publisher.send_string(news)


def subscriber(context, endpoint, name, topic):
    with context.socket(zmq.SUB) as subscriber:
        subscriber.connect(endpoint)
        subscriber.subscribe(topic)

        for _ in range(2):
            message = subscriber.recv_string()
            print(f"{name}: {message}")


def proxy_until_terminated(context):
    try:
        proxy(context, "inproc://publishers", "inproc://subscribers")
    except zmq.ContextTerminated:
        pass


def main():
    role, first, second, third = (sys.argv[1:] + [None] * 4)[:4]
    with zmq.Context() as context:
        if role == "proxy":
            proxy(context, first or "tcp://*:5559", second or "tcp://*:5560")
        elif role == "publisher":
            publisher(context, first or "tcp://localhost:5559")
        elif role == "subscriber":
            subscriber(context, first or "tcp://localhost:5560", second or "A", third or "weather")
        else:
            threading.Thread(target=proxy_until_terminated, args=[context]).start()
            threads = [
                threading.Thread(target=publisher, args=[context, "inproc://publishers"]),
                threading.Thread(target=subscriber, args=[context, "inproc://subscribers", "A", "weather"]),
                threading.Thread(target=subscriber, args=[context, "inproc://subscribers", "B", "sports"]),
            ]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()

            # The forwarder waits for more. This ends it with an error that says so, and waits until it has.
            context.term()


main()

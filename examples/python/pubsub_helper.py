"""A publisher and a subscriber, made with a small helper as agent frameworks have it. In Rust: pubsub_helper/.

    python pubsub_helper.py                           # both in one terminal
    python pubsub_helper.py publisher  [endpoint]     # or in two
    python pubsub_helper.py subscriber [endpoint] [topic]
"""

import sys
import threading

import zmq
from subscriptions import wait_for_subscriptions


class PubSub:
    """A publisher or a subscriber. Every message is two frames: the topic, which may be empty, and the data."""

    def __init__(self, endpoint, kind, topic="", blocking=True, context=None):
        self.endpoint = endpoint
        self.kind = kind
        self.topic = topic
        self.blocking = blocking
        self.own_context = context is None
        self.context = context
        self.socket = None

    def open(self):
        if self.socket is not None:
            return
        if self.context is None:
            self.context = zmq.Context()
        self.socket = self.context.socket(self.kind)
        if self.kind == zmq.SUB:
            self.socket.connect(self.endpoint)
            self.socket.subscribe(self.topic)
        else:
            self.socket.bind(self.endpoint)

    def close(self):
        if self.socket is not None:
            self.socket.close()
            self.socket = None
        if self.own_context and self.context is not None:
            self.context.term()
            self.context = None

    def __enter__(self):
        self.open()
        return self

    def __exit__(self, *_):
        self.close()

    def send(self, data, topic=None):
        self.open()
        self.socket.send_multipart([(topic or "").encode(), data])

    def recv(self):
        self.open()
        try:
            _topic, data = self.socket.recv_multipart(0 if self.blocking else zmq.DONTWAIT)
            return data
        except zmq.Again:
            if self.blocking:
                raise
            return None


def publisher(publisher):
    with publisher:
        print(f"listening on {publisher.socket.last_endpoint.decode()}")

        wait_for_subscriptions(publisher.socket, 1)
        publisher.send(b"to whom it may concern")
        publisher.send(b'{"position": [1, 2]}', "robot")


def subscriber(subscriber):
    with subscriber:
        data = subscriber.recv()
        print(f"received: {data.decode()}")


def main():
    role, endpoint, topic = (sys.argv[1:] + [None] * 3)[:3]
    if role == "publisher":
        publisher(PubSub(endpoint or "tcp://*:5564", zmq.PUB))
    elif role == "subscriber":
        subscriber(PubSub(endpoint or "tcp://localhost:5564", zmq.SUB, topic or "robot"))
    else:
        with zmq.Context() as context:
            sender = PubSub("inproc://pubsub_helper", zmq.PUB, context=context)
            receiver = PubSub("inproc://pubsub_helper", zmq.SUB, "robot", context=context)
            thread = threading.Thread(target=publisher, args=[sender])
            thread.start()
            subscriber(receiver)
            thread.join()


if __name__ == "__main__":
    main()

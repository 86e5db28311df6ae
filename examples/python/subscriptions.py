"""What rszmq has as `publisher.wait_for_subscriptions(n, timeout)`; most Python programs sleep and hope instead."""

import time

import zmq


def wait_for_subscriptions(publisher, topics):
    while True:
        publisher.get(zmq.EVENTS)  # makes the socket look at what its peers did
        if publisher.get(zmq.TOPICS_COUNT) >= topics:  # libzmq 4.3.5
            return
        time.sleep(0.01)

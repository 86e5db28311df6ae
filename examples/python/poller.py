"""The usual loop over two sockets: a PULL that gets tasks and a SUB that gets the weather, in one Poller. In Rust: poller.rs.

    python poller.py                             # both in one terminal
    python poller.py source [tasks] [weather]    # or in two
    python poller.py reader [tasks] [weather]
"""

import sys
import threading

import zmq

EACH = 3


def source(context, tasks, weather):
    with context.socket(zmq.PUSH) as sender, context.socket(zmq.XPUB) as publisher:
        sender.bind(tasks)
        print(f"listening on {sender.last_endpoint.decode()}")
        publisher.bind(weather)
        print(f"listening on {publisher.last_endpoint.decode()}")

        # An XPUB receives the subscriptions: what is sent before the first would be lost.
        publisher.recv()
        for number in range(EACH):
            sender.send_string(f"task {number}")
            publisher.send_string(f"weather {number}")


def reader(context, tasks, weather):
    with context.socket(zmq.PULL) as receiver, context.socket(zmq.SUB) as subscriber:
        receiver.connect(tasks)
        subscriber.connect(weather)
        subscriber.subscribe("weather")

        poller = zmq.Poller()
        poller.register(receiver, zmq.POLLIN)
        poller.register(subscriber, zmq.POLLIN)

        received = 0
        while received < 2 * EACH:
            # Without a timeout: for as long as it takes.
            ready = dict(poller.poll())
            if receiver in ready:
                print(f"received a task: {receiver.recv_string()}")
                received += 1
            if subscriber in ready:
                print(f"received the weather: {subscriber.recv_string()}")
                received += 1


def main():
    role, tasks, weather = (sys.argv[1:] + [None] * 3)[:3]
    with zmq.Context() as context:
        if role == "source":
            source(context, tasks or "tcp://*:5557", weather or "tcp://*:5556")
        elif role == "reader":
            reader(context, tasks or "tcp://localhost:5557", weather or "tcp://localhost:5556")
        else:
            thread = threading.Thread(target=source, args=[context, "inproc://tasks", "inproc://weather"])
            thread.start()
            reader(context, "inproc://tasks", "inproc://weather")
            thread.join()


main()

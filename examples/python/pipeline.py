"""Work shared out: a ventilator gives 100 tasks to whichever worker is free, a sink collects the results. All of it is JSON.
In Rust: pipeline.rs.

    python pipeline.py                                # with four workers, in one terminal
    python pipeline.py ventilator [endpoint]          # or each in its own
    python pipeline.py sink       [endpoint]
    python pipeline.py worker     [ventilator] [sink] # as many as you like; they run until they are stopped
"""

import sys
import threading

import zmq

TASKS = 100


def ventilator(context, endpoint):
    with context.socket(zmq.PUSH) as sender:
        sender.bind(endpoint)
        print(f"listening on {sender.last_endpoint.decode()}")

        for task in range(1, TASKS + 1):
            sender.send_json({"task": task, "workload": task * 10})


def worker(context, ventilator, sink):
    with context.socket(zmq.PULL) as receiver, context.socket(zmq.PUSH) as sender:
        receiver.connect(ventilator)
        sender.connect(sink)

        while True:
            message = receiver.recv_json()
            sender.send_json({"task": message["task"], "result": message["workload"] * 2})


def sink(context, endpoint):
    with context.socket(zmq.PULL) as receiver:
        receiver.bind(endpoint)
        print(f"listening on {receiver.last_endpoint.decode()}")

        for _ in range(TASKS):
            message = receiver.recv_json()
            print(f"task {message['task']}: {message['result']}")


def worker_until_terminated(context):
    try:
        worker(context, "inproc://tasks", "inproc://results")
    except zmq.ContextTerminated:
        pass


def main():
    role, first, second = (sys.argv[1:] + [None] * 3)[:3]
    with zmq.Context() as context:
        if role == "ventilator":
            ventilator(context, first or "tcp://*:5557")
        elif role == "sink":
            sink(context, first or "tcp://*:5558")
        elif role == "worker":
            worker(context, first or "tcp://localhost:5557", second or "tcp://localhost:5558")
        else:
            threading.Thread(target=ventilator, args=[context, "inproc://tasks"]).start()
            for _ in range(4):
                threading.Thread(target=worker_until_terminated, args=[context]).start()
            sink(context, "inproc://results")
            # Before `with` would close the sockets of the workers, which are theirs.
            context.term()


main()

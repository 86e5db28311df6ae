"""A proxy that is paused, measured, resumed and ended by a socket from anywhere. In Rust, where a handle does so, too: steerable.rs.

    python steerable.py                                        # both in one terminal
    python steerable.py proxy [frontend] [backend] [control]   # or in two
    python steerable.py steer [frontend] [backend] [control]
"""

import struct
import sys
import threading

import zmq


def proxy(context, frontend, backend, control):
    with (
        context.socket(zmq.PULL) as receiver,
        context.socket(zmq.PUSH) as sender,
        context.socket(zmq.REP) as commands,
    ):
        receiver.bind(frontend)
        print(f"listening on {receiver.last_endpoint.decode()}")
        sender.bind(backend)
        print(f"listening on {sender.last_endpoint.decode()}")
        commands.bind(control)
        print(f"listening on {commands.last_endpoint.decode()}")

        zmq.proxy_steerable(receiver, sender, control=commands)
        print("the proxy has ended")


def report(frames):
    # Eight numbers of eight bytes each, in the order of the processor.
    numbers = [struct.unpack("=Q", frame)[0] for frame in frames]
    for name, (received, received_bytes, sent, sent_bytes) in ("frontend", numbers[:4]), ("backend", numbers[4:]):
        print(f"{name}: received {received} ({received_bytes} bytes), sent {sent} ({sent_bytes} bytes)")


def steer(context, frontend, backend, control, swapped={}):
    with (
        context.socket(zmq.PUSH) as source,
        context.socket(zmq.PULL) as sink,
        context.socket(zmq.REQ) as commands,
    ):
        source.connect(frontend)
        sink.connect(backend)
        commands.connect(control)

        def tell(command):
            # Each command is answered when it is obeyed: with an empty frame, or with the statistics.
            print(command)
            commands.send_string(swapped.get(command, command))
            return commands.recv_multipart()

        source.send_string("one")
        print(f"received: {sink.recv_string()}")
        tell("PAUSE")
        source.send_string("two")
        if not sink.poll(100):
            print("nothing comes")
        report(tell("STATISTICS"))
        tell("RESUME")
        print(f"received: {sink.recv_string()}")
        tell("TERMINATE")


def main():
    role, *endpoints = (sys.argv[1:] + [None] * 4)[:4]
    with zmq.Context() as context:
        if role == "proxy":
            defaults = ["tcp://*:5559", "tcp://*:5560", "tcp://*:5561"]
            proxy(context, *(given or default for given, default in zip(endpoints, defaults)))
        elif role == "steer":
            defaults = ["tcp://localhost:5559", "tcp://localhost:5560", "tcp://localhost:5561"]
            steer(context, *(given or default for given, default in zip(endpoints, defaults)))
        else:
            endpoints = ["inproc://frontend", "inproc://backend", "inproc://control"]
            thread = threading.Thread(target=proxy, args=[context, *endpoints])
            thread.start()
            # libzmq 4.3.5 resumes when it is told to pause, and the other way round (proxy.cpp); rszmq does not.
            steer(context, *endpoints, swapped={"PAUSE": "RESUME", "RESUME": "PAUSE"})
            thread.join()


main()

"""Two PAIR sockets: one peer each, both may send at any time. Mostly for two threads of one program. In Rust: pair.rs.

    python pair.py                     # both in one terminal
    python pair.py first  [endpoint]   # or in two
    python pair.py second [endpoint]
"""

import sys
import threading

import zmq


def first(context, endpoint):
    with context.socket(zmq.PAIR) as pair:
        pair.bind(endpoint)
        print(f"listening on {pair.last_endpoint.decode()}")

        pair.send_string("ready?")
        print(f"first received: {pair.recv_string()}")
        pair.send_string("go!")


def second(context, endpoint):
    with context.socket(zmq.PAIR) as pair:
        pair.connect(endpoint)

        print(f"second received: {pair.recv_string()}")
        pair.send_string("ready")
        print(f"second received: {pair.recv_string()}")


def main():
    role, endpoint = (sys.argv[1:] + [None] * 2)[:2]
    with zmq.Context() as context:
        if role == "first":
            first(context, endpoint or "tcp://*:5561")
        elif role == "second":
            second(context, endpoint or "tcp://localhost:5561")
        else:
            thread = threading.Thread(target=first, args=[context, "inproc://pair"])
            thread.start()
            second(context, "inproc://pair")
            thread.join()


main()

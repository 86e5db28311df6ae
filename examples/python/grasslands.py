"""Grasslands: no security at all, which is what a socket does unless it is told otherwise. Everyone is let in, and everyone on the
way can read and change what is said. The first of five steps: then come strawhouse, woodhouse, stonehouse and ironhouse.
In Rust: grasslands.rs.

    python grasslands.py                    # both sides in one terminal
    python grasslands.py server [endpoint]  # or in two
    python grasslands.py client [endpoint]
"""

import sys
import threading

import zmq


def bind(context, endpoint):
    server = context.socket(zmq.REP)
    server.bind(endpoint)
    print(f"listening on {server.last_endpoint.decode()}")
    return server


def serve(server):
    try:
        while True:
            request = server.recv()
            # Without an authenticator nobody says who that is.
            print(f"received: {request.decode()} from somebody")
            server.send_string("World")
    except zmq.ContextTerminated:
        server.close()


def client(context, endpoint):
    with context.socket(zmq.REQ) as client:
        client.connect(endpoint)
        client.send_string("Hello")
        print(f"reply: {client.recv_string()}")


def main():
    role, endpoint = (sys.argv[1:] + [None] * 2)[:2]
    context = zmq.Context()
    if role == "server":
        serve(bind(context, endpoint or "tcp://*:9000"))
    elif role == "client":
        client(context, endpoint or "tcp://localhost:9000")
    else:
        server = bind(context, "tcp://127.0.0.1:*")
        endpoint = server.last_endpoint.decode()
        threading.Thread(target=serve, args=[server]).start()
        client(context, endpoint)
    context.term()  # ends a server's `recv`, too


main()

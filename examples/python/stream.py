"""A STREAM socket, which talks plain TCP: here to a client that knows nothing of ZeroMQ. In Rust: stream.rs.

    python stream.py                     # both in one terminal
    python stream.py server [endpoint]   # or in two; `nc localhost 5563` is a client, too
    python stream.py client [endpoint]
"""

import socket
import sys
import threading

import zmq


def serve(server):
    """Serves one client. What it sends is not cut into messages: a long line may come in pieces, two short ones in one."""
    while True:
        # Each frame comes with the id of its connection. An empty one says that the connection is new, or gone.
        id, data = server.recv_multipart()
        if data:
            print(f"received: {data.decode().rstrip()}")
            server.send_multipart([id, data.upper()])
            break
    _id, gone = server.recv_multipart()
    assert gone == b""
    print("disconnected")


def client(endpoint):
    host, port = endpoint.removeprefix("tcp://").split(":")
    with socket.create_connection((host, int(port))) as client:
        client.sendall(b"hello\n")
        line = client.makefile().readline()
        print(f"reply: {line.rstrip()}")


def main():
    role, endpoint = (sys.argv[1:] + [None] * 2)[:2]
    if role == "client":
        return client(endpoint or "tcp://localhost:5563")

    with zmq.Context() as context, context.socket(zmq.STREAM) as server:
        if role == "server":
            server.bind(endpoint or "tcp://*:5563")
            print(f"listening on {server.last_endpoint.decode()}")
            return serve(server)
        server.bind("tcp://127.0.0.1:*")
        thread = threading.Thread(target=serve, args=[server])
        thread.start()
        client(server.last_endpoint.decode())
        thread.join()


main()

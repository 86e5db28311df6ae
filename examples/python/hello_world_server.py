"""The server of the ØMQ tutorial: answers "World" to whoever asks, until it is stopped. In Rust: hello_world_server.rs."""

import sys

import zmq

context = zmq.Context()
server = context.socket(zmq.REP)
server.bind(sys.argv[1] if len(sys.argv) > 1 else "tcp://*:5555")
print(f"listening on {server.last_endpoint.decode()}")

while True:
    # Wait for the next request from a client.
    message = server.recv_string()
    print(f"Received request: {message}")

    # Send the reply back to it.
    server.send_string("World")

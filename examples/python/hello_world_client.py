"""The client of the ØMQ tutorial: asks "Hello" ten times. In Rust: hello_world_client.rs."""

import sys

import zmq

context = zmq.Context()

print("Connecting to hello world server…")
client = context.socket(zmq.REQ)
client.connect(sys.argv[1] if len(sys.argv) > 1 else "tcp://localhost:5555")

# Do ten requests, waiting each time for a reply.
for request in range(10):
    print(f"Sending request {request} …")
    client.send_string("Hello")

    # Get the reply.
    message = client.recv_string()
    print(f"Received reply {request} [ {message} ]")

"""The hello world of the ØMQ tutorial, server and client in one program. In Rust: hello_world.rs."""

import sys
import threading

import zmq

REQUESTS = 10


def serve(server):
    for _ in range(REQUESTS):
        # Wait for the next request from the client.
        message = server.recv_string()
        print(f"Received request: {message}")

        # Send the reply back to it.
        server.send_string("World")


def main():
    context = zmq.Context()

    # Any free port; the tutorial takes 5555.
    server = context.socket(zmq.REP)
    server.bind(sys.argv[1] if len(sys.argv) > 1 else "tcp://127.0.0.1:*")
    endpoint = server.last_endpoint.decode()
    thread = threading.Thread(target=serve, args=[server])
    thread.start()

    print("Connecting to hello world server…")
    client = context.socket(zmq.REQ)
    client.connect(endpoint)
    for request in range(REQUESTS):
        print(f"Sending request {request} …")
        client.send_string("Hello")

        # Get the reply.
        message = client.recv_string()
        print(f"Received reply {request} [ {message} ]")
    thread.join()
    client.close()
    server.close()
    context.term()


main()

"""The Lazy Pirate of the ØMQ Guide: a REQ that does not wait for ever. When no answer comes in time it throws its socket away, asks
again with a new one, and after some tries gives up. In Rust: lazy_pirate.rs.

    python lazy_pirate.py                    # with a server that loses requests, in one terminal
    python lazy_pirate.py server [endpoint]  # or in two
    python lazy_pirate.py client [endpoint] [requests] [timeout in ms] [tries]
"""

import itertools
import sys
import threading

import zmq

REQUESTS = 5
TIMEOUT = 2500
TRIES = 3


def connect(context, endpoint):
    client = context.socket(zmq.REQ)
    client.linger = 0  # what nobody took is not worth waiting for
    client.connect(endpoint)
    return client


def client(context, endpoint, requests, timeout, tries):
    client = connect(context, endpoint)
    for request in range(1, requests + 1):
        tries_left = tries
        while True:
            client.send_string(str(request))
            if client.poll(timeout) & zmq.POLLIN:
                reply = client.recv_string()
                assert reply == str(request), "a new socket gets no answers to the old one"
                print(f"reply: {reply}")
                break
            client.close()
            tries_left -= 1
            if tries_left == 0:
                print(f"no answer to {request}, giving up")
                return
            print(f"no answer to {request}, asking again")
            # It may not send before it has received, and so was of no more use.
            client = connect(context, endpoint)
    client.close()


def server(context, endpoint):
    """Echoes, except each third request, which it loses. Only a ROUTER can do that: a REP has to answer before it receives again."""
    with context.socket(zmq.ROUTER) as server:
        server.bind(endpoint)
        print(f"listening on {server.last_endpoint.decode()}")

        for count in itertools.count(1):
            client, empty, request = server.recv_multipart()
            if count % 3 == 0:
                print(f"lost: {request.decode()}")
            else:
                server.send_multipart([client, empty, request])


def server_until_terminated(context):
    try:
        server(context, "inproc://lazy_pirate")
    except zmq.ContextTerminated:
        pass


def main():
    role, endpoint, requests, timeout, tries = (sys.argv[1:] + [None] * 5)[:5]
    with zmq.Context() as context:
        if role == "server":
            server(context, endpoint or "tcp://*:5565")
        elif role == "client":
            endpoint = endpoint or "tcp://localhost:5565"
            client(context, endpoint, int(requests or REQUESTS), int(timeout or TIMEOUT), int(tries or TRIES))
        else:
            threading.Thread(target=server_until_terminated, args=[context]).start()
            client(context, "inproc://lazy_pirate", REQUESTS, 500, TRIES)
            context.term()  # the server waits for more: it closes its own socket, which the end of `with` would do from here


main()

"""Stonehouse: CURVE, for whoever comes. What is said is encrypted, and the client can be sure of the server, whose public key it
has. The server knows nothing about the client: it takes every key, also one that was made up a moment ago. `ironhouse` knows its
clients. In Rust: stonehouse.rs.

    python stonehouse.py                              # both sides in one terminal
    python stonehouse.py server [endpoint] [keydir]   # or in two, with the keys of `generate_certificates`
    python stonehouse.py client [endpoint] [keydir]
"""

import logging
import os
import sys
import threading

import zmq
import zmq.auth
from zmq.auth.thread import ThreadAuthenticator


def bind(context, endpoint, keys):
    """A server, and the authenticator that has to run as long as the server does."""
    auth = ThreadAuthenticator(context)
    auth.start()
    # Without an authenticator everyone would be let in just the same; this one can say who it was, and look at addresses.
    auth.configure_curve(domain="*", location=zmq.auth.CURVE_ALLOW_ANY)

    server = context.socket(zmq.REP)
    server.curve_publickey, server.curve_secretkey = keys
    server.curve_server = True
    server.bind(endpoint)
    print(f"listening on {server.last_endpoint.decode()}")
    return auth, server


def serve(server):
    try:
        while True:
            request = server.recv(copy=False)
            print(f"received: {request.bytes.decode()} from {request.get('User-Id')}")
            server.send_string("World")
    except zmq.ContextTerminated:
        server.close()


def client(context, endpoint, server_key):
    # Nobody has seen this key before.
    public_key, secret_key = zmq.curve_keypair()
    print(f"client: {public_key.decode()}")
    with context.socket(zmq.REQ) as client:
        client.curve_publickey, client.curve_secretkey = public_key, secret_key
        client.curve_serverkey = server_key
        client.connect(endpoint)
        client.send_string("Hello")
        print(f"reply: {client.recv_string()}")


def main():
    logging.basicConfig(stream=sys.stdout, format="%(message)s")
    logging.getLogger("zmq.auth").setLevel(logging.DEBUG)
    role, endpoint, keys = (sys.argv[1:] + [None] * 3)[:3]
    keys = keys or "certificates"
    context = zmq.Context()
    if role == "server":
        pair = zmq.auth.load_certificate(os.path.join(keys, "private_keys", "server.key_secret"))
        _auth, server = bind(context, endpoint or "tcp://*:9000", pair)
        serve(server)
    elif role == "client":
        server_key, _ = zmq.auth.load_certificate(os.path.join(keys, "public_keys", "server.key"))
        client(context, endpoint or "tcp://localhost:9000", server_key)
    else:
        pair = zmq.curve_keypair()
        auth, server = bind(context, "tcp://127.0.0.1:*", pair)
        endpoint = server.last_endpoint.decode()
        threading.Thread(target=serve, args=[server]).start()
        client(context, endpoint, pair[0])
        auth.stop()
    context.term()  # ends a server's `recv`, too


main()

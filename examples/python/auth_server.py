"""A server that knows its clients: the usual tutorial, line by line. A `ThreadAuthenticator` that has read the clients' public keys,
and a REP with `curve_server` and a key of its own. In Rust: auth_server.rs.

    python generate_certificates.py certificates        # once
    python auth_server.py [endpoint] [keydir]           # runs until it is stopped
    python ironhouse.py client [endpoint] [keydir]      # a client for it

With `curve_server` and a key alone a server is a stonehouse: what is said is encrypted, and everyone who knows the server's public
key is let in, which is no secret. It is an ironhouse only with an authenticator, in the same context, that was told which keys it
knows, before the server is bound. pyzmq has nothing that makes sure of it, as `require_security` does in Rust.
"""

import logging
import os
import sys

import zmq
import zmq.auth
from zmq.auth.thread import ThreadAuthenticator


def main():
    endpoint, keys = (sys.argv[1:] + [None] * 2)[:2]
    endpoint, keys = endpoint or "tcp://*:9000", keys or "certificates"
    logging.basicConfig(stream=sys.stdout, format="%(message)s")
    logging.getLogger("zmq.auth").setLevel(logging.DEBUG)
    context = zmq.Context()

    # Who may connect: whose certificate is in this directory.
    auth = ThreadAuthenticator(context)
    auth.start()
    auth.configure_curve(domain="*", location=os.path.join(keys, "public_keys"))

    server = context.socket(zmq.REP)
    server_public, server_secret = zmq.auth.load_certificate(os.path.join(keys, "private_keys", "server.key_secret"))
    server.curve_publickey, server.curve_secretkey = server_public, server_secret
    server.curve_server = True  # before bind
    server.bind(endpoint)
    print(f"listening on {server.last_endpoint.decode()}")

    while True:
        request = server.recv(copy=False)
        print(f"received: {request.bytes.decode()} from {request.get('User-Id')}")
        server.send_string("World")


main()

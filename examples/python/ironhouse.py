"""Ironhouse: CURVE, with keys that are known on both sides. The client has the server's public key, and the server a directory with
those of its clients: nobody else is let in. In Rust: ironhouse.rs.

    python ironhouse.py                                     # both sides in one terminal
    python ironhouse.py server [endpoint] [keydir]          # or in two, with the keys of `generate_certificates`
    python ironhouse.py client [endpoint] [keydir] [name]
"""

import contextlib
import logging
import os
import sys
import tempfile
import threading

import zmq
import zmq.auth
from zmq.auth.thread import ThreadAuthenticator
from zmq.utils.monitor import recv_monitor_message


def bind(context, endpoint, keys):
    """A server, and the authenticator that has to run as long as the server does."""
    auth = ThreadAuthenticator(context)
    auth.start()
    # Read now. Who is added later is let in after it was called again.
    auth.configure_curve(domain="*", location=os.path.join(keys, "public_keys"))

    server = context.socket(zmq.REP)
    server_public, server_secret = zmq.auth.load_certificate(os.path.join(keys, "private_keys", "server.key_secret"))
    server.curve_publickey, server.curve_secretkey = server_public, server_secret
    server.curve_server = True
    server.bind(endpoint)
    print(f"listening on {server.last_endpoint.decode()}")
    return auth, server


def serve(server):
    try:
        while True:
            request = server.recv(copy=False)
            # The key, which is as good as a name.
            print(f"received: {request.bytes.decode()} from {request.get('User-Id')}")
            server.send_string("World")
    except zmq.ContextTerminated:
        server.close()


def client(context, endpoint, keys, name):
    with context.socket(zmq.REQ) as client:
        own_file = os.path.join(keys, "private_keys", f"{name}.key_secret")
        client.curve_publickey, client.curve_secretkey = zmq.auth.load_certificate(own_file)
        server_key, _ = zmq.auth.load_certificate(os.path.join(keys, "public_keys", "server.key"))
        client.curve_serverkey = server_key
        client.linger = 0  # what nobody took is not worth waiting for
        # Only a monitor says that a client is refused; a `recv` would wait for ever.
        monitor = client.get_monitor_socket(zmq.EVENT_HANDSHAKE_FAILED_AUTH)
        client.connect(endpoint)
        with contextlib.suppress(zmq.Again):  # we are refused already
            client.send_string("Hello", zmq.DONTWAIT)

        poller = zmq.Poller()
        poller.register(client, zmq.POLLIN)
        poller.register(monitor, zmq.POLLIN)
        if client in dict(poller.poll()):
            print(f"reply: {client.recv_string()}")
        else:
            refusal = recv_monitor_message(monitor)
            print(f"handshake failed: refused with status {refusal['value']}")
        client.disable_monitor()
        monitor.close()


def make_keys(keys):
    """Keys for the server, for a client, and for a stranger whose public key the server does not get."""
    public_keys, private_keys = os.path.join(keys, "public_keys"), os.path.join(keys, "private_keys")
    os.mkdir(public_keys)
    os.mkdir(private_keys)
    for name in ["server", "client", "stranger"]:
        public_file, _ = zmq.auth.create_certificates(private_keys, name)
        if name != "stranger":
            os.rename(public_file, os.path.join(public_keys, f"{name}.key"))


def main():
    logging.basicConfig(stream=sys.stdout, format="%(message)s")
    logging.getLogger("zmq.auth").setLevel(logging.DEBUG)
    role, endpoint, keys, name = (sys.argv[1:] + [None] * 4)[:4]
    keys = keys or "certificates"
    context = zmq.Context()
    if role == "server":
        _auth, server = bind(context, endpoint or "tcp://*:9000", keys)
        serve(server)
    elif role == "client":
        client(context, endpoint or "tcp://localhost:9000", keys, name or "client")
    else:
        with tempfile.TemporaryDirectory() as keys:
            make_keys(keys)
            auth, server = bind(context, "tcp://127.0.0.1:*", keys)
            endpoint = server.last_endpoint.decode()
            threading.Thread(target=serve, args=[server]).start()
            client(context, endpoint, keys, "client")
            client(context, endpoint, keys, "stranger")
            auth.stop()
    context.term()  # ends a server's `recv`, too


main()

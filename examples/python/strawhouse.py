"""Strawhouse: still no mechanism (NULL), but an authenticator looks at the address a client connects from. It keeps out who has
lost the way; whoever can take another address, or listen in between, it does not. In Rust: strawhouse.rs.

    python strawhouse.py                                             # both sides in one terminal
    python strawhouse.py server [endpoint] [allow|deny] [address…]   # or in two
    python strawhouse.py client [endpoint]
"""

import contextlib
import logging
import sys
import threading

import zmq
from zmq.auth.thread import ThreadAuthenticator
from zmq.utils.monitor import recv_monitor_message

LOCAL = "127.0.0.1"


def bind(context, endpoint, rule, addresses):
    """A server, and the authenticator that has to run as long as the server does."""
    auth = ThreadAuthenticator(context)
    auth.start()
    if rule == "deny":
        auth.deny(*addresses)  # all others are let in
    else:
        auth.allow(*addresses)  # no others are

    server = context.socket(zmq.REP)
    # Without a domain libzmq asks no authenticator about clients that have no mechanism.
    server.zap_domain = b"global"
    server.bind(endpoint)
    print(f"listening on {server.last_endpoint.decode()}")
    return auth, server


def serve(server):
    try:
        while True:
            request = server.recv(copy=False)
            # The authenticator knows where the client is, not who.
            print(f"received: {request.bytes.decode()} from {request.get('User-Id')}")
            server.send_string("World")
    except zmq.ContextTerminated:
        server.close()


def client(context, endpoint):
    with context.socket(zmq.REQ) as client:
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


def both(rule):
    """With a context of its own: each context has its own authenticator."""
    context = zmq.Context()
    auth, server = bind(context, "tcp://127.0.0.1:*", rule, [LOCAL])
    endpoint = server.last_endpoint.decode()
    threading.Thread(target=serve, args=[server]).start()
    client(context, endpoint)
    auth.stop()
    context.term()  # ends the server's `recv`


def main():
    logging.basicConfig(stream=sys.stdout, format="%(message)s")
    logging.getLogger("zmq.auth").setLevel(logging.DEBUG)
    role, endpoint, rule = (sys.argv[1:] + [None] * 3)[:3]
    if role == "server":
        addresses = sys.argv[4:] or [LOCAL]
        _auth, server = bind(zmq.Context(), endpoint or "tcp://*:9000", rule or "allow", addresses)
        serve(server)
    elif role == "client":
        with zmq.Context() as context:
            client(context, endpoint or "tcp://localhost:9000")
    else:
        both("allow")
        both("deny")


main()

"""Woodhouse: PLAIN. A client has to know a password, which it sends in clear text: for networks that are safe already.
In Rust: woodhouse.rs.

    python woodhouse.py                                          # both sides in one terminal
    python woodhouse.py server [endpoint]                        # or in two
    python woodhouse.py client [endpoint] [username] [password]
"""

import contextlib
import logging
import sys
import threading

import zmq
from zmq.auth.thread import ThreadAuthenticator
from zmq.utils.monitor import recv_monitor_message


def bind(context, endpoint):
    """A server, and the authenticator that has to run as long as the server does."""
    auth = ThreadAuthenticator(context)
    auth.start()
    auth.configure_plain(domain="*", passwords={"admin": "secret"})

    server = context.socket(zmq.REP)
    server.plain_server = True
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


def client(context, endpoint, username, password):
    with context.socket(zmq.REQ) as client:
        client.plain_username = username.encode()
        client.plain_password = password.encode()
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


def main():
    logging.basicConfig(stream=sys.stdout, format="%(message)s")
    log = logging.getLogger("zmq.auth")
    log.setLevel(logging.DEBUG)
    log.addFilter(lambda record: "password=" not in record.getMessage())  # pyzmq would write it down
    role, endpoint, username, password = (sys.argv[1:] + [None] * 4)[:4]
    context = zmq.Context()
    if role == "server":
        _auth, server = bind(context, endpoint or "tcp://*:9000")
        serve(server)
    elif role == "client":
        client(context, endpoint or "tcp://localhost:9000", username or "admin", password or "secret")
    else:
        auth, server = bind(context, "tcp://127.0.0.1:*")
        endpoint = server.last_endpoint.decode()
        threading.Thread(target=serve, args=[server]).start()
        client(context, endpoint, "admin", "secret")
        client(context, endpoint, "admin", "guessed")
        auth.stop()
    context.term()  # ends a server's `recv`, too


main()

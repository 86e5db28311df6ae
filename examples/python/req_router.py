"""A ROUTER that serves REQ clients, and so meets the empty delimiter frame that each REQ puts in front of its message.
In Rust: req_router.rs.

    python req_router.py                    # a router and two clients in one terminal
    python req_router.py router [endpoint]  # or in three
    python req_router.py req    [endpoint] [name]
"""

import sys
import threading

import zmq

CLIENTS = 2


def router(context, endpoint):
    with context.socket(zmq.ROUTER) as router:
        router.bind(endpoint)
        print(f"listening on {router.last_endpoint.decode()}")

        for _ in range(CLIENTS):
            # Who sent it (a number that libzmq made up), nothing, and the message itself.
            client, empty, message = router.recv_multipart()
            assert empty == b""
            print(f"received: {message.decode()}")
            # The same frames go back; without the empty one the REQ would not take the answer for one.
            router.send_multipart([client, b"", b"hello, " + message])


def req(context, endpoint, name):
    with context.socket(zmq.REQ) as req:
        req.connect(endpoint)
        req.send_string(name)
        print(f"{name}: {req.recv_string()}")


def main():
    role, endpoint, name = (sys.argv[1:] + [None] * 3)[:3]
    with zmq.Context() as context:
        if role == "router":
            router(context, endpoint or "tcp://*:5560")
        elif role == "req":
            req(context, endpoint or "tcp://localhost:5560", name or "A")
        else:
            thread = threading.Thread(target=router, args=[context, "inproc://req_router"])
            thread.start()
            req(context, "inproc://req_router", "A")
            req(context, "inproc://req_router", "B")
            thread.join()


main()

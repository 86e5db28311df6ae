"""A DEALER with an identity, and a ROUTER that knows it by that. In Rust: dealer_router.rs.

    python dealer_router.py                    # both in one terminal
    python dealer_router.py router [endpoint]  # or in two
    python dealer_router.py dealer [endpoint] [identity]
"""

import sys
import threading

import zmq

REQUESTS = 3


def router(context, endpoint):
    with context.socket(zmq.ROUTER) as router:
        router.bind(endpoint)
        print(f"listening on {router.last_endpoint.decode()}")

        for _ in range(REQUESTS):
            # The first frame is who sent it, and, in an answer, who gets it.
            identity, message = router.recv_multipart()
            print(f"{identity.decode()}: {message.decode()}")
            router.send_multipart([identity, f"got {len(message)} bytes".encode()])


def dealer(context, endpoint, identity):
    with context.socket(zmq.DEALER) as dealer:
        dealer.identity = identity.encode()  # before it connects
        dealer.connect(endpoint)

        # A DEALER need not wait for an answer before it asks again.
        for request in range(REQUESTS):
            dealer.send_string(f"request {request}")
        for _ in range(REQUESTS):
            print(f"reply: {dealer.recv_string()}")


def main():
    role, endpoint, identity = (sys.argv[1:] + [None] * 3)[:3]
    with zmq.Context() as context:
        if role == "router":
            router(context, endpoint or "tcp://*:5559")
        elif role == "dealer":
            dealer(context, endpoint or "tcp://localhost:5559", identity or "Client1")
        else:
            thread = threading.Thread(target=router, args=[context, "inproc://dealer_router"])
            thread.start()
            dealer(context, "inproc://dealer_router", "Client1")
            thread.join()


main()

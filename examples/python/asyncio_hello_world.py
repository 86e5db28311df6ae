"""The hello world of the ØMQ tutorial in tasks of asyncio. In Rust: tokio_hello_world.rs, smol_hello_world.rs.

    python asyncio_hello_world.py                    # both in one terminal
    python asyncio_hello_world.py server [endpoint]  # or in two
    python asyncio_hello_world.py client [endpoint]
"""

import asyncio
import sys

import zmq
from zmq.asyncio import Context

REQUESTS = 10


async def server(context, endpoint):
    with context.socket(zmq.REP) as server:
        server.bind(endpoint)
        print(f"listening on {server.last_endpoint.decode()}")

        for _ in range(REQUESTS):
            # While this waits, the thread is free for other tasks.
            request = await server.recv_string()
            print(f"Received request: {request}")
            await server.send_string("World")


async def client(context, endpoint):
    with context.socket(zmq.REQ) as client:
        client.connect(endpoint)
        for request in range(REQUESTS):
            await client.send_string("Hello")
            print(f"Received reply {request} [ {await client.recv_string()} ]")


async def main():
    role, endpoint = (sys.argv[1:] + [None] * 2)[:2]
    with Context() as context:
        if role == "server":
            await server(context, endpoint or "tcp://*:5555")
        elif role == "client":
            await client(context, endpoint or "tcp://localhost:5555")
        else:
            endpoint = "inproc://hello_world"
            await asyncio.gather(server(context, endpoint), client(context, endpoint))


asyncio.run(main())

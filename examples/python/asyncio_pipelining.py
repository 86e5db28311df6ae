"""A client with a thousand requests in flight over one DEALER: the replies come in any order, and find their callers by a number.
In Rust: tokio_pipelining.rs.

    python asyncio_pipelining.py                    # both in one terminal
    python asyncio_pipelining.py server [endpoint]  # or in two
    python asyncio_pipelining.py client [endpoint]
"""

import asyncio
import itertools
import sys

import zmq
from zmq.asyncio import Context

REQUESTS = 1000


class Client:
    """What any number of tasks may ask at once."""

    def __init__(self, socket):
        self.socket = socket
        self.numbers = itertools.count(1)
        self.callers = {}  # who waits for which reply
        self.receiving = asyncio.create_task(self.receive())

    async def ask(self, request):
        number = next(self.numbers)
        # Before it is sent: the reply may be there before the next line runs.
        caller = self.callers[number] = asyncio.get_running_loop().create_future()
        await self.socket.send_multipart([str(number).encode(), request.encode()])
        return await caller

    async def receive(self):
        while True:
            number, reply = await self.socket.recv_multipart()
            caller = self.callers.pop(int(number))
            # A caller who was cancelled does not wait any more.
            if not caller.done():
                caller.set_result(reply.decode())

    def stop(self):
        self.receiving.cancel()


async def client(context, endpoint):
    with context.socket(zmq.DEALER) as socket:
        socket.connect(endpoint)
        client = Client(socket)

        async def ask(n):
            return await client.ask(f"request {n}") == f"reply to request {n}"

        replies = await asyncio.gather(*(ask(n) for n in range(1, REQUESTS + 1)))
        client.stop()
        print(f"{sum(replies)} of {len(replies)} replies were right")


async def server(context, endpoint):
    """Answers when it has all the requests, and the last first, to show that they are in flight at once."""
    with context.socket(zmq.ROUTER) as server:
        server.router_mandatory = True  # so that it waits where it would drop what does not fit
        server.bind(endpoint)
        print(f"listening on {server.last_endpoint.decode()}")

        requests = [await server.recv_multipart() for _ in range(REQUESTS)]
        print(f"{len(requests)} requests in flight")
        for client, number, request in reversed(requests):
            await server.send_multipart([client, number, b"reply to " + request])


async def main():
    role, endpoint = (sys.argv[1:] + [None] * 2)[:2]
    with Context() as context:
        if role == "server":
            await server(context, endpoint or "tcp://*:5559")
        elif role == "client":
            await client(context, endpoint or "tcp://localhost:5559")
        else:
            endpoint = "inproc://pipelining"
            await asyncio.gather(server(context, endpoint), client(context, endpoint))


asyncio.run(main())

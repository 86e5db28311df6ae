"""A server that has a task for each request, and answers whichever is done first: nobody waits for somebody else's work.
In Rust: tokio_router_server.rs.

    python asyncio_router_server.py                               # both in one terminal
    python asyncio_router_server.py server [endpoint]             # runs until it is stopped
    python asyncio_router_server.py client [endpoint] [ms]...     # how long the work of each request takes
"""

import asyncio
import sys

import zmq
from zmq.asyncio import Context


async def server(context, endpoint):
    with context.socket(zmq.ROUTER) as server:
        server.bind(endpoint)
        print(f"listening on {server.last_endpoint.decode()}")

        tasks = set()  # asyncio forgets a task that nobody has
        while True:
            client, request = await server.recv_multipart()
            task = asyncio.create_task(answer(server, client, request))
            tasks.add(task)
            task.add_done_callback(tasks.discard)


async def answer(server, client, request):
    if request.isdigit():
        await asyncio.sleep(int(request) / 1000)  # what would be the work
        reply = f"worked for {int(request)} ms"
    else:
        reply = "how many ms?"
    await server.send_multipart([client, reply.encode()])


async def client(context, endpoint, requests):
    with context.socket(zmq.DEALER) as client:
        client.connect(endpoint)
        for ms in requests:
            await client.send_string(ms)
        for _ in requests:
            print(await client.recv_string())


async def main():
    role, endpoint, *requests = (sys.argv[1:] + [None] * 2)[: max(2, len(sys.argv) - 1)]
    with Context() as context:
        if role == "server":
            await server(context, endpoint or "tcp://*:5555")
        elif role == "client":
            await client(context, endpoint or "tcp://localhost:5555", requests if endpoint else ["900", "600", "300"])
        else:
            endpoint = "inproc://router_server"
            # The server would go on for ever: it is cancelled when the client is done.
            serving = asyncio.create_task(server(context, endpoint))
            await client(context, endpoint, ["900", "600", "300"])
            serving.cancel()
            await asyncio.gather(serving, return_exceptions=True)


asyncio.run(main())

"""A server that is stopped gracefully: on Ctrl-C, or SIGTERM, it takes no more work, finishes what it has, and waits until the
replies are sent. In Rust: tokio_shutdown.rs.

    python asyncio_shutdown.py                              # in one terminal: the client stops the server
    python asyncio_shutdown.py server [endpoint] [ms]       # or in two: how long the work of each request takes
    python asyncio_shutdown.py client [endpoint] [requests]
"""

import asyncio
import os
import signal
import sys

import zmq
from zmq.asyncio import Context


async def server(context, endpoint, work):
    # Before anybody can know that the program runs: until now a signal ends it at once.
    stop = asyncio.Event()
    for number in [signal.SIGINT, signal.SIGTERM]:
        asyncio.get_running_loop().add_signal_handler(number, stop.set)

    with context.socket(zmq.ROUTER) as server:
        server.router_mandatory = True  # so that it waits where it would drop what does not fit
        server.bind(endpoint)
        print(f"listening on {server.last_endpoint.decode()}")

        in_work = set()
        stopping = asyncio.create_task(stop.wait())
        while not stop.is_set():
            # `poll` takes nothing: a `recv_multipart` that is cancelled could lose a request.
            readable = asyncio.ensure_future(server.poll())
            await asyncio.wait([readable, stopping], return_when=asyncio.FIRST_COMPLETED)
            if readable.done():
                client, request = await server.recv_multipart()
                task = asyncio.create_task(answer(server, client, request, work))
                in_work.add(task)
                task.add_done_callback(in_work.discard)
            else:
                readable.cancel()

        print(f"stopping, {len(in_work)} in work")
        # Requests that come now are received, so that no connection is closed with something unread, and not begun: who gets no
        # answer asks again elsewhere.
        receiving = asyncio.create_task(receive_on(server))
        await asyncio.gather(*in_work)
        receiving.cancel()


async def receive_on(server):
    while True:
        await server.recv_multipart()


async def answer(server, client, request, work):
    """Tells the client that its request is in work, and then that it is done."""
    await reply(server, [client, b"in work", request])
    await asyncio.sleep(work)
    await reply(server, [client, b"done", request])


async def reply(server, message):
    """Sends it, unless the client has gone: that is no reason to stop serving the others."""
    try:
        await server.send_multipart(message)
    except zmq.ZMQError as error:
        if error.errno != zmq.EHOSTUNREACH:
            raise


async def client(context, endpoint, requests, stops):
    with context.socket(zmq.DEALER) as client:
        client.connect(endpoint)
        for request in range(1, requests + 1):
            await client.send_string(str(request))
        for n in range(1, 2 * requests + 1):
            state, request = await client.recv_multipart()
            print(f"{state.decode()}: {request.decode()}")
            if stops and n == requests:
                os.kill(os.getpid(), signal.SIGINT)  # as Ctrl-C does


async def main():
    role, endpoint, arg = (sys.argv[1:] + [None] * 3)[:3]
    # Leaving the `with` waits until the replies are sent.
    with Context() as context:
        if role == "server":
            await server(context, endpoint or "tcp://*:5555", int(arg or 500) / 1000)
        elif role == "client":
            await client(context, endpoint or "tcp://localhost:5555", int(arg or 5), False)
        else:
            endpoint = "inproc://shutdown"
            await asyncio.gather(server(context, endpoint, 0.5), client(context, endpoint, 5, True))


asyncio.run(main())

"""A publisher that ticks, and tasks that subscribe to some of its ticks. In Rust: tokio_pubsub.rs.

    python asyncio_pubsub.py                                   # all in one terminal
    python asyncio_pubsub.py publisher  [endpoint] [subscribers]
    python asyncio_pubsub.py subscriber [endpoint] [topic]     # `even` or `odd`
"""

import asyncio
import sys

import zmq
from zmq.asyncio import Context

TICK = 0.02


async def tick(publisher, subscribed):
    number = 0
    while True:
        await subscribed.wait()
        number += 1
        topic = "odd" if number % 2 else "even"
        await publisher.send_multipart([topic.encode(), str(number).encode()])
        await asyncio.sleep(TICK)


async def publisher(context, endpoint, subscribers):
    """Publishes until so many subscribers have come and gone."""
    # An XPUB receives its subscriptions, so that nobody sleeps and hopes that they are there.
    with context.socket(zmq.XPUB) as publisher:
        publisher.xpub_verboser = True  # also those to a topic that somebody else has
        publisher.bind(endpoint)
        print(f"listening on {publisher.last_endpoint.decode()}")

        subscribed = 0
        somebody = asyncio.Event()
        ticking = asyncio.create_task(tick(publisher, somebody))
        while subscribers > 0:
            event = await publisher.recv()
            topic = event[1:].decode()
            if event[0] == 1:
                subscribed += 1
                print(f"subscribed to: {topic}")
            else:
                subscribed -= 1
                subscribers -= 1
                print(f"unsubscribed from: {topic}")
            if subscribed:
                somebody.set()
            else:
                somebody.clear()
        ticking.cancel()


async def subscriber(context, endpoint, topic):
    with context.socket(zmq.SUB) as subscriber:
        subscriber.connect(endpoint)
        subscriber.subscribe(topic)
        for _ in range(3):
            topic, number = await subscriber.recv_multipart()
            print(f"{topic.decode()}: {number.decode()}")


async def main():
    role, endpoint, arg = (sys.argv[1:] + [None] * 3)[:3]
    with Context() as context:
        if role == "publisher":
            await publisher(context, endpoint or "tcp://*:5556", int(arg or 2))
        elif role == "subscriber":
            await subscriber(context, endpoint or "tcp://localhost:5556", arg or "even")
        else:
            endpoint = "inproc://ticks"
            await asyncio.gather(
                publisher(context, endpoint, 2),
                subscriber(context, endpoint, "even"),
                subscriber(context, endpoint, "odd"),
            )


asyncio.run(main())

"""A pool of tasks that share one PULL and one PUSH: whichever is idle takes the next task. In Rust: tokio_worker_pool.rs.

    python asyncio_worker_pool.py                                       # all in one terminal
    python asyncio_worker_pool.py ventilator [endpoint]
    python asyncio_worker_pool.py sink       [endpoint]
    python asyncio_worker_pool.py workers    [ventilator] [sink] [n]    # run until they are stopped
"""

import asyncio
import sys

import zmq
from zmq.asyncio import Context

TASKS = 100


async def ventilator(context, endpoint):
    with context.socket(zmq.PUSH) as tasks:
        tasks.bind(endpoint)
        print(f"listening on {tasks.last_endpoint.decode()}")

        # A PUSH waits while there is no worker with room, and drops nothing. With more tasks than fit into the workers' queues
        # (RCVHWM) it should stay until they are done: what is on its way to a full queue may be lost when the connection ends.
        for task in range(1, TASKS + 1):
            await tasks.send_string(str(task))


async def workers(context, ventilator, sink, count):
    with context.socket(zmq.PULL) as tasks, context.socket(zmq.PUSH) as results:
        tasks.connect(ventilator)
        results.connect(sink)
        # They do not end but by an error.
        await asyncio.gather(*(worker(tasks, results, name) for name in range(1, count + 1)))


async def worker(tasks, results, name):
    while True:
        task = await tasks.recv()
        await asyncio.sleep(0.005)  # what would be the work
        await results.send_multipart([task, f"worker {name}".encode()])


async def sink(context, endpoint):
    with context.socket(zmq.PULL) as results:
        results.bind(endpoint)
        print(f"listening on {results.last_endpoint.decode()}")

        for _ in range(TASKS):
            task, worker = await results.recv_multipart()
            print(f"task {task.decode()}: {worker.decode()}")


async def main():
    role, first, second, count = (sys.argv[1:] + [None] * 4)[:4]
    with Context() as context:
        if role == "ventilator":
            await ventilator(context, first or "tcp://*:5557")
        elif role == "sink":
            await sink(context, first or "tcp://*:5558")
        elif role == "workers":
            await workers(context, first or "tcp://localhost:5557", second or "tcp://localhost:5558", int(count or 4))
        else:
            tasks, results = "inproc://tasks", "inproc://results"
            working = asyncio.create_task(workers(context, tasks, results, 4))
            await asyncio.gather(ventilator(context, tasks), sink(context, results))
            working.cancel()
            await asyncio.gather(working, return_exceptions=True)


asyncio.run(main())

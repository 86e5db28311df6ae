"""A queue between clients and workers in a process of its own.

`process_proxy.py` starts one, sends a question through it, and ends it; `process_proxy.py CONTROL` starts one that whoever talks to the
control endpoint steers and ends. In Rust: process_proxy.rs.
"""

import sys

import zmq
from zmq.devices import ProcessDevice, ProcessProxySteerable


def main():
    context = zmq.Context()
    if len(sys.argv) > 1:
        queue = ProcessProxySteerable(zmq.ROUTER, zmq.DEALER, zmq.PUB, zmq.REP)
        queue.bind_ctrl(sys.argv[1])
    else:
        queue = ProcessDevice(zmq.QUEUE, zmq.ROUTER, zmq.DEALER)
    queue.setsockopt_in(zmq.RCVHWM, 10_000)
    clients = queue.bind_in_to_random_port("tcp://127.0.0.1")
    workers = queue.bind_out_to_random_port("tcp://127.0.0.1")
    queue.start()
    if len(sys.argv) > 1:
        print(f"listening on tcp://127.0.0.1:{clients} and tcp://127.0.0.1:{workers} as {queue.launcher.pid}", flush=True)
        queue.launcher.join()
        return

    client, worker = context.socket(zmq.REQ), context.socket(zmq.REP)
    client.connect(f"tcp://127.0.0.1:{clients}")
    worker.connect(f"tcp://127.0.0.1:{workers}")
    client.send_string("Hello")
    print("worker got", worker.recv_string())
    worker.send_string("World")
    print("client got", client.recv_string())
    queue.launcher.terminate()


if __name__ == "__main__":
    main()

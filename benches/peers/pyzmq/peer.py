"""libzmq's perf programs with pyzmq: `python3 peer.py PROGRAM ARGUMENTS`.

As pyzmq's own perf programs do: bytes are copied where they are few, handed over where they are many.
"""

import sys
import time
from threading import Thread

import zmq

SERVER_SECRET = b"{X}#>t#jRGaQ}gMhv=30r(Mw+87YGs+5%kh=i@f8"
SERVER_PUBLIC = b"DX4nh=yUn{-9ugra0X3Src4SU-4xTgqxcYY.+<SH"
CLIENT_PUBLIC = b"<n^oA}I:66W+*ds3tAmi1+KJzv-}k&fC2aA5Bj0K"
CLIENT_SECRET = b"9R9bV}[6z6DC-%$!jTVTKvWc=LEL{4i4gzUe$@Zx"

# From here on, pyzmq itself does not copy what it is told not to (zmq.COPY_THRESHOLD).
LARGE = 65536


def throughput(size, count, took):
    rate = count / took
    print(f"message size: {size} [B]\nmessage count: {count}")
    print(f"mean throughput: {int(rate)} [msg/s]\nmean throughput: {rate * size * 8 / 1e6:.3f} [Mb/s]")


def latency(size, count, took):
    print(f"message size: {size} [B]\nroundtrip count: {count}")
    print(f"average latency: {took * 1e6 / (2 * count):.3f} [us]")


def server(socket, curve):
    if curve:
        socket.curve_secretkey = SERVER_SECRET
        socket.curve_server = True


def client(socket, curve):
    if curve:
        socket.curve_secretkey = CLIENT_SECRET
        socket.curve_publickey = CLIENT_PUBLIC
        socket.curve_serverkey = SERVER_PUBLIC


def receive(pull, size, count):
    """The time from the first message to the last."""
    recv, copy = pull.recv, size < LARGE
    recv(copy=copy)
    started = time.perf_counter()
    for _ in range(count - 1):
        message = recv(copy=copy)
        assert len(message) == size
    return time.perf_counter() - started


def send(push, size, count):
    send, copy, data = push.send, size < LARGE, bytes(size)
    for _ in range(count):
        send(data, copy=copy)


def echo(rep, size, count):
    recv, send, copy = rep.recv, rep.send, size < LARGE
    for _ in range(count):
        message = recv(copy=copy)
        assert len(message) == size
        send(message, copy=copy)


def ask(req, size, count):
    recv, send, copy, message = req.recv, req.send, size < LARGE, bytes(size)
    started = time.perf_counter()
    for _ in range(count):
        send(message, copy=copy)
        message = recv(copy=copy)
        assert len(message) == size
    return time.perf_counter() - started


def local_thr(endpoint, size, count, curve):
    with zmq.Context() as context, context.socket(zmq.PULL) as pull:
        server(pull, curve)
        pull.bind(endpoint)
        throughput(size, count, receive(pull, size, count))


def remote_thr(endpoint, size, count, curve):
    with zmq.Context() as context, context.socket(zmq.PUSH) as push:
        client(push, curve)
        push.connect(endpoint)
        send(push, size, count)
        if endpoint.startswith("ipc:"):
            # libzmq's receiver that has no room drops what it has not yet read when the sender of an ipc connection hangs up
            # (stream_engine_base.cpp, in_event_internal, where _input_stopped): it is ended from outside.
            time.sleep(600)


def local_lat(endpoint, size, count, curve):
    with zmq.Context() as context, context.socket(zmq.REP) as rep:
        server(rep, curve)
        rep.bind(endpoint)
        echo(rep, size, count)


def remote_lat(endpoint, size, count, curve):
    with zmq.Context() as context, context.socket(zmq.REQ) as req:
        client(req, curve)
        req.connect(endpoint)
        latency(size, count, ask(req, size, count))


def inproc_thr(size, count):
    with zmq.Context() as context, context.socket(zmq.PULL) as pull, context.socket(zmq.PUSH) as push:
        pull.bind("inproc://thr_test")
        push.connect("inproc://thr_test")
        sender = Thread(target=send, args=(push, size, count))
        sender.start()
        throughput(size, count, receive(pull, size, count))
        sender.join()


def inproc_lat(size, count):
    with zmq.Context() as context, context.socket(zmq.REQ) as req, context.socket(zmq.REP) as rep:
        req.bind("inproc://lat_test")
        rep.connect("inproc://lat_test")
        echoing = Thread(target=echo, args=(rep, size, count))
        echoing.start()
        latency(size, count, ask(req, size, count))
        echoing.join()


def can():
    print("tcp\nipc\ninproc")
    if zmq.has("curve"):
        print("curve")


def main(program, *arguments):
    if program == "can":
        can()
    elif program in ("inproc_thr", "inproc_lat"):
        size, count = arguments
        globals()[program](int(size), int(count))
    elif program in ("local_thr", "remote_thr", "local_lat", "remote_lat"):
        endpoint, size, count, *curve = arguments
        globals()[program](endpoint, int(size), int(count), curve == ["1"])
    else:
        sys.exit(f"there is no program {program}")


main(*sys.argv[1:])

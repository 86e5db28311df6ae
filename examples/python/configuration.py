"""The options that programs in production set, each set and read back. In Rust: configuration.rs."""

import zmq

context = zmq.Context()
socket = context.socket(zmq.DEALER)

# How many messages may wait for each peer. Before bind and connect, as the rest.
socket.setsockopt(zmq.SNDHWM, 1000)
socket.setsockopt(zmq.RCVHWM, 1000)

# Closing drops what is unsent.
socket.setsockopt(zmq.LINGER, 0)

# A lost connection is made again after 100 ms, then after twice as long each time, up to 30 s.
socket.setsockopt(zmq.RECONNECT_IVL, 100)
socket.setsockopt(zmq.RECONNECT_IVL_MAX, 30_000)

# Asks the peer once a second whether it lives, and gives it up if nothing came for 5 s.
socket.setsockopt(zmq.HEARTBEAT_IVL, 1000)
socket.setsockopt(zmq.HEARTBEAT_TIMEOUT, 5000)

# `send` and `recv` wait for at most 5 s.
socket.setsockopt(zmq.SNDTIMEO, 5000)
socket.setsockopt(zmq.RCVTIMEO, 5000)

# The system, too, looks after connections that were silent for 300 s.
socket.setsockopt(zmq.TCP_KEEPALIVE, 1)
socket.setsockopt(zmq.TCP_KEEPALIVE_IDLE, 300)

for name in [
    "SNDHWM",
    "RCVHWM",
    "LINGER",
    "RECONNECT_IVL",
    "RECONNECT_IVL_MAX",
    "HEARTBEAT_IVL",
    "HEARTBEAT_TIMEOUT",
    "SNDTIMEO",
    "RCVTIMEO",
    "TCP_KEEPALIVE",
    "TCP_KEEPALIVE_IDLE",
]:
    print(f"{name} = {socket.getsockopt(getattr(zmq, name))}")

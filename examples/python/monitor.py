"""The life of a connection, as the monitors of both its ends tell it: made, agreed upon, lost, and tried again.
In Rust: monitor.rs.

    python monitor.py                    # both ends in one terminal
    python monitor.py server [endpoint]  # or in two
    python monitor.py client [endpoint]
"""

import sys
import threading

import zmq
from zmq.utils.monitor import recv_monitor_message

WORDS = {
    zmq.EVENT_LISTENING: "listening",
    zmq.EVENT_ACCEPTED: "accepted",
    zmq.EVENT_CONNECTED: "connected",
    zmq.EVENT_HANDSHAKE_SUCCEEDED: "handshake succeeded",
    zmq.EVENT_DISCONNECTED: "disconnected",
    zmq.EVENT_CONNECT_RETRIED: "connecting again in {value}ms",
    zmq.EVENT_CLOSED: "closed",
}


def events(monitor):
    """What a monitor receives until its socket is closed."""
    while True:
        event = recv_monitor_message(monitor)
        if event["event"] == zmq.EVENT_MONITOR_STOPPED:
            monitor.close()
            return
        yield event


def show(who, event):
    words = WORDS[event["event"]].format(**event)
    print(f"{who}: {words}: {event['endpoint'].decode()}")


def bind(context, endpoint):
    server = context.socket(zmq.REP)
    shown = zmq.EVENT_LISTENING | zmq.EVENT_ACCEPTED | zmq.EVENT_HANDSHAKE_SUCCEEDED | zmq.EVENT_CLOSED
    monitor = server.get_monitor_socket(shown | zmq.EVENT_MONITOR_STOPPED)  # before it binds, so that this is told, too
    server.bind(endpoint)
    print(f"listening on {server.last_endpoint.decode()}")
    return server, monitor


def serve(server, monitor):
    def printing():
        for event in events(monitor):
            show("server", event)

    thread = threading.Thread(target=printing)
    thread.start()
    server.recv()
    server.send_string("World")
    server.close()
    thread.join()


def client(context, endpoint):
    with context.socket(zmq.REQ) as client:
        made = zmq.EVENT_CONNECTED | zmq.EVENT_HANDSHAKE_SUCCEEDED
        monitor = client.get_monitor_socket(made | zmq.EVENT_DISCONNECTED | zmq.EVENT_CONNECT_RETRIED)
        client.connect(endpoint)
        client.send_string("Hello")
        client.recv()

        lost = False
        for event in events(monitor):
            show("client", event)
            if event["event"] == zmq.EVENT_DISCONNECTED:
                lost = True
            elif event["event"] == zmq.EVENT_CONNECT_RETRIED and lost:
                break  # it would go on trying
        client.disable_monitor()
        monitor.close()


def main():
    role, endpoint = (sys.argv[1:] + [None] * 2)[:2]
    with zmq.Context() as context:
        if role == "server":
            serve(*bind(context, endpoint or "tcp://*:5564"))
        elif role == "client":
            client(context, endpoint or "tcp://localhost:5564")
        else:
            # Not inproc, which has no connections to tell of.
            server, monitor = bind(context, "tcp://127.0.0.1:*")
            endpoint = server.last_endpoint.decode()
            thread = threading.Thread(target=serve, args=[server, monitor])
            thread.start()
            client(context, endpoint)
            thread.join()


main()

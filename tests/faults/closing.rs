//! What was sent before a socket is closed arrives, as LINGER says, although the peer is slow and sends too. Of libzmq only the bundled
//! one keeps that (`vendor/zmq-sys/build/mends/closing.patch`).
#![cfg(zmq_vendored)]

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;
use std::time::Duration;

use zmq::{Context, Socket};

use crate::support::{Transport, deadline};

/// Ends the context beside the test, and tells when it has.
fn end(context: Context) -> Receiver<()> {
    let (ended, wait) = channel();
    thread::spawn(move || {
        context.term().unwrap();
        ended.send(()).unwrap();
    });
    wait
}

/// Still waits, after a while that is long for a context with nothing to wait for.
#[track_caller]
fn still_waits(end: &Receiver<()>) {
    assert_eq!(end.recv_timeout(Duration::from_millis(200)), Err(RecvTimeoutError::Timeout));
}

/// A sender whose system takes little at a time, so that a batch never fits.
fn sender(context: &Context, endpoint: &str) -> Socket<zmq::Push> {
    let push = context.socket(zmq::PUSH).unwrap();
    push.set_sndbuf(4096).unwrap();
    push.set_hwm(0).unwrap();
    push.connect(endpoint).unwrap();
    push
}

fn slow_receiver(context: &Context, transport: Transport) -> (Socket<zmq::Pull>, String) {
    let pull = context.socket(zmq::PULL).unwrap();
    pull.set_rcvbuf(4096).unwrap();
    pull.set_rcvhwm(1).unwrap();
    let endpoint = transport.bind(&pull);
    (pull, endpoint)
}

/// Binds to where another socket is about to go from.
fn follow<K: zmq::Kind>(next: &Socket<K>, endpoint: &str) {
    while next.bind(endpoint).is_err() {
        thread::yield_now();
    }
}

/// The system takes part of the last batch only.
#[test]
fn what_was_sent_before_closing_arrives() {
    let _deadline = deadline(60);
    for transport in [Transport::Tcp, Transport::Ipc] {
        for size in [0, 1, 100, 5000, 8192, 20_000] {
            let (receivers, senders) = (Context::new().unwrap(), Context::new().unwrap());
            let (pull, endpoint) = slow_receiver(&receivers, transport);
            let push = sender(&senders, &endpoint);
            let count = 200 + 1_000_000 / (size + 100);
            for number in 0..count {
                push.send_multipart([number.to_string().into_bytes(), vec![b'.'; size]]).unwrap();
            }
            push.close().unwrap();
            let end = end(senders);
            for number in 0..count {
                let [name, content] = pull.recv_frames().unwrap();
                assert_eq!(name, number.to_string(), "{transport:?}, {size} bytes");
                assert_eq!(content.len(), size);
            }
            end.recv().unwrap();
        }
    }
}

/// The server's system holds replies that it cannot send yet, and requests that the server has not taken.
#[test]
fn replies_arrive_though_requests_are_unread() {
    let _deadline = deadline(60);
    let (clients, servers) = (Context::new().unwrap(), Context::new().unwrap());
    let server = servers.socket(zmq::ROUTER).unwrap();
    server.set_rcvhwm(1).unwrap();
    server.set_sndhwm(0).unwrap();
    server.set_rcvbuf(4096).unwrap();
    server.set_sndbuf(1_000_000).unwrap();
    let endpoint = Transport::Tcp.bind(&server);
    let client = clients.socket(zmq::DEALER).unwrap();
    client.set_sndhwm(0).unwrap();
    client.set_rcvhwm(1).unwrap();
    client.set_rcvbuf(4096).unwrap();
    client.set_linger(0).unwrap();
    client.connect(&endpoint).unwrap();
    for _ in 0..10_000 {
        client.send([0; 100]).unwrap();
    }
    let [name, _] = server.recv_frames().unwrap();
    for number in 0..1000 {
        server.send_multipart((&name, number.to_string(), [0; 500])).unwrap();
    }
    server.close().unwrap();
    let end = end(servers);
    still_waits(&end);
    for number in 0..1000 {
        let [name, _] = client.recv_frames().unwrap();
        assert_eq!(name, number.to_string());
    }
    end.recv().unwrap();
}

/// An answer to somebody who is no ZeroMQ peer, closed by an empty message, with part of the question not read.
#[test]
fn an_answer_of_a_stream_arrives_whole() {
    let _deadline = deadline(60);
    let context = Context::new().unwrap();
    let server = context.socket(zmq::STREAM).unwrap();
    server.set_rcvhwm(1).unwrap();
    server.set_rcvbuf(4096).unwrap();
    let endpoint = Transport::Tcp.bind(&server);
    let mut client = TcpStream::connect(endpoint.strip_prefix("tcp://").unwrap()).unwrap();
    client.write_all(&[b'?'; 40_000]).unwrap();
    let [name, connected] = server.recv_frames().unwrap();
    assert!(connected.is_empty());
    for number in 0..1000 {
        server.send_multipart((&name, format!("{number:5000}"))).unwrap();
    }
    server.send_multipart((&name, "")).unwrap();
    let reader = thread::spawn(move || {
        let mut answer = String::new();
        let _ = client.read_to_string(&mut answer); // it may end with a reset
        answer
    });
    // A STREAM hears of the end of a connection, and lets it go, when it is used.
    while !reader.is_finished() {
        server.poll(1, zmq::POLLIN).unwrap();
    }
    let answer = reader.join().unwrap();
    let numbers: Vec<usize> = answer.split_whitespace().map(|number| number.parse().unwrap()).collect();
    assert_eq!(numbers, (0..1000).collect::<Vec<_>>());
}

/// Whoever waits stops waiting: when the time is over, or the peer is gone. Whatever is still where: in the queue, the engine or the system.
#[test]
fn lingering_ends() {
    let _deadline = deadline(60);
    for transport in [Transport::Tcp, Transport::Ipc] {
        for (linger, count) in [Some(0), Some(100), None]
            .into_iter()
            .flat_map(|linger| [50, 100, 150, 200, 250, 300, 400, 10_000].map(|count| (linger, count)))
        {
            let (receivers, senders) = (Context::new().unwrap(), Context::new().unwrap());
            let (pull, endpoint) = slow_receiver(&receivers, transport);
            let push = sender(&senders, &endpoint);
            if let Some(ms) = linger {
                push.set_linger(ms).unwrap();
            }
            for _ in 0..count {
                push.send([0; 100]).unwrap();
            }
            assert_eq!(pull.recv().unwrap().len(), 100);
            push.close().unwrap();
            let end = end(senders);
            if linger.is_none() {
                if count == 10_000 {
                    still_waits(&end);
                }
                // What is in the queue goes to whoever comes next. What was in the engine or the system is lost with the connection.
                pull.close().unwrap();
                let next = receivers.socket(zmq::PULL).unwrap();
                follow(&next, &endpoint);
                while end.try_recv().is_err() {
                    let _ = next.recv_timeout(1);
                }
            } else {
                end.recv().unwrap();
            }
        }
    }
}

/// The peer goes while the socket's queue is full, and what it sent is never received: before the socket is closed, and after.
#[test]
fn a_context_ends_though_a_peer_went_unheard() {
    let _deadline = deadline(60);
    for transport in [Transport::Tcp, Transport::Ipc] {
        for count in [1, 10, 100, 10_000] {
            let (here, there) = (Context::new().unwrap(), Context::new().unwrap());
            let (pull, endpoint) = slow_receiver(&here, transport);
            let push = sender(&there, &endpoint);
            push.set_linger(0).unwrap();
            for _ in 0..count {
                push.send([0; 100]).unwrap();
            }
            pull.recv().unwrap();
            push.close().unwrap();
            there.term().unwrap();
            pull.close().unwrap();
            here.term().unwrap();
        }
        for full in [false, true] {
            let (here, there) = (Context::new().unwrap(), Context::new().unwrap());
            let router = there.socket(zmq::ROUTER).unwrap();
            router.set_rcvhwm(1).unwrap();
            router.set_rcvbuf(4096).unwrap();
            router.set_linger(0).unwrap();
            let endpoint = transport.bind(&router);
            let dealer = here.socket(zmq::DEALER).unwrap();
            dealer.set_rcvhwm(1).unwrap();
            dealer.set_sndhwm(0).unwrap();
            dealer.set_sndbuf(4096).unwrap();
            dealer.connect(&endpoint).unwrap();
            for _ in 0..10_000 {
                dealer.send([0; 1000]).unwrap();
            }
            let [name, _] = router.recv_frames().unwrap();
            for _ in 0..if full { 100 } else { 0 } {
                router.send_multipart((&name, [0; 1000])).unwrap();
            }
            dealer.close().unwrap();
            let end = end(here);
            still_waits(&end);
            router.close().unwrap();
            // What is in its queue goes to the next.
            let next = there.socket(zmq::ROUTER).unwrap();
            follow(&next, &endpoint);
            while end.try_recv().is_err() {
                let _ = next.recv_multipart_timeout(1);
            }
        }
    }
}

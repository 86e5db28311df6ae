//! poll, readable and writable, pollers, monitors, and the authenticator.

use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::StreamExt as _;
use zmq::tokio::{Authenticator, Context, Poller, Socket};
use zmq::{EVENT_ALL, Event, POLLIN, POLLOUT};

use crate::support::{TRANSPORTS, Transport, deadline};
use crate::{one_thread, pair, settle, threads, within};

#[test]
fn poll_readable_and_writable() {
    let _deadline = deadline(30);
    for transport in TRANSPORTS {
        one_thread().block_on(async {
            let context = Context::new().unwrap();
            let (one, two) = pair(&context, transport, zmq::PAIR, zmq::PAIR);
            assert!(one.poll(0, POLLIN).await.unwrap().is_empty());
            let started = Instant::now();
            assert!(one.poll(30, POLLIN).await.unwrap().is_empty());
            assert!(started.elapsed() >= Duration::from_millis(29));
            within("room", two.writable()).await.unwrap();
            assert_eq!(within("room", two.poll(None, POLLIN | POLLOUT)).await.unwrap(), POLLOUT);
            two.send("x").await.unwrap();
            within("a message", one.readable()).await.unwrap();
            assert_eq!(within("a message", one.poll(Duration::from_secs(5), POLLIN)).await.unwrap(), POLLIN);
            assert!(!one.poll(0, POLLIN).await.unwrap().is_empty(), "it is still there");
            assert_eq!(one.recv().await.unwrap(), "x");
            assert!(one.poll(0, POLLIN).await.unwrap().is_empty());
        });
    }
}

/// The way to send what must not be lost when the wait is cancelled.
#[test]
fn writable_and_try_send() {
    let _deadline = deadline(30);
    threads().block_on(async {
        let context = Context::new().unwrap();
        let (pull, push) = pair(&context, Transport::Inproc, zmq::PULL, zmq::PUSH);
        let sending = tokio::spawn(async move {
            for number in 0..500u32 {
                let mut message = zmq::Message::from(number.to_le_bytes());
                loop {
                    let _ = tokio::time::timeout(Duration::from_micros(200), push.writable()).await;
                    match push.try_send(message) {
                        Ok(()) => break,
                        Err(error) if error.is_again() => message = error.message,
                        Err(error) => panic!("{error}"),
                    }
                }
            }
            push
        });
        for number in 0..500u32 {
            assert_eq!(within("the next", pull.recv()).await.unwrap(), number.to_le_bytes());
        }
        drop(sending.await.unwrap());
    });
}

#[test]
fn a_poller_of_all_there_is() {
    let _deadline = deadline(30);
    one_thread().block_on(async {
        let context = Context::new().unwrap();
        let (pull, push) = pair(&context, Transport::Tcp, zmq::PULL, zmq::PUSH);
        let other = context.socket(zmq::SUB).unwrap();
        let monitor = pull.monitor(EVENT_ALL).unwrap();
        let auth = Authenticator::new(&context).unwrap();
        let mut poller = Poller::new();
        assert!(within("nobody", poller.poll(10)).await.unwrap().is_empty());
        poller.register(&pull, POLLOUT).unwrap();
        poller.modify(&pull, POLLIN).unwrap();
        assert_eq!(poller.modify(&monitor, POLLIN).unwrap_err().kind(), zmq::ErrorKind::NotFound);
        poller.register(&other, POLLIN).unwrap();
        poller.register(&auth, POLLIN).unwrap();
        let started = Instant::now();
        let ready = poller.poll(30).await.unwrap();
        assert!(ready.is_empty() && !ready.contains(&pull) && started.elapsed() >= Duration::from_millis(29));
        assert!(tokio::time::timeout(Duration::from_millis(10), poller.poll(None)).await.is_err());
        let waiting = poller.poll(None);
        push.send("x").await.unwrap();
        let ready = within("one", waiting).await.unwrap();
        assert_eq!(ready.len(), 1);
        assert!(ready.contains(&pull) && !ready.contains(&other) && !ready.contains(&auth));
        assert_eq!(ready.events(&pull), POLLIN);
        assert!(!ready.contains(&monitor), "it was not registered");
        poller.register(&monitor, POLLIN).unwrap();
        drop(push);
        poller.unregister(&pull).unwrap();
        assert_eq!(poller.unregister(&pull).unwrap_err().kind(), zmq::ErrorKind::NotFound);
        let ready = within("the monitor", poller.poll(10_000)).await.unwrap();
        assert!(ready.contains(&monitor) && !ready.contains(&pull));
        assert_eq!(pull.recv().await.unwrap(), "x");
        // No events at all take it out.
        poller.register(&monitor, zmq::PollEvents::NONE).unwrap();
        assert_eq!(poller.unregister(&monitor).unwrap_err().kind(), zmq::ErrorKind::NotFound);
    });
}

#[test]
fn monitors() {
    let _deadline = deadline(30);
    for runtime in [one_thread(), threads()] {
        runtime.block_on(async {
            let context = Context::new().unwrap();
            let server = context.socket(zmq::PULL).unwrap();
            let monitor = server.monitor(EVENT_ALL).unwrap();
            let following = tokio::spawn(async move {
                let mut names = Vec::new();
                let mut events = monitor.stream();
                while let Some(event) = events.next().await {
                    names.push(event.unwrap().event);
                }
                drop(events);
                assert!(monitor.recv().await.unwrap().is_none(), "it has ended");
                names
            });
            settle().await;
            server.bind("tcp://127.0.0.1:*").unwrap();
            let client = context.socket(zmq::PUSH).unwrap();
            client.connect(&server.last_endpoint().unwrap()).unwrap();
            client.send("x").await.unwrap();
            within("it", server.recv()).await.unwrap();
            server.disable_monitor().unwrap();
            let names = within("its end", following).await.unwrap();
            assert!(matches!(names[0], Event::Listening { .. }), "{names:?}");
            assert!(names.iter().any(|event| matches!(event, Event::Accepted { .. })), "{names:?}");
            // Another one, which ends with the socket.
            let monitor = server.monitor(EVENT_ALL).unwrap();
            drop(server);
            within("the end", async { while monitor.recv().await.unwrap().is_some() {} }).await;
            // And one that ends with the context.
            let server = context.socket(zmq::PULL).unwrap();
            let monitor = server.monitor(EVENT_ALL).unwrap();
            let following = tokio::spawn(async move { monitor.stream().count().await });
            settle().await;
            context.shutdown().unwrap();
            assert_eq!(within("the end", following).await.unwrap(), 0);
        });
    }
}

fn client(context: &Context, endpoint: &str, password: &str) -> Socket<zmq::Dealer> {
    let client = context.socket(zmq::DEALER).unwrap();
    client.set_plain_username("admin").unwrap();
    client.set_plain_password(password).unwrap();
    client.connect(endpoint).unwrap();
    client
}

#[test]
fn an_authenticator_that_is_a_task() {
    let _deadline = deadline(60);
    for runtime in [one_thread(), threads()] {
        runtime.block_on(async {
            let context = Context::new().unwrap();
            let auth = Arc::new(Authenticator::new(&context).unwrap());
            auth.configure_plain("*", [("admin", "secret")]);
            let run = || {
                let auth = Arc::clone(&auth);
                tokio::spawn(async move { auth.run().await })
            };
            let running = run();
            let server = context.socket(zmq::DEALER).unwrap();
            server.set_plain_server(true).unwrap();
            server.bind("tcp://127.0.0.1:*").unwrap();
            let endpoint = server.last_endpoint().unwrap();
            let good = client(&context, &endpoint, "secret");
            good.send("hello").await.unwrap();
            assert_eq!(within("who is let in", server.recv()).await.unwrap(), "hello");
            let bad = context.socket(zmq::DEALER).unwrap();
            let monitor = bad.monitor(EVENT_ALL).unwrap();
            bad.set_plain_username("admin").unwrap();
            bad.set_plain_password("wrong").unwrap();
            bad.connect(&endpoint).unwrap();
            let refused = async {
                while !matches!(monitor.recv().await.unwrap().unwrap().event, Event::HandshakeFailedAuth { .. }) {}
            };
            within("who is refused", refused).await;
            // Dropped and run again: whoever asked meanwhile is answered then.
            running.abort();
            assert!(running.await.unwrap_err().is_cancelled());
            let late = client(&context, &endpoint, "secret");
            late.send("late").await.unwrap();
            assert!(tokio::time::timeout(Duration::from_millis(50), server.recv()).await.is_err());
            let running = run();
            assert_eq!(within("who was late", server.recv()).await.unwrap(), "late");
            assert!(bad.try_send("x").is_ok() || server.try_recv().unwrap().is_none());
            context.shutdown().unwrap();
            within("the end", running).await.unwrap().unwrap();
        });
    }
}

/// Two that decide by turns, one request a call.
#[test]
fn an_authenticator_that_is_asked_once() {
    let _deadline = deadline(30);
    one_thread().block_on(async {
        let context = Context::new().unwrap();
        let auth = Authenticator::new(&context).unwrap();
        auth.policy().configure_plain("*", [("admin", "secret")]);
        let server = context.socket(zmq::DEALER).unwrap();
        server.set_plain_server(true).unwrap();
        server.bind("tcp://127.0.0.1:*").unwrap();
        let one = client(&context, &server.last_endpoint().unwrap(), "secret");
        one.send("x").await.unwrap();
        within("a request", auth.handle()).await.unwrap();
        assert_eq!(within("who is let in", server.recv()).await.unwrap(), "x");
        assert!(tokio::time::timeout(Duration::from_millis(20), auth.handle()).await.is_err());
    });
}

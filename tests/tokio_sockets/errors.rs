//! Errors come out, and are not "no message"; what was not sent comes back.

use std::pin::pin;
use std::sync::{Arc, OnceLock, Weak};
use std::time::{Duration, Instant};

use futures_util::{SinkExt as _, StreamExt as _};
use zmq::tokio::{Context, Socket};
use zmq::{ErrorKind, Message, POLLIN, Push};

use crate::support::{Transport, child, deadline};
use crate::{one_thread, pair, poll_once, within};

#[test]
fn the_end_of_the_context_is_an_error_everywhere() {
    let _deadline = deadline(30);
    one_thread().block_on(async {
        let context = Context::new().unwrap();
        let (pull, push) = pair(&context, Transport::Inproc, zmq::PULL, zmq::PUSH);
        context.shutdown().unwrap();
        let ended = ErrorKind::ContextTerminated;
        assert_eq!(pull.recv().await.unwrap_err().kind(), ended);
        assert_eq!(pull.try_recv().unwrap_err().kind(), ended);
        assert_eq!(pull.recv_multipart().await.unwrap_err().kind(), ended);
        assert_eq!(pull.try_recv_multipart().unwrap_err().kind(), ended);
        assert_eq!(pull.recv_string().await.unwrap_err().kind(), ended);
        assert_eq!(pull.recv_into(&mut Message::new()).await.unwrap_err().kind(), ended);
        assert_eq!(pull.readable().await.unwrap_err().kind(), ended);
        assert_eq!(pull.poll(-1, POLLIN).await.unwrap_err().kind(), ended);
        assert_eq!(pull.with(|pull| pull.events()).unwrap_err().kind(), ended);
        assert!(pull.stream().next().await.is_none());
        assert!(pull.stream_multipart().next().await.is_none());
        let large = Message::from(vec![1u8; 10_000]);
        let at = large.as_ptr();
        let refused = push.try_send(large).unwrap_err();
        assert_eq!((refused.kind(), refused.message.as_ptr()), (ended, at));
        let refused = push.send(refused.message).await.unwrap_err();
        assert_eq!((refused.kind(), refused.message.as_ptr()), (ended, at));
        let refused = push.sink().send(refused.message).await.unwrap_err();
        assert_eq!((refused.kind(), refused.message.as_ptr()), (ended, at));
        let refused = push.send_multipart([Message::from("head"), refused.message]).await.unwrap_err();
        assert_eq!((refused.kind(), refused.parts[1].as_ptr()), (ended, at));
        let refused = push.try_send_multipart(refused.parts).unwrap_err();
        assert_eq!((refused.kind(), refused.parts[1].as_ptr()), (ended, at));
        let refused = push.sink_multipart().send(refused.parts).await.unwrap_err();
        assert_eq!((refused.kind(), refused.parts[1].as_ptr()), (ended, at));
        assert_eq!(push.writable().await.unwrap_err().kind(), ended);
        assert_eq!(context.socket(zmq::PULL).unwrap_err().kind(), ended);
    });
}

#[test]
fn the_wrong_state_and_unknown_peers() {
    let _deadline = deadline(30);
    one_thread().block_on(async {
        let context = Context::new().unwrap();
        let (rep, req) = pair(&context, Transport::Tcp, zmq::REP, zmq::REQ);
        assert_eq!(req.recv().await.unwrap_err().kind(), ErrorKind::WrongState);
        assert_eq!(req.try_recv().unwrap_err().kind(), ErrorKind::WrongState);
        assert_eq!(rep.send("x").await.unwrap_err().kind(), ErrorKind::WrongState);
        req.send("question").await.unwrap();
        let refused = req.send("another").await.unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::WrongState);
        assert_eq!(refused.message, "another");
        let router = context.socket(zmq::ROUTER).unwrap();
        router.set_router_mandatory(true).unwrap();
        let refused = router.send_multipart(["nobody", "x"]).await.unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::HostUnreachable);
        assert_eq!(refused.parts, ["nobody", "x"]);
        assert_eq!(router.send_multipart(Vec::<Message>::new()).await.unwrap_err().kind(), ErrorKind::InvalidArgument);
    });
}

#[test]
fn timeouts_of_the_options() {
    let _deadline = deadline(30);
    one_thread().block_on(async {
        let context = Context::new().unwrap();
        let pull = context.socket(zmq::PULL).unwrap();
        let push = context.socket(zmq::PUSH).unwrap();
        pull.set_rcvtimeo(50).unwrap();
        push.set_sndtimeo(50).unwrap();
        let large = Message::from(vec![1u8; 10_000]);
        let at = large.as_ptr();
        for _ in 0..2 {
            let started = Instant::now();
            assert!(within("RCVTIMEO", pull.recv()).await.unwrap_err().is_again());
            assert!(started.elapsed() >= Duration::from_millis(49));
            let started = Instant::now();
            let refused = within("SNDTIMEO", push.send(large.clone())).await.unwrap_err();
            assert!(refused.is_again() && started.elapsed() >= Duration::from_millis(49));
            assert_eq!(refused.message.as_ptr(), at);
        }
        // Each wait of a stream is one of its own.
        let mut stream = pull.stream();
        for _ in 0..2 {
            assert!(within("RCVTIMEO", stream.next()).await.unwrap().unwrap_err().is_again());
        }
        // What waits for readiness has its own timeouts only.
        assert!(tokio::time::timeout(Duration::from_millis(100), pull.readable()).await.is_err());
        pull.set_rcvtimeo(-1).unwrap();
        assert!(tokio::time::timeout(Duration::from_millis(100), pull.recv()).await.is_err());
    });
}

/// As in pyzmq: what would wait fails at once.
#[test]
fn timeouts_of_nothing() {
    let _deadline = deadline(30);
    one_thread().block_on(async {
        let context = Context::new().unwrap();
        let pull = context.socket(zmq::PULL).unwrap();
        pull.set_rcvtimeo(0).unwrap();
        let push = context.socket(zmq::PUSH).unwrap();
        push.set_sndtimeo(0).unwrap();
        assert!(within("SNDTIMEO", push.send("x")).await.unwrap_err().is_again());
        assert!(within("RCVTIMEO", pull.recv()).await.unwrap_err().is_again());
    });
}

#[test]
fn timeouts_that_the_context_sets() {
    let _deadline = deadline(30);
    one_thread().block_on(async {
        let context = Context::new().unwrap();
        context.setsockopt(zmq::RCVTIMEO, 20).unwrap();
        let pull = context.socket(zmq::PULL).unwrap();
        assert!(within("RCVTIMEO", pull.recv()).await.unwrap_err().is_again());
        let pull: Socket<zmq::Pull> = pull.into_blocking().into();
        assert!(within("RCVTIMEO", pull.recv()).await.unwrap_err().is_again());
    });
}

/// What owns the bytes of a message uses the socket in whose call it is dropped.
#[test]
fn an_owner_that_uses_the_socket_when_it_is_dropped() {
    let _deadline = deadline(30);
    child("", 20, || {
        static ANSWER: OnceLock<ErrorKind> = OnceLock::new();
        struct Owner(Weak<Socket<Push>>);
        impl AsRef<[u8]> for Owner {
            fn as_ref(&self) -> &[u8] {
                b"its bytes"
            }
        }
        impl Drop for Owner {
            fn drop(&mut self) {
                if let Some(socket) = self.0.upgrade() {
                    if let Err(error) = socket.try_send("from the owner") {
                        let _ = ANSWER.set(error.kind());
                        assert!(error.error.help().is_some());
                    }
                }
            }
        }
        one_thread().block_on(async {
            let context = Context::new().unwrap();
            let push = Arc::new(context.socket(zmq::PUSH).unwrap());
            // Dropped within `with`, and so within the turn of the socket.
            let mut owner = Some(Message::from_owner(Owner(Arc::downgrade(&push))));
            push.with(|_| {
                drop(owner.take());
                Ok(())
            })
            .unwrap();
            assert!(ANSWER.get().is_some());
            // It goes on.
            let pull = context.socket(zmq::PULL).unwrap();
            push.bind("inproc://owner").unwrap();
            pull.connect("inproc://owner").unwrap();
            push.send("x").await.unwrap();
            assert_eq!(within("it", pull.recv()).await.unwrap(), "x");
        });
    })
    .succeeds();
}

#[test]
fn a_call_within_a_call_is_refused() {
    let _deadline = deadline(30);
    one_thread().block_on(async {
        let context = Context::new().unwrap();
        let pull = context.socket(zmq::PULL).unwrap();
        pull.with(|_| {
            assert_eq!(pull.linger().unwrap_err().errno(), libc::EBUSY);
            assert_eq!(pull.try_recv().unwrap_err().errno(), libc::EBUSY);
            assert!(format!("{pull:?}").contains("in use"));
            Ok(())
        })
        .unwrap();
        // Also for a future that is polled there.
        let mut receiving = pin!(pull.recv());
        assert!(poll_once(&mut receiving).await.is_pending());
        let waker = std::task::Waker::noop();
        let mut cx = std::task::Context::from_waker(waker);
        pull.with(|_| {
            let answer = std::future::Future::poll(receiving.as_mut(), &mut cx);
            assert!(matches!(answer, std::task::Poll::Ready(Err(error)) if error.errno() == libc::EBUSY));
            Ok(())
        })
        .unwrap();
    });
}

#[test]
fn closures_that_panic_poison_nothing() {
    let _deadline = deadline(30);
    one_thread().block_on(async {
        let context = Context::new().unwrap();
        let (pull, push) = pair(&context, Transport::Inproc, zmq::PULL, zmq::PUSH);
        let (pull, push) = (Arc::new(pull), Arc::new(push));
        let panics = Arc::clone(&push);
        let task = tokio::spawn(async move {
            panics.send_serialized(1, |_| -> Vec<Message> { panic!("as it should") }).await.unwrap();
        });
        assert!(task.await.unwrap_err().is_panic());
        let panics = Arc::clone(&push);
        let task = tokio::spawn(async move { panics.with(|_| -> zmq::Result<()> { panic!("as it should") }) });
        assert!(task.await.unwrap_err().is_panic());
        push.send("x").await.unwrap();
        let panics = Arc::clone(&pull);
        let task = tokio::spawn(async move { panics.recv_serialized(|_| panic!("as it should")).await });
        assert!(task.await.unwrap_err().is_panic());
        push.send("y").await.unwrap();
        assert_eq!(within("it", pull.recv()).await.unwrap(), "y");
    });
}

//! What is dropped before it is ready has done nothing.

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use futures_util::SinkExt as _;
use zmq::Message;
use zmq::tokio::Context;

use crate::support::{TRANSPORTS, Transport, deadline};
use crate::{one_thread, pair, poll_once, settle, threads, within};

#[test]
fn a_recv_that_is_dropped_has_taken_nothing() {
    let _deadline = deadline(60);
    for runtime in [one_thread(), threads()] {
        for transport in TRANSPORTS {
            runtime.block_on(async {
                let context = Context::new().unwrap();
                let (pull, push) = pair(&context, transport, zmq::PULL, zmq::PUSH);
                for number in 0..120u32 {
                    // Never polled; waiting; and woken, but not polled after that.
                    drop(pull.recv());
                    match number % 4 {
                        0 => assert!(poll_once(&mut pin!(pull.recv())).await.is_pending()),
                        1 => assert!(poll_once(&mut pin!(pull.recv_multipart())).await.is_pending()),
                        2 => assert!(poll_once(&mut pin!(pull.recv_string())).await.is_pending()),
                        _ => assert!(poll_once(&mut pin!(pull.recv_into(&mut Message::new()))).await.is_pending()),
                    }
                    let mut woken = Box::pin(pull.recv_frames::<1>());
                    assert!(poll_once(&mut woken.as_mut()).await.is_pending());
                    push.send(number.to_le_bytes()).await.unwrap();
                    within("it is there", pull.readable()).await.unwrap();
                    drop(woken);
                    assert_eq!(within("the next one", pull.recv()).await.unwrap(), number.to_le_bytes());
                }
                assert!(pull.try_recv().unwrap().is_none());
            });
        }
    }
}

#[test]
fn a_multipart_that_is_dropped_is_whole_or_absent() {
    let _deadline = deadline(60);
    for runtime in [one_thread(), threads()] {
        for transport in TRANSPORTS {
            runtime.block_on(async {
                let context = Context::new().unwrap();
                let (pull, push) = pair(&context, transport, zmq::PULL, zmq::PUSH);
                let sending = tokio::spawn(async move {
                    let mut sent = Vec::new();
                    for number in 0..400u32 {
                        let frames = [number; 3].map(|number| Message::from(number.to_le_bytes()));
                        let limit = Duration::from_micros(u64::from(number) * 7 % 300);
                        if let Ok(done) = tokio::time::timeout(limit, push.send_multipart(frames)).await {
                            done.unwrap();
                            sent.push(number);
                        }
                    }
                    push.send("end").await.unwrap();
                    (sent, push)
                });
                let mut received = Vec::new();
                loop {
                    let frames = within("the next", pull.recv_multipart()).await.unwrap();
                    if frames.len() == 1 {
                        assert_eq!(frames[0], "end");
                        break;
                    }
                    assert_eq!(frames.len(), 3);
                    assert!(frames.iter().all(|frame| *frame == frames[0]));
                    received.push(u32::from_le_bytes(frames[0][..].try_into().unwrap()));
                    // So that it has to wait now and then.
                    tokio::task::yield_now().await;
                }
                assert_eq!(sending.await.unwrap().0, received, "{transport:?}");
            });
        }
    }
}

#[test]
fn a_send_that_is_dropped_drops_its_message_and_sends_nothing() {
    let _deadline = deadline(30);
    one_thread().block_on(async {
        let context = Context::new().unwrap();
        let push = context.socket(zmq::PUSH).unwrap();
        let owner = Arc::new([7u8; 5000]);
        struct Owner(Arc<[u8; 5000]>);
        impl AsRef<[u8]> for Owner {
            fn as_ref(&self) -> &[u8] {
                &self.0[..]
            }
        }
        // Nobody is there who could take it.
        for _ in 0..3 {
            let message = Message::from_owner(Owner(Arc::clone(&owner)));
            assert!(poll_once(&mut pin!(push.send(message))).await.is_pending());
            assert_eq!(Arc::strong_count(&owner), 1);
        }
        let mut sink = push.sink::<Message>();
        sink.feed(Message::from_owner(Owner(Arc::clone(&owner)))).await.unwrap();
        assert!(poll_once(&mut pin!(sink.flush())).await.is_pending());
        drop(sink);
        assert_eq!(Arc::strong_count(&owner), 1);
        let pull = context.socket(zmq::PULL).unwrap();
        push.bind(&Transport::Inproc.endpoint()).unwrap();
        pull.connect(&push.last_endpoint().unwrap()).unwrap();
        push.send("the only one").await.unwrap();
        assert_eq!(within("it", pull.recv()).await.unwrap(), "the only one");
        settle().await;
        assert!(pull.try_recv().unwrap().is_none());
    });
}

/// A REQ whose wait for the answer was dropped is where it was.
#[test]
fn a_conversation_goes_on_where_it_was_cancelled() {
    let _deadline = deadline(30);
    one_thread().block_on(async {
        let context = Context::new().unwrap();
        let (rep, req) = pair(&context, Transport::Tcp, zmq::REP, zmq::REQ);
        for _ in 0..50 {
            assert!(poll_once(&mut pin!(rep.recv())).await.is_pending());
            req.send("question").await.unwrap();
            assert!(poll_once(&mut pin!(req.recv())).await.is_pending());
            assert_eq!(within("the question", rep.recv()).await.unwrap(), "question");
            rep.send("answer").await.unwrap();
            assert!(tokio::time::timeout(Duration::ZERO, req.poll(-1, zmq::POLLPRI)).await.is_err());
            assert_eq!(within("the answer", req.recv()).await.unwrap(), "answer");
        }
    });
}

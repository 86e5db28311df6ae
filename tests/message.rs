//! Frames: whose bytes they are, who else sees them, and when their owner goes.

mod support;

use std::borrow::Cow;
use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use support::{TRANSPORTS, Transport, child, deadline, eventually};
use zmq::{Context, ErrorKind, Message, ZERO_COPY_THRESHOLD};

/// Bytes that count how often they are dropped.
struct Owner(Vec<u8>, Arc<AtomicUsize>);

impl AsRef<[u8]> for Owner {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

impl Drop for Owner {
    fn drop(&mut self) {
        self.1.fetch_add(1, Ordering::SeqCst);
    }
}

/// Where they lie decides how fast the system copies them (`mends/aligned.patch`).
#[test]
#[cfg(zmq_vendored)]
fn large_messages_of_libzmq_are_aligned() {
    let _deadline = deadline(60);
    let place = |message: &Message| message.as_ptr().addr() % 128;
    // Whatever lies before them.
    let mut kept = Vec::new();
    for size in [32_768, 32_769, 65_536, 1 << 20, (1 << 20) + 7] {
        for _ in 0..5 {
            kept.push(vec![0u8; kept.len() * 16]);
            assert_eq!(place(&Message::with_size(size).unwrap()), 48, "{size}");
        }
        let bytes: Vec<u8> = (0..size).map(|at| at as u8).collect();
        for transport in TRANSPORTS {
            let context = Context::new().unwrap();
            let (push, pull) = transport.pair(&context, zmq::PUSH, zmq::PULL);
            for _ in 0..3 {
                push.send(&bytes[..]).unwrap();
                let message = pull.recv().unwrap();
                assert_eq!((place(&message), message == bytes), (48, true), "{transport:?} {size}");
            }
        }
    }
}

#[test]
fn is_made_from_everything_that_has_bytes() {
    let text = "hello";
    let made: Vec<Message> = vec![
        text.into(),
        (&text.to_owned()).into(),
        text.to_owned().into(),
        text.as_bytes().into(),
        b"hello".into(),
        (*b"hello").into(),
        text.as_bytes().to_vec().into(),
        (&text.as_bytes().to_vec()).into(),
        text.as_bytes().to_vec().into_boxed_slice().into(),
        text.to_owned().into_boxed_str().into(),
        Arc::<[u8]>::from(text.as_bytes()).into(),
        Cow::Borrowed(text).into(),
        Cow::<str>::Owned(text.to_owned()).into(),
        Cow::Borrowed(text.as_bytes()).into(),
        Message::from_static(b"hello"),
        Message::from_owner("hello"),
        (&Message::from("hello")).into(),
    ];
    for message in &made {
        assert_eq!(message, "hello");
        assert_eq!(message.as_str(), Ok("hello"));
        assert_eq!(message.len(), 5);
        assert!(!message.more() && message.peer_address().is_none() && message.source_fd().is_none());
    }
    assert_eq!(made.iter().collect::<HashSet<_>>().len(), 1);
    assert!(made.iter().cloned().collect::<HashSet<Message>>().contains(&b"hello"[..]));
    assert_eq!(Vec::from(made.into_iter().next().unwrap()), b"hello");
    assert!(Message::new().is_empty() && Message::default().is_empty() && Message::from("").is_empty());
}

#[test]
fn many_bytes_are_not_copied_and_few_are() {
    for (size, shared) in [(ZERO_COPY_THRESHOLD - 1, false), (ZERO_COPY_THRESHOLD, true), (1 << 20, true)] {
        let vec = vec![1u8; size];
        let at = vec.as_ptr();
        assert_eq!(Message::from(vec).as_ptr() == at, shared, "Vec of {size}");
        let text = "x".repeat(size);
        let at = text.as_ptr();
        assert_eq!(Message::from(text).as_ptr() == at, shared, "String of {size}");
        let boxed = vec![1u8; size].into_boxed_slice();
        let at = boxed.as_ptr();
        assert_eq!(Message::from(boxed).as_ptr() == at, shared, "Box of {size}");
    }
    let arc: Arc<[u8]> = vec![1u8; 1 << 20].into();
    assert_eq!(Message::from(Arc::clone(&arc)).as_ptr(), arc.as_ptr());
    static CONSTANT: [u8; 3] = [1, 2, 3];
    assert_eq!(Message::from_static(&CONSTANT).as_ptr(), CONSTANT.as_ptr());
}

#[test]
fn an_owner_is_dropped_once_after_the_last_copy() {
    let _deadline = deadline(30);
    for transport in TRANSPORTS {
        let dropped = Arc::new(AtomicUsize::new(0));
        let context = Context::new().unwrap();
        let (push, pull) = transport.pair(&context, zmq::PUSH, zmq::PULL);
        for size in [0, 1, 33, 34, 5000] {
            let owner = Owner(vec![9u8; size], Arc::clone(&dropped));
            let at = owner.0.as_ptr();
            let message = Message::from_owner(owner);
            assert_eq!(message.as_ptr(), at, "its bytes stay where they are");
            let copy = message.clone();
            push.send(message).unwrap();
            let received = pull.recv_timeout(5000).unwrap();
            assert_eq!(received.len(), size);
            assert_eq!(copy, received);
            assert_eq!(dropped.load(Ordering::SeqCst), 0, "{transport:?}: the copy still needs it");
            drop((copy, received));
            eventually("the owner goes", || (dropped.load(Ordering::SeqCst) == 1).then_some(()));
            dropped.store(0, Ordering::SeqCst);
        }
        drop((push, pull, context));
        assert_eq!(dropped.load(Ordering::SeqCst), 0, "{transport:?}: nothing is dropped twice");
    }
}

#[test]
fn an_unsent_message_comes_back_as_it_was() {
    let context = Context::new().unwrap();
    let push = context.socket(zmq::PUSH).unwrap();
    let vec = vec![5u8; 100_000];
    let at = vec.as_ptr();
    let refused = push.try_send(vec).unwrap_err();
    assert_eq!(refused.message.as_ptr(), at);
    let (first, second) = (vec![6u8; 100_000], Arc::<[u8]>::from(vec![7u8; 100_000]));
    let at = (first.as_ptr(), second.as_ptr());
    let refused = push.try_send_multipart((first, second)).unwrap_err();
    assert_eq!((refused.parts[0].as_ptr(), refused.parts[1].as_ptr()), at);
}

#[test]
fn a_message_that_others_see_is_copied_before_it_is_changed() {
    let _deadline = deadline(20);
    let context = Context::new().unwrap();
    let publisher = context.socket(zmq::XPUB).unwrap();
    publisher.bind("inproc://shared").unwrap();
    let subscribers = [(); 2].map(|()| {
        let subscriber = context.socket(zmq::SUB).unwrap();
        subscriber.connect("inproc://shared").unwrap();
        subscriber.subscribe("").unwrap();
        subscriber
    });
    publisher.recv_timeout(5000).unwrap();
    publisher.send(vec![1u8; 1000]).unwrap();
    let [mut one, two] = subscribers.map(|subscriber| subscriber.recv_timeout(5000).unwrap());
    assert_eq!(one.as_ptr(), two.as_ptr(), "libzmq gives both the same bytes");
    one.make_mut()[0] = 99;
    assert_ne!(one.as_ptr(), two.as_ptr());
    assert_eq!((one[0], two[0], one[1..] == two[1..]), (99, 1, true));

    let mut own = Message::with_size(1000).unwrap();
    let at = own.as_ptr();
    own.make_mut().fill(3);
    assert_eq!(own.as_ptr(), at, "nobody else has it");
    let copy = own.clone();
    own.make_mut()[0] = 4;
    assert_eq!((copy[0], own[0]), (3, 4));

    static CONSTANT: [u8; 100] = [1; 100];
    let mut constant = Message::from_static(&CONSTANT);
    constant.make_mut()[0] = 2;
    assert_eq!((CONSTANT[0], constant[0]), (1, 2));
    let arc: Arc<[u8]> = vec![1u8; 1 << 16].into();
    let mut shared = Message::from(Arc::clone(&arc));
    shared.make_mut()[0] = 2;
    assert_eq!((arc[0], shared[0]), (1, 2));
}

#[test]
fn one_message_is_cloned_by_many_threads_at_once() {
    let _deadline = deadline(60);
    let dropped = Arc::new(AtomicUsize::new(0));
    for _ in 0..200 {
        let message = Message::from_owner(Owner(vec![7u8; 100], Arc::clone(&dropped)));
        let copies = std::thread::scope(|scope| {
            let clone = || (0..50).map(|_| message.clone()).filter(|copy| !copy.more()).collect::<Vec<_>>();
            let threads = [(); 4].map(|()| scope.spawn(clone));
            threads.map(|thread| thread.join().unwrap())
        });
        assert_eq!(dropped.load(Ordering::SeqCst), 0);
        assert!(copies.iter().flatten().all(|copy| copy.as_ptr() == message.as_ptr()));
        drop((copies, message));
        assert_eq!(dropped.swap(0, Ordering::SeqCst), 1);
    }
}

#[test]
fn an_owner_whose_drop_panics_ends_the_process() {
    let _deadline = deadline(30);
    struct Bomb;
    impl AsRef<[u8]> for Bomb {
        fn as_ref(&self) -> &[u8] {
            b"tick"
        }
    }
    impl Drop for Bomb {
        fn drop(&mut self) {
            panic!("boom");
        }
    }
    #[cfg(unix)]
    child("bomb", 20, || drop(Message::from_owner(Bomb))).aborts();
}

#[test]
fn a_size_that_cannot_be_is_an_error() {
    let error = Message::with_size(usize::MAX).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::OutOfMemory);
    assert_eq!(error.to_string(), "message: out of memory (ENOMEM)");
    assert!(Message::with_size(0).unwrap().is_empty());
    assert_eq!(Message::with_size(40).unwrap(), [0; 40]);
}

#[test]
fn properties_say_who_sent_it() {
    let _deadline = deadline(30);
    for transport in TRANSPORTS {
        let context = Context::new().unwrap();
        let router = context.socket(zmq::ROUTER).unwrap();
        let dealer = context.socket(zmq::DEALER).unwrap();
        dealer.set_identity("Client1").unwrap();
        dealer.connect(&transport.bind(&router)).unwrap();
        dealer.send("hello").unwrap();
        let [id, body] = router.recv_frames().unwrap();
        assert_eq!(id, "Client1");
        if transport == Transport::Inproc {
            assert!(body.socket_type().is_none() && body.peer_address().is_none() && body.identity().is_none());
            continue;
        }
        assert_eq!(body.socket_type().as_deref(), Some("DEALER"));
        assert_eq!(body.identity(), Some(&b"Client1"[..]));
        assert_eq!(body.property("Routing-Id").unwrap(), Some(&b"Client1"[..]));
        assert_eq!(body.property("Nothing-Such").unwrap(), None);
        assert_eq!(body.user_id().unwrap_or_default(), "");
        assert!(body.source_fd().is_some());
        match transport {
            Transport::Tcp => assert_eq!(body.peer_address().as_deref(), Some("127.0.0.1")),
            _ => assert!(body.peer_address().is_some()),
        }
        let error = body.property("with\0nul").unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidArgument);
        // A copy has them, too.
        assert_eq!(body.clone().socket_type().as_deref(), Some("DEALER"));
    }
}

#[test]
fn debug_shows_text_as_text_and_not_too_much() {
    assert_eq!(format!("{:?}", Message::from("hello")), "Message(\"hello\")");
    assert_eq!(format!("{:?}", Message::from(&[0xff, 0])), "Message([255, 0])");
    let long = format!("{:?}", Message::from("x".repeat(1000)));
    assert!(long.ends_with(".. 1000 bytes)") && long.len() < 120, "{long}");
}

#[cfg(feature = "bytes")]
#[test]
fn bytes_go_both_ways_without_a_copy() {
    use bytes::{Bytes, BytesMut};

    let _deadline = deadline(20);
    let large = Bytes::from(vec![1u8; 1 << 20]);
    let message = Message::from(large.clone());
    assert_eq!(message.as_ptr(), large.as_ptr());
    let back = Bytes::from(message);
    assert_eq!(back.as_ptr(), large.as_ptr());
    assert_eq!(Message::from(BytesMut::from(&b"small"[..])), "small");
    // A short frame lies inside the message, which must not move under the `Bytes`.
    let short = Bytes::from(Message::from("short"));
    let moved = Box::new(short.slice(1..));
    drop(short);
    assert_eq!(&moved[..], b"hort");
}

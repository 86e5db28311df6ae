//! test_message.py: `Frame` is `Message` here. What Python's counts of references show, an owner that tells when it is dropped shows.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use zmq::{Message, ZERO_COPY_THRESHOLD};

use crate::support::{deadline, eventually};
use crate::{bound_pair, context, recv, recv_multipart};

/// Bytes that are counted as long as they are there: a `MessageTracker`.
struct Tracked(Vec<u8>, Arc<AtomicUsize>);

#[derive(Clone, Default)]
struct Tracker(Arc<AtomicUsize>);

impl Tracker {
    fn track(&self, bytes: impl Into<Vec<u8>>) -> Message {
        self.0.fetch_add(1, Ordering::AcqRel);
        Message::from_owner(Tracked(bytes.into(), Arc::clone(&self.0)))
    }

    fn done(&self) -> bool {
        self.0.load(Ordering::Acquire) == 0
    }
}

impl AsRef<[u8]> for Tracked {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

impl Drop for Tracked {
    fn drop(&mut self) {
        self.1.fetch_sub(1, Ordering::AcqRel);
    }
}

/// 32, 64, … 32768: what libzmq takes over from an owner it does not copy.
fn sizes() -> impl Iterator<Item = usize> {
    (5..16).map(|power| 1 << power)
}

#[test]
fn above_30() {
    for size in sizes() {
        let tracker = Tracker::default();
        let bytes = vec![b'x'; size];
        let address = bytes.as_ptr();
        let message = tracker.track(bytes);
        assert_eq!(message.as_ptr(), address, "{size}");
        assert!(!tracker.done());
        drop(message);
        assert!(tracker.done(), "{size}");
        // Without being asked for, from where it is the faster way.
        let bytes = vec![b'x'; size];
        let address = bytes.as_ptr();
        assert_eq!(Message::from(bytes).as_ptr() == address, size >= ZERO_COPY_THRESHOLD, "{size}");
    }
}

#[test]
fn str() {
    let shown = |bytes: &[u8]| format!("{:?}", Message::from(bytes));
    assert_eq!(shown(b""), "Message(\"\")");
    assert_eq!(shown(b"123456789"), "Message(\"123456789\")");
    assert_eq!(shown(b"\xff\x00"), "Message([255, 0])");
    let long = shown(&[b'x'; 2000]);
    assert!(long.len() < 100 && long.ends_with(".. 2000 bytes)"), "{long}");
}

#[test]
fn bytes() {
    for power in 1..16 {
        let bytes = vec![b'x'; 1 << power];
        let message = Message::from(&bytes);
        assert_eq!(&message[..], &bytes[..]);
        assert_ne!(message.as_ptr(), bytes.as_ptr(), "borrowed bytes are copied");
        assert_eq!(message.to_vec(), bytes);
        assert_eq!(Vec::from(message), bytes);
    }
}

#[test]
fn unicode() {
    for power in 0..16 {
        let text = "§".repeat(1 << power);
        let message = Message::from(&text);
        assert_eq!(message.as_str(), Ok(&text[..]));
    }
    assert!(Message::from(b"\xc2").as_str().is_err());
}

#[test]
fn len() {
    for power in 0..16 {
        assert_eq!(Message::from(vec![b'x'; 1 << power]).len(), 1 << power);
    }
    assert!(Message::new().is_empty());
}

/// The clone goes first.
#[test]
fn lifecycle1() {
    for size in sizes() {
        let tracker = Tracker::default();
        let message = tracker.track(vec![b'x'; size]);
        let clone = message.clone();
        assert_eq!(clone.as_ptr(), message.as_ptr(), "the bytes are shared");
        assert_eq!(clone, message);
        drop(clone);
        assert_eq!(message, vec![b'x'; size]);
        assert!(!tracker.done());
        drop(message);
        assert!(tracker.done());
    }
}

/// The clone stays.
#[test]
fn lifecycle2() {
    for size in sizes() {
        let tracker = Tracker::default();
        let message = tracker.track(vec![b'x'; size]);
        let clone = message.clone();
        drop(message);
        assert_eq!(clone, vec![b'x'; size], "the bytes are still there");
        assert!(!tracker.done());
        drop(clone);
        assert!(tracker.done());
    }
}

#[test]
fn tracker() {
    let tracker = Tracker::default();
    let message = tracker.track("asdf");
    assert!(!tracker.done());
    drop(message);
    assert!(tracker.done());
}

#[test]
fn multi_tracker() {
    let tracker = Tracker::default();
    let (first, second) = (tracker.track("asdf"), tracker.track("whoda"));
    assert!(!tracker.done());
    drop(first);
    assert!(!tracker.done());
    drop(second);
    assert!(tracker.done());
}

#[test]
fn buffer_in() {
    let text = "§§¶•ªº˜µ¬˚…∆˙åß∂©œ∑´†≈ç√";
    assert_eq!(Message::from(text.as_bytes()), text);
    assert_eq!(Message::from([0_u8; 5]), [0; 5]);
    assert_eq!(Message::with_size(5).unwrap(), [0; 5]);
    assert_eq!(Message::from_static(b"constant"), "constant");
}

/// It is a slice, always the same one.
#[test]
fn buffer_out() {
    let text = "§§¶•ªº˜µ¬˚…∆˙åß∂©œ∑´†≈ç√";
    let message = Message::from(text);
    let (one, two): (&[u8], &[u8]) = (&message, message.as_ref());
    assert_eq!(one, text.as_bytes());
    assert!(std::ptr::eq(one, two));
}

#[test]
fn memoryview() {
    let message = Message::from("carrotjuice");
    let view: &[u8] = &message;
    assert_eq!((view.len(), view.to_vec()), (11, b"carrotjuice".to_vec()));
    assert_eq!(message, "carrotjuice");
}

#[test]
fn multisend() {
    let _deadline = deadline(60);
    let context = context();
    let (a, b) = bound_pair(&context, zmq::PAIR, zmq::PAIR);
    let message = Message::from("message");
    for _ in 0..2 {
        a.send(&message).unwrap();
        assert_eq!(message, "message");
        a.send(message.clone()).unwrap();
        assert_eq!(message, "message");
    }
    for _ in 0..4 {
        assert_eq!(recv(&b), "message");
    }
    assert_eq!(message, "message");
}

/// What was received stays as it is, whatever is received after it.
#[test]
fn noncopying_recv() {
    let _deadline = deadline(60);
    let context = context();
    let (a, b) = bound_pair(&context, zmq::PAIR, zmq::PAIR);
    for _ in 0..32 {
        b.send(vec![0; 64]).unwrap();
        let zeros = recv(&a);
        for round in 0..5 {
            let ones = vec![0xff; 40 + round * 10];
            b.send(Message::from_owner(ones.clone())).unwrap();
            assert_eq!(recv(&a), ones);
            assert_eq!(zeros, [0; 64]);
        }
    }
}

/// To write to it is to write to its own bytes, or to a copy if they are others', too.
#[test]
fn noncopying_memoryview() {
    let _deadline = deadline(60);
    let context = context();
    let (a, b) = bound_pair(&context, zmq::PAIR, zmq::PAIR);
    for _ in 0..32 {
        b.send(Message::from_static(&[0; 64])).unwrap();
        let mut zeros = recv(&a);
        let kept = zeros.clone();
        for round in 0..5 {
            let ones = vec![0xff; 40 + round * 10];
            b.send(ones.clone()).unwrap();
            let mut received = recv(&a);
            assert_eq!(received.make_mut(), ones);
        }
        zeros.make_mut()[63] = 7;
        assert_eq!((zeros[62], zeros[63]), (0, 7));
        assert_eq!(kept, [0; 64], "what is shared is not written to");
    }
}

/// In place of numpy's arrays: numbers as bytes, the memory of a `Vec` not copied on its way in.
#[test]
fn buffer_numpy() {
    let _deadline = deadline(60);
    let context = context();
    let (a, b) = bound_pair(&context, zmq::PAIR, zmq::PAIR);
    struct Array(Vec<[u8; 8]>);
    impl AsRef<[u8]> for Array {
        fn as_ref(&self) -> &[u8] {
            self.0.as_flattened()
        }
    }
    for length in [0_u32, 1, 4, 24, 120, 5000] {
        let numbers: Vec<f64> = (0..length).map(|number| f64::from(number) * 1e9 + 0.5).collect();
        a.send(Message::from_owner(Array(numbers.iter().map(|number| number.to_ne_bytes()).collect()))).unwrap();
        let received = recv(&b);
        let received: Vec<f64> =
            received.chunks_exact(8).map(|bytes| f64::from_ne_bytes(bytes.try_into().unwrap())).collect();
        assert_eq!(received, numbers);
    }
}

#[test]
fn frame_more() {
    let _deadline = deadline(60);
    let context = context();
    assert!(!Message::from("hello").more());
    let (a, b) = bound_pair(&context, zmq::PAIR, zmq::PAIR);
    a.send_multipart(["hi", "there"]).unwrap();
    assert!(recv(&b).more());
    assert!(!recv(&b).more());
    a.send_multipart(["hi", "there"]).unwrap();
    let more: Vec<bool> = recv_multipart(&b).iter().map(Message::more).collect();
    assert_eq!(more, [true, false]);
    let gone = Tracker::default();
    a.send(gone.track(vec![1; 5000])).unwrap();
    assert!(!recv(&b).more());
    eventually("what was sent is dropped", || gone.done().then_some(()));
}

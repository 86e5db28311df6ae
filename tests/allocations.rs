//! Sending and receiving allocate nothing beyond what libzmq itself allocates.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

use zmq::{Context, Message};

thread_local! {
    static ALLOCATIONS: Cell<usize> = const { Cell::new(0) };
}

/// Counts the allocations of each thread. (libzmq's own come from C, and do not pass here.)
struct Counting;

// SAFETY: hands every call on to the system's allocator as it is.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // A thread that ends has no counter any more.
        let _ = ALLOCATIONS.try_with(|count| count.set(count.get() + 1));
        // SAFETY: the caller's promise.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: the caller's promise.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// How often `call` allocates in a hundred calls.
fn allocations(mut call: impl FnMut()) -> usize {
    call();
    let before = ALLOCATIONS.get();
    for _ in 0..100 {
        call();
    }
    ALLOCATIONS.get() - before
}

#[test]
fn none_for_each_message() {
    let context = Context::new().unwrap();
    let (one, two) = (context.socket(zmq::PAIR).unwrap(), context.socket(zmq::PAIR).unwrap());
    one.bind("inproc://allocations").unwrap();
    two.connect("inproc://allocations").unwrap();
    let data = [7u8; 1000];
    let mut message = Message::new();
    let mut buffer = [0; 1000];

    let count = allocations(|| {
        one.send(&data[..]).unwrap();
        assert_eq!(two.recv().unwrap().len(), 1000);
    });
    assert_eq!(count, 0, "send of borrowed bytes, recv");
    let count = allocations(|| {
        one.send("text").unwrap();
        two.recv_into(&mut message).unwrap();
    });
    assert_eq!(count, 0, "send of text, recv_into");
    let count = allocations(|| {
        one.try_send(std::mem::take(&mut message)).unwrap();
        two.recv_into(&mut message).unwrap();
        one.send(&message).unwrap();
        assert_eq!(two.recv_buf(&mut buffer).unwrap().len, 4);
    });
    assert_eq!(count, 0, "send of a message, recv_buf");
    let count = allocations(|| {
        one.send(&mut message).unwrap();
        two.recv_into(&mut message).unwrap();
    });
    assert_eq!(count, 0, "send of what was received");
    let count = allocations(|| {
        one.send_multipart(["topic", "body"]).unwrap();
        two.recv_into(&mut message).unwrap();
        two.recv_into(&mut message).unwrap();
        one.send_multipart(("topic", &data, &message)).unwrap();
        for _ in 0..3 {
            two.try_recv().unwrap().unwrap();
        }
    });
    assert_eq!(count, 0, "send_multipart of an array, of a tuple");
    let parts = ["topic", "body", "more"];
    let mut frames = Vec::new();
    let count = allocations(|| {
        one.send_multipart(&parts[..]).unwrap();
        two.recv_multipart_into(&mut frames).unwrap();
        assert_eq!(frames, parts);
        one.send_multipart(parts).unwrap();
        assert_eq!(two.recv_frames().unwrap(), parts);
        one.send_multipart(("topic", "body", "more")).unwrap();
        assert_eq!(two.recv_frames_timeout(1000).unwrap(), parts);
    });
    assert_eq!(count, 0, "send_multipart of a slice, recv_multipart_into, recv_frames");
    let count = allocations(|| {
        one.send_multipart(parts).unwrap();
        assert_eq!(two.recv_multipart().unwrap(), parts);
    });
    assert_eq!(count, 100, "recv_multipart: its vector");
    let big = vec![7u8; 100_000];
    let count = allocations(|| {
        one.send(big.clone()).unwrap();
        assert_eq!(two.recv().unwrap().len(), big.len());
    });
    assert_eq!(count, 100, "send of a vector: the clone that is made for it");
    let count = allocations(|| {
        assert_eq!(one.get(zmq::SNDHWM).unwrap(), 1000);
        assert!(one.events().unwrap().is_writable());
    });
    assert_eq!(count, 0, "to get options that are numbers");
}

#[test]
fn none_for_having_to_wait() {
    let context = Context::new().unwrap();
    let (push, pull) = (context.socket(zmq::PUSH).unwrap(), context.socket(zmq::PULL).unwrap());
    pull.set_rcvtimeo(0).unwrap();
    let mut message = Message::new();
    let count = allocations(|| {
        assert!(push.try_send("nobody there").unwrap_err().is_again());
        assert!(pull.try_recv().unwrap().is_none());
        assert!(pull.recv().unwrap_err().is_again());
        assert!(pull.recv_into(&mut message).unwrap_err().is_again());
        assert!(pull.recv_timeout(0).unwrap_err().is_again());
    });
    assert_eq!(count, 0, "EAGAIN");
}

#[test]
fn none_for_each_poll() {
    let context = Context::new().unwrap();
    let sockets: Vec<_> = (0..100).map(|_| context.socket(zmq::PAIR).unwrap()).collect();
    sockets[0].bind("inproc://allocations-poll").unwrap();
    sockets[1].connect("inproc://allocations-poll").unwrap();
    sockets[1].send("x").unwrap();
    let mut poller = zmq::Poller::new();
    for socket in &sockets {
        poller.register(socket, zmq::POLLIN).unwrap();
    }
    let count = allocations(|| {
        let ready = poller.poll(1000).unwrap();
        assert!(ready.readable(&sockets[0]) && !ready.contains(&sockets[2]));
        assert_eq!(ready.iter().count(), 1);
    });
    assert_eq!(count, 0, "poll");
    let monitor = sockets[5].monitor(zmq::EVENT_ALL).unwrap();
    poller.register(&monitor, zmq::POLLIN).unwrap();
    poller.modify(&sockets[0], zmq::POLLOUT).unwrap();
    assert_eq!(allocations(|| assert_eq!(poller.poll(None).unwrap().len(), 1)), 0, "poll after a change");
}

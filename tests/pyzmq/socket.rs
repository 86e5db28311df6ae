//! test_socket.py, without its options.

use std::borrow::Cow;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use zmq::{ErrorKind, Message, PollEvents, Socket};

use crate::support::{Transport, child, deadline, eventually, temp_dir};
use crate::{bound_pair, context, recv, recv_multipart};

#[test]
fn create() {
    let _deadline = deadline(60);
    let context = context();
    let socket = context.socket(zmq::PUB).unwrap();
    assert_eq!(socket.bind("ftl://a").unwrap_err().kind(), ErrorKind::ProtocolNotSupported);
    assert_eq!(socket.connect("ftl://a").unwrap_err().kind(), ErrorKind::ProtocolNotSupported);
    assert_eq!(socket.bind("tcp://").unwrap_err().kind(), ErrorKind::InvalidArgument);
    socket.close().unwrap();
    context.term().unwrap();
}

/// A scope is what `with` is.
#[test]
fn context_manager() {
    let _deadline = deadline(60);
    let context = context();
    {
        let a = context.socket(zmq::PUSH).unwrap();
        a.bind("inproc://a").unwrap();
        {
            let b = context.socket(zmq::PULL).unwrap();
            b.connect("inproc://a").unwrap();
            a.send("hi").unwrap();
            assert_eq!(recv(&b), "hi");
        }
        eventually("b is closed", || a.try_send("hi").err().filter(zmq::SendError::is_again));
    }
    context.term_timeout(5000).expect("no socket is left");
    assert!(context.is_terminated());
}

#[test]
fn connectbind_context_managers() {
    let _deadline = deadline(60);
    let url = "inproc://a";
    let context = context();
    {
        let (a, b) = (context.socket(zmq::PUSH).unwrap(), context.socket(zmq::PULL).unwrap());
        a.bind(url).unwrap();
        b.connect(url).unwrap();
        a.send("hi").unwrap();
        assert_eq!(recv(&b), "hi");
        b.disconnect(url).unwrap();
        eventually("nobody is connected", || a.try_send("hi").err().filter(zmq::SendError::is_again));
        assert!(b.try_recv().unwrap().is_none());
        a.unbind(url).unwrap();
    }
    let (a, b) = (context.socket(zmq::PUSH).unwrap(), context.socket(zmq::PULL).unwrap());
    a.bind(url).unwrap();
    b.connect(url).unwrap();
    a.send("hi").unwrap();
    assert_eq!(recv(&b), "hi");
    b.disconnect(url).unwrap();
    a.unbind(url).unwrap();
    b.connect(url).unwrap();
    eventually("a is bound to nothing", || a.try_send("hi").err().filter(zmq::SendError::is_again));
    assert!(b.try_recv().unwrap().is_none());
}

#[test]
fn bind_random_context() {
    let _deadline = deadline(60);
    let context = context();
    let push = context.socket(zmq::PUSH).unwrap();
    // As the system has it; `*` is libzmq's word for the same.
    push.bind("tcp://127.0.0.1:0").unwrap();
    let url = push.last_endpoint().unwrap();
    assert!(!url.ends_with(":0"), "{url}");
    let pull = context.socket(zmq::PULL).unwrap();
    pull.connect(&url).unwrap();
    push.send("msg").unwrap();
    assert_eq!(recv(&pull), "msg");
    push.unbind(&url).unwrap();
    eventually("the port is free again", || pull.bind(&url).ok());
}

#[test]
fn repr() {
    let _deadline = deadline(60);
    let context = context();
    let socket = context.socket(zmq::PUSH).unwrap();
    assert_eq!(format!("{socket:?}"), "Socket { kind: PUSH, endpoint: none }");
    socket.bind("inproc://repr").unwrap();
    assert_eq!(format!("{socket:?}"), "Socket { kind: PUSH, endpoint: \"inproc://repr\" }");
}

#[test]
fn bind_unicode() {
    let _deadline = deadline(60);
    let context = context();
    let socket = context.socket(zmq::PUB).unwrap();
    assert_ne!(socket.bind_to_random_port("tcp://*").unwrap(), 0);
    assert_ne!(socket.bind_to_random_port(&String::from("tcp://*")).unwrap(), 0);
}

#[test]
fn connect_unicode() {
    let _deadline = deadline(60);
    let context = context();
    let socket = context.socket(zmq::PUB).unwrap();
    socket.connect("tcp://127.0.0.1:5555").unwrap();
    assert_eq!(socket.last_endpoint().unwrap(), "tcp://127.0.0.1:5555");
}

/// What is wrong with the address is said, and not that no port was found.
#[test]
fn bind_to_random_port() {
    let _deadline = deadline(60);
    let context = context();
    let socket = context.socket(zmq::PUB).unwrap();
    for (address, kind) in [("tcp:*", ErrorKind::InvalidArgument), ("rand://*", ErrorKind::ProtocolNotSupported)] {
        assert_eq!(socket.bind_to_random_port(address).unwrap_err().kind(), kind, "{address}");
        let tried = socket.bind_to_random_port_in(address, 49152.., 100);
        assert_eq!(tried.unwrap_err().kind(), kind, "{address}");
    }
}

#[test]
fn bind_connect_addr_error() {
    let _deadline = deadline(60);
    let context = context();
    let socket = context.socket(zmq::PUSH).unwrap();
    let url = "tcp://1.2.3.4.5:1234567";
    let error = socket.bind(url).unwrap_err();
    assert!(error.to_string().contains(url), "{error}");
    assert_eq!(error.target(), Some(url));
    let url = "noproc://no/such/file";
    let error = socket.connect(url).unwrap_err();
    assert!(error.to_string().contains(url), "{error}");
}

/// Text is UTF-8, and sent as it is; another encoding is bytes.
#[test]
fn send_unicode() {
    let _deadline = deadline(60);
    let context = context();
    let (a, b) = bound_pair(&context, zmq::PAIR, zmq::PAIR);
    let text = "çπ§";
    a.send(text).unwrap();
    let message = recv(&b);
    assert_eq!(message, text.as_bytes());
    assert_eq!(message.as_str(), Ok(text));
    a.send_string(text).unwrap();
    assert_eq!(b.recv_string().unwrap(), text);
    let utf16: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    a.send(utf16).unwrap();
    let received = recv(&b);
    let units: Vec<u16> = received.chunks_exact(2).map(|unit| u16::from_le_bytes([unit[0], unit[1]])).collect();
    assert_eq!(String::from_utf16(&units).unwrap(), text);
}

/// A part of the wrong type does not compile. What is wrong at run time, no part at all, leaves nothing behind either.
#[test]
fn send_multipart_check_type() {
    let _deadline = deadline(60);
    let context = context();
    let (a, b) = bound_pair(&context, zmq::PAIR, zmq::PAIR);
    assert_eq!(a.send_multipart(Vec::<Message>::new()).unwrap_err().kind(), ErrorKind::InvalidArgument);
    a.send_multipart(["b"]).unwrap();
    assert_eq!(recv_multipart(&b), ["b"]);
}

/// Bytes whose owner says when it is dropped: what `track=True` is for.
struct Tracked(&'static [u8], Arc<AtomicBool>);

impl Tracked {
    fn new(bytes: &'static str) -> (Self, impl Fn() -> bool) {
        let done = Arc::new(AtomicBool::new(false));
        let seen = Arc::clone(&done);
        (Self(bytes.as_bytes(), done), move || seen.load(Ordering::Acquire))
    }
}

impl AsRef<[u8]> for Tracked {
    fn as_ref(&self) -> &[u8] {
        self.0
    }
}

impl Drop for Tracked {
    fn drop(&mut self) {
        self.1.store(true, Ordering::Release);
    }
}

#[test]
fn tracker() {
    let _deadline = deadline(60);
    let context = context();
    // A name that nobody else takes before it is bound, which a port is not.
    let endpoint = Transport::Ipc.endpoint();
    let (a, b) = (context.socket(zmq::PUSH).unwrap(), context.socket(zmq::PULL).unwrap());
    a.connect(&endpoint).unwrap();
    // Small, so copied: whoever owns the bytes is done at once.
    let something = b"something".to_vec();
    a.send(&something).unwrap();
    drop(something);

    let ((first, first_done), (second, second_done)) = (Tracked::new("something"), Tracked::new("else"));
    a.send_multipart((Message::from_owner(first), Message::from_owner(second))).unwrap();
    assert!(!first_done() && !second_done(), "nobody is there to take them");
    b.bind(&endpoint).unwrap();
    assert_eq!(recv_multipart(&b), ["something"]);
    assert_eq!(recv_multipart(&b), ["something", "else"]);
    eventually("both owners are dropped", || (first_done() && second_done()).then_some(()));

    // Sent twice, and kept: the owner stays as long as one of the three is there.
    let (owner, done) = Tracked::new("again");
    let message = Message::from_owner(owner);
    a.send(&message).unwrap();
    a.send(&message).unwrap();
    assert_eq!(recv_multipart(&b), ["again"]);
    assert_eq!(recv_multipart(&b), ["again"]);
    assert!(!done());
    drop(message);
    eventually("the owner is dropped", || done().then_some(()));
}

#[test]
fn recv_multipart_of_one_frame() {
    let _deadline = deadline(60);
    let context = context();
    let (a, b) = bound_pair(&context, zmq::PAIR, zmq::PAIR);
    for _ in 0..3 {
        a.send("hi").unwrap();
    }
    for _ in 0..3 {
        assert_eq!(recv_multipart(&b), ["hi"]);
    }
}

#[test]
fn recv_into() {
    let _deadline = deadline(60);
    let context = context();
    let (a, b) = bound_pair(&context, zmq::PAIR, zmq::PAIR);
    b.set_rcvtimeo(10_000).unwrap();
    let parts = ["hello", "there world", "part 3", "rest"];
    a.send_multipart(parts).unwrap();

    let mut buffer = [0; 8];
    let received = b.recv_buf(&mut buffer).unwrap();
    assert_eq!((received.len, received.size), (5, 5));
    assert_eq!(&buffer[..received.len], b"hello");

    let mut buffer = [0; 4];
    let received = b.recv_buf(&mut buffer).unwrap();
    assert!(received.is_truncated());
    assert_eq!((received.len, received.size), (4, 11), "the size is that of the frame");
    assert_eq!(&buffer, b"ther");

    // `nbytes` is a part of the buffer.
    let mut buffer = [0; 10];
    let received = b.recv_buf(&mut buffer[..4]).unwrap();
    assert_eq!((received.len, received.size), (4, 6));
    assert_eq!(&buffer, b"part\0\0\0\0\0\0");

    // No room discards everything.
    let received = b.recv_buf(&mut []).unwrap();
    assert_eq!((received.len, received.size), (0, 4));
    assert!(!b.rcvmore().unwrap());
}

#[test]
fn recv_into_bad() {
    let _deadline = deadline(60);
    let context = context();
    let (_a, b) = bound_pair(&context, zmq::PAIR, zmq::PAIR);
    let mut buffer = [7; 5];
    assert!(b.recv_buf_flags(&mut buffer, zmq::DONTWAIT).unwrap_err().is_again());
    assert_eq!(buffer, [7; 5]);
}

#[test]
fn close_after_destroy() {
    let _deadline = deadline(60);
    let context = context();
    let socket = context.socket(zmq::REP).unwrap();
    context.destroy(0).unwrap();
    assert!(context.is_terminated());
    assert!(socket.recv().unwrap_err().is_terminated());
    socket.close().unwrap();
    context.term_timeout(5000).unwrap();
}

#[test]
fn poll() {
    let _deadline = deadline(60);
    let context = context();
    let (a, b) = bound_pair(&context, zmq::PAIR, zmq::PAIR);
    assert_eq!(a.poll(100, zmq::POLLIN).unwrap(), PollEvents::NONE);
    assert_eq!(a.poll(10_000, zmq::POLLOUT).unwrap(), zmq::POLLOUT);
    a.send("hi").unwrap();
    assert_eq!(b.poll(10_000, zmq::POLLIN).unwrap(), zmq::POLLIN);
    assert_eq!(recv(&b), "hi");
    assert_eq!(b.poll(100, zmq::POLLIN).unwrap(), PollEvents::NONE);
}

/// pyzmq's IPC_PATH_MAX_LEN has no constant here: the error knows it.
#[test]
#[cfg(unix)]
fn ipc_path_max_length() {
    let _deadline = deadline(60);
    let context = context();
    let socket = context.socket(zmq::PUB).unwrap();
    let folder = temp_dir();
    let folder = folder.path();
    let longest = folder.display().to_string().len() + 1;
    let bind = |length: usize| {
        let name = "a".repeat(length - longest);
        socket.bind(&format!("ipc://{}/{name}", folder.display()))
    };
    bind(107).unwrap();
    let error = bind(108).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NameTooLong);
    assert!(error.to_string().contains("107"), "{error}");
}

#[test]
#[cfg(unix)]
fn ipc_path_no_such_file_or_directory_message() {
    let _deadline = deadline(60);
    let context = context();
    let socket = context.socket(zmq::PUB).unwrap();
    let error = socket.bind("ipc:///foo/bar").unwrap_err();
    assert_eq!((error.kind(), error.errno()), (ErrorKind::NotFound, libc::ENOENT));
    let text = error.to_string();
    assert!(text.contains("/foo/bar") && text.contains("no such endpoint, file or directory"), "{text}");
}

/// Whatever has bytes can be sent.
#[test]
fn send_buffer() {
    let _deadline = deadline(60);
    let context = context();
    let (a, b) = bound_pair(&context, zmq::PUSH, zmq::PULL);
    let bytes = b"a buffer".to_vec();
    a.send(&bytes[..]).unwrap();
    a.send(&bytes).unwrap();
    a.send(Cow::Borrowed(&bytes[..])).unwrap();
    a.send(Arc::<[u8]>::from(&bytes[..])).unwrap();
    a.send(bytes.clone().into_boxed_slice()).unwrap();
    a.send(b"a buffer").unwrap();
    a.send(bytes).unwrap();
    for _ in 0..7 {
        assert_eq!(recv(&b), b"a buffer");
    }
}

/// Two values for one socket, one of which owns it.
#[test]
#[expect(unsafe_code, reason = "a shadow is made of a raw pointer")]
fn shadow() {
    let _deadline = deadline(60);
    let context = context();
    let push = context.socket(zmq::PUSH).unwrap();
    let pull = context.socket(zmq::PULL).unwrap();
    let endpoint = Transport::Tcp.bind(&push);
    {
        // SAFETY: it is used by this thread only, and gone before the socket is.
        let shadow_push = unsafe { Socket::<zmq::Push>::shadow(push.as_ptr()) }.unwrap();
        // SAFETY: as above.
        let shadow_pull = unsafe { Socket::<zmq::Pull>::shadow(pull.as_ptr()) }.unwrap();
        assert_eq!(shadow_push.as_ptr(), push.as_ptr());
        assert_ne!(shadow_push.as_ptr(), shadow_pull.as_ptr());
        shadow_pull.connect(&endpoint).unwrap();
        shadow_push.send("hi").unwrap();
        assert_eq!(recv(&shadow_pull), "hi");
    }
    push.send("still open").unwrap();
    assert_eq!(recv(&pull), "still open");
}

#[test]
fn subscribe_method() {
    let _deadline = deadline(60);
    let context = context();
    let (publisher, subscriber) = bound_pair(&context, zmq::PUB, zmq::SUB);
    subscriber.subscribe("prefix").unwrap();
    subscriber.set(zmq::SUBSCRIBE, "c").unwrap();
    eventually("the subscriptions arrive", || {
        publisher.send("canary").unwrap();
        (!subscriber.poll(10, zmq::POLLIN).unwrap().is_empty()).then_some(())
    });
    publisher.send("prefixmessage").unwrap();
    let mut received = recv(&subscriber);
    while received == "canary" {
        received = recv(&subscriber);
    }
    assert_eq!(received, "prefixmessage");
    subscriber.unsubscribe("prefix").unwrap();
    // Until the publisher has heard of it, some still come.
    eventually("it is unsubscribed", || {
        publisher.send("prefixmessage").unwrap();
        publisher.send("canary").unwrap();
        (recv(&subscriber) == "canary").then_some(())
    });
    while subscriber.poll(100, zmq::POLLIN).unwrap().is_readable() {
        assert_eq!(recv(&subscriber), "canary", "what was unsubscribed comes no more");
    }
}

/// More than 2 GiB, of which only the ends are ever touched: `inproc` copies nothing.
#[test]
#[cfg(target_pointer_width = "64")]
fn large_send() {
    let _deadline = deadline(60);
    // Where the system promises no more memory than it has, this is the end of the process.
    child("large", 50, || {
        let size = (1 << 31) + 1;
        let context = context();
        let (a, b) = Transport::Inproc.pair(&context, zmq::PAIR, zmq::PAIR);
        let mut large = Vec::<u8>::new();
        if large.try_reserve_exact(size).is_err() {
            return;
        }
        drop(large);
        // Zeros that the allocator has from the system as they are.
        let mut large = vec![0; size];
        large[0] = 7;
        large[size - 1] = 9;
        a.send(large).unwrap();
        let received = recv(&b);
        assert_eq!(received.len(), size);
        assert_eq!((received[0], received[1], received[size - 1]), (7, 0, 9));
    })
    .succeeds();
}

/// pyzmq tests this of gevent: a limit for one call.
#[test]
fn timeout() {
    let _deadline = deadline(60);
    let context = context();
    let (_a, b) = bound_pair(&context, zmq::PAIR, zmq::PAIR);
    assert!(b.recv_timeout(100).unwrap_err().is_again());
}

//! What test_asyncio.py and test_future.py have in common, for whichever runtime.
//!
//! pyzmq's futures begin at once; those here begin when they are first polled, which `begun` does.

use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::task::Poll;

use zmq::asynchronous::{Context, Poller, Runtime, Socket};
use zmq::{ErrorKind, IntoKind, Message, PollEvents};

/// Polls it once: `None` if it waits.
async fn polled<F: Future>(future: &mut Pin<&mut F>) -> Option<F::Output> {
    poll_fn(|cx| {
        Poll::Ready(match future.as_mut().poll(cx) {
            Poll::Ready(answer) => Some(answer),
            Poll::Pending => None,
        })
    })
    .await
}

/// pyzmq's `assert not f.done()`.
async fn begun<F: Future>(future: &mut Pin<&mut F>) {
    assert!(polled(future).await.is_none(), "there is nothing yet");
}

fn context<R: Runtime>() -> Context<R> {
    let context = Context::new().unwrap();
    context.setsockopt(zmq::LINGER, 0).unwrap();
    context
}

fn bound_pair<R: Runtime, A: IntoKind, B: IntoKind>(
    context: &Context<R>,
    one: A,
    two: B,
) -> (Socket<A::Kind, R>, Socket<B::Kind, R>) {
    let (one, two) = (context.socket(one).unwrap(), context.socket(two).unwrap());
    let port = one.bind_to_random_port("tcp://127.0.0.1").unwrap();
    two.connect(&format!("tcp://127.0.0.1:{port}")).unwrap();
    (one, two)
}

pub(crate) fn socket_class<R: Runtime>() {
    let context = context::<R>();
    let socket: Socket<zmq::Push, R> = context.socket(zmq::PUSH).unwrap();
    assert_eq!(socket.socket_type(), zmq::SocketType::Push);
}

/// The shared context is one, whichever kind of sockets it makes; pyzmq has one for each class.
pub(crate) fn instance_first<R: Runtime>() {
    let ours = Context::<R>::instance().unwrap();
    let blocking = zmq::Context::instance().unwrap();
    assert_eq!(*ours, blocking);
    blocking.term().unwrap();
    assert!(ours.is_terminated());
}

pub(crate) fn instance_second<R: Runtime>() {
    let blocking = zmq::Context::instance().unwrap();
    let ours = Context::<R>::instance().unwrap();
    assert_eq!(ours.clone().into_blocking(), blocking);
    let socket = ours.socket(zmq::PUSH).unwrap();
    assert!(socket.context().is_some_and(|context| **context == blocking));
    assert!(socket.into_blocking().context().is_some_and(|context| *context == blocking));
}

pub(crate) async fn recv_multipart<R: Runtime>() {
    let context = context::<R>();
    let (a, b) = bound_pair(&context, zmq::PUSH, zmq::PULL);
    let mut waits = pin!(b.recv_multipart());
    begun(&mut waits).await;
    a.send("hi").await.unwrap();
    assert_eq!(waits.await.unwrap(), ["hi"]);
}

/// Two that wait get a frame each, in the order in which they asked.
pub(crate) async fn recv<R: Runtime>() {
    let context = context::<R>();
    let (a, b) = bound_pair(&context, zmq::PUSH, zmq::PULL);
    let (mut first, mut second) = (pin!(b.recv()), pin!(b.recv()));
    begun(&mut first).await;
    begun(&mut second).await;
    a.send_multipart(["hi", "there"]).await.unwrap();
    assert_eq!(first.await.unwrap(), "hi");
    assert_eq!(second.await.unwrap(), "there");
}

pub(crate) async fn recv_into<R: Runtime>() {
    let context = context::<R>();
    let (a, b) = bound_pair(&context, zmq::PAIR, zmq::PAIR);
    a.send_multipart(["hello", "there world", "part 3", "rest"]).await.unwrap();
    let mut buffer = [0; 10];
    for (room, len, size) in [(10, 5, 5), (4, 4, 11), (4, 4, 6), (0, 0, 4)] {
        let received = b.recv_buf(&mut buffer[..room]).await.unwrap();
        assert_eq!((received.len, received.size), (len, size));
    }
    assert_eq!(&buffer, b"parto\0\0\0\0\0", "no more than there was room for");

    let mut message = Message::new();
    a.send("a frame").await.unwrap();
    b.recv_into(&mut message).await.unwrap();
    assert_eq!(message, "a frame");
}

pub(crate) async fn recv_into_bad<R: Runtime>() {
    let context = context::<R>();
    let (a, b) = bound_pair(&context, zmq::PAIR, zmq::PAIR);
    let mut buffer = [7; 5];
    {
        let mut dropped = pin!(b.recv_buf(&mut buffer));
        begun(&mut dropped).await;
    }
    assert_eq!(buffer, [7; 5], "one that was dropped has received nothing");
    b.set_rcvtimeo(10).unwrap();
    assert!(b.recv_buf(&mut buffer).await.unwrap_err().is_again());
    b.set_rcvtimeo(-1).unwrap();
    a.send("hello").await.unwrap();
    assert_eq!(b.recv_buf(&mut buffer).await.unwrap().len, 5);
    assert_eq!(&buffer, b"hello");
}

/// Each call has the limit that was set when it began.
pub(crate) async fn recv_timeout<R: Runtime>() {
    let context = context::<R>();
    let (a, b) = bound_pair(&context, zmq::PUSH, zmq::PULL);
    b.set_rcvtimeo(100).unwrap();
    let mut first = pin!(b.recv());
    begun(&mut first).await;
    b.set_rcvtimeo(30_000).unwrap();
    let mut second = pin!(b.recv_multipart());
    begun(&mut second).await;
    assert!(first.await.unwrap_err().is_again());
    a.send_multipart(["hi", "there"]).await.unwrap();
    assert_eq!(second.await.unwrap(), ["hi", "there"]);
}

pub(crate) async fn send_timeout<R: Runtime>() {
    let context = context::<R>();
    let socket = context.socket(zmq::PUSH).unwrap();
    socket.set_sndtimeo(100).unwrap();
    let refused = socket.send("not going anywhere").await.unwrap_err();
    assert!(refused.is_again());
    assert_eq!(refused.message, "not going anywhere");
}

pub(crate) fn send_noblock<R: Runtime>() {
    let context = context::<R>();
    let socket = context.socket(zmq::PUSH).unwrap();
    assert!(socket.try_send("not going anywhere").unwrap_err().is_again());
}

pub(crate) fn send_multipart_noblock<R: Runtime>() {
    let context = context::<R>();
    let socket = context.socket(zmq::PUSH).unwrap();
    let refused = socket.try_send_multipart(["not going anywhere"]).unwrap_err();
    assert!(refused.is_again());
    assert_eq!(refused.parts, ["not going anywhere"]);
}

pub(crate) async fn recv_string<R: Runtime>() {
    let context = context::<R>();
    let (a, b) = bound_pair(&context, zmq::PUSH, zmq::PULL);
    let mut waits = pin!(b.recv_string());
    begun(&mut waits).await;
    a.send_string("πøøπ").await.unwrap();
    assert_eq!(waits.await.unwrap(), "πøøπ");
}

#[cfg(feature = "json")]
#[derive(Debug, PartialEq, serde::Serialize, serde::Deserialize)]
struct Object {
    a: i32,
}

#[cfg(feature = "json")]
pub(crate) async fn recv_json<R: Runtime>() {
    let context = context::<R>();
    let (a, b) = bound_pair(&context, zmq::PUSH, zmq::PULL);
    let mut waits = pin!(b.recv_json::<Object>());
    begun(&mut waits).await;
    a.send_json(&Object { a: 5 }).await.unwrap();
    assert_eq!(waits.await.unwrap(), Object { a: 5 });
}

#[cfg(feature = "json")]
pub(crate) async fn recv_json_cancelled<R: Runtime>() {
    let context = context::<R>();
    let (a, b) = bound_pair(&context, zmq::PUSH, zmq::PULL);
    {
        let mut cancelled = pin!(b.recv_json::<Object>());
        begun(&mut cancelled).await;
    }
    a.send_json(&Object { a: 5 }).await.unwrap();
    assert_eq!(b.poll(10_000, zmq::POLLIN).await.unwrap(), zmq::POLLIN);
    assert_eq!(b.recv_json::<Object>().await.unwrap(), Object { a: 5 }, "the one that was dropped has taken nothing");
}

fn serialize((identities, content): (Vec<Message>, &str)) -> Vec<Message> {
    let mut frames = identities;
    frames.push(content.into());
    frames
}

fn deserialize(mut frames: Vec<Message>) -> Option<(Vec<Message>, String)> {
    let content = frames.pop()?.as_str().ok()?.to_owned();
    Some((frames, content))
}

pub(crate) async fn custom_serialize<R: Runtime>() {
    let context = context::<R>();
    let (a, b) = bound_pair(&context, zmq::DEALER, zmq::ROUTER);
    a.send_serialized((Vec::new(), "bee"), serialize).await.unwrap();
    let (identities, content) = b.recv_serialized(deserialize).await.unwrap().expect("it is text");
    assert_eq!((identities.len(), &content[..]), (1, "bee"));
    b.send_serialized((identities, &content[..]), serialize).await.unwrap();
    assert_eq!(a.recv_serialized(deserialize).await.unwrap(), Some((Vec::new(), "bee".to_owned())));
}

/// What the functions make of it is theirs; the socket goes on.
pub(crate) async fn custom_serialize_error<R: Runtime>() {
    let context = context::<R>();
    let (a, b) = bound_pair(&context, zmq::DEALER, zmq::ROUTER);
    let refused = a.send_serialized((), |()| Vec::<Message>::new()).await.unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::InvalidArgument, "no frames are no message");
    a.send(b"\xff no text").await.unwrap();
    assert_eq!(b.recv_serialized(deserialize).await.unwrap(), None);
    a.send("text").await.unwrap();
    assert!(b.recv_serialized(deserialize).await.unwrap().is_some());
}

pub(crate) async fn recv_dontwait<R: Runtime>() {
    let context = context::<R>();
    let (push, pull) = bound_pair(&context, zmq::PUSH, zmq::PULL);
    assert!(pull.try_recv().unwrap().is_none());
    push.send("ping").await.unwrap();
    assert_eq!(pull.poll(10_000, zmq::POLLIN).await.unwrap(), zmq::POLLIN);
    assert_eq!(pull.try_recv().unwrap().expect("it is there"), "ping");
}

pub(crate) async fn recv_cancel<R: Runtime>() {
    let context = context::<R>();
    let (a, b) = bound_pair(&context, zmq::PUSH, zmq::PULL);
    let mut first = Box::pin(b.recv());
    begun(&mut first.as_mut()).await;
    let mut second = pin!(b.recv_multipart());
    begun(&mut second).await;
    drop(first);
    a.send_multipart(["hi", "there"]).await.unwrap();
    assert_eq!(second.await.unwrap(), ["hi", "there"]);
}

pub(crate) async fn poll<R: Runtime>() {
    let context = context::<R>();
    let (a, b) = bound_pair(&context, zmq::PUSH, zmq::PULL);
    assert_eq!(b.poll(0, zmq::POLLIN).await.unwrap(), PollEvents::NONE);
    let mut short = pin!(b.poll(200, zmq::POLLIN));
    begun(&mut short).await;
    assert_eq!(short.await.unwrap(), PollEvents::NONE);
    let mut long = pin!(b.poll(10_000, zmq::POLLIN));
    begun(&mut long).await;
    a.send_multipart(["hi", "there"]).await.unwrap();
    assert_eq!(long.await.unwrap(), zmq::POLLIN);
    assert_eq!(b.recv_multipart().await.unwrap(), ["hi", "there"]);
}

/// A blocking socket is made an async one first, and is one again afterwards.
pub(crate) async fn poll_base_socket<R: Runtime>() {
    let context = crate::context();
    let (a, b) = (context.socket(zmq::PUSH).unwrap(), context.socket(zmq::PULL).unwrap());
    a.bind("inproc://test").unwrap();
    b.connect("inproc://test").unwrap();
    let b = Socket::<zmq::Pull, R>::from(b);
    {
        let mut poller = Poller::<R>::new();
        poller.register(&b, zmq::POLLIN).unwrap();
        let mut waits = pin!(poller.poll(10_000));
        begun(&mut waits).await;
        a.send_multipart(["hi", "there"]).unwrap();
        let ready = waits.await.unwrap();
        assert_eq!((ready.len(), ready.events(&b)), (1, zmq::POLLIN));
    }
    assert_eq!(crate::recv_multipart(&b.into_blocking()), ["hi", "there"]);
}

pub(crate) fn shadow<R: Runtime>() {
    let context = crate::context();
    let socket = context.socket(zmq::PULL).unwrap();
    let (pointer, kind) = (socket.as_ptr(), socket.socket_type());
    let socket = Socket::<zmq::Pull, R>::from(socket);
    assert_eq!(socket.socket_type(), kind);
    assert_eq!(socket.into_blocking().as_ptr(), pointer, "the same socket");
}

/// Waits that are dropped leave nothing behind that would be woken, or be in the way.
pub(crate) async fn poll_leak<R: Runtime>() {
    let context = context::<R>();
    let (a, b) = bound_pair(&context, zmq::PUSH, zmq::PULL);
    for _ in 0..10_000 {
        let mut waits = pin!(b.poll(1000, zmq::POLLIN));
        begun(&mut waits).await;
    }
    a.send("hi").await.unwrap();
    assert_eq!(b.recv().await.unwrap(), "hi");
    assert_eq!(format!("{b:?}"), format!("{:?}", b.into_blocking()), "nobody uses it");
}

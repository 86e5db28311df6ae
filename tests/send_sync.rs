//! Which types can go to another thread, and which can be used by several at once: exactly those that may.

use static_assertions::{assert_impl_all, assert_not_impl_any};
use zmq::{
    Context, CurvePublicKey, CurveSecretKey, Dynamic, Error, ErrorKind, Flags, Message, PollEvents, Received,
    SendError, SendMultipartError, Socket, SocketType, Timeout, Version,
};

// A context is for everyone.
assert_impl_all!(Context: Send, Sync, Clone);
// A socket is for one thread at a time.
assert_impl_all!(Socket<zmq::Pair>: Send);
assert_impl_all!(Socket<zmq::Req>: Send);
assert_impl_all!(Socket<zmq::Router>: Send);
assert_impl_all!(Socket<zmq::Stream>: Send);
assert_impl_all!(Socket<Dynamic>: Send);
assert_not_impl_any!(Socket<zmq::Pair>: Sync, Clone);
assert_not_impl_any!(Socket<zmq::Pub>: Sync, Clone);
assert_not_impl_any!(Socket<Dynamic>: Sync, Clone);
// What borrows one stays on its thread.
assert_not_impl_any!(zmq::Iter<'static, zmq::Pull>: Send, Sync);
assert_not_impl_any!(zmq::MultipartIter<'static, zmq::Pull>: Send, Sync);
// Messages can be read, and cloned, by several threads at once.
assert_impl_all!(Message: Send, Sync, Clone);
// Errors fit into `Box<dyn Error + Send + Sync>`.
assert_impl_all!(Error: Send, Sync, std::error::Error);
assert_impl_all!(SendError: Send, Sync, std::error::Error);
assert_impl_all!(SendMultipartError: Send, Sync, std::error::Error);
assert_not_impl_any!(zmq::Poller<'static>: Send, Sync);
assert_not_impl_any!(zmq::PollSource<'static>: Send, Sync);
assert_not_impl_any!(zmq::Proxy<'static>: Send, Sync);
assert_not_impl_any!(zmq::Timers<'static>: Send, Sync);
// What steers and what reports is often elsewhere.
assert_impl_all!(zmq::ProxyHandle: Send, Sync, Clone);
assert_impl_all!(zmq::RunningProxy: Send, Sync);
assert_impl_all!(zmq::ThreadProxy<zmq::Router, zmq::Dealer>: Send);
assert_impl_all!(zmq::Monitor: Send);
assert_not_impl_any!(zmq::Monitor: Sync, Clone);
assert_impl_all!(zmq::MonitorEvent: Send, Sync, Clone);
// Values.
assert_impl_all!(zmq::Event: Send, Sync, Copy);
assert_impl_all!(zmq::ProxyStatistics: Send, Sync, Copy);
assert_impl_all!(ErrorKind: Send, Sync, Copy);
assert_impl_all!(SocketType: Send, Sync, Copy);
assert_impl_all!(PollEvents: Send, Sync, Copy);
assert_impl_all!(Flags: Send, Sync, Copy);
assert_impl_all!(Received: Send, Sync, Copy);
assert_impl_all!(Timeout: Send, Sync, Copy);
assert_impl_all!(Version: Send, Sync, Copy);
assert_impl_all!(CurvePublicKey: Send, Sync, Copy);
assert_impl_all!(CurveSecretKey: Send, Sync);
assert_not_impl_any!(CurveSecretKey: Copy, std::fmt::Display);

#[test]
fn a_socket_goes_to_another_thread_and_comes_back() {
    let context = Context::new().unwrap();
    let (one, two) = (context.socket(zmq::PAIR).unwrap(), context.socket(zmq::PAIR).unwrap());
    one.bind("inproc://there-and-back").unwrap();
    two.connect("inproc://there-and-back").unwrap();
    let two = std::thread::spawn(move || {
        two.send("from another thread").unwrap();
        two
    })
    .join()
    .unwrap();
    assert_eq!(one.recv().unwrap(), "from another thread");
    one.send("back").unwrap();
    assert_eq!(two.recv().unwrap(), "back");
}

//! What the tests wait for, and what must not come.

use zmq::{Event, Kind, Monitor, MonitorEvents, Receiver, Socket};

use crate::testutil::skip;

/// For how long something that will come may take, in ms.
pub(crate) const SOON: i32 = 20_000;

/// The next message is this one, frame by frame.
#[track_caller]
pub(crate) fn hears<K: Receiver, P: AsRef<[u8]>>(socket: &Socket<K>, parts: impl AsRef<[P]>) {
    let message = socket.recv_multipart_timeout(SOON).unwrap();
    let parts = parts.as_ref();
    let same = message.len() == parts.len() && message.iter().zip(parts).all(|(frame, part)| frame == part.as_ref());
    assert!(same, "{message:?} instead of {:?}", parts.iter().map(AsRef::as_ref).collect::<Vec<_>>());
}

/// Nothing is there.
#[track_caller]
pub(crate) fn has_nothing<K: Receiver>(socket: &Socket<K>) {
    assert_eq!(socket.try_recv().unwrap(), None);
}

/// A monitor of those events.
pub(crate) fn watch<K: Kind>(socket: &Socket<K>, events: MonitorEvents) -> Monitor {
    socket.monitor(events).unwrap()
}

/// The next event, which must come.
#[track_caller]
pub(crate) fn next(monitor: &Monitor) -> Event {
    monitor.recv_timeout(SOON).unwrap().expect("the socket is still there").event
}

/// Waits until as many connections are ready for messages.
#[track_caller]
pub(crate) fn connections(monitor: &Monitor, count: usize) {
    let mut ready = 0;
    while ready < count {
        ready += usize::from(next(monitor) == Event::HandshakeSucceeded);
    }
}

/// Waits until a connection is lost.
#[track_caller]
pub(crate) fn disconnected(monitor: &Monitor) {
    while !matches!(next(monitor), Event::Disconnected { .. }) {}
}

/// Whether libzmq was built with its drafts; says so if not.
pub(crate) fn draft() -> bool {
    let has = zmq::has("draft");
    if !has {
        skip("this libzmq has no drafts");
    }
    has
}

/// The value of an option that has no safe name, by its number in zmq.h. A number has to have just the room that it takes.
#[track_caller]
pub(crate) fn get_raw<K: Kind>(socket: &Socket<K>, option: i32, room: usize) -> Vec<u8> {
    let mut value = vec![0; room];
    let mut length = value.len();
    // SAFETY: the socket is open and used by this thread alone, and the value has room for so many bytes.
    let answer = unsafe { zmq_sys::zmq_getsockopt(socket.as_ptr(), option, value.as_mut_ptr().cast(), &mut length) };
    assert_eq!(answer, 0, "option {option}");
    value.truncate(length);
    value
}

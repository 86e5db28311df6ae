//! What a process has: descriptors, memory, connections.

use zmq::{Event, Kind, Monitor, Socket};

/// How many times as much as usual is asked for.
pub(crate) fn stress() -> usize {
    std::env::var("RSZMQ_STRESS").ok().and_then(|times| times.parse().ok()).unwrap_or(1)
}

/// How many descriptors this process has open.
pub(crate) fn descriptors() -> usize {
    // One of them is the directory's own.
    std::fs::read_dir("/proc/self/fd").expect("/proc is there").count() - 1
}

/// The memory of this process that is really there, in bytes, without what is only kept for later.
pub(crate) fn resident() -> usize {
    #[cfg(target_env = "gnu")]
    // SAFETY: gives memory back to the system that nobody has.
    unsafe {
        libc::malloc_trim(0)
    };
    let statm = std::fs::read_to_string("/proc/self/statm").expect("/proc is there");
    let pages: usize = statm.split(' ').nth(1).and_then(|pages| pages.parse().ok()).expect("a number");
    pages * 4096
}

pub(crate) const MIB: usize = 1 << 20;

/// Receives until the event comes.
#[track_caller]
pub(crate) fn until(monitor: &Monitor, what: impl Fn(&Event) -> bool) {
    while !what(&monitor.recv_timeout(20_000).expect("the event comes").expect("the socket is open").event) {}
}

/// Waits until that many more peers have come through the handshake.
#[track_caller]
pub(crate) fn until_connected(monitor: &Monitor, peers: usize) {
    for _ in 0..peers {
        until(monitor, |event| *event == Event::HandshakeSucceeded);
    }
}

#[track_caller]
pub(crate) fn until_disconnected(monitor: &Monitor) {
    until(monitor, |event| matches!(event, Event::Disconnected { .. }));
}

/// What the monitor has seen next, if there is anything by now.
#[track_caller]
pub(crate) fn next(monitor: &Monitor) -> Option<Event> {
    match monitor.try_recv() {
        Ok(event) => Some(event.expect("the socket is open").event),
        Err(error) => {
            assert!(error.is_again(), "{error}");
            None
        }
    }
}

/// Whether a connection was lost by now.
#[track_caller]
pub(crate) fn saw_a_loss(monitor: &Monitor) -> bool {
    std::iter::from_fn(|| next(monitor)).any(|event| matches!(event, Event::Disconnected { .. }))
}

/// What is not needed any more is not sent for long, and peers that are lost are looked for often.
pub(crate) fn impatient<K: Kind>(socket: &Socket<K>) {
    socket.set_linger(0).expect("every socket has it");
    socket.set_reconnect_ivl(20).expect("every socket has it");
}

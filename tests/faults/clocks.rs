//! A wall clock that jumps by a day every few milliseconds, while the clocks that nobody sets go on.

use std::process::Command;
use std::time::{Duration, Instant, SystemTime};

use zmq::{Context, Event, POLLIN, Poller, Timers};

use crate::namespaces::skip;
use crate::paths::Folder;
use crate::process::{impatient, saw_a_loss, until, until_connected, until_disconnected};
use crate::role::role;
use crate::support::{Transport, deadline};

/// Builds what stands in front of the C library.
fn library(folder: &Folder) -> Result<std::path::PathBuf, String> {
    if cfg!(target_feature = "crt-static") {
        return Err("the C library is linked statically".to_owned());
    }
    let library = folder.path().join("clocks.so");
    let source = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/faults/clocks.c");
    let compiler = std::env::var_os("CC").unwrap_or_else(|| "cc".into());
    let built = Command::new(compiler).args(["-shared", "-fPIC", "-O1", "-o"]).arg(&library).arg(source).status();
    match built {
        Ok(status) if status.success() => Ok(library),
        Ok(status) => Err(format!("cc: {status}")),
        Err(error) => Err(format!("cc: {error}")),
    }
}

#[track_caller]
fn takes(millis: u64, call: impl FnOnce()) {
    let started = Instant::now();
    call();
    let took = started.elapsed();
    assert!(took >= Duration::from_millis(millis - 2), "{took:?} instead of {millis} ms");
    assert!(took < Duration::from_millis(millis + 10_000), "{took:?} instead of {millis} ms");
}

#[test]
fn jumps_of_the_wall_clock_move_nothing() {
    let _deadline = deadline(60);
    let program = role("program", |_| {
        wall_clock_jumps();
        timeouts_hold();
        connections_last();
    });
    let folder = Folder::new();
    match library(&folder) {
        Ok(library) => {
            let mut command = Command::new(std::env::current_exe().unwrap());
            command.env("LD_PRELOAD", library);
            program.start_by(command, &[]).finish();
        }
        Err(reason) => skip(&reason),
    }
}

/// Or nothing is shown by the rest.
fn wall_clock_jumps() {
    let mut last = SystemTime::now();
    let mut jumps = 0;
    while jumps < 3 {
        let now = SystemTime::now();
        let apart = now.duration_since(last).unwrap_or_else(|error| error.duration());
        jumps += u32::from(apart > Duration::from_secs(86_000));
        last = now;
    }
}

fn timeouts_hold() {
    let context = Context::new().unwrap();
    let (pull, push) = (context.socket(zmq::PULL).unwrap(), context.socket(zmq::PUSH).unwrap());
    takes(150, || assert!(pull.recv_timeout(150).unwrap_err().is_again()));
    takes(150, || assert!(push.send_timeout("x", 150).unwrap_err().is_again()));
    takes(150, || assert!(pull.poll(150, POLLIN).unwrap().is_empty()));
    pull.set_rcvtimeo(150).unwrap();
    takes(150, || assert!(pull.recv().unwrap_err().is_again()));
    let mut poller = Poller::new();
    poller.register(&pull, POLLIN).unwrap();
    takes(150, || assert!(poller.poll(150).unwrap().is_empty()));
    let mut calls = 0;
    let mut timers = Timers::new();
    timers.add(Duration::from_millis(50), |_, _| calls += 1).unwrap();
    takes(150, || {
        let started = Instant::now();
        while started.elapsed() < Duration::from_millis(150) {
            let wait = timers.timeout().expect("there is a timer");
            assert!(wait <= Duration::from_millis(50), "{wait:?}");
            std::thread::sleep(wait);
            timers.execute();
        }
    });
    drop(timers);
    assert!((1..=3).contains(&calls), "{calls}");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    takes(150, || {
        let context = zmq::tokio::Context::from(context.clone());
        runtime.block_on(async {
            let pull = context.socket(zmq::PULL).unwrap();
            pull.set(zmq::RCVTIMEO, 150).unwrap();
            assert!(pull.recv().await.unwrap_err().is_again());
        });
    });
    let open = context.clone();
    takes(150, || assert!(open.term_timeout(150).unwrap_err().is_again()));
    let lingering = Context::new().unwrap();
    let socket = lingering.socket(zmq::PUSH).unwrap();
    socket.set_linger(150).unwrap();
    socket.connect("tcp://127.0.0.1:9").unwrap();
    socket.send("nobody is there").unwrap();
    drop(socket);
    takes(150, || lingering.term_timeout(20_000).unwrap());
    let dropped = Context::new().unwrap();
    dropped.set_drop_timeout(150);
    let socket = dropped.socket(zmq::PUSH).unwrap();
    socket.connect("tcp://127.0.0.1:9").unwrap();
    socket.send("nobody is there").unwrap();
    drop(socket);
    takes(150, || drop(dropped));
}

fn connections_last() {
    let context = Context::new().unwrap();
    let (pull, push) = (context.socket(zmq::PULL).unwrap(), context.socket(zmq::PUSH).unwrap());
    for socket in [pull.as_dynamic(), push.as_dynamic()] {
        socket.set(zmq::HEARTBEAT_IVL, 100).unwrap();
        socket.set(zmq::HEARTBEAT_TIMEOUT, 3_000).unwrap();
        socket.set(zmq::LINGER, 0).unwrap();
    }
    impatient(&push);
    push.set_reconnect_ivl(150).unwrap();
    let monitor =
        push.monitor(zmq::EVENT_HANDSHAKE_SUCCEEDED | zmq::EVENT_DISCONNECTED | zmq::EVENT_CONNECT_RETRIED).unwrap();
    let endpoint = Transport::Tcp.bind(&pull);
    push.connect(&endpoint).unwrap();
    until_connected(&monitor, 1);
    // Some heartbeats and hundreds of jumps.
    takes(1000, || assert!(pull.recv_timeout(1000).unwrap_err().is_again()));
    assert!(!saw_a_loss(&monitor));
    push.send("still there").unwrap();
    assert_eq!(pull.recv_timeout(20_000).unwrap(), "still there");
    drop(pull);
    until_disconnected(&monitor);
    takes(150, || {
        for _ in 0..2 {
            until(&monitor, |event| matches!(event, Event::ConnectRetried { .. }));
        }
    });
}

//! A thread that waits comes back when its context is shut down, every time: in `recv`, `poll`, a proxy, a monitor, a device.

mod support;

use std::sync::mpsc::channel;
use std::time::{Duration, Instant};

use support::deadline;
use zmq::{Context, ErrorKind, POLLIN, Poller};

const ROUNDS: u64 = 1000;

/// Starts `waits` in a thread, shuts the context down while it begins to wait, and expects it to say so.
fn every_time(what: &str, waits: impl Fn(Context) -> zmq::Result<()> + Clone + Send + 'static) {
    let _deadline = deadline(120);
    for round in 0..ROUNDS {
        let context = Context::new().unwrap();
        let (started, is_started) = channel();
        let thread = {
            let (context, waits) = (context.clone(), waits.clone());
            std::thread::spawn(move || {
                started.send(()).unwrap();
                waits(context)
            })
        };
        is_started.recv().unwrap();
        // Sometimes before it waits, sometimes while it begins to, sometimes after.
        let until = Instant::now() + Duration::from_micros(round % 7 * 20);
        while Instant::now() < until {
            std::thread::yield_now();
        }
        context.shutdown().unwrap();
        let error = thread.join().unwrap().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::ContextTerminated, "{what}, round {round}: {error}");
        context.term_timeout(10_000).unwrap();
    }
}

#[test]
fn recv() {
    every_time("recv", |context| context.socket(zmq::PULL)?.recv().map(drop));
}

#[test]
fn poll() {
    every_time("poll", |context| {
        let (one, two) = (context.socket(zmq::PULL)?, context.socket(zmq::ROUTER)?);
        let mut poller = Poller::new();
        poller.register(&one, POLLIN)?;
        poller.register(&two, POLLIN)?;
        poller.poll(None).map(drop)
    });
}

#[test]
fn proxy() {
    every_time("proxy", |context| zmq::proxy(&context.socket(zmq::ROUTER)?, &context.socket(zmq::DEALER)?));
}

#[test]
fn a_proxy_with_everything() {
    every_time("proxy", |context| {
        let (front, back) = (context.socket(zmq::XSUB)?, context.socket(zmq::XPUB)?);
        let (capture, control) = (context.socket(zmq::PUB)?, context.socket(zmq::REP)?);
        zmq::Proxy::new(&front, &back)?.capture(&capture).control(&control).run()
    });
}

#[test]
fn monitor() {
    every_time("monitor", |context| {
        let socket = context.socket(zmq::PULL)?;
        let monitor = socket.monitor(zmq::EVENT_ALL)?;
        while monitor.recv()?.is_some() {}
        unreachable!("the socket is open")
    });
}

//! A proxy whose backend has nobody to send to: it can be ended even so (libzmq's issue 1382).

use std::sync::mpsc::channel;
use std::thread;
use std::time::Duration;

use zmq::{Context, Proxy, ProxyHandle};

use crate::support::{Transport, deadline};

/// Sends it three messages that have nowhere to go, ends it, and answers what it said in the end.
fn ended_by(end: impl FnOnce(&Context, &ProxyHandle)) -> zmq::Result<()> {
    let context = Context::new().unwrap();
    let frontend = context.socket(zmq::SUB).unwrap();
    frontend.subscribe("").unwrap();
    let endpoint = Transport::Tcp.bind(&frontend);
    let backend = context.socket(zmq::PUSH).unwrap();
    Transport::Tcp.bind(&backend);
    let (sender, receiver) = channel();
    let proxy = thread::spawn(move || {
        let proxy = Proxy::new(&frontend, &backend).unwrap();
        sender.send(proxy.handle()).unwrap();
        proxy.run()
    });
    let handle = receiver.recv().unwrap();

    let publisher = context.socket(zmq::XPUB).unwrap();
    publisher.connect(&endpoint).unwrap();
    assert_eq!(publisher.recv().unwrap(), [1]);
    for _ in 0..3 {
        publisher.send("This is a test").unwrap();
        thread::sleep(Duration::from_millis(50));
    }
    assert!(handle.is_running());
    end(&context, &handle);
    proxy.join().unwrap()
}

#[test]
fn proxy_terminate() {
    let _deadline = deadline(60);
    let answer = ended_by(|context, _| context.shutdown().unwrap());
    assert!(answer.unwrap_err().is_terminated());
}

#[test]
fn proxy_terminate_by_its_handle() {
    let _deadline = deadline(60);
    ended_by(|_, handle| handle.terminate()).unwrap();
}

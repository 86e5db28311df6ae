//! A proxy between many clients and many workers.

use std::thread;

use zmq::{Context, ErrorKind};

use crate::crowd::{Crowd, get};
use crate::support::{Transport, deadline};

#[test]
fn proxy() {
    let _deadline = deadline(60);
    let context = Context::new().unwrap();
    let frontend = context.socket(zmq::ROUTER).unwrap();
    let clients = Transport::Tcp.bind(&frontend);
    let backend = context.socket(zmq::DEALER).unwrap();
    let workers = Transport::Inproc.bind(&backend);
    let proxy = thread::spawn(move || zmq::proxy(&frontend, &backend));
    let crowd = Crowd::new(&context, &clients, &workers);
    crowd.run(100);
    crowd.stop();
    assert!(get(&crowd.counts.requests_sent) > 0);
    crowd.terminate();

    context.shutdown().unwrap();
    assert_eq!(proxy.join().unwrap().unwrap_err().kind(), ErrorKind::ContextTerminated);
    context.term().unwrap();
}

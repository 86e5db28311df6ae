//! Sockets that are closed while they connect, by many threads at once.

use zmq::Context;

use crate::support::{Transport, deadline};

/// A hundred threads, each with a SUB that it connects and closes at once.
pub(super) fn connect_and_close(context: &Context, endpoint: &str) {
    std::thread::scope(|scope| {
        for _ in 0..100 {
            scope.spawn(|| {
                let socket = context.socket(zmq::SUB).unwrap();
                socket.connect(endpoint).unwrap();
                socket.close().unwrap();
            });
        }
    });
}

#[test]
fn shutdown_stress() {
    let _deadline = deadline(180);
    for _ in 0..10 {
        let context = Context::with_io_threads(7).unwrap();
        let publisher = context.socket(zmq::PUB).unwrap();
        let endpoint = Transport::Tcp.bind(&publisher);
        connect_and_close(&context, &endpoint);
        drop(publisher);
        context.term().unwrap();
    }
}

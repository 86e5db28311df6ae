//! As `shutdown_stress`, over TIPC.

use zmq::Context;

use crate::exchange::tipc;
use crate::shutdown_stress::connect_and_close;
use crate::support::deadline;

#[test]
fn shutdown_stress_tipc() {
    let _deadline = deadline(180);
    for _ in 0..10 {
        let context = Context::with_io_threads(7).unwrap();
        let Some((bound, name)) = tipc() else { return };
        let publisher = context.socket(zmq::PUB).unwrap();
        publisher.bind(&bound).unwrap();
        connect_and_close(&context, &name);
        drop(publisher);
        context.term().unwrap();
    }
}

//! RCVTIMEO and SNDTIMEO.

use std::time::{Duration, Instant};

use zmq::Context;

use crate::expect::{has_nothing, hears};
use crate::support::{Transport, deadline};

#[test]
fn timeo() {
    let _deadline = deadline(60);
    let context = Context::new().unwrap();
    let frontend = context.socket(zmq::DEALER).unwrap();
    let endpoint = Transport::Inproc.bind(&frontend);
    has_nothing(&frontend);

    frontend.set_rcvtimeo(250).unwrap();
    let started = Instant::now();
    assert!(frontend.recv().unwrap_err().is_again());
    // As libzmq's own program has it: it may be 50 ms early, and how late it is, is for the machine to say.
    assert!(started.elapsed() > Duration::from_millis(200), "{:?}", started.elapsed());

    let backend = context.socket(zmq::DEALER).unwrap();
    backend.connect(&endpoint).unwrap();
    backend.set_sndtimeo(250).unwrap();
    backend.send("Hello").unwrap();
    hears(&frontend, ["Hello"]);
}

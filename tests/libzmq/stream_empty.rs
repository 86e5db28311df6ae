//! An empty frame that is nobody's memory.

use zmq::{Context, Message};

use crate::expect::SOON;
use crate::support::{Transport, deadline};

#[test]
fn stream_empty() {
    let _deadline = deadline(60);
    let context = Context::new().unwrap();
    let (stream, dealer) = Transport::Tcp.pair(&context, zmq::STREAM, zmq::DEALER);
    dealer.set_linger(0).unwrap();
    dealer.send("").unwrap();
    let [id, notice] = stream.recv_frames_timeout(SOON).unwrap();
    assert!(notice.is_empty());
    let empty = Message::from_static(b"");
    stream.send_multipart([id, empty.clone()]).unwrap();
    assert!(empty.is_empty());
    stream.close_linger(0).unwrap();
}

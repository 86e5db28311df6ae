//! One byte more than libzmq reads at once.

use std::io::Write as _;
use std::net::TcpListener;

use zmq::Context;

use crate::expect::SOON;
use crate::support::deadline;

#[test]
fn stream_exceeds_buffer() {
    let _deadline = deadline(60);
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let context = Context::new().unwrap();
    let stream = context.socket(zmq::STREAM).unwrap();
    stream.connect(&format!("tcp://{}", listener.local_addr().unwrap())).unwrap();
    let (mut peer, _) = listener.accept().unwrap();
    drop(listener);

    let mut sent = vec![0; 8193];
    sent[..4].copy_from_slice(&[0xde, 0xad, 0xbe, 0xef]);
    peer.write_all(&sent).unwrap();
    let mut heard = vec![];
    while heard.len() < sent.len() {
        // The first is the empty notice of the connection.
        let [_, data] = stream.recv_frames_timeout(SOON).unwrap();
        heard.extend_from_slice(&data);
    }
    assert!(heard == sent, "{:?}…", &heard[..4]);
}

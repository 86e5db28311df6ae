//! Ten frames of one message in one call: `zmq_sendiov` and `zmq_recviov`, which are `send_multipart` and `recv_multipart` here.

use zmq::{Context, ErrorKind};

use crate::support::deadline;

#[test]
fn iov() {
    const FRAMES: usize = 10;
    let _deadline = deadline(60);
    let context = Context::new().unwrap();
    let pull = context.socket(zmq::PULL).unwrap();
    pull.bind("inproc://a").unwrap();
    let push = context.socket(zmq::PUSH).unwrap();
    push.connect("inproc://a").unwrap();
    // Longer and shorter than what fits into a message itself.
    for size in [100, 10] {
        let sent = vec![vec![b'1'; size]; FRAMES];
        let error = push.send_multipart(&sent[..0]).unwrap_err();
        assert_eq!((error.kind(), error.parts.len()), (ErrorKind::InvalidArgument, 0));
        push.send_multipart(&sent).unwrap();
        let received = pull.recv_multipart().unwrap();
        assert_eq!(received, sent);
        assert!(received[..FRAMES - 1].iter().all(zmq::Message::more) && !received[FRAMES - 1].more());
    }
    assert!(pull.try_recv().unwrap().is_none());
}

//! Making messages.

use zmq::Message;

use crate::support::deadline;

#[test]
fn msg_init() {
    let _deadline = deadline(60);
    assert_eq!(Message::new().len(), 0);
}

#[test]
fn msg_init_size() {
    let _deadline = deadline(60);
    let mut message = Message::with_size(6).unwrap();
    assert_eq!(message.len(), 6);
    message.make_mut().copy_from_slice(b"foobar");
    assert_eq!(message, "foobar");
    assert_eq!(Message::with_size(0).unwrap().len(), 0);
}

#[test]
fn msg_init_buffer() {
    let _deadline = deadline(60);
    let data = b"foobar";
    let message = Message::from(data);
    assert_eq!(message.len(), 6);
    assert_ne!(message.as_ptr(), data.as_ptr());
    assert_eq!(message, data);
    assert_eq!(Message::from(&[]).len(), 0);
}

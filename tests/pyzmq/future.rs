//! test_future.py: pyzmq's sockets for Tornado, another event loop than asyncio's. Here smol's, by `zmq::async_io`.

use std::future::Future;

use zmq::async_io::AsyncIo;

use crate::asynchronous as common;
use crate::support::{child, deadline};

fn run(test: impl Future<Output = ()>) {
    let _deadline = deadline(60);
    smol::block_on(test);
}

#[test]
fn socket_class() {
    common::socket_class::<AsyncIo>();
}

#[test]
fn instance_subclass_first() {
    let _deadline = deadline(60);
    child("first", 50, common::instance_first::<AsyncIo>).succeeds();
}

#[test]
fn instance_subclass_second() {
    let _deadline = deadline(60);
    child("second", 50, common::instance_second::<AsyncIo>).succeeds();
}

#[test]
fn recv_multipart() {
    run(common::recv_multipart::<AsyncIo>());
}

#[test]
fn recv() {
    run(common::recv::<AsyncIo>());
}

#[test]
fn recv_cancel() {
    run(common::recv_cancel::<AsyncIo>());
}

#[test]
fn recv_timeout() {
    run(common::recv_timeout::<AsyncIo>());
}

#[test]
fn send_timeout() {
    run(common::send_timeout::<AsyncIo>());
}

#[test]
fn send_noblock() {
    let _deadline = deadline(60);
    common::send_noblock::<AsyncIo>();
}

#[test]
fn send_multipart_noblock() {
    let _deadline = deadline(60);
    common::send_multipart_noblock::<AsyncIo>();
}

#[test]
fn recv_string() {
    run(common::recv_string::<AsyncIo>());
}

#[test]
#[cfg(feature = "json")]
fn recv_json() {
    run(common::recv_json::<AsyncIo>());
}

#[test]
#[cfg(feature = "json")]
fn recv_json_cancelled() {
    run(common::recv_json_cancelled::<AsyncIo>());
}

#[test]
fn custom_serialize() {
    run(common::custom_serialize::<AsyncIo>());
}

#[test]
fn custom_serialize_error() {
    run(common::custom_serialize_error::<AsyncIo>());
}

#[test]
fn poll() {
    run(common::poll::<AsyncIo>());
}

#[test]
fn poll_base_socket() {
    run(common::poll_base_socket::<AsyncIo>());
}

/// Descriptors are the runtime's own to wait for.
#[test]
fn poll_raw() {
    use smol::future::FutureExt as _;
    use std::io::Write as _;
    use std::os::unix::net::UnixStream;

    run(async {
        let (reader, mut writer) = UnixStream::pair().unwrap();
        let reader = smol::Async::new(reader).unwrap();
        let context = zmq::async_io::Context::new().unwrap();
        let pull = context.socket(zmq::PULL).unwrap();
        writer.write_all(b"x").unwrap();
        let nothing = async {
            pull.readable().await.unwrap();
            panic!("nothing was sent")
        };
        reader.readable().or(nothing).await.unwrap();
    });
}

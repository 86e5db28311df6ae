//! `ipc://@name`: names that are no files, on Linux.
#![cfg(target_os = "linux")]

use zmq::{Context, ErrorKind};

use crate::support::{deadline, unique};
use crate::testutil::bounce;

#[test]
fn roundtrip() {
    let _deadline = deadline(30);
    let context = Context::new().unwrap();
    let server = context.socket(zmq::DEALER).unwrap();
    let endpoint = format!("ipc://@{}", unique("tmp-tester"));
    server.bind(&endpoint).unwrap();
    assert_eq!(server.last_endpoint().unwrap(), endpoint);
    let client = context.socket(zmq::DEALER).unwrap();
    client.connect(&endpoint).unwrap();
    bounce(&server, &client);
}

#[test]
fn empty_abstract_name() {
    let _deadline = deadline(30);
    let context = Context::new().unwrap();
    let error = context.socket(zmq::DEALER).unwrap().bind("ipc://@").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidArgument, "{error}");
}

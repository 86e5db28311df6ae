//! A STREAM that speaks ZMTP by hand to a DEALER, and two that speak HTTP.

use zmq::{Context, Message, Socket, Stream};

use crate::expect::{SOON, hears};
use crate::support::{Transport, deadline, eventually};

/// What libzmq begins with; the length of 1 is for its oldest versions.
const SIGNATURE: [u8; 10] = [0xff, 0, 0, 0, 0, 0, 0, 0, 1, 0x7f];

/// One chunk, and the id of the connection it came by.
fn chunk(stream: &Socket<Stream>) -> (Message, Message) {
    let [id, data] = stream.recv_frames_timeout(SOON).unwrap();
    assert!(!id.is_empty());
    (id, data)
}

/// The next bytes of the only connection; no more than these.
fn read(stream: &Socket<Stream>, length: usize) -> Vec<u8> {
    let mut bytes = vec![];
    while bytes.len() < length {
        bytes.extend_from_slice(&chunk(stream).1);
    }
    assert_eq!(bytes.len(), length);
    bytes
}

#[test]
fn stream_to_dealer() {
    let _deadline = deadline(60);
    let context = Context::new().unwrap();
    let stream = context.socket(zmq::STREAM).unwrap();
    stream.set_stream_notify(true).unwrap();
    let endpoint = Transport::Tcp.bind(&stream);
    let dealer = context.socket(zmq::DEALER).unwrap();
    dealer.set_linger(0).unwrap();
    dealer.connect(&endpoint).unwrap();
    dealer.send("Hello").unwrap();

    // The notice of the connection.
    let (id, data) = chunk(&stream);
    assert_eq!(id.peer_address().unwrap(), "127.0.0.1");
    assert_eq!(data.peer_address().unwrap(), "127.0.0.1");
    assert!(data.is_empty());

    let (from, data) = chunk(&stream);
    assert_eq!(from, id);
    assert_eq!(from.peer_address().unwrap(), "127.0.0.1");
    assert_eq!(data, SIGNATURE);

    // Signature, version 3.1, mechanism, not the server, filler.
    let mut greeting = [0; 64];
    greeting[..10].copy_from_slice(&SIGNATURE);
    greeting[10..16].copy_from_slice(b"\x03\x01NULL");
    stream.send_multipart((&id, greeting)).unwrap();

    // The rest of its greeting, and its READY.
    let rest = read(&stream, 97);
    assert_eq!(rest[..22], greeting[10..32]);
    assert_eq!(rest[54..], *b"\x04\x29\x05READY\x0bSocket-Type\0\0\0\x06DEALER\x08Identity\0\0\0\0");
    stream.send_multipart((&id, b"\x04\x29\x05READY\x0bSocket-Type\0\0\0\x06ROUTER\x08Identity\0\0\0\0")).unwrap();

    assert_eq!(read(&stream, 7), b"\0\x05Hello");
    stream.send_multipart((&id, b"\0\x05World")).unwrap();
    hears(&dealer, ["World"]);

    dealer.send(vec![0xab; 64_000]).unwrap();
    let frame = read(&stream, 9 + 64_000);
    assert_eq!(frame[..9], *b"\x02\0\0\0\0\0\0\xfa\0", "a long frame, and its length");
    assert!(frame[9..].iter().all(|byte| *byte == 0xab));
}

#[test]
fn stream_to_stream() {
    let _deadline = deadline(60);
    let context = Context::new().unwrap();
    let (server, client) = Transport::Tcp.pair(&context, zmq::STREAM, zmq::STREAM);
    let (of_client, notice) = chunk(&server);
    assert!(notice.is_empty());
    let (of_server, notice) = chunk(&client);
    assert!(notice.is_empty());

    client.send_multipart((&of_server, "GET /\n\n")).unwrap();
    hears(&server, [&of_client[..], b"GET /\n\n"]);

    let response = "HTTP/1.0 200 OK\r\nContent-Type: text/plain\r\n\r\nHello, World!\0";
    server.send_multipart((&of_client, response)).unwrap();
    hears(&client, [&of_server[..], response.as_bytes()]);

    // An empty frame closes the connection, once the server's socket is used; the client is told.
    server.send_multipart((&of_client, "")).unwrap();
    let notice = eventually("the client hears that the connection is closed", || {
        server.events().unwrap();
        client.try_recv_multipart().unwrap()
    });
    assert_eq!(notice, [&of_server[..], b""]);
}

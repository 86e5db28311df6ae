//! Messages of all sizes arrive whole and in order, while how much is written and read at once changes with what there is
//! (`vendor/zmq-sys/build/mends/batches.patch`), and whatever libzmq is linked.

mod support;

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::thread;
use std::time::Duration;

use support::{TempPath, deadline, zmtp};
use zmq::{Context, CurvePublicKey, CurveSecretKey, Socket};

type Keys = (CurvePublicKey, CurveSecretKey);

/// The sizes at which something changes: of the frame's head, of the least batch, of what is large, of the largest batch and read.
const EDGES: [usize; 8] = [33, 255, 8 << 10, 16 << 10, 24 << 10, 32 << 10, 40 << 10, 64 << 10];

/// So many messages of that size in turn, so that batches grow, shrink, and meet what is large at any fill.
fn sizes() -> Vec<usize> {
    let mut sizes = Vec::new();
    let mut random = 1_u32;
    let mut next = |below: usize| {
        random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (random >> 8) as usize % below
    };
    for (size, times) in [(100, 3000), (4096, 300), (16_000, 100), (70_000, 20)] {
        sizes.resize(sizes.len() + times, size);
    }
    for edge in EDGES {
        for size in edge - 12..edge + 3 {
            sizes.resize(sizes.len() + next(60), next(2000));
            sizes.push(size);
        }
    }
    for _ in 0..500 {
        let most = EDGES[next(EDGES.len())];
        sizes.push(next(2 * most));
    }
    sizes
}

/// What the message of that number is.
fn content(number: usize, size: usize) -> Vec<u8> {
    let mut content = vec![number as u8; size];
    content.iter_mut().zip(number.to_le_bytes()).for_each(|(byte, part)| *byte = part);
    content
}

fn send_all(push: &Socket<zmq::Push>) {
    for (number, size) in sizes().into_iter().enumerate() {
        push.send(content(number, size)).unwrap();
    }
}

/// Receives all; `pause` is called before each.
fn recv_all(pull: &Socket<zmq::Pull>, mut pause: impl FnMut(usize)) {
    for (number, size) in sizes().into_iter().enumerate() {
        pause(number);
        let message = pull.recv().unwrap();
        assert_eq!(message.len(), size, "message {number}");
        assert!(message == content(number, size), "message {number} of {size} bytes is what was sent");
    }
    pull.set_rcvtimeo(20).unwrap();
    assert!(pull.recv().unwrap_err().is_again(), "and nothing else");
}

fn pull(context: &Context) -> Socket<zmq::Pull> {
    let pull = context.socket(zmq::PULL).unwrap();
    pull.set_rcvtimeo(10_000).unwrap();
    pull
}

/// Sends in another thread and context, which ends before all has been received.
fn arrive(pull: &Socket<zmq::Pull>, endpoint: &str, keys: Option<(&Keys, &Keys)>, pause: impl FnMut(usize)) {
    pull.bind(endpoint).unwrap();
    let endpoint = pull.last_endpoint().unwrap();
    thread::scope(|scope| {
        scope.spawn(|| {
            let context = Context::new().unwrap();
            let push = context.socket(zmq::PUSH).unwrap();
            push.set_linger(None).unwrap();
            if let Some((server, client)) = keys {
                push.set_curve_serverkey(server.0).unwrap();
                push.set_curve_publickey(client.0).unwrap();
                push.set_curve_secretkey(&client.1).unwrap();
            }
            push.connect(&endpoint).unwrap();
            send_all(&push);
            push.close().unwrap();
            context.term().unwrap();
        });
        recv_all(pull, pause);
    });
}

#[test]
fn by_each_transport() {
    let _deadline = deadline(120);
    let context = Context::new().unwrap();
    let path = TempPath::new();
    arrive(&pull(&context), "tcp://127.0.0.1:*", None, |_| ());
    arrive(&pull(&context), &path.ipc(), None, |_| ());
    if zmq::has("ws") {
        arrive(&pull(&context), "ws://127.0.0.1:*", None, |_| ());
    }
}

#[test]
fn encrypted() {
    let _deadline = deadline(120);
    if !zmq::has("curve") {
        return;
    }
    let (server, client) = (zmq::curve_keypair().unwrap(), zmq::curve_keypair().unwrap());
    let context = Context::new().unwrap();
    let pull = pull(&context);
    pull.set_curve_server(true).unwrap();
    pull.set_curve_secretkey(&server.1).unwrap();
    arrive(&pull, "tcp://127.0.0.1:*", Some((&server, &client)), |_| ());
}

/// The connection stops reading with something read ahead, time and again, and at last with the peer gone.
#[test]
fn to_a_slow_receiver() {
    let _deadline = deadline(120);
    let context = Context::new().unwrap();
    let path = TempPath::new();
    for endpoint in ["tcp://127.0.0.1:*", &path.ipc()] {
        let pull = pull(&context);
        pull.set_rcvhwm(1).unwrap();
        arrive(&pull, endpoint, None, |number| {
            if number % 97 == 0 {
                thread::sleep(Duration::from_millis(2));
            }
        });
    }
}

/// One by one, so that batches are small between large messages.
#[test]
fn to_and_fro() {
    let _deadline = deadline(120);
    let context = Context::new().unwrap();
    let (server, client) = (context.socket(zmq::REP).unwrap(), context.socket(zmq::REQ).unwrap());
    server.bind("tcp://127.0.0.1:*").unwrap();
    client.connect(&server.last_endpoint().unwrap()).unwrap();
    thread::scope(|scope| {
        scope.spawn(|| {
            let server = server;
            for _ in 0..EDGES.len() * 15 {
                server.send(server.recv().unwrap()).unwrap();
            }
        });
        for (number, size) in EDGES.into_iter().flat_map(|edge| edge - 12..edge + 3).enumerate() {
            client.send(content(number, size)).unwrap();
            assert!(client.recv().unwrap() == content(number, size), "{size} bytes");
        }
    });
}

/// Plain bytes have no frames: what is large begins a batch.
#[test]
fn plain_bytes() {
    let _deadline = deadline(120);
    let context = Context::new().unwrap();
    let stream = context.socket(zmq::STREAM).unwrap();
    stream.set_rcvtimeo(10_000).unwrap();
    stream.bind("tcp://127.0.0.1:*").unwrap();
    let address = stream.last_endpoint().unwrap();
    let mut peer = TcpStream::connect(address.strip_prefix("tcp://").unwrap()).unwrap();
    let [id, greeting] = stream.recv_frames().unwrap();
    assert!(greeting.is_empty(), "a connection begins with an empty message");
    let all: Vec<u8> = sizes().into_iter().enumerate().flat_map(|(number, size)| content(number, size)).collect();
    thread::scope(|scope| {
        scope.spawn(|| {
            let mut echoed = vec![0; all.len()];
            peer.read_exact(&mut echoed).unwrap();
            assert!(echoed == all, "what came to the peer is what was sent");
            peer.write_all(&echoed).unwrap();
        });
        for (number, size) in sizes().into_iter().enumerate().filter(|(_, size)| *size > 0) {
            // Nothing at all would end the connection.
            stream.send_multipart([id.to_vec(), content(number, size)]).unwrap();
        }
        let mut back = Vec::new();
        while back.len() < all.len() {
            let [from, part] = stream.recv_frames().unwrap();
            assert_eq!(from, id);
            assert!(!part.is_empty(), "the peer ended the connection");
            back.extend_from_slice(&part);
        }
        assert!(back == all, "what came back is what was sent");
    });
}

/// What was read ahead of a message that is refused is received, though the connection ends at once.
#[test]
fn before_a_message_that_is_refused() {
    const MESSAGES: usize = 50_000;
    let _deadline = deadline(60);
    let context = Context::new().unwrap();
    let pull = pull(&context);
    pull.set_rcvhwm(0).unwrap();
    pull.set_maxmsgsize(100).unwrap();
    pull.bind("tcp://127.0.0.1:*").unwrap();
    let endpoint = pull.last_endpoint().unwrap();
    let mut peer = TcpStream::connect(endpoint.strip_prefix("tcp://").unwrap()).unwrap();
    zmtp::shake_hands(&mut peer, 0, "PUSH", &[]);

    let mut sent = Vec::new();
    for number in 0..MESSAGES {
        sent.extend_from_slice(&[0, 100]);
        sent.extend_from_slice(&content(number, 100));
    }
    sent.extend_from_slice(&[0, 101]);
    peer.write_all(&sent).unwrap();
    for number in 0..MESSAGES {
        assert!(pull.recv().unwrap() == content(number, 100), "message {number}");
    }
    // It ends, in whatever way.
    let _ended = peer.read_to_end(&mut Vec::new());
    pull.set_rcvtimeo(20).unwrap();
    assert!(pull.recv().unwrap_err().is_again(), "and nothing else");
}

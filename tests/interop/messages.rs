//! What crosses must come out as it went in: sizes, empty frames, text, JSON, routing ids.

use zmq::{Context, IntoKind, Socket};

use crate::python::{Script, begin};
use crate::support::Transport;
use crate::support::programs::Program;

/// Runs `test` with a socket of ours and a Python `body` that has one of its own, over tcp with ours bound, and over ipc with
/// Python's.
fn with_python<K: IntoKind + Copy>(
    kind: K,
    python_kind: &str,
    setup: &str,
    body: &str,
    test: impl Fn(&Socket<K::Kind>),
) {
    let Some(_deadline) = begin() else { return };
    let context = Context::new().unwrap();
    for (transport, we_bind) in [(Transport::Tcp, true), (Transport::Ipc, false), (Transport::Tcp, false)] {
        let socket = context.socket(kind).unwrap();
        let mut script = Script { kind: python_kind, endpoint: "", binds: !we_bind, setup, body, args: &[] };
        let endpoint = if we_bind { transport.bind(&socket) } else { transport.endpoint() };
        script.endpoint = &endpoint;
        let mut program: Program = script.start();
        if !we_bind {
            socket.connect(&program.endpoint()).unwrap();
        }
        test(&socket);
        assert!(program.finish().is_empty());
    }
}

const SIZES: [usize; 7] = [0, 1, 33, 34, 1 << 10, 1 << 20, 16 << 20];

/// Bytes that tell where they were.
fn pattern(size: usize) -> Vec<u8> {
    let period: Vec<u8> = (0..=250).collect();
    let mut bytes = period.repeat(size / period.len() + 1);
    bytes.truncate(size);
    bytes
}

/// `REP` checks each size and sends the same bytes back.
#[test]
fn all_sizes_arrive_as_they_were() {
    let body = "
for size in [0, 1, 33, 34, 1 << 10, 1 << 20, 16 << 20]:
    message = socket.recv()
    assert message == (bytes(range(251)) * (size // 251 + 1))[:size], (size, len(message))
    socket.send(message)
";
    with_python(zmq::REQ, "REP", "", body, |req| {
        for size in SIZES {
            req.send(pattern(size)).unwrap();
            let reply = req.recv().unwrap();
            assert!(reply == pattern(size), "{size}: {} bytes came back", reply.len());
        }
    });
}

/// `REQ` sends each size, `REP` here sends the same bytes back.
#[test]
fn all_sizes_come_from_python() {
    let body = "
for size in [0, 1, 33, 34, 1 << 10, 1 << 20, 16 << 20]:
    pattern = (bytes(range(251)) * (size // 251 + 1))[:size]
    socket.send(pattern, copy=False)
    assert socket.recv() == pattern, size
";
    with_python(zmq::REP, "REQ", "", body, |rep| {
        for size in SIZES {
            let request = rep.recv().unwrap();
            assert!(request == pattern(size), "{size}: {} bytes came", request.len());
            rep.send(request).unwrap();
        }
    });
}

/// Messages of one to six frames, some or all of them empty, there and back.
#[test]
fn empty_frames_keep_their_places() {
    let body = "
expected = [[b''], [b'', b''], [b'', b'a', b'', b'', b'b', b''], [b'a', b''], [b'', b'b'], [b'\\0', b'', b'\\xff']]
for frames in expected:
    received = socket.recv_multipart()
    assert received == frames, received
    socket.send_multipart(frames)
";
    with_python(zmq::DEALER, "DEALER", "", body, |dealer| {
        let messages: [&[&[u8]]; 6] = [
            &[b""],
            &[b"", b""],
            &[b"", b"a", b"", b"", b"b", b""],
            &[b"a", b""],
            &[b"", b"b"],
            &[b"\0", b"", b"\xff"],
        ];
        for frames in messages {
            dealer.send_multipart(frames).unwrap();
            assert_eq!(dealer.recv_multipart().unwrap(), frames);
        }
    });
}

/// `send_string` and `recv_string`, with what is not ASCII and with what is not even text.
#[test]
fn text_is_utf_8() {
    let body = "
for text in ['', 'zażółć gęślą jaźń', '日本語 ⚡', '🦀 e\\u0301 \\U0010ffff', 'a\\0b\\n']:
    received = socket.recv_string()
    assert received == text, received
    socket.send_string(text)
socket.send_string('café', encoding='latin-1')
";
    with_python(zmq::PAIR, "PAIR", "", body, |pair| {
        for text in ["", "zażółć gęślą jaźń", "日本語 ⚡", "🦀 e\u{301} \u{10ffff}", "a\0b\n"] {
            pair.send_string(text).unwrap();
            assert_eq!(pair.recv_string().unwrap(), text);
        }
        let error = pair.recv_string().unwrap_err();
        assert_eq!(error.kind(), zmq::ErrorKind::InvalidUtf8);
        assert_eq!(error.into_message().unwrap(), b"caf\xe9");
    });
}

/// `send_json` and `recv_json`: as a type, and as any value.
#[cfg(feature = "json")]
#[test]
fn json_means_the_same() {
    use serde_json::{Value, json};

    #[derive(Debug, PartialEq, serde::Serialize, serde::Deserialize)]
    struct Reading {
        station: String,
        values: Vec<f64>,
        note: Option<String>,
    }

    let body = r#"
assert socket.recv_json() == {'station': 'Łódź', 'values': [1.5, -2e300, 0.1], 'note': None}
socket.send_json({'station': 'Łódź', 'values': [1.5, -2e300, 0.1], 'note': None})
anything = [True, None, {}, [], '"\\/\b\u2028', 2**53 + 1, -2**63, 2**64 - 1, {'a': {'b': [1, 2]}}]
received = socket.recv_json()
assert received == anything, received
socket.send_json(anything)
socket.send(b'{"station": ')
"#;
    with_python(zmq::PAIR, "PAIR", "", body, |pair| {
        let reading = Reading { station: "Łódź".into(), values: vec![1.5, -2e300, 0.1], note: None };
        pair.send_json(&reading).unwrap();
        assert_eq!(pair.recv_json::<Reading>().unwrap(), reading);

        let anything = json!([
            true,
            null,
            {},
            [],
            "\"\\/\u{8}\u{2028}",
            (1_u64 << 53) + 1,
            i64::MIN,
            u64::MAX,
            {"a": {"b": [1, 2]}}
        ]);
        pair.send_json(&anything).unwrap();
        assert_eq!(pair.recv_json::<Value>().unwrap(), anything);

        let error = pair.recv_json::<Reading>().unwrap_err();
        assert_eq!(error.kind(), zmq::ErrorKind::Json);
        assert_eq!(error.into_message().unwrap(), "{\"station\": ");
    });
}

/// Two `ROUTER`s that know each other by the routing ids both of them set. The Python one tries until the other is there.
#[test]
fn routers_find_each_other_by_their_ids() {
    let body = "
while True:
    try:
        socket.send_multipart([b'server \\xff', b'Hello'])
        break
    except zmq.ZMQError as error:
        assert error.errno == zmq.EHOSTUNREACH, error
        time.sleep(0.005)
assert socket.recv_multipart() == [b'server \\xff', b'World']
";
    let setup = "socket.routing_id = b'client'; socket.router_mandatory = True";
    let Some(_deadline) = begin() else { return };
    let context = Context::new().unwrap();
    for transport in [Transport::Tcp, Transport::Ipc] {
        for we_bind in [true, false] {
            let router = context.socket(zmq::ROUTER).unwrap();
            router.set_routing_id(b"server \xff").unwrap();
            let endpoint = if we_bind { transport.bind(&router) } else { transport.endpoint() };
            let script = Script { kind: "ROUTER", endpoint: &endpoint, binds: !we_bind, setup, body, args: &[] };
            let mut program = script.start();
            if !we_bind {
                router.connect(&program.endpoint()).unwrap();
            }
            let [client, hello] = router.recv_frames().unwrap();
            assert_eq!((&client[..], &hello[..]), (&b"client"[..], &b"Hello"[..]));
            assert_eq!(hello.identity(), Some(&b"client"[..]));
            assert_eq!(hello.socket_type().as_deref(), Some("ROUTER"));
            router.send_multipart((client, "World")).unwrap();
            assert!(program.finish().is_empty());
        }
    }
}

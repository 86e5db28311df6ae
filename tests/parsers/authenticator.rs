//! A real authenticator, asked by whoever likes to.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use zmq::auth::{Policy, ThreadAuthenticator, ZapRequest};
use zmq::{Context, Pull, Socket};

use crate::random::{Input, Random};
use crate::requests::{Frames, frames, good, may, policy, request};
use crate::support::{deadline, eventually};

/// A server that asks for a password, and clients that know it.
struct Server {
    context: Context,
    socket: Socket<Pull>,
    endpoint: String,
}

impl Server {
    fn new(context: &Context) -> Self {
        let socket = context.socket(zmq::PULL).unwrap();
        socket.set_plain_server(true).unwrap();
        socket.set_rcvtimeo(20_000).unwrap();
        socket.bind("tcp://127.0.0.1:*").unwrap();
        let endpoint = socket.last_endpoint().unwrap();
        Self { context: context.clone(), socket, endpoint }
    }

    /// A new client is let in.
    #[track_caller]
    fn is_served(&self) {
        let client = self.context.socket(zmq::PUSH).unwrap();
        client.set_plain_username("ann").unwrap();
        client.set_plain_password("secret").unwrap();
        client.connect(&self.endpoint).unwrap();
        client.send("hello").unwrap();
        let message = self.socket.recv().expect("the client is let in");
        assert_eq!((&message[..], message.user_id().as_deref()), (&b"hello"[..], Some("ann")));
    }
}

const ZAP: &str = "inproc://zeromq.zap.01";

/// What is answered to a request, from the version on: as the policy decides it, and nothing in it that would end early.
#[track_caller]
fn right(policy: &Policy, request: &[Vec<u8>], answer: &[zmq::Message]) {
    let _input = Input(&request);
    let [version, id, status, reason, user_id, metadata] = answer else { panic!("{} frames", answer.len()) };
    assert_eq!(version, &b"1.0"[..]);
    assert_eq!(&id[..], request.get(1).map(|id| &id[..]).unwrap_or_default());
    let decided = ZapRequest::parse(request).map(|request| policy.decide(&request));
    match decided {
        Ok(access) if access.is_allowed() => {
            assert_eq!((&status[..], &reason[..]), (&b"200"[..], &b"OK"[..]));
            assert!(may(request));
            assert!(!user_id.contains(&0));
        }
        Ok(_) => assert!(status == &b"400"[..] || status == &b"500"[..], "{status:?} {reason:?}"),
        Err(why) => assert_eq!((&status[..], &reason[..]), (&b"400"[..], why.as_bytes())),
    }
    if status != &b"200"[..] {
        assert!(user_id.is_empty() && !reason.is_empty(), "{answer:?}");
        // One that libzmq cannot read: its GSSAPI lets in who is refused.
        let unreadable = request.get(5).is_some_and(|mechanism| mechanism == b"GSSAPI");
        assert_eq!(&metadata[..], if unreadable { &[0][..] } else { &[] });
        return;
    }
    // A byte and so many of the name, four and so many of the value, again and again.
    let mut rest = &metadata[..];
    while let [length, more @ ..] = rest {
        let (name, more) = more.split_at(usize::from(*length));
        let (length, more) = more.split_first_chunk().expect("the length of the value");
        let (value, more) = more.split_at(u32::from_be_bytes(*length) as usize);
        assert!(!name.is_empty() && !name.contains(&0) && !value.contains(&0));
        rest = more;
    }
    assert!(rest.is_empty());
}

fn enveloped(envelope: &[&[u8]], request: &[Vec<u8>]) -> Frames {
    [&frames(envelope), request].concat()
}

fn body(mut answer: Vec<zmq::Message>, envelope: &[&[u8]]) -> Vec<zmq::Message> {
    let body = answer.split_off(envelope.len());
    assert!(answer.iter().map(|frame| &frame[..]).eq(envelope.iter().copied()), "{answer:?}");
    body
}

#[test]
fn an_authenticator_answers_whatever_it_is_sent() {
    let _deadline = deadline(120);
    let context = Context::new().unwrap();
    let (policy, good) = (policy(), good());
    let mut authenticator = ThreadAuthenticator::with_policy(&context, &policy);
    let decisions = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&decisions);
    authenticator.set_log(move |decision| {
        assert!(!decision.to_string().contains('\n'), "{decision}");
        counted.fetch_add(1, Ordering::Relaxed);
    });
    authenticator.start().unwrap();
    let server = Server::new(&context);
    server.is_served();

    let dealer = context.socket(zmq::DEALER).unwrap();
    let req = context.socket(zmq::REQ).unwrap();
    dealer.set_rcvtimeo(20_000).unwrap();
    req.set_rcvtimeo(20_000).unwrap();
    dealer.connect(ZAP).unwrap();
    req.connect(ZAP).unwrap();

    let mut random = Random(0xE703_7ED1_A0B4_28DB);
    let large = vec![b'x'; 1 << 20];
    let mut special = vec![
        frames(&[b""]),
        frames(&[b"1.0"]),
        frames(&[b"2.0", b"1", b"", b"127.0.0.1", b"", b"NULL"]),
        frames(&[b"1.0", b"1", b"", b"127.0.0.1", b"", b"null"]),
        vec![b"1.0".to_vec(); 1000],
        vec![vec![]; 1000],
        frames(&[b"1.0", &large, b"", b"127.0.0.1", b"", b"NULL"]),
        frames(&[b"1.0", b"1", b"", b"127.0.0.1", b"", b"PLAIN", b"ann", &large]),
        frames(&[b"1.0", b"1", b"value", b"127.0.0.1", &large, b"NULL"]),
        frames(&[b"1.0", b"1", b"value", b"127.0.0.1", b"x\0y", b"NULL"]),
        frames(&[b"1.0", b"1", b"user", b"127.0.0.1", &large, b"NULL"]),
        frames(&[b"1.0", b"1", b"user", b"127.0.0.1", b"x\0y", b"NULL"]),
        frames(&[b"1.0", b"1", b"name", b"127.0.0.1", &large, b"NULL"]),
        frames(&[b"1.0", b"1", b"name", b"127.0.0.1", &large[..255], b"NULL"]),
        frames(&[b"1.0", b"1", b"name", b"127.0.0.1", &large[..256], b"NULL"]),
        frames(&[b"1.0", b"1", b"name", b"127.0.0.1", b"Identity", b"NULL"]),
        frames(&[b"1.0", b"1", b"denies", b"127.0.0.1", b"", b"NULL"]),
        frames(&[b"1.0", b"1", b"fails", b"127.0.0.1", b"", b"NULL"]),
        vec![large.clone(); 8],
    ];
    special.extend(good.iter().cloned());
    for request in &special {
        req.send_multipart(request).unwrap();
        right(&policy, request, &req.recv_multipart().unwrap());
        // A DEALER makes the envelope itself, and gets it back.
        for envelope in [&[&b""[..]][..], &[b"one", b"two", b""]] {
            dealer.send_multipart(enveloped(envelope, request)).unwrap();
            right(&policy, request, &body(dealer.recv_multipart().unwrap(), envelope));
        }
        server.is_served();
    }
    assert!(authenticator.is_alive());

    for round in 0..2000 {
        let request = match request(&mut random, &good) {
            // That would be no message, or an envelope with nothing in it, which nobody answers.
            request if request.is_empty() => continue,
            request => request,
        };
        if round % 2 == 0 {
            req.send_multipart(&request).unwrap();
            right(&policy, &request, &req.recv_multipart().unwrap());
        } else {
            dealer.send_multipart(enveloped(&[b""], &request)).unwrap();
            // Several at once, which are answered in their order.
            dealer.send_multipart(enveloped(&[b""], &special[0])).unwrap();
            right(&policy, &request, &body(dealer.recv_multipart().unwrap(), &[b""]));
            right(&policy, &special[0], &body(dealer.recv_multipart().unwrap(), &[b""]));
        }
        if round % 100 == 0 {
            server.is_served();
        }
    }

    // Without an envelope they are no requests; none is answered, and none is in the way of those that are.
    dealer.send("x").unwrap();
    dealer.send("").unwrap();
    dealer.send_multipart(vec!["x"; 1000]).unwrap();
    dealer.send_multipart(["", "last"]).unwrap();
    right(&policy, &frames(&[b"last"]), &body(dealer.recv_multipart().unwrap(), &[b""]));

    // Whoever reads no answers loses them, and is in nobody's way; nor is who goes without having waited.
    let before = decisions.load(Ordering::Relaxed);
    let deaf = context.socket(zmq::DEALER).unwrap();
    deaf.connect(ZAP).unwrap();
    for _ in 0..5000 {
        deaf.send_multipart(enveloped(&[b""], &good[2])).unwrap();
    }
    server.is_served();
    drop(deaf);
    server.is_served();
    eventually("all are decided", || (decisions.load(Ordering::Relaxed) >= before + 5002).then_some(()));
    assert!(authenticator.is_alive());
    authenticator.stop().unwrap();
}

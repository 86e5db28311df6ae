//! Publishers and subscribers by WebSocket, with each mechanism. libzmq 4.3.5 loses subscriptions there with CURVE: it sends them as
//! commands (ws_engine.cpp, `select_protocol`), which it does not know when they arrive (`process_command_message`). The bundled one
//! is mended at both ends (`vendor/zmq-sys/build/mends/websocket.patch`), so that one that is not can be at the other.

#[cfg(all(zmq_vendored, unix, feature = "curve"))]
#[path = "ws_curve/peer.rs"]
mod peer;
mod support;
#[cfg(all(zmq_vendored, unix, feature = "curve"))]
#[path = "ws_curve/unmended.rs"]
mod unmended;

use std::io::Write as _;

use support::{deadline, eventually, test_name};
use zmq::auth::ThreadAuthenticator;
use zmq::{Context, CurvePublicKey, CurveSecretKey, IntoKind, Kind, Receiver, Socket};

/// For how long something that will come may take, in ms.
const SOON: i32 = 20_000;
const ENDPOINT: &str = "ws://127.0.0.1:*/";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Security {
    Null,
    Plain,
    Curve,
}

fn skip(reason: &str) {
    // Not `println!`, which the test harness holds back.
    let _ = writeln!(std::io::stderr(), "skipped: {}: {reason}", test_name());
}

/// What this libzmq has of them for any socket.
fn by_all() -> Vec<Security> {
    if !zmq::has("ws") {
        skip("this libzmq has no WebSocket");
        return Vec::new();
    }
    let mut all = vec![Security::Null, Security::Plain];
    if zmq::has("curve") {
        all.push(Security::Curve);
    } else {
        skip("with CURVE: this libzmq has none");
    }
    all
}

/// Those by which it does not lose subscriptions.
fn by_those_that_subscribe() -> Vec<Security> {
    let mut all = by_all();
    if !cfg!(all(zmq_vendored, unix)) && all.contains(&Security::Curve) {
        skip("with CURVE: by WebSocket this libzmq loses subscriptions");
        all.retain(|security| *security != Security::Curve);
    }
    all
}

/// A context in which a password is asked for, and the keys of both sides.
struct Place {
    security: Security,
    keys: Option<[(CurvePublicKey, CurveSecretKey); 2]>,
    context: Context,
    _authenticator: Option<ThreadAuthenticator>,
}

impl Place {
    fn new(security: Security) -> Self {
        let context = Context::new().unwrap();
        // PLAIN lets nobody in whom no authenticator does.
        let authenticator = (security == Security::Plain).then(|| {
            let mut authenticator = ThreadAuthenticator::new(&context);
            authenticator.policy().configure_plain("*", [("ann", "secret")]);
            authenticator.start().unwrap();
            authenticator
        });
        let keys = (security == Security::Curve).then(|| [(); 2].map(|()| zmq::curve_keypair().unwrap()));
        Self { security, keys, context, _authenticator: authenticator }
    }

    /// A socket that others connect to.
    fn server<K: IntoKind>(&self, kind: K) -> Socket<K::Kind> {
        let socket = self.context.socket(kind).unwrap();
        socket.set_linger(0).unwrap();
        match (self.security, &self.keys) {
            (Security::Plain, _) => socket.set_plain_server(true).unwrap(),
            (_, Some([(_, secret), _])) => {
                socket.set_curve_server(true).unwrap();
                socket.set_curve_secretkey(secret).unwrap();
            }
            _ => {}
        }
        socket
    }

    fn client<K: IntoKind>(&self, kind: K) -> Socket<K::Kind> {
        let socket = self.context.socket(kind).unwrap();
        socket.set_linger(0).unwrap();
        socket.set_reconnect_ivl(10).unwrap();
        match (self.security, &self.keys) {
            (Security::Plain, _) => {
                socket.set_plain_username("ann").unwrap();
                socket.set_plain_password("secret").unwrap();
            }
            (_, Some([(server, _), (public, secret)])) => {
                socket.set_curve_serverkey(server).unwrap();
                socket.set_curve_publickey(public).unwrap();
                socket.set_curve_secretkey(secret).unwrap();
            }
            _ => {}
        }
        socket
    }

    /// Two connected sockets; the first is bound.
    fn pair<A: IntoKind, B: IntoKind>(&self, bound: A, connected: B) -> (Socket<A::Kind>, Socket<B::Kind>) {
        let (bound, connected) = (self.server(bound), self.client(connected));
        connected.connect(&bind(&bound)).unwrap();
        (bound, connected)
    }
}

#[track_caller]
fn bind<K: Kind>(socket: &Socket<K>) -> String {
    socket.bind(ENDPOINT).unwrap();
    socket.last_endpoint().unwrap()
}

/// The next message is this one, frame by frame.
#[track_caller]
fn hears<K: Receiver, P: AsRef<[u8]>>(socket: &Socket<K>, parts: impl AsRef<[P]>) {
    let message = socket.recv_multipart_timeout(SOON).unwrap();
    let parts = parts.as_ref();
    let same = message.len() == parts.len() && message.iter().zip(parts).all(|(frame, part)| frame == part.as_ref());
    assert!(same, "{message:?} instead of {:?}", parts.iter().map(AsRef::as_ref).collect::<Vec<_>>());
}

#[test]
fn topics_come_and_go() {
    let _deadline = deadline(120);
    for security in by_those_that_subscribe() {
        let place = Place::new(security);
        let (xpub, sub) = place.pair(zmq::XPUB, zmq::SUB);
        // One before there is a connection, the others after.
        sub.subscribe("A").unwrap();
        hears(&xpub, ["\x01A"]);
        sub.subscribe("B").unwrap();
        sub.subscribe("").unwrap();
        hears(&xpub, ["\x01B"]);
        hears(&xpub, ["\x01"]);
        for topic in ["A", "B", "C"] {
            xpub.send_multipart([topic, "body"]).unwrap();
        }
        for topic in ["A", "B", "C"] {
            hears(&sub, [topic, "body"]);
        }
        sub.unsubscribe("").unwrap();
        sub.unsubscribe("A").unwrap();
        hears(&xpub, ["\0"]);
        hears(&xpub, ["\0A"]);
        for topic in ["A", "C", "B"] {
            xpub.send(topic).unwrap();
        }
        hears(&sub, ["B"]);
    }
}

/// The publisher is the client, and is not told who subscribes.
#[test]
fn a_publisher_that_connects() {
    let _deadline = deadline(120);
    for security in by_those_that_subscribe() {
        let place = Place::new(security);
        let (sub, publisher) = place.pair(zmq::SUB, zmq::PUB);
        sub.subscribe("one").unwrap();
        sub.subscribe("three").unwrap();
        // What is sent before the subscriptions have come is lost.
        eventually("the last subscription", || {
            publisher.send("three: are you there?").unwrap();
            sub.try_recv().unwrap()
        });
        for text in ["one", "two", "three", "four", "one: the last"] {
            publisher.send(text).unwrap();
        }
        let mut heard = Vec::new();
        while heard.last().is_none_or(|text| text != "one: the last") {
            heard.push(sub.recv_string().unwrap());
        }
        heard.retain(|text| text != "three: are you there?");
        assert_eq!(heard, ["one", "three", "one: the last"], "{security:?}");
    }
}

/// An XSUB subscribes by sending, and says other things, too.
#[test]
fn xsub() {
    let _deadline = deadline(120);
    for security in by_those_that_subscribe() {
        let place = Place::new(security);
        let (xpub, xsub) = place.pair(zmq::XPUB, zmq::XSUB);
        xsub.send("\x01A").unwrap();
        hears(&xpub, ["\x01A"]);
        xsub.send_multipart(["SUBSCRIBE", "\x09SUBSCRIBE"]).unwrap();
        hears(&xpub, ["SUBSCRIBE", "\x09SUBSCRIBE"]);
        xsub.send("\x09SUBSCRIBEB").unwrap();
        hears(&xpub, ["\x09SUBSCRIBEB"]);
        xpub.send("B").unwrap();
        xpub.send("A").unwrap();
        hears(&xsub, ["A"]);
        xsub.send("\0A").unwrap();
        hears(&xpub, ["\0A"]);

        // To a publisher that does not tell.
        let (publisher, xsub) = place.pair(zmq::PUB, zmq::XSUB);
        // Before there is a connection it is sent by libzmq, when there is one.
        xsub.send("\x01A").unwrap();
        eventually("the subscription", || {
            publisher.send("B").unwrap();
            publisher.send("A").unwrap();
            xsub.try_recv().unwrap().inspect(|message| assert_eq!(*message, "A"))
        });
    }
}

/// What is told of a topic that somebody else has already.
#[test]
fn verbose() {
    let _deadline = deadline(120);
    for security in by_those_that_subscribe() {
        for (verbose, verboser) in [(false, false), (true, false), (true, true)] {
            let place = Place::new(security);
            let xpub = place.server(zmq::XPUB);
            if verboser {
                xpub.set_xpub_verboser(true).unwrap();
            } else {
                xpub.set_xpub_verbose(verbose).unwrap();
            }
            let endpoint = bind(&xpub);
            let (first, second) = (place.client(zmq::SUB), place.client(zmq::SUB));
            for (sub, topic) in [(&first, "first"), (&second, "second")] {
                sub.connect(&endpoint).unwrap();
                sub.subscribe(topic).unwrap();
                hears(&xpub, [format!("\x01{topic}")]);
            }
            first.subscribe("A").unwrap();
            hears(&xpub, ["\x01A"]);
            second.subscribe("A").unwrap();
            second.unsubscribe("second").unwrap();
            if verbose {
                hears(&xpub, ["\x01A"]);
            }
            hears(&xpub, ["\0second"]);
            second.unsubscribe("A").unwrap();
            second.subscribe("last").unwrap();
            if verboser {
                hears(&xpub, ["\0A"]);
            }
            hears(&xpub, ["\x01last"]);
            first.unsubscribe("A").unwrap();
            hears(&xpub, ["\0A"]);
        }
    }
}

/// The publisher decides what a subscription is worth.
#[test]
fn manual() {
    let _deadline = deadline(120);
    for security in by_those_that_subscribe() {
        let place = Place::new(security);
        let xpub = place.server(zmq::XPUB);
        xpub.set_xpub_manual(true).unwrap();
        let sub = place.client(zmq::SUB);
        sub.connect(&bind(&xpub)).unwrap();
        sub.subscribe("A").unwrap();
        sub.subscribe("B").unwrap();
        hears(&xpub, ["\x01A"]);
        xpub.set(zmq::SUBSCRIBE, "B").unwrap();
        for topic in ["A", "B"] {
            xpub.send(topic).unwrap();
        }
        hears(&sub, ["B"]);
        hears(&xpub, ["\x01B"]);
        sub.unsubscribe("A").unwrap();
        hears(&xpub, ["\0A"]);
        xpub.set(zmq::UNSUBSCRIBE, "B").unwrap();
        xpub.set(zmq::SUBSCRIBE, "last").unwrap();
        sub.subscribe("last").unwrap();
        hears(&xpub, ["\x01last"]);
        for topic in ["B", "last"] {
            xpub.send(topic).unwrap();
        }
        hears(&sub, ["last"]);
    }
}

/// Of each length that a WebSocket writes in its own way, and many, though fewer than SNDHWM.
#[test]
fn long_topics_and_many() {
    let _deadline = deadline(120);
    for security in by_those_that_subscribe() {
        let place = Place::new(security);
        let (xpub, sub) = place.pair(zmq::XPUB, zmq::SUB);
        // With what is around them, 126 and more, and then the longest that this crate takes.
        let lengths = [80, 81, 82, 90, 91, 92, 123, 124, 125, 126, 300, 16_384];
        let mut topics: Vec<String> = lengths.map(|length| "x".repeat(length)).into();
        topics.extend((0..500).map(|number| format!("topic {number}")));
        for topic in &topics {
            sub.subscribe(topic).unwrap();
        }
        for topic in &topics {
            hears(&xpub, [format!("\x01{topic}")]);
        }
        for topic in &topics {
            xpub.send(topic).unwrap();
            hears(&sub, [topic]);
        }
        for topic in &topics {
            sub.unsubscribe(topic).unwrap();
        }
        for topic in &topics {
            hears(&xpub, [format!("\0{topic}")]);
        }
    }
}

/// After the publisher was away libzmq says again what there is.
#[test]
fn a_publisher_that_comes_back() {
    let _deadline = deadline(120);
    for security in by_those_that_subscribe() {
        let place = Place::new(security);
        let (xpub, sub) = place.pair(zmq::XPUB, zmq::SUB);
        sub.subscribe("A").unwrap();
        sub.subscribe("B").unwrap();
        hears(&xpub, ["\x01A"]);
        hears(&xpub, ["\x01B"]);
        sub.unsubscribe("A").unwrap();
        hears(&xpub, ["\0A"]);
        let endpoint = xpub.last_endpoint().unwrap();
        xpub.close().unwrap();
        let xpub = place.server(zmq::XPUB);
        eventually("the port", || xpub.bind(&endpoint).ok());
        // A socket hears of it when it is used.
        let said = eventually("the subscription", || {
            assert_eq!(sub.try_recv().unwrap(), None);
            xpub.try_recv().unwrap()
        });
        assert_eq!(said, "\x01B");
        xpub.send("A").unwrap();
        xpub.send("B").unwrap();
        hears(&sub, ["B"]);
    }
}

/// Both ends of a proxy.
#[test]
fn through_a_proxy() {
    let _deadline = deadline(120);
    for security in by_those_that_subscribe() {
        let place = Place::new(security);
        let (frontend, backend) = (place.server(zmq::XSUB), place.server(zmq::XPUB));
        let (publisher, sub) = (place.client(zmq::XPUB), place.client(zmq::SUB));
        publisher.connect(&bind(&frontend)).unwrap();
        sub.connect(&bind(&backend)).unwrap();
        let (control, controlled) =
            (place.context.socket(zmq::PAIR).unwrap(), place.context.socket(zmq::PAIR).unwrap());
        let inproc = format!("inproc://{}", support::unique("control"));
        controlled.bind(&inproc).unwrap();
        control.connect(&inproc).unwrap();
        let proxy = std::thread::spawn(move || zmq::proxy_steerable(&frontend, &backend, &controlled));
        sub.subscribe("A").unwrap();
        hears(&publisher, ["\x01A"]);
        publisher.send("B").unwrap();
        publisher.send("A").unwrap();
        hears(&sub, ["A"]);
        sub.unsubscribe("A").unwrap();
        hears(&publisher, ["\0A"]);
        control.send("TERMINATE").unwrap();
        proxy.join().unwrap().unwrap();
    }
}

/// Who does not subscribe is heard as before, with any libzmq.
#[test]
fn those_who_do_not_subscribe() {
    let _deadline = deadline(120);
    for security in by_all() {
        let place = Place::new(security);
        let (pull, push) = place.pair(zmq::PULL, zmq::PUSH);
        for text in ["a", "\x01a", "\0a", "", "\x09SUBSCRIBEa", "\x06CANCELa"] {
            push.send(text).unwrap();
            hears(&pull, [text]);
        }
        let (router, dealer) = place.pair(zmq::ROUTER, zmq::DEALER);
        dealer.send_multipart(["\x01a", "", "b"]).unwrap();
        let mut frames = router.recv_multipart_timeout(SOON).unwrap();
        assert_eq!(frames.len(), 4);
        assert_eq!(frames[1], "\x01a");
        frames.push("more".into());
        router.send_multipart(frames).unwrap();
        hears(&dealer, ["\x01a", "", "b", "more"]);
    }
}

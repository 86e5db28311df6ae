//! Who belongs gets in, who does not stays out, and each refusal is seen on the server.

mod support;

use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use support::{Transport, deadline, eventually};
use zmq::auth::{
    Access, Authenticator, CURVE_ALLOW_ANY, Certificate, Credentials, Decision, GSSAPI_ALLOW_ANY, Policy,
    ThreadAuthenticator, ZapRequest,
};
use zmq::{
    Context, CurvePublicKey, CurveSecretKey, ErrorKind, Event, Mechanism, Monitor, ProtocolError, Pull, Push, Socket,
    curve_keypair,
};

type Keys = (CurvePublicKey, CurveSecretKey);

/// A server whose doings are watched, and the authenticator that decides about its clients.
struct Server {
    context: Context,
    auth: ThreadAuthenticator,
    decisions: Receiver<Decision>,
    socket: Socket<Pull>,
    monitor: Monitor,
    endpoint: String,
}

impl Server {
    fn new(transport: Transport, domain: Option<&str>, set_up: impl FnOnce(&Socket<Pull>)) -> Self {
        let context = Context::new().unwrap();
        let mut auth = ThreadAuthenticator::new(&context);
        let (told, decisions) = channel();
        let told = Mutex::new(told);
        auth.set_log(move |decision| drop(told.lock().unwrap().send(decision.clone())));
        auth.start().unwrap();
        let socket = context.socket(zmq::PULL).unwrap();
        set_up(&socket);
        if let Some(domain) = domain {
            socket.set_zap_domain(domain).unwrap();
        }
        let monitor = socket.monitor(zmq::EVENT_ALL).unwrap();
        let endpoint = transport.bind(&socket);
        Self { context, auth, decisions, socket, monitor, endpoint }
    }

    fn curve(keys: &Keys, domain: Option<&str>) -> Self {
        Self::new(Transport::Tcp, domain, |socket| {
            socket.set_curve_secretkey(&keys.1).unwrap();
            socket.set_curve_server(true).unwrap();
        })
    }

    /// A client that has sent `text`, as soon as it is let in.
    fn client(&self, text: &str, set_up: impl FnOnce(&Socket<Push>)) -> Socket<Push> {
        let client = self.context.socket(zmq::PUSH).unwrap();
        client.set_linger(0).unwrap();
        set_up(&client);
        client.connect(&self.endpoint).unwrap();
        // There is room, unless the connection was refused by now: then libzmq has given it up, and to wait would be for ever.
        let _ = client.try_send(text);
        client
    }

    fn decision(&self) -> Decision {
        self.decisions.recv_timeout(Duration::from_secs(10)).expect("the authenticator was asked")
    }

    /// The client is let in, and what it says arrives.
    #[track_caller]
    fn admits(&self, set_up: impl FnOnce(&Socket<Push>)) -> zmq::Message {
        let _client = self.client("I belong here", set_up);
        let message = self.socket.recv_timeout(10_000).unwrap();
        assert_eq!(message, "I belong here");
        let decision = self.decision();
        assert!(decision.is_allowed(), "{decision}");
        message
    }

    /// The client is refused by the authenticator, for this reason, and the monitor says with which status.
    #[track_caller]
    fn denies(&self, status: u32, reason: &str, set_up: impl FnOnce(&Socket<Push>)) -> Decision {
        let client = self.client("I do not", set_up);
        let decision = self.decision();
        assert_eq!((decision.status, decision.reason.as_str()), (status, reason), "{decision}");
        assert_eq!(self.failure(), Event::HandshakeFailedAuth { status });
        drop(client);
        decision
    }

    /// The client fails before the authenticator is asked, in this way.
    #[track_caller]
    fn fails(&self, expected: &[ProtocolError], set_up: impl FnOnce(&Socket<Push>)) {
        let client = self.client("I cannot", set_up);
        match self.failure() {
            Event::HandshakeFailedProtocol(error) => assert!(expected.contains(&error), "{error}"),
            event => panic!("{event:?}"),
        }
        drop(client);
    }

    /// The next failed handshake. Those that succeed and connections that end are passed over.
    #[track_caller]
    fn failure(&self) -> Event {
        loop {
            let event = self.monitor.recv_timeout(10_000).unwrap().expect("a handshake fails").event;
            if let Event::HandshakeFailedAuth { .. }
            | Event::HandshakeFailedProtocol(_)
            | Event::HandshakeFailedNoDetail { .. } = event
            {
                return event;
            }
        }
    }

    /// Nothing came but what was received.
    #[track_caller]
    fn is_quiet(&self) {
        assert!(self.socket.try_recv().unwrap().is_none());
        assert!(self.decisions.try_recv().is_err());
    }
}

fn plain(user: &str, password: &str) -> impl Fn(&Socket<Push>) {
    move |client| {
        client.set_plain_username(user).unwrap();
        client.set_plain_password(password).unwrap();
    }
}

fn curve(server: CurvePublicKey, own: &Keys) -> impl Fn(&Socket<Push>) {
    move |client| {
        client.set_curve_publickey(own.0).unwrap();
        client.set_curve_secretkey(&own.1).unwrap();
        client.set_curve_serverkey(server).unwrap();
    }
}

fn nothing(_: &Socket<Push>) {}

#[test]
fn null_is_checked_by_address_where_there_is_a_domain() {
    let _deadline = deadline(60);
    let server = Server::new(Transport::Tcp, Some("global"), |_| {});
    let message = server.admits(nothing);
    assert_eq!(message.user_id().as_deref(), Some("anonymous"));
    server.auth.deny(["127.0.0.1"]).unwrap();
    let decision = server.denies(400, "Address denied", nothing);
    assert_eq!((decision.mechanism.as_str(), decision.domain.as_str()), ("NULL", "global"));
    assert_eq!(decision.address, "127.0.0.1");
    // Denied is denied, whatever is allowed.
    server.auth.allow(["localhost"]).unwrap();
    server.denies(400, "Address denied", nothing);
    server.auth.clear_addresses();
    server.admits(nothing);
    server.is_quiet();

    let server = Server::new(Transport::Tcp, Some("global"), |_| {});
    server.auth.allow(["192.0.2.0/24", "2001:db8::1"]).unwrap();
    server.denies(400, "Address not allowed", nothing);
    server.auth.allow(["127.0.0.0/8"]).unwrap();
    server.admits(nothing);
    server.is_quiet();

    // Without a domain nobody asks.
    let server = Server::new(Transport::Tcp, None, |_| {});
    server.auth.deny(["0.0.0.0/0"]).unwrap();
    let _client = server.client("not asked", nothing);
    assert_eq!(server.socket.recv_timeout(10_000).unwrap(), "not asked");
    server.is_quiet();
}

#[test]
#[cfg(any(target_os = "linux", target_os = "macos", target_os = "freebsd"))]
fn peers_by_ipc_have_a_user() {
    let _deadline = deadline(60);
    let server = Server::new(Transport::Ipc, Some("global"), |_| {});
    // SAFETY: has no preconditions.
    let uid = unsafe { libc::getuid() };
    server.auth.allow([format!("localhost:{}", uid.wrapping_add(1))]).unwrap();
    let decision = server.denies(400, "Address not allowed", nothing);
    assert!(decision.address.starts_with(&format!("localhost:{uid}")), "{decision}");
    server.auth.allow([format!("localhost:{uid}")]).unwrap();
    server.admits(nothing);
    server.auth.deny(["localhost"]).unwrap();
    server.denies(400, "Address denied", nothing);
    server.is_quiet();
}

#[test]
fn plain_by_domain() {
    let _deadline = deadline(60);
    let server = Server::new(Transport::Tcp, Some("here"), |socket| socket.set_plain_server(true).unwrap());
    assert_eq!(server.socket.mechanism().unwrap(), Mechanism::Plain);
    // Nothing configured lets nobody in.
    server.denies(400, "Unknown domain", plain("ann", "secret"));
    server.auth.configure_plain("there", [("ann", "secret")]);
    server.denies(400, "Unknown domain", plain("ann", "secret"));
    server.auth.configure_plain("*", [("ann", "for all"), ("bob", "b")]);
    assert_eq!(server.admits(plain("ann", "for all")).user_id().as_deref(), Some("ann"));
    // The domain's own come before those for all.
    server.auth.configure_plain("here", [("ann", "secret")]);
    assert_eq!(server.admits(plain("ann", "secret")).user_id().as_deref(), Some("ann"));
    let decision = server.denies(400, "Invalid password", plain("ann", "for all"));
    assert_eq!(decision.identity.as_deref(), Some("ann"));
    assert!(!format!("{decision} {decision:?}").contains("for all"));
    server.denies(400, "Invalid password", plain("ann", "secretive"));
    server.denies(400, "Invalid password", plain("ann", "s"));
    server.denies(400, "Invalid username", plain("bob", "b"));
    server.denies(400, "Invalid username", plain("Ann", "secret"));
    // An address that is denied does not even get to try.
    server.auth.deny(["127.0.0.1"]).unwrap();
    server.denies(400, "Address denied", plain("ann", "secret"));
    server.is_quiet();
    // The other mechanisms do not get as far as that.
    server.fails(&[ProtocolError::ZMTP_MECHANISM_MISMATCH], nothing);
    server.is_quiet();
}

#[test]
fn curve_knows_its_clients() {
    let _deadline = deadline(60);
    let [keys, ann, bob, other] = [(); 4].map(|()| curve_keypair().unwrap());
    let server = Server::curve(&keys, Some("here"));
    assert_eq!(server.socket.mechanism().unwrap(), Mechanism::Curve);
    let ann_client = || curve(keys.0, &ann);
    server.denies(400, "Unknown domain", ann_client());
    server.auth.configure_curve("there", [ann.0]).unwrap();
    server.denies(400, "Unknown domain", ann_client());
    server.auth.configure_curve("here", [ann.0]).unwrap();
    let served = |who: &str| {
        let message = server.admits(ann_client());
        assert_eq!(message.user_id().as_deref(), Some(ann.0.to_z85().as_str()), "after {who}");
    };
    served("being told of it");
    // A key that nobody knows.
    let decision = server.denies(400, "Unknown key", curve(keys.0, &bob));
    assert_eq!(decision.identity, Some(bob.0.to_z85()));
    served("an unknown key");
    // One that is not the client's own: it cannot prove that.
    server.fails(&[ProtocolError::ZMTP_CRYPTOGRAPHIC], curve(keys.0, &(ann.0, bob.1.clone())));
    served("a stolen public key");
    // A client that believes to talk to somebody else.
    server.fails(&[ProtocolError::ZMTP_CRYPTOGRAPHIC], curve(other.0, &ann));
    served("the wrong server key");
    // Clients without CURVE.
    server.fails(&[ProtocolError::ZMTP_MECHANISM_MISMATCH], nothing);
    served("a client without security");
    server.fails(&[ProtocolError::ZMTP_MECHANISM_MISMATCH], plain("ann", "secret"));
    served("PLAIN");
    // No keys of its own at all.
    server.fails(&[ProtocolError::ZMTP_CRYPTOGRAPHIC], |client| client.set_curve_serverkey(keys.0).unwrap());
    served("no key");
    server.auth.configure_curve("here", CURVE_ALLOW_ANY).unwrap();
    server.admits(curve(keys.0, &bob));
    server.auth.configure_curve("here", []).unwrap();
    server.denies(400, "Unknown key", ann_client());
    server.is_quiet();
}

#[test]
fn curve_by_a_directory_that_changes() {
    let _deadline = deadline(60);
    let keys = curve_keypair().unwrap();
    let server = Server::curve(&keys, None);
    let dir = support::temp_dir();
    let certificate = |name: &str| {
        let mut certificate = Certificate::new().unwrap();
        certificate.set_metadata("name", name).unwrap();
        certificate.set_metadata("Socket-Type", "the peer's own to say").unwrap();
        certificate.save_public(dir.path().join(format!("{name}.key"))).unwrap();
        (*certificate.public_key(), certificate.secret_key().unwrap().clone())
    };
    let ann = certificate("ann");
    server.auth.configure_curve("*", dir.path()).unwrap();
    let message = server.admits(curve(keys.0, &ann));
    assert_eq!(message.property("name").unwrap(), Some(&b"ann"[..]));
    assert_eq!(message.socket_type().as_deref(), Some("PUSH"));

    // What only other certificates say is nothing, and not what the peer would say.
    let mut role = Certificate::new().unwrap();
    role.set_metadata("Role", "admin").unwrap();
    role.save_public(dir.path().join("role.key")).unwrap();
    server.auth.reload().unwrap();
    assert_eq!(server.admits(curve(keys.0, &ann)).property("Role").unwrap(), Some(&b""[..]));

    let bob = certificate("bob");
    server.denies(400, "Unknown key", curve(keys.0, &bob));
    server.auth.reload().unwrap();
    assert_eq!(server.admits(curve(keys.0, &bob)).property("name").unwrap(), Some(&b"bob"[..]));
    // Revoked, and in force at once.
    std::fs::remove_file(dir.path().join("ann.key")).unwrap();
    server.auth.reload().unwrap();
    server.denies(400, "Unknown key", curve(keys.0, &ann));
    server.admits(curve(keys.0, &bob));
    // A broken file changes nothing, and says which it is.
    std::fs::write(dir.path().join("broken.key"), "curve\n    public-key = \"short\"\n").unwrap();
    for error in [server.auth.reload().unwrap_err(), server.auth.configure_curve("*", dir.path()).unwrap_err()] {
        assert_eq!(error.kind(), ErrorKind::InvalidArgument);
        assert!(error.to_string().contains("broken.key, line 2"), "{error}");
    }
    server.admits(curve(keys.0, &bob));
    std::fs::remove_dir_all(dir.path()).unwrap();
    assert_eq!(server.auth.reload().unwrap_err().kind(), ErrorKind::NotFound);
    server.admits(curve(keys.0, &bob));
    server.is_quiet();
}

#[test]
fn callbacks_decide_and_say_who_it_is() {
    let _deadline = deadline(60);
    let [keys, ann, bob] = [(); 3].map(|()| curve_keypair().unwrap());
    let server = Server::curve(&keys, Some("here"));
    let known = ann.0;
    server.auth.configure_curve_callback("here", move |domain, key| domain == "here" && *key == known);
    server.admits(curve(keys.0, &ann));
    server.denies(400, "Denied by the callback", curve(keys.0, &bob));
    server.auth.set_curve_user_id(move |key| if *key == known { "ann".into() } else { "somebody".into() });
    assert_eq!(server.admits(curve(keys.0, &ann)).user_id().as_deref(), Some("ann"));
    // One that says more than yes or no.
    server.auth.configure_curve_callback("here", move |_, key| match *key == known {
        true => Access::allow().user_id("Ann").metadata("Role", "admin").metadata("Empty", ""),
        false => Access::deny("not Ann"),
    });
    let message = server.admits(curve(keys.0, &ann));
    assert_eq!(message.user_id().as_deref(), Some("Ann"));
    assert_eq!(message.property("Role").unwrap(), Some(&b"admin"[..]));
    assert_eq!(message.property("Empty").unwrap(), Some(&b""[..]));
    server.denies(400, "not Ann", curve(keys.0, &bob));
    server.is_quiet();
}

#[test]
fn a_callback_for_all_mechanisms() {
    let _deadline = deadline(60);
    let server = Server::new(Transport::Tcp, Some("db"), |socket| socket.set_plain_server(true).unwrap());
    server.auth.configure_plain("db", [("old", "old")]);
    server.auth.configure_callback("db", |request| match &request.credentials {
        Credentials::Plain { username, password } if **password == username.bytes().rev().collect::<Vec<_>>() => {
            Access::allow().metadata("From", request.address.clone())
        }
        _ => Access::deny("not in the database"),
    });
    let message = server.admits(plain("abc", "cba"));
    assert_eq!(message.property("From").unwrap(), Some(&b"127.0.0.1"[..]));
    server.denies(400, "not in the database", plain("old", "old"));
    // The callback for all does not decide where the domain has its own.
    let policy = Policy::new();
    policy.configure_callback("*", |_| true);
    policy.configure_plain("own", [("ann", "secret")]);
    let asks = |domain: &str| {
        let frames: Vec<&[u8]> = vec![b"1.0", b"1", domain.as_bytes(), b"", b"", b"PLAIN", b"eve", b"x"];
        policy.decide(&ZapRequest::parse(&frames).unwrap())
    };
    assert!(asks("other").is_allowed() && asks("").is_allowed() && !asks("own").is_allowed());
    // What a callback says about a peer does not write lines of its own into a log.
    server.auth.configure_callback("db", |_| Access::deny("no user x\nALLOWED 200"));
    let decision = server.denies(400, "no user x\nALLOWED 200", plain("abc", "cba"));
    assert_eq!(decision.to_string().lines().count(), 1);
    server.auth.deny(["localhost"]).unwrap();
    server.denies(400, "Address denied", plain("abc", "cba"));
    server.is_quiet();
}

/// What callbacks own may do anything when it is dropped: the authenticator goes on.
#[test]
fn what_a_callback_owns_panics_when_it_is_dropped() {
    struct Bomb;

    impl Drop for Bomb {
        fn drop(&mut self) {
            std::panic::resume_unwind(Box::new("on purpose"));
        }
    }

    let _deadline = deadline(60);
    let server = Server::new(Transport::Tcp, Some("here"), |socket| socket.set_plain_server(true).unwrap());
    let policy = server.auth.policy().clone();
    let bomb = Mutex::new(Some(Bomb));
    policy.configure_callback("here", {
        let policy = policy.clone();
        move |_| {
            // From here on the authenticator has the last of this callback, and of the bomb.
            let _ = &bomb;
            policy.configure_callback("here", |_| true);
            false
        }
    });
    server.admits(plain("ann", "x"));
    server.admits(plain("ann", "x"));
    assert!(server.auth.is_alive());
}

#[test]
fn a_callback_that_panics_or_says_what_cannot_be_said() {
    let _deadline = deadline(60);
    let server = Server::new(Transport::Tcp, Some("here"), |socket| socket.set_plain_server(true).unwrap());
    server.auth.configure_callback("here", |request| match &request.credentials {
        Credentials::Plain { username, .. } => match username.as_str() {
            "panic" => panic!("on purpose"),
            "identity" => Access::allow().metadata("Identity", "somebody else"),
            "type" => Access::allow().metadata("Socket-Type", "PUB"),
            "fd" => Access::allow().metadata("__fd", "0"),
            "long" => Access::allow().metadata("n".repeat(256), "v"),
            "zero" => Access::allow().metadata("n", "a\0b"),
            "user" => Access::allow().user_id("admin\0"),
            "failed" => Access::fail("no database"),
            "large" => Access::allow().metadata("n".repeat(255), "v".repeat(1 << 20)),
            _ => Access::allow(),
        },
        _ => Access::deny("PLAIN only"),
    });
    // The message of the panic on purpose is not what somebody who reads the test's output should see.
    let hook = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        if info.payload().downcast_ref::<&str>() != Some(&"on purpose") {
            hook(info);
        }
    }));
    server.denies(500, "The callback panicked", plain("panic", "x"));
    for user in ["identity", "type", "fd"] {
        let client = server.client("x", plain(user, "x"));
        let decision = server.decision();
        assert_eq!(decision.status, 500);
        assert!(decision.reason.contains("not an authenticator's to say"), "{decision}");
        assert_eq!(server.failure(), Event::HandshakeFailedAuth { status: 500 });
        drop(client);
    }
    for user in ["long", "zero", "user"] {
        let client = server.client("x", plain(user, "x"));
        let decision = server.decision();
        assert_eq!(decision.status, 500);
        assert!(decision.reason.contains("zero byte"), "{decision}");
        assert_eq!(server.failure(), Event::HandshakeFailedAuth { status: 500 });
        drop(client);
    }
    server.denies(500, "no database", plain("failed", "x"));
    assert!(server.auth.is_alive());
    let large = server.admits(plain("large", "x"));
    assert_eq!(large.property(&"n".repeat(255)).unwrap().map(<[u8]>::len), Some(1 << 20));
    // A log that panics does not matter, either.
    server.auth.set_log(|_| panic!("on purpose"));
    let _client = server.client("in spite of the log", plain("ann", "x"));
    assert_eq!(server.socket.recv_timeout(10_000).unwrap(), "in spite of the log");
    assert!(server.auth.is_alive());
}

#[test]
fn who_is_refused_for_the_moment_comes_back_and_who_is_refused_does_not() {
    let _deadline = deadline(60);
    let server = Server::new(Transport::Tcp, Some("here"), |socket| socket.set_plain_server(true).unwrap());
    let answers = Arc::new(Mutex::new(vec![Access::allow(), Access::retry_later("busy"), Access::retry_later("busy")]));
    server.auth.configure_callback("here", move |_| answers.lock().unwrap().pop().unwrap_or(Access::deny("no more")));
    let client = server.client("at last", |client| {
        client.set_reconnect_ivl(1).unwrap();
        // Until then libzmq leaves it waiting.
        client.set_handshake_ivl(300).unwrap();
        plain("ann", "x")(client);
    });
    assert_eq!(server.socket.recv_timeout(10_000).unwrap(), "at last");
    assert_eq!([(); 3].map(|()| server.decision().status), [300, 300, 200]);
    assert_eq!([(); 2].map(|()| server.failure()), [Event::HandshakeFailedAuth { status: 300 }; 2]);
    drop(client);

    // The client's own monitor has the refusal, too, and it is the end of the connection.
    let client = server.context.socket(zmq::PUSH).unwrap();
    client.set_linger(0).unwrap();
    client.set_reconnect_ivl(1).unwrap();
    plain("bob", "x")(&client);
    let monitor = client.monitor(zmq::EVENT_ALL).unwrap();
    client.connect(&server.endpoint).unwrap();
    assert_eq!(server.decision().reason, "no more");
    let mut events = Vec::new();
    while let Ok(Some(event)) = monitor.recv_timeout(500) {
        events.push(event.event);
    }
    assert!(events.contains(&Event::HandshakeFailedAuth { status: 400 }), "{events:?}");
    assert!(!events.iter().any(|event| matches!(event, Event::ConnectRetried { .. })), "{events:?}");
    server.is_quiet();
}

/// pyzmq's answer: the old rules, for whoever is asked about just then.
#[test]
fn a_change_is_in_force_when_the_call_returns() {
    let _deadline = deadline(120);
    let [keys, ann] = [(); 2].map(|()| curve_keypair().unwrap());
    let server = Server::curve(&keys, None);
    let (asked, was_asked) = channel();
    let (go_on, may_go_on) = channel::<()>();
    let gate = Mutex::new((asked, may_go_on));
    server.auth.configure_curve_callback("*", move |_, _| {
        let gate = gate.lock().unwrap();
        gate.0.send(()).unwrap();
        gate.1.recv().unwrap();
        true
    });
    // The old rules have just been asked, and are about to say yes.
    let client = server.client("too late", curve(keys.0, &ann));
    was_asked.recv().unwrap();
    server.auth.configure_curve("*", []).unwrap();
    go_on.send(()).unwrap();
    let decision = server.decision();
    assert_eq!((decision.status, decision.reason.as_str()), (400, "Unknown key"));
    drop(client);
    // Again and again, without a gate.
    for round in 0..100 {
        server.auth.configure_curve("*", CURVE_ALLOW_ANY).unwrap();
        server.admits(curve(keys.0, &ann));
        server.auth.configure_curve("*", []).unwrap();
        let client = server.client("too late", curve(keys.0, &ann));
        assert_eq!(server.decision().status, 400, "round {round}");
        drop(client);
    }
    server.is_quiet();
}

#[test]
fn a_callback_may_change_the_policy() {
    let _deadline = deadline(60);
    let server = Server::new(Transport::Tcp, Some("here"), |socket| socket.set_plain_server(true).unwrap());
    let policy = server.auth.policy().clone();
    let once = policy.clone();
    // It teaches the policy, and is asked no more.
    policy.configure_callback("here", move |_| {
        once.configure_callback("here", |_| Access::allow().user_id("learned"));
        false
    });
    assert_eq!(server.admits(plain("ann", "x")).user_id().as_deref(), Some("learned"));
    // One that never comes to an end with it refuses for the moment.
    let always = policy.clone();
    policy.configure_callback("here", move |_| {
        always.configure_plain("here", [("ann", "x")]);
        true
    });
    server.denies(300, "The policy changes all the time", plain("ann", "x"));
    // The function and the policy keep each other until it is replaced.
    policy.configure_callback("here", |_| false);
}

#[test]
fn starting_and_stopping() {
    let _deadline = deadline(60);
    let context = Context::new().unwrap();
    let mut auth = ThreadAuthenticator::new(&context);
    assert!(!auth.is_alive());
    auth.stop().unwrap();
    for _ in 0..200 {
        auth.start().unwrap();
        assert!(auth.is_alive());
        auth.stop().unwrap();
        assert!(!auth.is_alive());
    }
    auth.start().unwrap();
    // One at a time, of either sort, and the one that is there goes on.
    let error = auth.start().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::AddressInUse);
    assert!(error.to_string().contains("the context has an authenticator already"), "{error}");
    assert_eq!(Authenticator::new(&context).unwrap_err().kind(), ErrorKind::AddressInUse);
    assert_eq!(ThreadAuthenticator::new(&context).start().unwrap_err().kind(), ErrorKind::AddressInUse);
    assert!(auth.is_alive());
    // Another context has its own.
    let other = Context::new().unwrap();
    let mut second = ThreadAuthenticator::with_policy(&other, auth.policy());
    second.start().unwrap();
    drop(auth);
    Authenticator::new(&context).unwrap();
    // The end of the context is the end of its authenticator, not an error, and not held up by it.
    other.term_timeout(5000).unwrap();
    eventually("the thread ends", || (!second.is_alive()).then_some(()));
    second.stop().unwrap();
    assert_eq!(second.start().unwrap_err().kind(), ErrorKind::ContextTerminated);
}

#[test]
fn what_was_asked_before_the_end_is_answered() {
    let _deadline = deadline(60);
    let context = Context::new().unwrap();
    let policy = Policy::new();
    policy.configure_plain("*", [("ann", "secret")]);
    let server = context.socket(zmq::PULL).unwrap();
    server.set_plain_server(true).unwrap();
    let authenticator = Authenticator::with_policy(&context, &policy).unwrap();
    server.bind("tcp://127.0.0.1:*").unwrap();
    let client = context.socket(zmq::PUSH).unwrap();
    plain("ann", "secret")(&client);
    client.connect(&server.last_endpoint().unwrap()).unwrap();
    let mut poller = zmq::Poller::new();
    poller.register(&authenticator, zmq::POLLIN).unwrap();
    assert!(poller.poll(10_000).unwrap().contains(&authenticator));
    drop(poller);
    drop(authenticator);
    client.send("in time").unwrap();
    assert_eq!(server.recv_timeout(10_000).unwrap(), "in time");
}

#[test]
fn an_authenticator_that_its_owner_polls() {
    let _deadline = deadline(60);
    let context = Context::new().unwrap();
    let authenticator = Authenticator::new(&context).unwrap();
    assert_eq!(authenticator.handle().unwrap(), 0);
    authenticator.configure_plain("*", [("ann", "secret")]);
    let server = context.socket(zmq::PULL).unwrap();
    server.set_plain_server(true).unwrap();
    server.bind("tcp://127.0.0.1:*").unwrap();
    let clients = ["secret", "wrong", "secret"].map(|password| {
        let client = context.socket(zmq::PUSH).unwrap();
        client.set_linger(0).unwrap();
        plain("ann", password)(&client);
        client.connect(&server.last_endpoint().unwrap()).unwrap();
        client.try_send(password).unwrap();
        client
    });
    let mut answered = 0;
    while answered < clients.len() {
        let mut poller = zmq::Poller::new();
        poller.register(&authenticator, zmq::POLLIN).unwrap();
        assert!(!poller.poll(10_000).unwrap().is_empty());
        answered += authenticator.handle().unwrap();
    }
    for _ in 0..2 {
        assert_eq!(server.recv_timeout(10_000).unwrap(), "secret");
    }
    assert!(server.try_recv().unwrap().is_none());
    context.shutdown().unwrap();
    assert_eq!(authenticator.handle().unwrap_err().kind(), ErrorKind::ContextTerminated);
}

#[test]
fn debug_says_what_is_configured_and_nothing_secret() {
    let policy = Policy::new();
    policy.configure_plain("a domain", [("ann", "the password")]);
    policy.configure_gssapi("*", GSSAPI_ALLOW_ANY);
    policy.allow(["192.0.2.0/24"]).unwrap();
    let text = format!("{policy:?}");
    assert!(text.contains("a domain") && text.contains("192.0.2.0"), "{text}");
    assert!(!text.contains("the password"), "{text}");
    let error = policy.configure_curve("*", "*").unwrap_err();
    assert!(error.to_string().contains("CURVE_ALLOW_ANY"), "{error}");
    let error = policy.allow(["192.0.2.1", "nowhere"]).unwrap_err();
    assert!(error.to_string().contains("\"nowhere\""), "{error}");
    let error = policy.configure_curve("*", "/nowhere/at/all").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
    assert!(error.to_string().contains("/nowhere/at/all"), "{error}");
}

//! What a program of pyzmq's does besides its test suite: constants by their classes, options by number, and what its author would
//! otherwise have to find out.

mod support;

use std::time::Duration;

use support::{TRANSPORTS, Transport, child, deadline, eventually};
use zmq::{Context, ErrorKind, Event, Flags, Mechanism, MonitorEvents, NameType, POLLIN, POLLOUT, PollEvents};

const PATIENCE: Duration = Duration::from_secs(10);

#[test]
fn sets_are_their_numbers() {
    let _deadline = deadline(10);
    // zmq.h.
    assert_eq!([POLLIN, POLLOUT, zmq::POLLERR, zmq::POLLPRI].map(PollEvents::as_raw), [1, 2, 4, 8]);
    assert_eq!([zmq::DONTWAIT, zmq::SNDMORE, Flags::NONE].map(Flags::as_raw), [1, 2, 0]);
    let events = [Event::CONNECTED, Event::HANDSHAKE_FAILED_AUTH, Event::ALL, MonitorEvents::NONE];
    assert_eq!(events.map(MonitorEvents::as_raw), [1, 0x4000, 0xffff, 0]);
    for raw in [0, 1, 2, 3, 15, 64, -1] {
        assert_eq!(PollEvents::from_raw(raw).as_raw(), raw);
        assert_eq!(Flags::from_raw(raw.into()).as_raw(), i32::from(raw));
        assert_eq!(MonitorEvents::from_raw(raw.into()).as_raw(), i32::from(raw));
        assert_eq!(Mechanism::from_raw(raw.into()).as_raw(), i32::from(raw));
        assert_eq!(NameType::from_raw(raw.into()).as_raw(), i32::from(raw));
    }
    assert_eq!(
        [Mechanism::Null, Mechanism::Plain, Mechanism::Curve, Mechanism::Gssapi].map(Mechanism::as_raw),
        [0, 1, 2, 3]
    );
}

#[test]
fn sets_say_what_is_in_them() {
    let _deadline = deadline(10);
    let texts = [
        format!("{:?}", PollEvents::POLLIN | PollEvents::POLLPRI),
        format!("{:?}", PollEvents::from_raw(65)),
        format!("{:?}", Flags::DONTWAIT | Flags::SNDMORE),
        format!("{:?} {:?} {:?}", PollEvents::NONE, Flags::NONE, MonitorEvents::NONE),
        format!("{:?}", Event::ALL - (Event::ALL - Event::LISTENING)),
        format!("{:?}", Event::ALL),
        format!("{:?}", MonitorEvents::from_raw(0x1_ffff)),
    ];
    let expected = [
        "POLLIN | POLLPRI",
        "POLLIN | 0x40",
        "DONTWAIT | SNDMORE",
        "NONE NONE NONE",
        "EVENT_LISTENING",
        "EVENT_ALL",
        "EVENT_ALL | 0x10000",
    ];
    assert_eq!(texts, expected);
    let mut set = Flags::NONE;
    assert!(set.is_empty() && set.contains(Flags::NONE) && !set.contains(Flags::SNDMORE));
    set |= Flags::SNDMORE;
    assert_eq!(((set | Flags::DONTWAIT) & Flags::DONTWAIT, set - Flags::SNDMORE), (Flags::DONTWAIT, Flags::NONE));
}

/// More events than there are: libzmq's first version of a monitor has 16 bits.
#[test]
fn a_monitor_of_unknown_events() {
    let _deadline = deadline(30);
    child("events", 20, || {
        let socket = Context::new().unwrap().socket(zmq::PULL).unwrap();
        for raw in [-1, 0x1_0000, i32::MIN] {
            match socket.monitor(MonitorEvents::from_raw(raw)) {
                Ok(monitor) => drop(monitor),
                Err(error) => assert_eq!(error.kind(), ErrorKind::InvalidArgument),
            }
        }
        let events = PollEvents::from_raw(-1);
        assert!(socket.poll(10, events).unwrap().is_empty());
        assert!(socket.recv_flags(Flags::from_raw(-1)).unwrap_err().is_again());
    })
    .succeeds();
}

/// pyzmq's `if event["event"] == zmq.EVENT_LISTENING:`.
#[test]
fn events_compare_with_their_constants() {
    let _deadline = deadline(30);
    let context = Context::new().unwrap();
    let socket = context.socket(zmq::REP).unwrap();
    let monitor = socket.monitor(Event::LISTENING | Event::CLOSED).unwrap();
    let endpoint = Transport::Tcp.bind(&socket);
    let listening = monitor.recv_timeout(PATIENCE).unwrap().unwrap();
    assert!(listening.event == zmq::EVENT_LISTENING && listening.event != Event::CLOSED);
    assert!(Event::ALL.contains(listening.event.into()) && listening.endpoint == endpoint);
    socket.unbind(&endpoint).unwrap();
    assert!(monitor.recv_timeout(PATIENCE).unwrap().unwrap().event == Event::CLOSED);
}

/// ZMQ_MULTICAST_LOOP: a draft that is in every 4.3.5 (options.cpp), and not in the table.
const MULTICAST_LOOP: i32 = 96;

#[test]
#[expect(unsafe_code, reason = "to set one by number is unsafe")]
fn an_option_goes_by_its_number() {
    let _deadline = deadline(30);
    let context = Context::new().unwrap();
    let socket = context.socket(zmq::PUB).unwrap();
    if zmq::version() >= zmq::Version::new(4, 3, 5) {
        assert_eq!(socket.get_by_number(MULTICAST_LOOP, 4).unwrap(), 1_i32.to_ne_bytes());
        // SAFETY: an `int` that is 0 or not, which libzmq copies.
        unsafe { socket.set_by_number(MULTICAST_LOOP, &0_i32.to_ne_bytes()) }.unwrap();
        assert_eq!(socket.get_by_number(MULTICAST_LOOP, 4).unwrap(), 0_i32.to_ne_bytes());
        assert_eq!(socket.get_by_number(MULTICAST_LOOP, 3).unwrap_err().kind(), ErrorKind::InvalidArgument);
        // SAFETY: as before; libzmq looks at the size first.
        let error = unsafe { socket.set_by_number(MULTICAST_LOOP, &[0; 3]) }.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidArgument);
    }
    for number in [-1, 0, 1234, i32::MAX, i32::MIN] {
        for size in [0, 1, 4, 8, 255, usize::MAX] {
            let error = socket.get_by_number(number, size).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidArgument, "{number} {size}: {error}");
            assert!(error.to_string().contains(&format!("option {number}")), "{error}");
        }
    }
    context.shutdown().unwrap();
    assert!(socket.recv_shut_down());
    assert_eq!(socket.get_by_number(1234, 4).unwrap_err().kind(), ErrorKind::ContextTerminated);
}

/// A PUB does not receive: it hears of the shutdown when it looks.
trait Shut {
    fn recv_shut_down(&self) -> bool;
}

impl Shut for zmq::Socket<zmq::Pub> {
    fn recv_shut_down(&self) -> bool {
        self.events().is_err_and(|error| error.kind() == ErrorKind::ContextTerminated)
    }
}

/// What the table has goes by its name, and through its checks.
#[test]
#[expect(unsafe_code, reason = "the call is unsafe, and refuses these")]
fn known_options_are_not_reached_by_number() {
    let _deadline = deadline(30);
    let context = Context::new().unwrap();
    let socket = context.socket(zmq::DEALER).unwrap();
    for row in zmq::socket_options() {
        // SAFETY: it is refused.
        let set = unsafe { socket.set_by_number(row.number, &[0; 4]) };
        for error in [set.unwrap_err(), socket.get_by_number(row.number, 4).unwrap_err()] {
            assert_eq!(error.kind(), ErrorKind::InvalidArgument);
            let names: Vec<_> = zmq::socket_options().filter(|other| other.number == row.number).collect();
            assert!(names.iter().any(|row| error.to_string().contains(row.name)), "{}: {error}", row.name);
        }
    }
    // ZAP_ENFORCE_DOMAIN, which with PLAIN and no domain ends the process.
    // SAFETY: it is refused.
    let error = unsafe { socket.set_by_number(93, &1_i32.to_ne_bytes()) }.unwrap_err();
    assert!(error.to_string().contains("require_security"), "{error}");
    // SAFETY: libzmq has no such option, and looks no further.
    let error = unsafe { socket.set_by_number(1234, &1_i32.to_ne_bytes()) }.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidArgument);
    assert!(error.to_string().starts_with("set option 1234: "), "{error}");
}

/// libzmq alone connects, and is silent for ever.
#[test]
fn a_curve_client_without_the_servers_key_is_told() {
    let _deadline = deadline(30);
    if !zmq::has("curve") {
        println!("skipped: this libzmq has no CURVE");
        return;
    }
    let context = Context::new().unwrap();
    let (server_key, _) = zmq::curve_keypair().unwrap();
    let (public, secret) = zmq::curve_keypair().unwrap();
    let client = context.socket(zmq::DEALER).unwrap();
    client.set_curve_publickey(public).unwrap();
    client.set_curve_secretkey(&secret).unwrap();
    client.set_linger(0).unwrap();
    let refused = |what: &str| {
        for error in [client.connect("tcp://127.0.0.1:9"), client.bind("tcp://127.0.0.1:*")].map(Result::unwrap_err) {
            assert_eq!(error.kind(), ErrorKind::InvalidArgument, "{what}");
            assert!(error.to_string().contains("set_curve_serverkey"), "{what}: {error}");
        }
    };
    refused("it was forgotten");
    client.set_curve_serverkey([0; 32]).unwrap();
    refused("it is of zeros");
    client.connect("inproc://nothing-is-checked-here").unwrap();
    client.set_curve_serverkey(server_key).unwrap();
    client.connect("tcp://127.0.0.1:9").unwrap();
    let server = context.socket(zmq::DEALER).unwrap();
    server.set_curve_secretkey(secret).unwrap();
    server.set_curve_server(true).unwrap();
    Transport::Tcp.bind(&server);
}

/// What was sent arrives, what was not received is gone.
#[test]
fn disconnect_keeps_what_was_sent() {
    let _deadline = deadline(60);
    for transport in TRANSPORTS {
        let context = Context::new().unwrap();
        let (bound, connected) = (context.socket(zmq::PAIR).unwrap(), context.socket(zmq::PAIR).unwrap());
        let endpoint = transport.bind(&bound);
        connected.connect(&endpoint).unwrap();
        bound.send("before").unwrap();
        assert_eq!(connected.recv_timeout(PATIENCE).unwrap(), "before");
        bound.send("not received").unwrap();
        assert!(connected.poll(PATIENCE, POLLIN).unwrap().is_readable());
        for number in 0..3 {
            connected.send(format!("{number}")).unwrap();
        }
        connected.disconnect(&endpoint).unwrap();
        for number in 0..3 {
            assert_eq!(bound.recv_timeout(PATIENCE).unwrap(), *format!("{number}"), "{transport:?}");
        }
        assert!(connected.recv_timeout(100).unwrap_err().is_again(), "{transport:?}");
    }
}

/// Whichever side binds.
#[test]
fn subscriptions_are_waited_for_on_both_sides() {
    let _deadline = deadline(60);
    if zmq::version() < zmq::Version::new(4, 3, 5) {
        println!("skipped: this libzmq does not count topics");
        return;
    }
    for transport in TRANSPORTS {
        let context = Context::new().unwrap();
        let subscribers = ["a", "b"].map(|topic| {
            let sub = context.socket(zmq::SUB).unwrap();
            sub.subscribe(topic).unwrap();
            let endpoint = transport.bind(&sub);
            (sub, endpoint)
        });
        let publisher = context.socket(zmq::PUB).unwrap();
        for (_, endpoint) in &subscribers {
            publisher.connect(endpoint).unwrap();
        }
        // A SUB that is bound takes a publisher on, and asks it for something, only while it is at work itself.
        let topics = eventually("the subscriptions", || {
            for (sub, _) in &subscribers {
                assert!(sub.try_recv().unwrap().is_none(), "nothing was sent");
            }
            publisher.wait_for_subscriptions(2, 10).ok()
        });
        assert_eq!(topics, 2);
        for ((sub, _), topic) in subscribers.iter().zip(["a", "b"]) {
            publisher.send(topic).unwrap();
            assert_eq!(sub.recv_timeout(PATIENCE).unwrap(), topic, "{transport:?}");
        }
    }
}

/// In the directory that the environment says.
#[test]
#[cfg(unix)]
#[expect(unsafe_code, reason = "the environment is the process's")]
fn the_directory_of_an_ipc_wildcard() {
    let _deadline = deadline(30);
    child("directory", 20, || {
        let place = support::temp_dir();
        let place = place.path();
        // SAFETY: no other thread of this process reads or writes the environment.
        unsafe { std::env::set_var("TMPDIR", place) };
        let socket = Context::new().unwrap().socket(zmq::PULL).unwrap();
        socket.bind("ipc://*").unwrap();
        let endpoint = socket.last_endpoint().unwrap();
        let path = std::path::PathBuf::from(endpoint.strip_prefix("ipc://").unwrap());
        assert!(path.starts_with(place), "{endpoint}");
        let directory = path.parent().unwrap().to_owned();
        if directory != place {
            use std::os::unix::fs::PermissionsExt as _;
            assert_eq!(std::fs::metadata(&directory).unwrap().permissions().mode() & 0o777, 0o700);
        }
        drop(socket);
        eventually("the socket's file goes", || (!path.exists()).then_some(()));
    })
    .succeeds();
}

//! Binding, connecting, and the way back.

mod support;

use std::net::{TcpListener, TcpStream};

use support::{TRANSPORTS, TempPath, Transport, deadline, eventually, unique};
use zmq::{Context, ErrorKind, Operation, Pull, Push, Socket};

fn port_of(endpoint: &str) -> u16 {
    endpoint.rsplit_once(':').unwrap().1.parse().unwrap()
}

/// Sends one message there and receives it.
#[track_caller]
fn reaches(context: &Context, pull: &Socket<Pull>, endpoint: &str) {
    let push = context.socket(zmq::PUSH).unwrap();
    push.connect(endpoint).unwrap();
    push.send(endpoint).unwrap();
    assert_eq!(pull.recv_timeout(20_000).unwrap(), endpoint);
}

#[test]
fn bind_to_random_port() {
    let _deadline = deadline(30);
    let context = Context::new().unwrap();
    let pull = context.socket(zmq::PULL).unwrap();
    let first = pull.bind_to_random_port("tcp://127.0.0.1").unwrap();
    let second = pull.bind_to_random_port("tcp://127.0.0.1").unwrap();
    assert_ne!(first, second);
    assert_eq!(pull.last_endpoint().unwrap(), format!("tcp://127.0.0.1:{second}"));
    reaches(&context, &pull, &format!("tcp://127.0.0.1:{first}"));
    reaches(&context, &pull, &format!("tcp://127.0.0.1:{second}"));
    let port = pull.bind_to_random_port("tcp://*").unwrap();
    reaches(&context, &pull, &format!("tcp://127.0.0.1:{port}"));
    assert_eq!(pull.bind_to_random_port("tcp://nosuchif0").unwrap_err().kind(), ErrorKind::NoDevice);
    let error = pull.bind_to_random_port(&format!("inproc://{}", unique("port"))).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidArgument);
    assert!(error.to_string().contains("only tcp has ports"), "{error}");
}

#[test]
fn bind_to_random_port_in_a_range() {
    let _deadline = deadline(30);
    let context = Context::new().unwrap();
    let pull = context.socket(zmq::PULL).unwrap();
    let port = pull.bind_to_random_port_in("tcp://127.0.0.1", 49152..=65535, 100).unwrap();
    assert!(port >= 49152);
    assert_eq!(port_of(&pull.last_endpoint().unwrap()), port);
    reaches(&context, &pull, &format!("tcp://127.0.0.1:{port}"));

    // All that are in the range are taken.
    let other = context.socket(zmq::PULL).unwrap();
    for tries in [1, 100] {
        let error = other.bind_to_random_port_in("tcp://127.0.0.1", port..=port, tries).unwrap_err();
        assert_eq!((error.kind(), error.operation()), (ErrorKind::AddressInUse, Operation::Bind));
        assert_eq!(error.target(), Some("tcp://127.0.0.1"));
        assert!(error.to_string().contains("no port that was tried is free"), "{error}");
    }
    assert_eq!(other.last_endpoint().unwrap(), "");
    for error in [
        other.bind_to_random_port_in("tcp://127.0.0.1", port..port, 100).unwrap_err(),
        other.bind_to_random_port_in("tcp://127.0.0.1", 0..=0, 100).unwrap_err(),
        other.bind_to_random_port_in("tcp://127.0.0.1", .., 0).unwrap_err(),
    ] {
        assert_eq!(error.kind(), ErrorKind::InvalidArgument);
        assert!(error.to_string().contains("no port to try"), "{error}");
    }
    let error = other.bind_to_random_port_in("tcp://nosuchif0", 49152.., 100).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NoDevice, "what no port can help is said at once");
}

#[test]
fn last_endpoint() {
    let _deadline = deadline(30);
    let context = Context::new().unwrap();
    let socket = context.socket(zmq::PULL).unwrap();
    assert_eq!(socket.last_endpoint().unwrap(), "");
    socket.bind("tcp://127.0.0.1:*").unwrap();
    let tcp = socket.last_endpoint().unwrap();
    assert!(tcp.starts_with("tcp://127.0.0.1:") && port_of(&tcp) > 0, "{tcp}");
    let name = format!("inproc://{}", unique("last"));
    socket.bind(&name).unwrap();
    assert_eq!(socket.last_endpoint().unwrap(), name);
    let path = TempPath::new();
    socket.bind(&path.ipc()).unwrap();
    assert_eq!(socket.last_endpoint().unwrap(), path.ipc());
    assert_eq!(socket.get(zmq::LAST_ENDPOINT).unwrap(), path.ipc());
    socket.bind("tcp://*:*").unwrap();
    assert!(socket.last_endpoint().unwrap().starts_with("tcp://0.0.0.0:"));
    socket.connect(&tcp).unwrap();
    assert_eq!(socket.last_endpoint().unwrap(), tcp);
}

#[test]
fn several_endpoints_on_one_socket() {
    let _deadline = deadline(30);
    let context = Context::new().unwrap();
    let pull = context.socket(zmq::PULL).unwrap();
    let endpoints: Vec<String> = TRANSPORTS.iter().map(|transport| transport.bind(&pull)).collect();
    for endpoint in &endpoints {
        reaches(&context, &pull, endpoint);
    }
    // One that connects to several, and is bound, too.
    let push = context.socket(zmq::PUSH).unwrap();
    let pulls: Vec<_> = TRANSPORTS
        .iter()
        .map(|transport| {
            let pull = context.socket(zmq::PULL).unwrap();
            push.connect(&transport.bind(&pull)).unwrap();
            pull
        })
        .collect();
    let connected = context.socket(zmq::PULL).unwrap();
    connected.connect(&Transport::Tcp.bind(&push)).unwrap();
    eventually("all have got something", || {
        push.send("x").unwrap();
        let all = pulls.iter().chain([&connected]).all(|pull| pull.events().unwrap().is_readable());
        all.then_some(())
    });
}

/// Nobody listens there any more. (Unbinding answers before libzmq's thread has closed the listener.)
#[track_caller]
fn is_free(context: &Context, endpoint: &str) {
    eventually("the endpoint is free", || context.socket(zmq::PULL).unwrap().bind(endpoint).ok());
}

#[test]
fn unbind_by_the_wildcard_or_by_what_became_of_it() {
    let _deadline = deadline(60);
    let context = Context::new().unwrap();
    for wildcard in ["tcp://127.0.0.1:*", "tcp://*:*", "tcp://127.0.0.1:0", "tcp://lo:*", "ipc://*"] {
        for by_wildcard in [true, false] {
            let socket = context.socket(zmq::PULL).unwrap();
            socket.bind(wildcard).unwrap();
            let resolved = socket.last_endpoint().unwrap();
            assert_ne!(resolved, wildcard);
            socket.unbind(if by_wildcard { wildcard } else { &resolved }).unwrap();
            if !wildcard.starts_with("ipc") {
                is_free(&context, &resolved);
            }
            for endpoint in [wildcard, &resolved] {
                let error = socket.unbind(endpoint).unwrap_err();
                assert_eq!(error.kind(), ErrorKind::NotFound, "{error}");
                assert_eq!((error.operation(), error.target()), (Operation::Unbind, Some(endpoint)));
            }
            // And once more.
            socket.bind(wildcard).unwrap();
            socket.unbind(wildcard).unwrap();
        }
    }
}

#[test]
fn each_wildcard_is_unbound_once() {
    let _deadline = deadline(30);
    let context = Context::new().unwrap();
    let pull = context.socket(zmq::PULL).unwrap();
    let endpoints: Vec<String> = (0..3).map(|_| Transport::Tcp.bind(&pull)).collect();
    pull.unbind("tcp://127.0.0.1:*").unwrap();
    pull.unbind("tcp://127.0.0.1:*").unwrap();
    let open = || endpoints.iter().filter(|endpoint| TcpStream::connect(&endpoint["tcp://".len()..]).is_ok()).count();
    eventually("two are closed", || (open() == 1).then_some(()));
    pull.unbind("tcp://127.0.0.1:*").unwrap();
    eventually("all are closed", || (open() == 0).then_some(()));
    assert_eq!(pull.unbind("tcp://127.0.0.1:*").unwrap_err().kind(), ErrorKind::NotFound);
}

#[test]
fn unbind_every_transport() {
    let _deadline = deadline(30);
    let context = Context::new().unwrap();
    for transport in TRANSPORTS {
        let pull = context.socket(zmq::PULL).unwrap();
        let endpoint = transport.bind(&pull);
        let kept = Transport::Inproc.bind(&pull);
        reaches(&context, &pull, &endpoint);
        pull.unbind(&endpoint).unwrap();
        let error = pull.unbind(&endpoint).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NotFound, "{error}");
        is_free(&context, &endpoint);
        reaches(&context, &pull, &kept);
    }
    let error = context.socket(zmq::PULL).unwrap().unbind("nonsense").unwrap_err();
    assert_eq!(error.operation(), Operation::Unbind);
}

#[test]
fn disconnect() {
    let _deadline = deadline(30);
    let context = Context::new().unwrap();
    for transport in TRANSPORTS {
        let push = context.socket(zmq::PUSH).unwrap();
        let (first, second) = (context.socket(zmq::PULL).unwrap(), context.socket(zmq::PULL).unwrap());
        let (to_first, to_second) = (transport.bind(&first), transport.bind(&second));
        push.connect(&to_first).unwrap();
        push.connect(&to_second).unwrap();
        push.send("a").unwrap();
        push.send("b").unwrap();
        first.recv().unwrap();
        second.recv().unwrap();
        push.disconnect(&to_first).unwrap();
        for _ in 0..10 {
            push.send("c").unwrap();
            assert_eq!(second.recv().unwrap(), "c");
        }
        assert!(first.try_recv().unwrap().is_none());
        let error = push.disconnect(&to_first).unwrap_err();
        assert_eq!((error.kind(), error.operation()), (ErrorKind::NotFound, Operation::Disconnect));
        push.disconnect(&to_second).unwrap();
        assert!(push.try_send("nobody").unwrap_err().is_again());
        // And back again.
        push.connect(&to_first).unwrap();
        push.send("d").unwrap();
        assert_eq!(first.recv().unwrap(), "d");
    }
}

#[test]
fn what_was_sent_before_a_disconnect_arrives() {
    let _deadline = deadline(30);
    let context = Context::new().unwrap();
    for transport in TRANSPORTS {
        let (pull, push) = transport.pair(&context, zmq::PULL, zmq::PUSH);
        push.send("first").unwrap();
        assert_eq!(pull.recv().unwrap(), "first");
        (0..100_u32).for_each(|number| push.send(number.to_be_bytes()).unwrap());
        push.disconnect(&pull.last_endpoint().unwrap()).unwrap();
        (0..100_u32).for_each(|number| assert_eq!(pull.recv().unwrap(), number.to_be_bytes()));
    }
}

#[test]
fn connect_before_bind() {
    let _deadline = deadline(60);
    let context = Context::new().unwrap();
    for transport in TRANSPORTS {
        let push: Socket<Push> = context.socket(zmq::PUSH).unwrap();
        let endpoint = match transport {
            // A port that was free a moment ago.
            Transport::Tcp => format!("tcp://{}", TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap()),
            other => other.endpoint(),
        };
        push.connect(&endpoint).unwrap();
        push.send("early").unwrap();
        let pull = context.socket(zmq::PULL).unwrap();
        pull.bind(&endpoint).unwrap();
        assert_eq!(pull.recv().unwrap(), "early");
    }
}

#[test]
fn a_taken_endpoint() {
    let _deadline = deadline(30);
    let context = Context::new().unwrap();
    for transport in TRANSPORTS {
        let first = context.socket(zmq::PULL).unwrap();
        let endpoint = transport.bind(&first);
        let error = context.socket(zmq::PULL).unwrap().bind(&endpoint).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::AddressInUse, "{error}");
        assert_eq!(error.target(), Some(endpoint.as_str()));
        reaches(&context, &first, &endpoint);
        first.close().unwrap();
        is_free(&context, &endpoint);
    }
}

#[cfg(unix)]
mod with_fd {
    use std::fs::File;
    use std::net::{TcpListener, TcpStream, UdpSocket};
    use std::os::fd::OwnedFd;
    use std::os::unix::net::{UnixDatagram, UnixListener, UnixStream};

    use super::{Context, ErrorKind, TempPath, Transport, deadline, reaches, unique};

    #[test]
    fn tcp_and_ipc() {
        let _deadline = deadline(30);
        let context = Context::new().unwrap();
        let pull = context.socket(zmq::PULL).unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let tcp = format!("tcp://{}", listener.local_addr().unwrap());
        pull.bind_with_fd(&tcp, listener.into()).unwrap();
        assert_eq!(pull.last_endpoint().unwrap(), tcp);
        let path = TempPath::new();
        let listener = UnixListener::bind(path.path()).unwrap();
        pull.bind_with_fd(&path.ipc(), listener.into()).unwrap();
        // What is bound afterwards has a descriptor of its own again.
        let own = Transport::Tcp.bind(&pull);
        let own_ipc = Transport::Ipc.bind(&pull);
        for endpoint in [tcp.clone(), path.ipc(), own, own_ipc] {
            reaches(&context, &pull, &endpoint);
        }
        pull.unbind(&tcp).unwrap();
    }

    #[test]
    fn who_connected_before_is_not_lost() {
        let _deadline = deadline(30);
        let context = Context::new().unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let endpoint = format!("tcp://{}", listener.local_addr().unwrap());
        let push = context.socket(zmq::PUSH).unwrap();
        push.connect(&endpoint).unwrap();
        push.send("early").unwrap();
        let pull = context.socket(zmq::PULL).unwrap();
        pull.bind_with_fd(&endpoint, listener.into()).unwrap();
        assert_eq!(pull.recv().unwrap(), "early");
    }

    #[test]
    fn what_does_not_listen_is_refused() {
        let _deadline = deadline(30);
        let context = Context::new().unwrap();
        let pull = context.socket(zmq::PULL).unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let tcp = format!("tcp://{}", listener.local_addr().unwrap());
        let connected = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        let path = TempPath::new();
        let descriptors: Vec<OwnedFd> = vec![
            File::open("/dev/null").unwrap().into(),
            connected.into(),
            UdpSocket::bind("127.0.0.1:0").unwrap().into(),
            UnixStream::pair().unwrap().0.into(),
            UnixDatagram::unbound().unwrap().into(),
        ];
        for descriptor in descriptors {
            for endpoint in [tcp.clone(), path.ipc()] {
                let error = pull.bind_with_fd(&endpoint, descriptor.try_clone().unwrap()).unwrap_err();
                assert_eq!(error.kind(), ErrorKind::InvalidArgument);
                assert_eq!(error.target(), Some(endpoint.as_str()));
                assert!(error.to_string().contains("not a socket that listens"), "{error}");
            }
        }
        // It listens, but for another transport.
        let error = pull.bind_with_fd(&path.ipc(), listener.try_clone().unwrap().into()).unwrap_err();
        assert!(error.to_string().contains("not a Unix socket"), "{error}");
        let unix = UnixListener::bind(path.path()).unwrap();
        let error = pull.bind_with_fd(&tcp, unix.try_clone().unwrap().into()).unwrap_err();
        assert!(error.to_string().contains("not a TCP socket"), "{error}");
        let inproc = format!("inproc://{}", unique("fd"));
        assert_eq!(
            pull.bind_with_fd(&inproc, unix.into()).unwrap_err().kind(),
            ErrorKind::InvalidArgument,
            "there is nothing to listen with"
        );
        // After all that it binds as ever.
        let own = Transport::Tcp.bind(&pull);
        reaches(&context, &pull, &own);
        pull.bind_with_fd(&tcp, listener.into()).unwrap();
        reaches(&context, &pull, &tcp);
    }

    #[test]
    fn a_descriptor_that_is_not_used_is_closed() {
        let _deadline = deadline(30);
        let context = Context::new().unwrap();
        let pull = context.socket(zmq::PULL).unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        pull.bind_with_fd("inproc://no", listener.into()).unwrap_err();
        assert!(TcpStream::connect(address).is_err());
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        pull.bind_with_fd("tcp://", listener.into()).unwrap_err();
        assert!(TcpStream::connect(address).is_err());
        context.shutdown().unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let error = pull.bind_with_fd(&format!("tcp://{address}"), listener.into()).unwrap_err();
        assert!(error.is_terminated(), "{error}");
        assert!(TcpStream::connect(address).is_err());
    }
}

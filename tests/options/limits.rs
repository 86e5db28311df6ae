//! Values at the edges, used for real in a process of their own: libzmq looks at some only when a connection is made.

use zmq::{Context, ErrorKind, Socket};

use crate::support::{Transport, child, deadline};

#[test]
fn the_largest_values_do_no_harm() {
    let _deadline = deadline(60);
    child("largest", 40, || {
        let context = Context::new().unwrap();
        let edges = |socket: &Socket<zmq::Dynamic>| {
            socket.set_tos(255).unwrap();
            socket.set_tcp_keepalive(true).unwrap();
            socket.set_tcp_keepalive_cnt(127).unwrap();
            socket.set_tcp_keepalive_idle(32_767).unwrap();
            socket.set_tcp_keepalive_intvl(32_767).unwrap();
            socket.set_tcp_maxrt(i32::MAX).unwrap();
            socket.set_connect_timeout(i32::MAX).unwrap();
            socket.set_handshake_ivl(i32::MAX).unwrap();
            socket.set_heartbeat_ivl(i32::MAX).unwrap();
            socket.set_heartbeat_timeout(i32::MAX).unwrap();
            socket.set_reconnect_ivl(i32::MAX).unwrap();
            socket.set_backlog(i32::MAX).unwrap();
            socket.set_sndhwm(i32::MAX).unwrap();
            socket.set_rcvhwm(i32::MAX).unwrap();
            socket.set_sndbuf(i32::MAX).unwrap();
            socket.set_rcvbuf(i32::MAX).unwrap();
            socket.set_maxmsgsize(Some(u64::MAX)).unwrap();
        };
        for transport in [Transport::Tcp, Transport::Ipc, Transport::Inproc] {
            let pull = context.socket(zmq::SocketType::Pull).unwrap();
            let push = context.socket(zmq::SocketType::Push).unwrap();
            edges(&pull);
            edges(&push);
            push.connect(&transport.bind(&pull)).unwrap();
            push.send("x").unwrap();
            assert_eq!(pull.recv_string().unwrap(), "x");
        }
    })
    .succeeds();
}

#[test]
fn a_device_that_is_not_there_fails_the_bind() {
    let _deadline = deadline(60);
    child("device", 40, || {
        let context = Context::new().unwrap();
        let pull = context.socket(zmq::PULL).unwrap();
        pull.set_bindtodevice("nosuchdevice").unwrap();
        let error = pull.bind("tcp://127.0.0.1:*").unwrap_err();
        assert!(error.to_string().starts_with("bind tcp://127.0.0.1:*: "), "{error}");
    })
    .succeeds();
}

#[test]
fn zeros_are_no_curve_keys() {
    let _deadline = deadline(60);
    if !zmq::has("curve") {
        return;
    }
    child("zeros", 40, || {
        let context = Context::new().unwrap();
        let (_, secret) = zmq::curve_keypair().unwrap();
        let server = context.socket(zmq::PULL).unwrap();
        server.set_curve_server(true).unwrap();
        server.set_curve_secretkey(secret).unwrap();
        let endpoint = Transport::Tcp.bind(&server);
        let client = context.socket(zmq::PUSH).unwrap();
        client.set_linger(0).unwrap();
        client.set_curve_serverkey([0; 32]).unwrap();
        assert_eq!(client.connect(&endpoint).unwrap_err().kind(), ErrorKind::InvalidArgument);
        client.set_curve_serverkey([255; 32]).unwrap();
        client.connect(&endpoint).unwrap();
        client.send("x").unwrap();
        assert!(server.recv_timeout(300).unwrap_err().is_again());
    })
    .succeeds();
}

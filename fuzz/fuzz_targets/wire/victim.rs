//! The socket that is attacked, and the good peer that it has to go on serving.

use std::time::{Duration, Instant};

use zmq::{Context, Dynamic, Socket, SocketType};

use crate::input::Input;
use crate::{CLIENT, SERVER};

/// What the good peer says, and nobody else.
const TOKEN: &str = "GOOD: the one who asked";
const PATIENCE: Duration = Duration::from_secs(8);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mechanism {
    Null,
    Plain,
    Curve,
}

/// Makes the socket so that whoever connects has to speak the mechanism; `as_server` says which side of it the socket is.
pub fn secure(socket: &Socket<Dynamic>, mechanism: Mechanism, as_server: bool) -> zmq::Result<()> {
    match (mechanism, as_server) {
        (Mechanism::Null, _) => Ok(()),
        (Mechanism::Plain, true) => socket.set_plain_server(true),
        (Mechanism::Plain, false) => {
            socket.set_plain_username("ann")?;
            socket.set_plain_password("secret")
        }
        (Mechanism::Curve, true) => {
            socket.set_curve_server(true)?;
            socket.set_curve_secretkey(SERVER.1)
        }
        (Mechanism::Curve, false) => {
            socket.set_curve_publickey(CLIENT.0)?;
            socket.set_curve_secretkey(CLIENT.1)?;
            socket.set_curve_serverkey(SERVER.0)
        }
    }
}

/// Options that change how a peer's bytes are taken. Whether a good peer would still be
/// served by it is answered: it has to speak ZMTP, and to wait for who is not as fast as it wants.
pub fn configure(socket: &Socket<Dynamic>, input: &mut Input<'_>) -> bool {
    // Long enough that the end of a connection waits for what it has left, and not for the next run.
    let _ = socket.set_linger(2);
    let _ = socket.set_rcvtimeo(0);
    let _ = socket.set_sndtimeo(0);
    let _ = socket.set_reconnect_ivl(1);
    let wanted = input.byte();
    let waits = wanted & 10 == 0;
    if wanted & 1 != 0 {
        // With one, whoever an authenticator has named is never heard: libzmq counts the name as a message (pipe.cpp).
        let _ = socket.set_hwm(2);
    }
    if wanted & 2 != 0 {
        let _ = socket.set_heartbeat_ivl(2);
        let _ = socket.set_heartbeat_timeout(10);
        let _ = socket.set_heartbeat_ttl(100);
    }
    if wanted & 4 != 0 {
        let _ = socket.set_maxmsgsize(1000);
    }
    if wanted & 8 != 0 {
        let _ = socket.set_handshake_ivl(20);
    }
    let wanted = input.byte();
    let on = |bit: u8| wanted & bit != 0;
    match socket.socket_type() {
        SocketType::Router => {
            let _ = socket.set_router_handover(on(1));
            let _ = socket.set_router_mandatory(on(2));
            let _ = socket.set_probe_router(on(4));
            // Then it speaks no ZMTP.
            let _ = socket.set_router_raw(wanted == 255);
        }
        SocketType::Xpub => {
            let _ = socket.set_xpub_verbose(on(1));
            let _ = socket.set_xpub_verboser(on(2));
            // Not XPUB_MANUAL: with it libzmq looks at connections that are gone (xpub.cpp, `xrecv`: `_pending_pipes`).
            let _ = socket.set_xpub_welcome_msg(if on(8) { "welcome" } else { "" });
            let _ = socket.set_xpub_nodrop(on(16));
        }
        SocketType::Req => {
            let _ = socket.set_req_relaxed(on(1));
            let _ = socket.set_req_correlate(on(2));
        }
        SocketType::Dealer => {
            let _ = socket.set_probe_router(on(1));
            let _ = socket.set_conflate(wanted & 14 == 14);
        }
        SocketType::Pull | SocketType::Push => {
            let _ = socket.set_conflate(wanted & 14 == 14);
        }
        SocketType::Sub => {
            let _ = socket.set(zmq::SUBSCRIBE, "");
            let _ = socket.set_invert_matching(wanted == 255);
        }
        SocketType::Xsub => {
            let _ = socket.try_send("\x01");
        }
        _ => {}
    }
    waits && !(socket.socket_type() == SocketType::Router && wanted == 255)
}

/// What a program does with its socket meanwhile.
pub fn act(socket: &Socket<Dynamic>, input: &mut Input<'_>) {
    match input.byte() % 8 {
        0 | 1 => drain(socket, 200),
        2 => {
            let _ = socket.try_send(input.piece());
        }
        3 => {
            // A reply, or to whom a ROUTER or STREAM has just heard of.
            if let Ok(Some(mut frames)) = socket.try_recv_multipart() {
                frames.push(input.piece().into());
                let _ = socket.try_send_multipart(frames);
            }
        }
        4 => {
            for _ in 0..20 {
                let _ = socket.try_send_multipart(["", "more", "frames"]);
            }
        }
        5 => {
            let _ = socket.try_recv();
        }
        6 => {
            let topic = input.piece();
            let _ = socket.set(zmq::SUBSCRIBE, topic);
            let _ = socket.set(zmq::UNSUBSCRIBE, topic);
        }
        _ => std::thread::sleep(Duration::from_millis(3)),
    }
}

pub fn drain(socket: &Socket<Dynamic>, at_most: usize) {
    for _ in 0..at_most {
        match socket.try_recv_multipart() {
            Ok(Some(frames)) => {
                for frame in &frames {
                    let _ = (frame.peer_address(), frame.socket_type(), frame.identity(), frame.user_id());
                }
                if socket.socket_type() == SocketType::Rep {
                    let _ = socket.try_send("an answer");
                }
            }
            Ok(None) => return,
            Err(error) => {
                assert!(!matches!(error.kind(), zmq::ErrorKind::Other(_)), "{error}");
                return;
            }
        }
    }
}

/// Whether a good peer can be told to be served: one that has no competitor for what the socket sends.
pub fn can_be_tested(socket: &Socket<Dynamic>) -> bool {
    use SocketType::{Pair, Req, Stream};
    let excused = matches!(socket.socket_type(), Pair | Req | Stream)
        || socket.conflate().unwrap_or(false)
        || socket.invert_matching().unwrap_or(false);
    !excused
}

/// A good peer connects, and has to be served; whatever was done to the socket before.
pub fn serves(context: &Context, socket: &Socket<Dynamic>, mechanism: Mechanism, endpoint: &str) {
    let kind = match socket.socket_type() {
        SocketType::Router | SocketType::Dealer => SocketType::Dealer,
        SocketType::Rep => SocketType::Req,
        SocketType::Pull => SocketType::Push,
        SocketType::Push => SocketType::Pull,
        SocketType::Pub | SocketType::Xpub => SocketType::Sub,
        _ => SocketType::Xpub,
    };
    let good = context.socket(kind).expect("a socket");
    good.set_linger(0).expect("an option");
    secure(&good, mechanism, false).expect("the options of a client");
    if kind == SocketType::Sub {
        good.set(zmq::SUBSCRIBE, TOKEN).expect("a topic");
    }
    good.connect(endpoint).expect("it is bound there");
    let started = Instant::now();
    let mut asked = false;
    loop {
        match socket.socket_type() {
            SocketType::Push | SocketType::Pub | SocketType::Xpub => {
                let _ = socket.try_send(TOKEN);
                drain(socket, 1000);
                if matches!(good.recv_timeout(1), Ok(message) if message == TOKEN) {
                    return;
                }
            }
            _ => {
                if kind == SocketType::Xpub {
                    // Again and again: it may not know yet that anybody is there, and drops it then.
                    let _ = good.try_send(TOKEN);
                } else if !asked {
                    asked = good.try_send(TOKEN).is_ok();
                }
                let received = socket.recv_multipart_timeout(1);
                if received.is_ok_and(|frames| frames.last().is_some_and(|last| *last == TOKEN)) {
                    return;
                }
                // It may owe an answer from before, too, and receives nothing until then.
                if socket.socket_type() == SocketType::Rep {
                    let _ = socket.try_send("not you");
                }
            }
        }
        assert!(
            started.elapsed() < PATIENCE,
            "{} does not serve a good peer at {endpoint} any more",
            socket.socket_type()
        );
    }
}

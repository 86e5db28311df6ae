//! Networks that are cut and healed.

use std::time::Duration;

use zmq::{Context, Event, Kind, Monitor, Socket};

use crate::namespaces::{LEFT, RIGHT, in_a_network};
use crate::process::{impatient, saw_a_loss, until, until_connected, until_disconnected};
use crate::role::{role, say};
use crate::support::{deadline, eventually};

/// What is watched on a connection.
pub(crate) fn watch<K: Kind>(socket: &Socket<K>) -> Monitor {
    socket.monitor(zmq::EVENT_HANDSHAKE_SUCCEEDED | zmq::EVENT_DISCONNECTED).unwrap()
}

/// So that a connection is tried again as soon as there is a way: the system alone tries after 1, 3, 7, … seconds.
pub(crate) fn hurried<K: Kind>(socket: &Socket<K>) {
    impatient(socket);
    socket.set_connect_timeout(200).unwrap();
}

/// Says the numbers that it receives, and where they are not one more than the last.
fn report_numbers<K: zmq::Receiver>(socket: &Socket<K>, last: u32) {
    let mut expected = 0;
    while expected <= last {
        let number: u32 = socket.recv_string().unwrap().parse().unwrap();
        if number != expected {
            say(format!("{number} after {}", i64::from(expected) - 1));
        }
        expected = number + 1;
    }
    say("all");
    // Its end would be seen as the loss that is not to be.
    std::thread::park();
}

/// The connection is there all the time, and TCP sends again what did not come through.
#[test]
fn nothing_is_lost_below_the_high_water_mark_while_a_cable_is_out() {
    let _deadline = deadline(60);
    let receiver = role("receiver", |_| {
        let context = Context::new().unwrap();
        let pull = context.socket(zmq::PULL).unwrap();
        pull.bind(&format!("tcp://{RIGHT}:*")).unwrap();
        say(pull.last_endpoint().unwrap());
        report_numbers(&pull, 999);
    });
    in_a_network(|network| {
        let mut receiver = network.start_on_the_right(receiver, &[]);
        let context = Context::new().unwrap();
        let push = context.socket(zmq::PUSH).unwrap();
        let monitor = watch(&push);
        push.connect(&receiver.line()).unwrap();
        until_connected(&monitor, 1);
        for number in 0..1000 {
            match number {
                100 | 500 => network.cut(),
                400 | 800 => {
                    std::thread::sleep(Duration::from_millis(300));
                    network.heal();
                }
                _ => {}
            }
            push.send(number.to_string()).unwrap();
        }
        receiver.expect("all");
        assert!(!saw_a_loss(&monitor));
    });
}

/// Publishes numbers for ever, a few hundred a second.
fn publish(endpoint: &str, heartbeats: bool) {
    let context = Context::new().unwrap();
    let publisher = context.socket(zmq::PUB).unwrap();
    if heartbeats {
        publisher.set_heartbeat_ivl(100).unwrap();
        publisher.set_heartbeat_timeout(1500).unwrap();
    }
    publisher.bind(endpoint).unwrap();
    say(publisher.last_endpoint().unwrap());
    for number in 0u32.. {
        publisher.send(format!("tick {number}")).unwrap();
        std::thread::sleep(Duration::from_millis(4));
    }
}

fn tick(sub: &Socket<zmq::Sub>) -> u32 {
    let message = sub.recv_timeout(20_000).unwrap();
    message.as_str().unwrap().strip_prefix("tick ").unwrap().parse().unwrap()
}

/// Heartbeats end the connection, another is made when there is a way again, and what was subscribed to is subscribed to anew.
#[test]
fn with_heartbeats_a_cut_connection_is_given_up_and_made_again() {
    let _deadline = deadline(60);
    let publisher = role("publisher", |_| publish(&format!("tcp://{RIGHT}:*"), true));
    in_a_network(|network| {
        let mut publisher = network.start_on_the_right(publisher, &[]);
        let context = Context::new().unwrap();
        let sub = context.socket(zmq::SUB).unwrap();
        hurried(&sub);
        sub.set_heartbeat_ivl(100).unwrap();
        sub.set_heartbeat_timeout(1500).unwrap();
        sub.subscribe("tick").unwrap();
        let monitor = watch(&sub);
        sub.connect(&publisher.line()).unwrap();
        until_connected(&monitor, 1);
        let first = tick(&sub);
        network.cut();
        until_disconnected(&monitor);
        network.heal();
        until_connected(&monitor, 1);
        // What was on its way in the connection that is closed is lost, and what was published while there was none.
        let mut last = first;
        let lost = eventually("ticks again", || {
            let next = tick(&sub);
            let lost = next - last - 1;
            last = next;
            (lost > 0).then_some(lost)
        });
        assert!(lost > 10, "{lost}");
        for _ in 0..10 {
            last += 1;
            assert_eq!(tick(&sub), last, "and from then on nothing");
        }
    });
}

/// Without them nobody looks, and when the cable is back everything comes, late.
#[test]
fn without_heartbeats_a_cut_cable_is_not_noticed() {
    let _deadline = deadline(60);
    let publisher = role("publisher", |_| publish(&format!("tcp://{RIGHT}:*"), false));
    in_a_network(|network| {
        let mut publisher = network.start_on_the_right(publisher, &[]);
        let context = Context::new().unwrap();
        let sub = context.socket(zmq::SUB).unwrap();
        sub.subscribe("tick").unwrap();
        let monitor = watch(&sub);
        sub.connect(&publisher.line()).unwrap();
        until_connected(&monitor, 1);
        let first = tick(&sub);
        network.cut();
        std::thread::sleep(Duration::from_millis(1000));
        assert!(!saw_a_loss(&monitor));
        network.heal();
        for number in first + 1..first + 400 {
            assert_eq!(tick(&sub), number);
        }
        assert!(!saw_a_loss(&monitor));
    });
}

/// TCP_MAXRT: how long the system tries to get through what was sent. By default that is about a quarter of an hour.
#[test]
fn tcp_maxrt_gives_up_a_peer_whose_address_is_gone() {
    let _deadline = deadline(60);
    let receiver = role("receiver", |_| {
        let context = Context::new().unwrap();
        let pull = context.socket(zmq::PULL).unwrap();
        pull.bind("tcp://*:*").unwrap();
        say(pull.last_endpoint().unwrap());
        for message in pull.iter() {
            say(message.unwrap().as_str().unwrap());
        }
    });
    in_a_network(|network| {
        let mut receiver = network.start_on_the_right(receiver, &[]);
        let context = Context::new().unwrap();
        let push = context.socket(zmq::PUSH).unwrap();
        hurried(&push);
        push.set_tcp_maxrt(500).unwrap();
        let monitor = watch(&push);
        push.connect(&receiver.line().replace("0.0.0.0", RIGHT)).unwrap();
        until_connected(&monitor, 1);
        push.send("before").unwrap();
        receiver.expect("before");
        network.right_ip(&format!("address del {RIGHT}/24 dev cable"));
        push.send("lost with the connection").unwrap();
        until_disconnected(&monitor);
        push.send("kept for the next").unwrap();
        network.right_ip(&format!("address add {RIGHT}/24 dev cable"));
        receiver.expect("kept for the next");
    });
}

/// TCP_KEEPALIVE finds out about a connection on which nobody sends; the system's own patience is two hours.
#[test]
fn tcp_keepalive_gives_up_an_idle_connection() {
    let _deadline = deadline(60);
    let receiver = role("receiver", |_| {
        let context = Context::new().unwrap();
        let pull = context.socket(zmq::PULL).unwrap();
        pull.bind(&format!("tcp://{RIGHT}:*")).unwrap();
        say(pull.last_endpoint().unwrap());
        let _ = pull.recv();
    });
    in_a_network(|network| {
        let mut receiver = network.start_on_the_right(receiver, &[]);
        let context = Context::new().unwrap();
        let push = context.socket(zmq::PUSH).unwrap();
        hurried(&push);
        push.set_tcp_keepalive(Some(true)).unwrap();
        push.set_tcp_keepalive_idle(1).unwrap();
        push.set_tcp_keepalive_intvl(1).unwrap();
        push.set_tcp_keepalive_cnt(1).unwrap();
        let monitor = watch(&push);
        push.connect(&receiver.line()).unwrap();
        until_connected(&monitor, 1);
        // The system acknowledges what it has got up to 40 ms later; for what is under way it is patient, as without keepalive.
        std::thread::sleep(Duration::from_millis(300));
        // Nothing comes back. (With the cable out the system knows itself that it cannot ask, and does not count that.)
        network.right_ip(&format!("route add blackhole {LEFT}"));
        until_disconnected(&monitor);
    });
}

/// Routes that refuse, or swallow, what is sent to them: while a connection is made, and under one that is there.
#[test]
fn routes_that_refuse() {
    let _deadline = deadline(60);
    let receiver = role("receiver", |_| {
        let context = Context::new().unwrap();
        let pull = context.socket(zmq::PULL).unwrap();
        pull.bind(&format!("tcp://{RIGHT}:*")).unwrap();
        say(pull.last_endpoint().unwrap());
        for message in pull.iter() {
            say(message.unwrap().as_str().unwrap());
        }
    });
    in_a_network(|network| {
        let mut receiver = network.start_on_the_right(receiver, &[]);
        let endpoint = receiver.line();
        let context = Context::new().unwrap();
        for route in ["blackhole", "unreachable", "prohibit", "throw"] {
            let push = context.socket(zmq::PUSH).unwrap();
            hurried(&push);
            push.set_tcp_maxrt(300).unwrap();
            let monitor = push
                .monitor(zmq::EVENT_HANDSHAKE_SUCCEEDED | zmq::EVENT_DISCONNECTED | zmq::EVENT_CONNECT_RETRIED)
                .unwrap();
            let refuse = || network.left_ip(&format!("route add {route} {RIGHT}"));
            let allow = || network.left_ip(&format!("route del {route} {RIGHT}"));
            refuse();
            push.connect(&endpoint).unwrap();
            for _ in 0..2 {
                until(&monitor, |event| matches!(event, Event::ConnectRetried { .. }));
            }
            allow();
            until_connected(&monitor, 1);
            push.send(format!("through {route}")).unwrap();
            receiver.expect(&format!("through {route}"));
            refuse();
            push.send("lost with the connection").unwrap();
            until_disconnected(&monitor);
            push.send(format!("after {route}")).unwrap();
            allow();
            receiver.expect(&format!("after {route}"));
        }
    });
}

/// A name server that does not answer is waited for in the I/O thread: `connect` does not wait, but all connections of that thread do.
#[test]
fn a_name_server_that_does_not_answer_holds_up_its_io_thread_only() {
    let _deadline = deadline(60);
    in_a_network(|_network| {
        // It takes the questions, and that is all.
        let _server = std::net::UdpSocket::bind((LEFT, 53)).unwrap();
        let folder = crate::paths::Folder::in_namespace_of_its_own().unwrap();
        let settings = folder.path().join("resolv.conf");
        std::fs::write(&settings, format!("nameserver {LEFT}\noptions timeout:5 attempts:1\n")).unwrap();
        folder.show_as(&settings, "/etc/resolv.conf");
        let context = Context::with_io_threads(2).unwrap();
        let pair_on = |thread: u64| {
            let (pull, push) = (context.socket(zmq::PULL).unwrap(), context.socket(zmq::PUSH).unwrap());
            pull.set_affinity(1 << thread).unwrap();
            push.set_affinity(1 << thread).unwrap();
            pull.bind("tcp://127.0.0.1:*").unwrap();
            push.connect(&pull.last_endpoint().unwrap()).unwrap();
            push.send("connected").unwrap();
            assert_eq!(pull.recv_timeout(20_000).unwrap(), "connected");
            (pull, push)
        };
        let (same, other) = (pair_on(0), pair_on(1));
        let lost = context.socket(zmq::PUSH).unwrap();
        lost.set_affinity(1u64).unwrap();
        impatient(&lost);
        let monitor = lost.monitor(zmq::EVENT_CONNECT_RETRIED).unwrap();
        let started = std::time::Instant::now();
        lost.connect("tcp://nobody.knows.this.example:5555").unwrap();
        assert!(started.elapsed() < Duration::from_secs(2), "{:?}", started.elapsed());
        // By now or soon its thread asks for the name.
        eventually("it is held up", || {
            same.1.send("held up").unwrap();
            same.0.recv_timeout(200).is_err().then_some(())
        });
        other.1.send("not held up").unwrap();
        assert_eq!(other.0.recv_timeout(20_000).unwrap(), "not held up");
        assert!(same.0.try_recv().unwrap().is_none());
        until(&monitor, |event| matches!(event, Event::ConnectRetried { .. }));
        lost.disconnect("tcp://nobody.knows.this.example:5555").unwrap();
        assert_eq!(same.0.recv_timeout(20_000).unwrap(), "held up");
    });
}

/// RECONNECT_IVL doubles up to RECONNECT_IVL_MAX, and begins anew with a connection.
#[test]
fn tries_come_less_often_up_to_reconnect_ivl_max() {
    let _deadline = deadline(30);
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let endpoint = format!("tcp://{}", listener.local_addr().unwrap());
    drop(listener);
    let context = Context::new().unwrap();
    let push = context.socket(zmq::PUSH).unwrap();
    push.set_reconnect_ivl(10).unwrap();
    push.set_reconnect_ivl_max(80).unwrap();
    push.set_linger(0).unwrap();
    let monitor = push.monitor(zmq::EVENT_CONNECT_RETRIED).unwrap();
    push.connect(&endpoint).unwrap();
    let intervals: Vec<Duration> = (0..6)
        .map(|_| match monitor.recv_timeout(20_000).unwrap().unwrap().event {
            Event::ConnectRetried { interval } => interval,
            other => panic!("{other:?}"),
        })
        .collect();
    // Something random is added to each, before 4.3.5 also to the longest.
    assert!(intervals[0] <= Duration::from_millis(20), "{intervals:?}");
    assert!(intervals[4..].iter().all(|interval| (80..160).contains(&interval.as_millis())), "{intervals:?}");
}

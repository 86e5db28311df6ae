//! Proxies in threads and processes of their own.

mod support;

use support::programs::{Program, build_examples, example};
use support::{Transport, deadline, eventually, unique};
use zmq::{Context, ErrorKind, ProxyStatistics, ThreadProxy};

#[test]
fn a_thread_passes_messages_until_it_is_stopped() {
    let _deadline = deadline(60);
    let context = Context::new().unwrap();
    let (mon, log) = (unique("inproc://mon"), context.socket(zmq::SUB).unwrap());
    let (workers, ctrl) = (unique("inproc://workers"), unique("inproc://ctrl"));
    let queue = ThreadProxy::new(&context, zmq::ROUTER, zmq::DEALER)
        .unwrap()
        .mon(zmq::PUB, |socket| socket.bind(&mon))
        .unwrap()
        .ctrl(zmq::REP, |socket| socket.bind(&ctrl))
        .unwrap()
        .prefixes("in", "out");
    queue.setsockopt_in(zmq::RCVHWM, 7).unwrap();
    queue.setsockopt_out(zmq::SNDHWM, 8).unwrap();
    assert_eq!((queue.in_socket().rcvhwm().unwrap(), queue.out_socket().sndhwm().unwrap()), (7, 8));
    let port = queue.in_socket().bind_to_random_port("tcp://127.0.0.1").unwrap();
    queue.bind_out(&workers).unwrap();
    assert!(queue.bind_in(&format!("tcp://127.0.0.1:{port}")).is_err(), "mistakes are told here");
    log.connect(&mon).unwrap();
    log.subscribe("").unwrap();
    let queue = queue.start().unwrap();
    assert!(queue.is_alive());
    eventually("its thread runs", || queue.handle().is_running().then_some(()));
    let (client, worker, control) =
        (context.socket(zmq::REQ).unwrap(), context.socket(zmq::REP).unwrap(), context.socket(zmq::REQ).unwrap());
    client.set_identity("c").unwrap();
    client.connect(&format!("tcp://127.0.0.1:{port}")).unwrap();
    worker.connect(&workers).unwrap();
    client.send("Hello").unwrap();
    assert_eq!(worker.recv().unwrap(), "Hello");
    worker.send("World").unwrap();
    assert_eq!(client.recv().unwrap(), "World");
    assert_eq!(log.recv_multipart_timeout(5000).unwrap(), ["in", "c", "", "Hello"]);
    assert_eq!(log.recv_multipart_timeout(5000).unwrap(), ["out", "c", "", "World"]);
    control.connect(&ctrl).unwrap();
    control.send("STATISTICS").unwrap();
    let statistics = ProxyStatistics::from_frames(&control.recv_multipart().unwrap()).unwrap();
    assert_eq!((statistics.frontend.received, statistics.frontend.sent), (3, 3));
    queue.stop().unwrap();
    // Its sockets are closed.
    let again = context.socket(zmq::PULL).unwrap();
    eventually("the port is free", || again.bind(&format!("tcp://127.0.0.1:{port}")).ok());
}

#[test]
fn dropping_it_or_ending_the_context_ends_it() {
    let _deadline = deadline(60);
    let context = Context::new().unwrap();
    let queue = ThreadProxy::new(&context, zmq::PULL, zmq::PUSH).unwrap().start().unwrap();
    let handle = queue.handle().clone();
    drop(queue);
    assert!(!handle.is_running());

    let queue = ThreadProxy::new(&context, zmq::XSUB, zmq::XPUB).unwrap().start().unwrap();
    context.shutdown().unwrap();
    queue.join().unwrap();
    context.term_timeout(5000).unwrap();
}

#[test]
fn mistakes_are_answered_where_they_are_made() {
    let context = Context::new().unwrap();
    let error = ThreadProxy::new(&context, zmq::PUSH, zmq::PUSH).unwrap_err();
    assert!(error.to_string().contains("nothing can pass between a PUSH and a PUSH"), "{error}");
    let error =
        ThreadProxy::new(&context, zmq::PULL, zmq::PUSH).unwrap().mon(zmq::PUB, |mon| mon.bind("tcp://x")).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidArgument);
    let dynamic =
        ThreadProxy::new(&context, zmq::PULL, zmq::PUSH).unwrap().ctrl(zmq::SocketType::Push, |_| Ok(())).unwrap();
    let error = dynamic.start().unwrap().join().unwrap_err();
    assert!(error.to_string().contains("a PUSH cannot be the control socket"), "{error}");
}

#[test]
#[cfg(unix)]
fn a_process_passes_messages() {
    build_examples();
    let _deadline = deadline(60);
    let lines = Program::start(example("process_proxy")).finish();
    assert_eq!(lines, ["worker got Hello", "client got World"]);
}

#[test]
#[cfg(unix)]
fn a_process_is_steered_and_ends() {
    build_examples();
    let _deadline = deadline(60);
    let context = Context::new().unwrap();
    let endpoint = Transport::Ipc.endpoint();
    let mut command = example("process_proxy");
    command.arg(&endpoint);
    let mut program = Program::start(command);
    let line = program.line();
    let words: Vec<&str> = line.split(' ').collect();
    let ["listening", "on", clients, "and", workers, "as", process] = words[..] else { panic!("{line}") };
    let (client, worker, control) =
        (context.socket(zmq::REQ).unwrap(), context.socket(zmq::REP).unwrap(), context.socket(zmq::REQ).unwrap());
    client.connect(clients).unwrap();
    worker.connect(workers).unwrap();
    control.connect(&endpoint).unwrap();
    client.send("Hello").unwrap();
    assert_eq!(worker.recv().unwrap(), "Hello");
    control.send("PAUSE").unwrap();
    assert_eq!(control.recv().unwrap(), "");
    worker.send("World").unwrap();
    assert!(client.recv_timeout(100).unwrap_err().is_again());
    control.send("RESUME").unwrap();
    assert_eq!(control.recv().unwrap(), "");
    assert_eq!(client.recv().unwrap(), "World");
    control.send("TERMINATE").unwrap();
    assert_eq!(control.recv().unwrap(), "");
    assert!(program.finish().is_empty());
    eventually("the process is gone", || (!alive(process)).then_some(()));
}

#[cfg(unix)]
fn alive(process: &str) -> bool {
    let process = process.parse().unwrap();
    // SAFETY: signal 0 only asks whether there is such a process.
    unsafe { libc::kill(process, 0) == 0 }
}

/// Whoever started it is killed, and cannot say anything any more.
#[test]
#[cfg(unix)]
fn a_process_ends_with_its_parent() {
    build_examples();
    let _deadline = deadline(60);
    let mut command = example("process_proxy");
    command.arg(Transport::Ipc.endpoint());
    let mut program = Program::start(command);
    let line = program.line();
    let process = line.rsplit(' ').next().unwrap().to_owned();
    assert!(alive(&process));
    drop(program);
    eventually("the process is gone", || (!alive(&process)).then_some(()));
}

#[test]
#[cfg(unix)]
fn a_process_proxy_is_checked_before_it_starts() {
    let _deadline = deadline(60);
    let mut proxy = zmq::ProcessProxy::new(zmq::PULL, zmq::PUSH).unwrap();
    proxy.bind_in("tcp://127.0.0.1:*");
    assert!(proxy.setsockopt_in(zmq::RCVHWM, -1).is_err());
    let error = proxy.setsockopt_mon(zmq::SNDHWM, 1).unwrap_err();
    assert!(error.to_string().contains("the proxy has no monitoring socket"), "{error}");
    assert!(zmq::ProcessProxy::new(zmq::PULL, zmq::PULL).is_err());
}

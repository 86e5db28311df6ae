//! Options of contexts, and the defaults that a context gives its sockets.

mod support;

use std::time::Duration;

use support::{child, deadline};
use zmq::{Context, ErrorKind, Result, SocketType};

#[track_caller]
fn refused(result: Result<()>, text: &str) {
    let error = result.unwrap_err();
    assert_eq!(error.to_string(), text);
    assert_eq!(error.kind(), ErrorKind::InvalidArgument);
}

#[test]
fn defaults() {
    let _deadline = deadline(30);
    let context = Context::new().unwrap();
    assert_eq!(context.io_threads().unwrap(), 1);
    assert_eq!(context.max_sockets().unwrap(), 1023);
    assert_eq!(context.socket_limit().unwrap(), 65_535);
    assert_eq!(context.thread_sched_policy().unwrap(), -1);
    assert_eq!(context.max_msgsz().unwrap(), i32::MAX);
    assert_eq!(context.msg_t_size().unwrap(), 64);
    assert_eq!(context.thread_name_prefix().unwrap(), 0);
    assert!(context.blocky().unwrap());
    assert!(!context.ipv6().unwrap());
}

#[test]
fn what_is_set_is_read_back() {
    let _deadline = deadline(30);
    macro_rules! round_trips {
        ($($option:ident $get:ident $set:ident: $($value:expr),+;)*) => {$($(
            let context = Context::new().unwrap();
            context.set(zmq::$option, $value).unwrap();
            assert_eq!(context.get(zmq::$option).unwrap(), $value, stringify!($option));
            let context = Context::new().unwrap();
            context.$set($value).unwrap();
            assert_eq!(context.$get().unwrap(), $value, stringify!($option));
        )+)*};
    }
    round_trips! {
        IO_THREADS io_threads set_io_threads: 0, 1, 8;
        MAX_SOCKETS max_sockets set_max_sockets: 1, 1024;
        MAX_MSGSZ max_msgsz set_max_msgsz: 0, i32::MAX;
        THREAD_SCHED_POLICY thread_sched_policy set_thread_sched_policy: 0;
        THREAD_NAME_PREFIX thread_name_prefix set_thread_name_prefix: 0, i32::MAX;
        BLOCKY blocky set_blocky: false, true;
    }
    let context = Context::with_io_threads(3).unwrap();
    assert_eq!(context.io_threads().unwrap(), 3);
    context.set_thread_priority(0).unwrap();
    context.add_thread_affinity_cpu(0).unwrap();
    context.remove_thread_affinity_cpu(0).unwrap();
    context.set_ipv6(true).unwrap();
    assert!(context.ipv6().unwrap() && context.socket(zmq::PAIR).unwrap().ipv6().unwrap());
    context.set_ipv6(false).unwrap();
    assert!(!context.socket(zmq::PAIR).unwrap().ipv6().unwrap());
}

#[test]
fn what_is_out_of_range() {
    let _deadline = deadline(30);
    let context = Context::new().unwrap();
    let text = |name, what| format!("set context option {name}: invalid argument (EINVAL); {what}");
    refused(context.set_io_threads(-1), &text("IO_THREADS", "-1 is out of range: at least 0"));
    refused(Context::with_io_threads(-1).map(drop), &text("IO_THREADS", "-1 is out of range: at least 0"));
    refused(context.set_max_sockets(0), &text("MAX_SOCKETS", "0 is out of range: 1 to 1048576"));
    // libzmq takes it, and ends the process when the first socket is made: that is more than memory has.
    refused(context.set_max_sockets(i32::MAX), &text("MAX_SOCKETS", "2147483647 is out of range: 1 to 1048576"));
    refused(context.set_max_msgsz(-1), &text("MAX_MSGSZ", "-1 is out of range: at least 0"));
    refused(context.set_thread_priority(-1), &text("THREAD_PRIORITY", "-1 is out of range: at least 0"));
    refused(context.set_thread_sched_policy(-1), &text("THREAD_SCHED_POLICY", "-1 is out of range: at least 0"));
    refused(context.set_thread_name_prefix(-1), &text("THREAD_NAME_PREFIX", "-1 is out of range: at least 0"));
    refused(context.add_thread_affinity_cpu(-1), &text("THREAD_AFFINITY_CPU_ADD", "-1 is out of range: at least 0"));
    refused(
        context.remove_thread_affinity_cpu(-1),
        &text("THREAD_AFFINITY_CPU_REMOVE", "-1 is out of range: at least 0"),
    );
    refused(context.remove_thread_affinity_cpu(0), &text("THREAD_AFFINITY_CPU_REMOVE", "CPU 0 was not added"));
}

#[test]
fn the_first_socket_starts_the_threads() {
    let _deadline = deadline(30);
    let context = Context::new().unwrap();
    drop(context.socket(zmq::PAIR).unwrap());
    for (result, name) in [
        (context.set_io_threads(2), "IO_THREADS"),
        (context.set_max_sockets(2), "MAX_SOCKETS"),
        (context.set_thread_priority(0), "THREAD_PRIORITY"),
        (context.set_thread_sched_policy(0), "THREAD_SCHED_POLICY"),
        (context.add_thread_affinity_cpu(0), "THREAD_AFFINITY_CPU_ADD"),
        (context.remove_thread_affinity_cpu(0), "THREAD_AFFINITY_CPU_REMOVE"),
        (context.set_thread_name_prefix(1), "THREAD_NAME_PREFIX"),
    ] {
        let text = format!(
            "set context option {name}: invalid argument (EINVAL); it is too late: the context has made a socket, which starts \
             its threads"
        );
        refused(result, &text);
    }
    assert_eq!(context.io_threads().unwrap(), 1);
    // The others are for what comes.
    context.set_blocky(false).unwrap();
    context.set_ipv6(true).unwrap();
    context.set_max_msgsz(1).unwrap();
}

#[test]
fn a_full_context_says_so() {
    let _deadline = deadline(30);
    let context = Context::new().unwrap();
    context.set_max_sockets(2).unwrap();
    let sockets = [context.socket(zmq::PAIR).unwrap(), context.socket(zmq::PAIR).unwrap()];
    let error = context.socket(zmq::PAIR).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::TooManyOpen);
    assert_eq!(
        error.to_string(),
        "socket: too many open files or sockets (EMFILE); the context has its 2 sockets: see the context option MAX_SOCKETS"
    );
    drop(sockets);
    support::eventually("room for a socket", || context.socket(zmq::PAIR).ok());
}

#[test]
fn without_io_threads_there_is_inproc() {
    let _deadline = deadline(30);
    let context = Context::with_io_threads(0).unwrap();
    let (pull, push) = support::Transport::Inproc.pair(&context, zmq::PULL, zmq::PUSH);
    push.send("x").unwrap();
    assert_eq!(pull.recv_string().unwrap(), "x");
    let error = pull.bind("tcp://127.0.0.1:*").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NoThread);
    let context = Context::new().unwrap();
    let pull = context.socket(zmq::PULL).unwrap();
    pull.set_affinity(1 << 63).unwrap();
    assert_eq!(pull.bind("tcp://127.0.0.1:*").unwrap_err().kind(), ErrorKind::NoThread);
}

/// libzmq takes these and aborts the process when the threads start.
#[test]
#[cfg(unix)]
fn what_the_system_refuses_is_an_error() {
    let _deadline = deadline(60);
    child("refused", 40, || {
        let context = Context::new().unwrap();
        let error = context.set_thread_sched_policy(99).unwrap_err();
        assert!(error.to_string().contains("does not let a thread have policy 99"), "{error}");
        assert_eq!(context.thread_sched_policy().unwrap(), -1);
        if cfg!(target_os = "linux") {
            let error = context.add_thread_affinity_cpu(999).unwrap_err();
            assert!(error.to_string().contains("does not let a thread run on CPU 999"), "{error}");
            assert!(context.add_thread_affinity_cpu(i32::MAX).is_err());
        }
        context.set_thread_sched_policy(libc::SCHED_FIFO).unwrap();
        assert!(context.set_thread_priority(1_000_000).is_err());
        // A policy with priorities needs one.
        let error = context.socket(zmq::PAIR).unwrap_err();
        assert!(error.to_string().contains("set THREAD_PRIORITY, too"), "{error}");
        context.set_thread_sched_policy(libc::SCHED_OTHER).unwrap();
        context.socket(zmq::PAIR).unwrap();
    })
    .succeeds();
}

#[test]
fn many_io_threads_are_refused_and_not_fatal() {
    let _deadline = deadline(60);
    child("threads", 40, || {
        let context = Context::with_io_threads(i32::MAX).unwrap();
        let error = context.socket(zmq::PAIR).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::TooManyOpen, "{error}");
    })
    .succeeds();
}

/// The threads of the process by name, and where they may run.
#[cfg(target_os = "linux")]
fn threads() -> Vec<(String, String)> {
    let tasks = std::fs::read_dir("/proc/self/task").unwrap();
    let read = |path: std::path::PathBuf| std::fs::read_to_string(path).unwrap_or_default();
    tasks
        .map(|task| {
            let task = task.unwrap().path();
            let status = read(task.join("status"));
            let cpus = status.lines().find_map(|line| line.strip_prefix("Cpus_allowed_list:"));
            (read(task.join("comm")).trim().to_owned(), cpus.unwrap_or_default().trim().to_owned())
        })
        .collect()
}

#[test]
#[cfg(target_os = "linux")]
fn threads_have_their_name_and_cpu() {
    let _deadline = deadline(60);
    child("names", 40, || {
        let context = Context::with_io_threads(2).unwrap();
        context.set_thread_name_prefix(42).unwrap();
        let cpu = (0..1024).find(|cpu| context.add_thread_affinity_cpu(*cpu).is_ok()).unwrap();
        let _socket = context.socket(zmq::PAIR).unwrap();
        // A thread names itself when it starts.
        support::eventually("the names", || {
            let ours: Vec<_> = threads().into_iter().filter(|(name, _)| name.starts_with("42/ZMQbg/")).collect();
            let named = |name: &str| ours.iter().any(|(is, _)| is == name);
            let all = named("42/ZMQbg/Reaper") && named("42/ZMQbg/IO/0") && named("42/ZMQbg/IO/1");
            let placed = ours.iter().all(|(_, cpus)| *cpus == cpu.to_string());
            (all && placed).then_some(())
        });
        let plain = Context::new().unwrap();
        let _socket = plain.socket(zmq::PAIR).unwrap();
        support::eventually("names without a prefix", || {
            threads().iter().any(|(name, _)| name == "ZMQbg/IO/0").then_some(())
        });
    })
    .succeeds();
}

#[test]
fn sockets_start_with_the_defaults_of_their_context() {
    let _deadline = deadline(30);
    let context = Context::new().unwrap();
    let before = context.socket(zmq::PUSH).unwrap();
    context.setsockopt(zmq::LINGER, Duration::from_millis(7)).unwrap();
    context.setsockopt(zmq::LINGER, 5).unwrap();
    context.setsockopt(zmq::SNDHWM, 9).unwrap();
    context.setsockopt(zmq::SUBSCRIBE, "a").unwrap();
    context.setsockopt(zmq::SUBSCRIBE, "b").unwrap();
    context.setsockopt(zmq::CONFLATE, true).unwrap();
    context.setsockopt(zmq::ROUTER_MANDATORY, true).unwrap();
    assert_eq!(context.getsockopt(zmq::LINGER).unwrap(), Some(Some(Duration::from_millis(5))));
    assert_eq!(context.getsockopt(zmq::RCVHWM).unwrap(), None);
    assert_eq!((before.linger().unwrap(), before.sndhwm().unwrap()), (None, 1000));
    for &kind in SocketType::ALL {
        let socket = context.socket(kind).unwrap();
        assert_eq!(socket.linger().unwrap(), Some(Duration::from_millis(5)), "{kind}");
        assert_eq!(socket.sndhwm().unwrap(), 9, "{kind}");
        if let Ok(conflate) = socket.conflate() {
            assert!(conflate, "{kind}");
        }
    }
    let router = context.socket(zmq::ROUTER).unwrap();
    assert!(router.send_multipart(["nobody", "x"]).is_err());
    let error = context.setsockopt(zmq::SNDHWM, -1).unwrap_err();
    assert_eq!(
        error.to_string(),
        "set context option SNDHWM: invalid argument (EINVAL); -1 is out of range: at least 0"
    );

    let topics = Context::new().unwrap();
    topics.setsockopt(zmq::SUBSCRIBE, "a").unwrap();
    topics.setsockopt(zmq::SUBSCRIBE, "b").unwrap();
    let (publisher, subscriber) = support::Transport::Inproc.pair(&topics, zmq::XPUB, zmq::SUB);
    assert_eq!(publisher.recv().unwrap(), b"\x01a"[..]);
    assert_eq!(publisher.recv().unwrap(), b"\x01b"[..]);
    publisher.send("beta").unwrap();
    assert_eq!(subscriber.recv_string().unwrap(), "beta");
}

#[test]
fn a_context_that_is_not_blocky_makes_sockets_that_do_not_linger() {
    let _deadline = deadline(30);
    let context = Context::new().unwrap();
    let before = context.socket(zmq::PUSH).unwrap();
    context.set_blocky(false).unwrap();
    assert_eq!(before.linger().unwrap(), None);
    let push = context.socket(zmq::PUSH).unwrap();
    assert_eq!(push.linger().unwrap(), Some(Duration::ZERO));
    push.connect("tcp://127.0.0.1:1").unwrap();
    push.send("never read").unwrap();
    drop((before, push));
    context.term_timeout(Duration::from_secs(5)).unwrap();
}

#[test]
fn a_terminated_context_has_no_options() {
    let _deadline = deadline(30);
    let context = Context::new().unwrap();
    context.term().unwrap();
    assert!(context.set_max_msgsz(1).unwrap_err().is_terminated());
    assert!(context.max_msgsz().unwrap_err().is_terminated());
    assert!(context.thread_sched_policy().unwrap_err().is_terminated());
}

//! Options of contexts.

use zmq::{Context, ErrorKind};

use crate::support::{Transport, deadline};

fn context() -> Context {
    Context::new().unwrap()
}

#[test]
fn ctx_option_max_sockets() {
    let _deadline = deadline(30);
    assert_eq!(context().max_sockets().unwrap(), 1023);
}

/// A libzmq that was built to use `select` would say FD_SETSIZE - 1.
#[test]
fn ctx_option_socket_limit() {
    let _deadline = deadline(30);
    assert_eq!(context().socket_limit().unwrap(), 65_535);
}

#[test]
fn ctx_option_io_threads() {
    let _deadline = deadline(30);
    assert_eq!(context().io_threads().unwrap(), 1);
}

#[test]
fn ctx_option_ipv6() {
    let _deadline = deadline(30);
    assert!(!context().ipv6().unwrap());
}

#[test]
fn ctx_option_msg_t_size() {
    let _deadline = deadline(30);
    let size = usize::try_from(context().msg_t_size().unwrap()).unwrap();
    assert_eq!(size, size_of::<zmq_sys::zmq_msg_t>());
}

#[test]
fn ctx_option_ipv6_set() {
    let _deadline = deadline(30);
    let context = context();
    context.set_ipv6(true).unwrap();
    assert!(context.ipv6().unwrap());
}

#[cfg(target_os = "linux")]
#[test]
fn ctx_thread_opts() {
    let _deadline = deadline(30);
    let context = context();
    // The defaults, which say "as the system has it", are not to be set.
    assert_eq!(context.set_thread_sched_policy(-1).unwrap_err().kind(), ErrorKind::InvalidArgument);
    assert_eq!(context.set_thread_priority(-1).unwrap_err().kind(), ErrorKind::InvalidArgument);
    context.set_thread_sched_policy(libc::SCHED_OTHER).unwrap();
    assert_eq!(context.thread_sched_policy().unwrap(), libc::SCHED_OTHER);
    // Where the system does not allow it libzmq would abort as soon as there is a socket.
    if let Err(error) = context.set_thread_priority(1) {
        assert_eq!(error.kind(), ErrorKind::PermissionDenied, "{error}");
    }
    // The first CPUs may not be there, or not be ours.
    let taken: Vec<_> = [0, 1].into_iter().filter(|cpu| context.add_thread_affinity_cpu(*cpu).is_ok()).collect();
    if taken.contains(&1) {
        context.remove_thread_affinity_cpu(1).unwrap();
    }
    context.set_thread_name_prefix(1234).unwrap();
    assert_eq!(context.thread_name_prefix().unwrap(), 1234);

    // And so the threads are.
    let _socket = context.socket(zmq::PAIR).unwrap();
    let named = |task: &std::path::PathBuf| {
        std::fs::read_to_string(task.join("comm")).is_ok_and(|name| name.starts_with("1234/"))
    };
    let threads = crate::support::eventually("the I/O thread and the reaper have their names", || {
        let tasks = std::fs::read_dir("/proc/self/task").ok()?.filter_map(|task| Some(task.ok()?.path()));
        Some(tasks.filter(named).collect()).filter(|threads: &Vec<_>| threads.len() == 2)
    });
    for thread in threads {
        let status = std::fs::read_to_string(thread.join("status")).unwrap();
        let cpus = status.lines().find_map(|line| line.strip_prefix("Cpus_allowed_list:")).map(str::trim);
        assert!(!taken.contains(&0) || cpus == Some("0"), "{cpus:?}");
    }
}

/// The default for LINGER.
#[test]
fn ctx_option_blocky() {
    let _deadline = deadline(30);
    let context = context();
    context.set_ipv6(true).unwrap();
    let router = context.socket(zmq::ROUTER).unwrap();
    assert!(router.ipv6().unwrap());
    assert_eq!(router.linger().unwrap(), None);
    router.close().unwrap();

    context.set_blocky(false).unwrap();
    assert!(!context.blocky().unwrap());
    let router = context.socket(zmq::ROUTER).unwrap();
    assert_eq!(router.linger().unwrap(), Some(std::time::Duration::ZERO));
}

/// Whether large messages are received into memory that they share: a draft, though in every build, set by the raw handle. They
/// arrive either way.
#[allow(unsafe_code, reason = "the option has no safe name")]
#[test]
fn ctx_zero_copy() {
    /// ZMQ_ZERO_COPY_RECV (zmq.h, among the drafts).
    const ZERO_COPY_RECV: i32 = 10;
    let _deadline = deadline(30);
    let context = context();
    // SAFETY: the context lives, and options are numbers.
    let zero_copy = || unsafe { zmq_sys::zmq_ctx_get(context.as_ptr(), ZERO_COPY_RECV) };
    // SAFETY: as above.
    let set = |value| unsafe { zmq_sys::zmq_ctx_set(context.as_ptr(), ZERO_COPY_RECV, value) };
    assert_eq!(zero_copy(), 1);
    assert_eq!((set(0), zero_copy()), (0, 0));
    let (pull, push) = Transport::Tcp.pair(&context, zmq::PULL, zmq::PUSH);
    for text in ["abcd", &"0123456789".repeat(5)] {
        push.send(text).unwrap();
        assert_eq!(pull.recv().unwrap(), text);
    }
    assert_eq!((set(1), zero_copy()), (0, 1));
}

//! The configuration of libzmq for each target.

#[path = "../build/platform.rs"]
mod platform;

use platform::{Probe, Target, configure, needs_platform_header};

fn target(os: &'static str, env: &'static str, arch: &'static str) -> Target<'static> {
    Target { os, env, arch }
}

/// `NAME=value` for each define, with everything that is probed present.
fn configured(os: &'static str, env: &'static str, arch: &'static str) -> Vec<String> {
    let found = configure(target(os, env, arch), &mut |_| true).expect("a known system");
    found.defines.into_iter().map(|(name, value)| format!("{name}={value}")).collect()
}

fn assert_has(defines: &[String], names: &[&str]) {
    for name in names {
        assert!(defines.contains(&format!("{name}=1")), "{name} is missing from {defines:?}");
    }
}

fn assert_lacks(defines: &[String], names: &[&str]) {
    for name in names {
        assert!(!defines.contains(&format!("{name}=1")), "{name} is in {defines:?}");
    }
}

const EVERY_UNIX: [&str; 14] = [
    "HAVE_CLOCK_GETTIME",
    "HAVE_FORK",
    "HAVE_IF_NAMETOINDEX",
    "HAVE_MKDTEMP",
    "HAVE_POSIX_MEMALIGN",
    "HAVE_STRNLEN",
    "NDEBUG",
    "ZMQ_HAVE_IPC",
    "ZMQ_HAVE_NOEXCEPT",
    "ZMQ_HAVE_PPOLL",
    "ZMQ_HAVE_SO_KEEPALIVE",
    "ZMQ_HAVE_STRUCT_SOCKADDR_UN",
    "ZMQ_HAVE_UIO",
    "ZMQ_POLL_BASED_ON_POLL",
];

const EVERY_LINUX: [&str; 14] = [
    "HAVE_ACCEPT4",
    "ZMQ_HAVE_BUSY_POLL",
    "ZMQ_HAVE_EVENTFD",
    "ZMQ_HAVE_EVENTFD_CLOEXEC",
    "ZMQ_HAVE_LINUX",
    "ZMQ_HAVE_SOCK_CLOEXEC",
    "ZMQ_HAVE_SO_BINDTODEVICE",
    "ZMQ_HAVE_SO_PEERCRED",
    "ZMQ_HAVE_SO_PRIORITY",
    "ZMQ_HAVE_TCP_KEEPCNT",
    "ZMQ_HAVE_TCP_KEEPIDLE",
    "ZMQ_HAVE_TCP_KEEPINTVL",
    "ZMQ_IOTHREAD_POLLER_USE_EPOLL",
    "ZMQ_IOTHREAD_POLLER_USE_EPOLL_CLOEXEC",
];

#[test]
fn linux() {
    for env in ["gnu", "musl"] {
        let defines = configured("linux", env, "x86_64");
        assert_has(&defines, &EVERY_UNIX);
        assert_has(&defines, &EVERY_LINUX);
        assert_has(&defines, &["ZMQ_HAVE_IFADDRS", "ZMQ_HAVE_PTHREAD_SETNAME_2", "ZMQ_HAVE_PTHREAD_SET_AFFINITY"]);
        assert_has(&defines, &["ZMQ_HAVE_TIPC"]);
        assert_lacks(&defines, &["ZMQ_HAVE_ANDROID", "HAVE_LIBUNWIND", "ZMQ_HAVE_LIBBSD"]);
    }
}

#[test]
fn musl_always_had_strlcpy_and_glibc_is_tried_elsewhere() {
    assert_has(&configured("linux", "musl", "aarch64"), &["ZMQ_HAVE_STRLCPY"]);
    assert_lacks(&configured("linux", "gnu", "aarch64"), &["ZMQ_HAVE_STRLCPY"]);
}

#[test]
fn android() {
    let defines = configured("android", "", "aarch64");
    assert_has(&defines, &EVERY_UNIX);
    assert_has(&defines, &EVERY_LINUX);
    assert_has(&defines, &["ZMQ_HAVE_ANDROID", "ZMQ_HAVE_STRLCPY"]);
    // Its C library has neither; interfaces are found without getifaddrs.
    assert_lacks(&defines, &["ZMQ_HAVE_PTHREAD_SET_AFFINITY", "ZMQ_HAVE_IFADDRS"]);
}

#[test]
fn apple() {
    for os in ["macos", "ios"] {
        let defines = configured(os, "", "aarch64");
        assert_has(&defines, &EVERY_UNIX);
        assert_has(
            &defines,
            &[
                "ZMQ_HAVE_IFADDRS",
                "ZMQ_HAVE_LOCAL_PEERCRED",
                "ZMQ_HAVE_OSX",
                "ZMQ_HAVE_PTHREAD_SETNAME_1",
                "ZMQ_HAVE_STRLCPY",
                "ZMQ_HAVE_TCP_KEEPALIVE",
                "ZMQ_HAVE_TCP_KEEPCNT",
                "ZMQ_HAVE_TCP_KEEPINTVL",
                "ZMQ_IOTHREAD_POLLER_USE_KQUEUE",
            ],
        );
        assert_lacks(
            &defines,
            &["HAVE_ACCEPT4", "ZMQ_HAVE_EVENTFD", "ZMQ_HAVE_SOCK_CLOEXEC", "ZMQ_HAVE_TCP_KEEPIDLE", "ZMQ_HAVE_LINUX"],
        );
    }
}

#[test]
fn bsds() {
    let own = [
        ("freebsd", "ZMQ_HAVE_FREEBSD"),
        ("dragonfly", "ZMQ_HAVE_DRAGONFLY"),
        ("netbsd", "ZMQ_HAVE_NETBSD"),
        ("openbsd", "ZMQ_HAVE_OPENBSD"),
    ];
    for (os, name) in own {
        let defines = configured(os, "", "x86_64");
        assert_has(&defines, &EVERY_UNIX);
        assert_has(&defines, &["HAVE_ACCEPT4", "ZMQ_HAVE_IFADDRS", "ZMQ_HAVE_SOCK_CLOEXEC", "ZMQ_HAVE_STRLCPY", name]);
        assert_has(&defines, &["ZMQ_IOTHREAD_POLLER_USE_KQUEUE"]);
        assert_lacks(&defines, &["ZMQ_HAVE_LINUX", "ZMQ_HAVE_SO_BINDTODEVICE", "ZMQ_IOTHREAD_POLLER_USE_EPOLL"]);
    }
    // getifaddrs is behind ZMQ_HAVE_FREEBSD there.
    assert_has(&configured("dragonfly", "", "x86_64"), &["ZMQ_HAVE_FREEBSD"]);
    assert_has(&configured("netbsd", "", "x86_64"), &["ZMQ_HAVE_PTHREAD_SETNAME_3"]);
    assert_has(&configured("openbsd", "", "x86_64"), &["ZMQ_HAVE_SO_PEERCRED"]);
    assert_lacks(&configured("openbsd", "", "x86_64"), &["ZMQ_HAVE_TCP_KEEPIDLE"]);
}

#[test]
fn windows() {
    for env in ["msvc", "gnu"] {
        let defines = configured("windows", env, "x86_64");
        assert_has(&defines, &["HAVE_IF_NAMETOINDEX", "NDEBUG", "ZMQ_HAVE_NOEXCEPT", "ZMQ_HAVE_WINDOWS"]);
        assert_lacks(&defines, &["HAVE_FORK", "HAVE_POSIX_MEMALIGN", "ZMQ_HAVE_IPC", "ZMQ_HAVE_UIO"]);
    }
}

#[test]
fn what_the_name_does_not_tell_is_probed() {
    let cases = [
        ("linux", Probe::Tipc, "ZMQ_HAVE_TIPC"),
        ("android", Probe::Tipc, "ZMQ_HAVE_TIPC"),
        ("macos", Probe::LocalPeercred, "ZMQ_HAVE_LOCAL_PEERCRED"),
        ("freebsd", Probe::LocalPeercred, "ZMQ_HAVE_LOCAL_PEERCRED"),
        ("freebsd", Probe::Eventfd, "ZMQ_HAVE_EVENTFD"),
        ("freebsd", Probe::ThreadName, "ZMQ_HAVE_PTHREAD_SETNAME_2"),
        ("netbsd", Probe::KeventIntptr, "ZMQ_NETBSD_KEVENT_UDATA_INTPTR_T"),
    ];
    for (os, question, name) in cases {
        let found = configure(target(os, "", "x86_64"), &mut |asked| asked != question).expect("a known system");
        assert!(!found.defines.contains(&(name, "1")), "{os} has {name} whatever the compiler says");
        assert_has(&configured(os, "", "x86_64"), &[name]);
    }
}

#[test]
fn what_libzmq_forgets_is_made_up_for() {
    let found = |os, env| configure(target(os, env, "x86_64"), &mut |_| true).expect("a known system");
    assert_eq!(found("windows", "gnu").undefined, ["ZMQ_HAVE_IPC"]);
    assert!(found("windows", "msvc").undefined.is_empty());
    for os in ["macos", "freebsd", "dragonfly"] {
        assert_eq!(found(os, "").headers, ["sys/un.h"], "{os}");
    }
    assert!(found("linux", "gnu").headers.is_empty());
}

#[test]
fn queues_are_aligned_to_cache_lines() {
    let sizes = [
        ("linux", "x86_64", "64"),
        ("linux", "aarch64", "64"),
        ("macos", "aarch64", "128"),
        ("linux", "powerpc64", "128"),
        ("linux", "s390x", "256"),
    ];
    for (os, arch, size) in sizes {
        let wanted = format!("ZMQ_CACHELINE_SIZE={size}");
        assert!(configured(os, "", arch).contains(&wanted), "{os} {arch}");
    }
}

#[test]
fn nothing_is_defined_twice() {
    for os in ["linux", "android", "macos", "freebsd", "dragonfly", "netbsd", "openbsd", "windows"] {
        let mut names = configured(os, "gnu", "x86_64");
        let count = names.len();
        names.sort();
        names.dedup();
        assert_eq!(names.len(), count, "{os}");
    }
}

#[test]
fn an_unknown_system_is_refused_by_name() {
    assert_eq!(configure(target("wasi", "", "wasm32"), &mut |_| true), Err("wasi".to_owned()));
}

#[test]
fn systems_that_zeromq_src_does_not_know_get_a_header() {
    for os in ["netbsd", "openbsd", "dragonfly"] {
        assert!(needs_platform_header(target(os, "", "x86_64")), "{os}");
    }
    for os in ["linux", "android", "macos", "freebsd", "windows"] {
        assert!(!needs_platform_header(target(os, "", "x86_64")), "{os}");
    }
}

//! What each target has, as the defines that libzmq's own `configure` would find.
//!
//! A pure function from target facts, tested in `tests/platform.rs`; what the facts do not tell is asked of the caller,
//! who has a compiler. Names and conditions are those of libzmq 4.3.5's `builds/cmake/platform.hpp.in` and
//! `configure.ac`. Left out on purpose: `ZMQ_HAVE_ATOMIC_INTRINSICS` (C++11 atomics are used instead),
//! `ZMQ_HAVE_GETRANDOM` and `ZMQ_HAVE_O_CLOEXEC` (4.3.5 reads neither), `ZMQ_HAVE_STRLCPY` on glibc (depends on its
//! version, and `zeromq-src` tries it).

/// A target as Cargo describes it to build scripts, in `CARGO_CFG_TARGET_*`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Target<'a> {
    /// `CARGO_CFG_TARGET_OS`: `linux`, `macos`, `windows`, …
    pub(crate) os: &'a str,
    /// `CARGO_CFG_TARGET_ENV`: `gnu`, `musl`, `msvc` or nothing.
    pub(crate) env: &'a str,
    /// `CARGO_CFG_TARGET_ARCH`: `x86_64`, `aarch64`, …
    pub(crate) arch: &'a str,
}

/// A question about the target's headers that its name does not answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Probe {
    /// Is `<linux/tipc.h>` installed, with the names that libzmq uses?
    Tipc,
    /// Do `<sys/un.h>` and `<sys/ucred.h>` declare `LOCAL_PEERCRED` and `struct xucred`?
    LocalPeercred,
    /// Is there an `eventfd` with `EFD_CLOEXEC`? FreeBSD has it from 13, NetBSD from 10.
    Eventfd,
    /// Does `<pthread.h>` declare `pthread_setname_np` with two arguments? FreeBSD does from 12.2.
    ThreadName,
    /// Is `kevent`'s `udata` an `intptr_t`? NetBSD had it so up to 9.
    KeventIntptr,
}

/// One preprocessor definition.
pub(crate) type Define = (&'static str, &'static str);

/// How the preprocessor is to be set up for a target.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Configuration {
    /// What to define.
    pub(crate) defines: Vec<Define>,
    /// What `zeromq-src` defines and 4.3.5 does not compile with.
    pub(crate) undefined: Vec<&'static str>,
    /// Headers to include everywhere, since 4.3.5 uses what they declare and forgets to.
    pub(crate) headers: Vec<&'static str>,
}

/// Which systems a family of the tables below covers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Family {
    Linux,
    Android,
    Apple,
    FreeBsd,
    DragonFly,
    NetBsd,
    OpenBsd,
    Windows,
}

/// Every Unix libzmq runs on has these.
const UNIX: &[&str] = &[
    "ZMQ_POLL_BASED_ON_POLL",
    "ZMQ_HAVE_PPOLL",
    "ZMQ_HAVE_IPC",
    "ZMQ_HAVE_STRUCT_SOCKADDR_UN",
    "ZMQ_HAVE_UIO",
    "ZMQ_HAVE_SO_KEEPALIVE",
    "HAVE_FORK",
    "HAVE_CLOCK_GETTIME",
    "HAVE_POSIX_MEMALIGN",
    "HAVE_MKDTEMP",
    "HAVE_STRNLEN",
    "HAVE_IF_NAMETOINDEX",
];

/// Linux with any C library; Android too.
const LINUX: &[&str] = &[
    "ZMQ_HAVE_LINUX",
    "ZMQ_IOTHREAD_POLLER_USE_EPOLL",
    "ZMQ_IOTHREAD_POLLER_USE_EPOLL_CLOEXEC",
    "ZMQ_HAVE_EVENTFD",
    "ZMQ_HAVE_EVENTFD_CLOEXEC",
    "ZMQ_HAVE_SOCK_CLOEXEC",
    "HAVE_ACCEPT4",
    "ZMQ_HAVE_SO_PEERCRED",
    "ZMQ_HAVE_SO_BINDTODEVICE",
    "ZMQ_HAVE_SO_PRIORITY",
    "ZMQ_HAVE_BUSY_POLL",
    "ZMQ_HAVE_TCP_KEEPCNT",
    "ZMQ_HAVE_TCP_KEEPIDLE",
    "ZMQ_HAVE_TCP_KEEPINTVL",
];

/// glibc and musl have these; Android's C library has not, or libzmq takes another way there.
const LINUX_DESKTOP: &[&str] = &["ZMQ_HAVE_IFADDRS", "ZMQ_HAVE_PTHREAD_SETNAME_2", "ZMQ_HAVE_PTHREAD_SET_AFFINITY"];

/// What macOS and the BSDs share.
const KQUEUE: &[&str] = &["ZMQ_IOTHREAD_POLLER_USE_KQUEUE", "ZMQ_HAVE_IFADDRS", "ZMQ_HAVE_STRLCPY"];

/// What the BSDs have beyond macOS.
const BSD: &[&str] = &["ZMQ_HAVE_SOCK_CLOEXEC", "HAVE_ACCEPT4"];

/// The keepalive options of every BSD but OpenBSD.
const BSD_KEEPALIVE: &[&str] = &["ZMQ_HAVE_TCP_KEEPCNT", "ZMQ_HAVE_TCP_KEEPIDLE", "ZMQ_HAVE_TCP_KEEPINTVL"];

/// `TCP_KEEPALIVE` is what Apple calls `TCP_KEEPIDLE`.
const APPLE: &[&str] = &[
    "_DARWIN_C_SOURCE",
    "ZMQ_HAVE_OSX",
    "ZMQ_HAVE_TCP_KEEPALIVE",
    "ZMQ_HAVE_TCP_KEEPCNT",
    "ZMQ_HAVE_TCP_KEEPINTVL",
    "ZMQ_HAVE_PTHREAD_SETNAME_1",
];

/// Windows from Vista; whether it has `ipc://` depends on `<afunix.h>`, which `zeromq-src` tries.
const WINDOWS: &[&str] = &[
    "ZMQ_HAVE_WINDOWS",
    "ZMQ_IOTHREAD_POLLER_USE_EPOLL",
    "ZMQ_POLL_BASED_ON_POLL",
    "ZMQ_HAVE_STRUCT_SOCKADDR_UN",
    "HAVE_IF_NAMETOINDEX",
];

/// Returns the complete configuration of libzmq for `target`, asking `has` what the target's name does not tell.
///
/// # Errors
///
/// Returns the name of an operating system that there is no configuration for.
pub(crate) fn configure(target: Target<'_>, has: &mut dyn FnMut(Probe) -> bool) -> Result<Configuration, String> {
    let family = family(target.os).ok_or_else(|| target.os.to_owned())?;
    let mut configuration = Configuration::default();
    let mut names = vec!["ZMQ_HAVE_NOEXCEPT"];
    if family != Family::Windows {
        names.extend(UNIX);
    }
    let probe = |present: bool, name: &'static str| present.then_some(name);
    match family {
        Family::Linux => {
            names.extend(LINUX.iter().chain(LINUX_DESKTOP));
            names.extend(probe(has(Probe::Tipc), "ZMQ_HAVE_TIPC"));
            // zeromq-src tries it for glibc only: every other C library of Linux has always had it.
            names.extend(probe(target.env != "gnu", "ZMQ_HAVE_STRLCPY"));
        }
        Family::Android => {
            names.extend(LINUX);
            names.extend(["ZMQ_HAVE_ANDROID", "ZMQ_HAVE_STRLCPY"]);
            names.extend(probe(has(Probe::Tipc), "ZMQ_HAVE_TIPC"));
        }
        Family::Apple => {
            names.extend(KQUEUE.iter().chain(APPLE));
            local_peercred(has, &mut names, &mut configuration);
        }
        Family::FreeBsd | Family::DragonFly => {
            names.push("ZMQ_HAVE_FREEBSD");
            names.extend(probe(family == Family::DragonFly, "ZMQ_HAVE_DRAGONFLY"));
            names.extend(KQUEUE.iter().chain(BSD).chain(BSD_KEEPALIVE));
            names.extend(probe(has(Probe::ThreadName), "ZMQ_HAVE_PTHREAD_SETNAME_2"));
            names.extend(eventfd(has));
            local_peercred(has, &mut names, &mut configuration);
        }
        Family::NetBsd => {
            names.extend(["ZMQ_HAVE_NETBSD", "ZMQ_HAVE_PTHREAD_SETNAME_3"]);
            names.extend(KQUEUE.iter().chain(BSD).chain(BSD_KEEPALIVE));
            names.extend(probe(has(Probe::KeventIntptr), "ZMQ_NETBSD_KEVENT_UDATA_INTPTR_T"));
            names.extend(eventfd(has));
        }
        Family::OpenBsd => {
            names.extend(["ZMQ_HAVE_OPENBSD", "ZMQ_HAVE_SO_PEERCRED"]);
            names.extend(KQUEUE.iter().chain(BSD));
        }
        Family::Windows => {
            names.extend(WINDOWS);
            if target.env == "gnu" {
                // ipc_address.hpp looks for <afunix.h> under MSVC only.
                configuration.undefined.push("ZMQ_HAVE_IPC");
            }
        }
    }
    configuration.defines.extend(names.into_iter().map(|name| (name, "1")));
    if family != Family::Windows {
        configuration.defines.push(("ZMQ_CACHELINE_SIZE", cacheline(family, target.arch)));
    }
    // As in libzmq's own release builds. Its `zmq_assert` does not heed it, and stays.
    configuration.defines.push(("NDEBUG", "1"));
    Ok(configuration)
}

/// stream_engine_base.cpp uses `LOCAL_PEERCRED` without the header that declares it, so that even libzmq's own
/// configuration never finds it on macOS and FreeBSD.
fn local_peercred(
    has: &mut dyn FnMut(Probe) -> bool,
    names: &mut Vec<&'static str>,
    configuration: &mut Configuration,
) {
    if has(Probe::LocalPeercred) {
        names.push("ZMQ_HAVE_LOCAL_PEERCRED");
        configuration.headers.push("sys/un.h");
    }
}

/// Whether `zeromq-src` knows this system well enough to supply the (empty) `platform.hpp` that libzmq includes.
#[must_use]
pub(crate) fn needs_platform_header(target: Target<'_>) -> bool {
    matches!(family(target.os), Some(Family::NetBsd | Family::OpenBsd | Family::DragonFly))
}

fn family(os: &str) -> Option<Family> {
    Some(match os {
        "linux" => Family::Linux,
        "android" => Family::Android,
        "macos" | "ios" | "tvos" | "watchos" | "visionos" => Family::Apple,
        "freebsd" => Family::FreeBsd,
        "dragonfly" => Family::DragonFly,
        "netbsd" => Family::NetBsd,
        "openbsd" => Family::OpenBsd,
        "windows" => Family::Windows,
        _ => return None,
    })
}

fn eventfd(has: &mut dyn FnMut(Probe) -> bool) -> &'static [&'static str] {
    if has(Probe::Eventfd) { &["ZMQ_HAVE_EVENTFD", "ZMQ_HAVE_EVENTFD_CLOEXEC"] } else { &[] }
}

/// The alignment that keeps the two ends of a queue apart.
fn cacheline(family: Family, arch: &str) -> &'static str {
    match arch {
        "s390x" => "256",
        "powerpc64" => "128",
        "aarch64" if family == Family::Apple => "128",
        _ => "64",
    }
}

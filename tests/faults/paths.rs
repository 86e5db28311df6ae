//! Full disks, folders that are gone, and whatever else is wrong with the path of an ipc endpoint.

use std::ffi::CString;
use std::io::{Error, Result};
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use tempfile::TempDir;
use zmq::{Context, ErrorKind, Kind, Socket};

use crate::namespaces::{pass_on, skip};
use crate::process::{impatient, until_connected};
use crate::role::{role, say};
use crate::support::{child, deadline, eventually, temp_dir, unique};

/// A folder of the test's own, or one inside of it; dropping undoes what is mounted there.
#[derive(Debug)]
pub(crate) struct Folder {
    path: PathBuf,
    _own: Option<TempDir>,
}

fn c(path: impl AsRef<Path>) -> CString {
    CString::new(path.as_ref().as_os_str().as_bytes()).expect("no NUL")
}

fn check(answer: libc::c_int) -> Result<()> {
    if answer == 0 { Ok(()) } else { Err(Error::last_os_error()) }
}

impl Folder {
    pub(crate) fn new() -> Self {
        let own = temp_dir();
        Self { path: own.path().to_owned(), _own: Some(own) }
    }

    /// One of that name in this, which need not exist.
    fn inside(&self, name: &str) -> Self {
        Self { path: self.path.join(name), _own: None }
    }

    /// What this thread, and those that it starts, mount from now on nobody else sees.
    pub(crate) fn in_namespace_of_its_own() -> Result<Self> {
        // SAFETY: takes no memory; what the thread sees of files stays the same.
        check(unsafe { libc::unshare(libc::CLONE_NEWNS) })?;
        let flags = libc::MS_REC | libc::MS_PRIVATE;
        // SAFETY: null is "as it is" for what a change of propagation does not need.
        check(unsafe { libc::mount(std::ptr::null(), c"/".as_ptr(), std::ptr::null(), flags, std::ptr::null()) })?;
        Ok(Self::new())
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    pub(crate) fn ipc(&self, name: &str) -> String {
        format!("ipc://{}", self.path.join(name).display())
    }

    /// Has the file stand in the place of another.
    pub(crate) fn show_as(&self, file: &Path, place: &str) {
        let (file, place) = (c(file), c(place));
        // SAFETY: four strings that live, or null where a bind mount needs none.
        let answer =
            unsafe { libc::mount(file.as_ptr(), place.as_ptr(), std::ptr::null(), libc::MS_BIND, std::ptr::null()) };
        check(answer).unwrap();
    }

    /// Puts a file system there that holds no more than that, or changes the one that is there.
    fn mount(&self, flags: libc::c_ulong, options: &str) -> Result<()> {
        let (place, options) = (c(&self.path), c(options));
        // SAFETY: four strings that live.
        let answer = unsafe {
            libc::mount(c"tmpfs".as_ptr(), place.as_ptr(), c"tmpfs".as_ptr(), flags, options.as_ptr().cast())
        };
        check(answer)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // SAFETY: a string that lives; where nothing is mounted, nothing is undone.
        unsafe { libc::umount2(c(&self.path).as_ptr(), libc::MNT_DETACH) };
    }
}

#[track_caller]
fn talk<A: zmq::Receiver, B: zmq::Sender>(pull: &Socket<A>, push: &Socket<B>) {
    push.send("x").unwrap();
    assert_eq!(pull.recv_timeout(20_000).unwrap(), "x");
}

fn socket<K: zmq::IntoKind>(context: &Context, kind: K) -> Socket<K::Kind>
where
    K::Kind: Kind,
{
    let socket = context.socket(kind).unwrap();
    impatient(&socket);
    socket
}

#[test]
fn a_full_file_system_is_an_error_until_there_is_room() {
    let _deadline = deadline(60);
    let output = child("", 50, || {
        let folder = match Folder::in_namespace_of_its_own().and_then(|folder| {
            // The root takes one, so there is room for two.
            folder.mount(0, "size=4k,nr_inodes=3")?;
            Ok(folder)
        }) {
            Ok(folder) => folder,
            Err(error) => return skip(&format!("there is no file system of its own: {error}")),
        };
        let context = Context::new().unwrap();
        let (pull, other, push) =
            (socket(&context, zmq::PULL), socket(&context, zmq::PULL), socket(&context, zmq::PUSH));
        pull.bind(&folder.ipc("one")).unwrap();
        push.connect(&folder.ipc("one")).unwrap();
        std::fs::write(folder.path().join("two"), "").unwrap();
        let error = other.bind(&folder.ipc("three")).unwrap_err();
        assert_eq!(error.errno(), libc::ENOSPC, "{error}");
        assert!(error.to_string().contains(&folder.ipc("three")), "{error}");
        // The same where libzmq makes a folder of its own for the path.
        // SAFETY: this process has only this thread, and libzmq's, which read no environment.
        unsafe { std::env::set_var("TMPDIR", folder.path()) };
        let error = other.bind("ipc://*").unwrap_err();
        assert_eq!(error.errno(), libc::ENOSPC, "{error}");
        talk(&pull, &push);
        std::fs::remove_file(folder.path().join("two")).unwrap();
        other.bind(&folder.ipc("three")).unwrap();
        push.connect(&folder.ipc("three")).unwrap();

        other.unbind(&folder.ipc("three")).unwrap();
        folder.mount(libc::MS_REMOUNT | libc::MS_RDONLY, "").unwrap();
        let error = other.bind(&folder.ipc("three")).unwrap_err();
        assert!(matches!(error.errno(), libc::EROFS | libc::EADDRINUSE), "{error}");
        let error = other.bind(&folder.ipc("four")).unwrap_err();
        assert_eq!(error.errno(), libc::EROFS, "{error}");
        // Whoever is bound and connected goes on, and ends.
        talk(&pull, &push);
        pull.unbind(&folder.ipc("one")).unwrap();
        drop((pull, other, push));
        context.term_timeout(10_000).unwrap();
    })
    .succeeds();
    pass_on(&output);
}

#[test]
fn a_folder_that_is_gone() {
    let _deadline = deadline(60);
    let folder = Folder::new();
    let inner = folder.inside("inner");
    let context = Context::new().unwrap();
    let (pull, push, late) = (socket(&context, zmq::PULL), socket(&context, zmq::PUSH), socket(&context, zmq::PUSH));
    let error = pull.bind(&inner.ipc("socket")).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
    assert!(error.to_string().contains("the directory of the path does not exist"), "{error}");

    std::fs::create_dir(inner.path()).unwrap();
    pull.bind(&inner.ipc("socket")).unwrap();
    push.connect(&inner.ipc("socket")).unwrap();
    talk(&pull, &push);
    std::fs::remove_dir_all(inner.path()).unwrap();
    // Who is connected is connected; nobody else finds the socket, however often it looks.
    talk(&pull, &push);
    let monitor = late.monitor(zmq::EVENT_CONNECT_RETRIED).unwrap();
    late.connect(&inner.ipc("socket")).unwrap();
    for _ in 0..3 {
        monitor.recv_timeout(20_000).unwrap();
    }
    // Bound anew it is found.
    pull.unbind(&inner.ipc("socket")).unwrap();
    std::fs::create_dir(inner.path()).unwrap();
    pull.bind(&inner.ipc("socket")).unwrap();
    talk(&pull, &late);
    talk(&pull, &push);
}

#[test]
fn what_a_killed_program_has_left_is_replaced() {
    let _deadline = deadline(60);
    let server = role("server", |arguments| {
        let context = Context::new().unwrap();
        let pull = context.socket(zmq::PULL).unwrap();
        pull.bind(arguments[0]).unwrap();
        say("bound");
        let _ = pull.recv();
    });
    let folder = Folder::new();
    let endpoint = folder.ipc("socket");
    let context = Context::new().unwrap();
    for _ in 0..3 {
        let mut killed = server.start(&[&endpoint]);
        killed.expect("bound");
        let error = socket(&context, zmq::PULL).bind(&endpoint).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::AddressInUse);
        killed.kill();
        assert!(folder.path().join("socket").exists());
        let pull = socket(&context, zmq::PULL);
        pull.bind(&endpoint).unwrap();
        let push = socket(&context, zmq::PUSH);
        push.connect(&endpoint).unwrap();
        talk(&pull, &push);
        pull.unbind(&endpoint).unwrap();
        eventually("it is given back", || socket(&context, zmq::PULL).bind(&endpoint).ok());
        eventually("nobody is bound", || {
            let gone = std::os::unix::net::UnixStream::connect(folder.path().join("socket")).is_err();
            gone.then_some(())
        });
    }
}

#[test]
fn paths_that_are_too_long_or_not_allowed() {
    let _deadline = deadline(60);
    let output = child("", 50, || {
        let folder = Folder::new();
        let context = Context::new().unwrap();
        let (pull, push) = (socket(&context, zmq::PULL), socket(&context, zmq::PUSH));
        let error = pull.bind(&folder.ipc(&"x".repeat(200))).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NameTooLong, "{error}");
        assert!(push.connect(&folder.ipc(&"x".repeat(200))).is_err());
        let open = folder.inside("open");
        std::fs::create_dir(open.path()).unwrap();
        for (path, mode) in [(folder.path(), 0o755), (open.path(), 0o777)] {
            std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
        }
        pull.bind(&folder.ipc("private")).unwrap();
        let private = folder.path().join("private");
        std::fs::set_permissions(&private, std::fs::Permissions::from_mode(0o600)).unwrap();
        if become_nobody().is_err() {
            return skip("only root can become somebody else");
        }
        let error = socket(&context, zmq::PULL).bind(&folder.ipc("refused")).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::PermissionDenied, "{error}");
        socket(&context, zmq::PULL).bind(&open.ipc("allowed")).unwrap();
        // To connect is not refused: it is tried, again and again.
        let monitor = push.monitor(zmq::EVENT_CONNECT_RETRIED | zmq::EVENT_HANDSHAKE_SUCCEEDED).unwrap();
        push.connect(&folder.ipc("private")).unwrap();
        for _ in 0..3 {
            let event = monitor.recv_timeout(20_000).unwrap().unwrap().event;
            assert!(matches!(event, zmq::Event::ConnectRetried { .. }), "{event:?}");
        }
        become_root();
        std::fs::set_permissions(&private, std::fs::Permissions::from_mode(0o666)).unwrap();
        until_connected(&monitor, 1);
        talk(&pull, &push);
    })
    .succeeds();
    pass_on(&output);
}

/// Lets all threads of the process be of no use to themselves.
fn become_nobody() -> Result<()> {
    // SAFETY: takes numbers only.
    check(unsafe { libc::setresuid(65534, 65534, 0) })
}

fn become_root() {
    // SAFETY: takes numbers only.
    check(unsafe { libc::setresuid(0, 0, 0) }).unwrap();
}

/// Unix sockets have no place on a file system in Linux's abstract namespace, so nothing of this can go wrong there.
#[test]
fn an_abstract_name_needs_no_file_system() {
    let _deadline = deadline(30);
    let context = Context::new().unwrap();
    let (pull, push) = (socket(&context, zmq::PULL), socket(&context, zmq::PUSH));
    let endpoint = format!("ipc://@{}", unique("rszmq-faults"));
    pull.bind(&endpoint).unwrap();
    push.connect(&endpoint).unwrap();
    talk(&pull, &push);
    let error = socket(&context, zmq::PULL).bind(&endpoint).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::AddressInUse, "{error}");
}

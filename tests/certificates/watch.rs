//! What happened to the files of a directory since it is watched, as the kernel tells it.

use std::ffi::CString;
use std::fs::File;
use std::io::Read as _;
use std::os::fd::FromRawFd as _;
use std::os::unix::ffi::OsStrExt as _;
use std::path::Path;

pub(crate) struct Watch(File);

impl Watch {
    pub(crate) fn new(dir: &Path) -> Self {
        // SAFETY: it takes no pointers.
        let descriptor = unsafe { libc::inotify_init1(libc::IN_CLOEXEC | libc::IN_NONBLOCK) };
        assert!(descriptor >= 0);
        let path = CString::new(dir.as_os_str().as_bytes()).unwrap();
        // SAFETY: the path is a string of C, and lives until the call returns.
        let added = unsafe { libc::inotify_add_watch(descriptor, path.as_ptr(), libc::IN_ALL_EVENTS) };
        assert!(added >= 0);
        // SAFETY: the descriptor was just made, and nobody else has it.
        Self(unsafe { File::from_raw_fd(descriptor) })
    }

    /// Each event's mask and the file's name.
    pub(crate) fn events(&mut self) -> Vec<(u32, String)> {
        let mut bytes = vec![0; 64 << 10];
        let length = self.0.read(&mut bytes).unwrap_or(0);
        let mut events = Vec::new();
        let mut rest = &bytes[..length];
        // struct inotify_event: wd, mask, cookie, len, and as many bytes of a name.
        while let [_, _, _, _, a, b, c, d, _, _, _, _, e, f, g, h, more @ ..] = rest {
            let (name, more) = more.split_at(u32::from_ne_bytes([*e, *f, *g, *h]) as usize);
            let name = name.split(|byte| *byte == 0).next().unwrap_or_default();
            events.push((u32::from_ne_bytes([*a, *b, *c, *d]), String::from_utf8_lossy(name).into_owned()));
            rest = more;
        }
        events
    }
}

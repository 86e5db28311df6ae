//! `zmq::auth`'s certificates: what is written, who can read it, and what is said about files that are none.
//!
//! Where libzmq has no CURVE there is little to say.
#![cfg(unix)]

#[path = "../support/mod.rs"]
mod support;

mod files;
mod pairs;
#[cfg(target_os = "linux")]
mod watch;

use std::fs;
use std::path::{Path, PathBuf};

use support::temp_dir;
use tempfile::TempDir;
use zmq::Error;

/// The pair of keys in `zmq_curve`'s manual.
pub(crate) const PUBLIC: &str = "Yne@$w-vo<fVvi]a<NY6T1ed:M$fCG*[IaLV{hID";
pub(crate) const SECRET: &str = "D:)Q[IlAW!ahhC2ac:9*A}h:p?([4%wOTJ%JR%cs";
/// And the other one's public key.
pub(crate) const OTHER: &str = "rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf7";

/// A directory of the test's own.
pub(crate) struct Dir(TempDir);

impl Dir {
    pub(crate) fn new() -> Self {
        Self(temp_dir())
    }

    pub(crate) fn path(&self) -> &Path {
        self.0.path()
    }

    pub(crate) fn file(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path().join(name);
        fs::write(&path, content).unwrap();
        path
    }

    /// The names in it, in their order.
    pub(crate) fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(self.path()).unwrap();
        let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }
}

/// What an error says, whichever way it is asked: never a part of the secret key that a leak would be.
#[track_caller]
pub(crate) fn said(error: &Error) -> String {
    let said = format!("{error}");
    for text in [&said, &format!("{error:?}"), &format!("{error:#?}")] {
        assert!(!text.contains(&SECRET[..10]) && !text.contains(&SECRET[20..30]), "{text}");
    }
    said
}

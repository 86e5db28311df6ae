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
use std::path::PathBuf;

use support::unique;
use zmq::Error;

/// The pair of keys in `zmq_curve`'s manual.
pub(crate) const PUBLIC: &str = "Yne@$w-vo<fVvi]a<NY6T1ed:M$fCG*[IaLV{hID";
pub(crate) const SECRET: &str = "D:)Q[IlAW!ahhC2ac:9*A}h:p?([4%wOTJ%JR%cs";
/// And the other one's public key.
pub(crate) const OTHER: &str = "rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf7";

/// A directory that is gone in the end, with all that is in it.
pub(crate) struct Dir(pub(crate) PathBuf);

impl Dir {
    pub(crate) fn new() -> Self {
        let path = std::env::temp_dir().join(unique("rszmq-certificates"));
        fs::create_dir(&path).unwrap();
        Self(path)
    }

    pub(crate) fn file(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.0.join(name);
        fs::write(&path, content).unwrap();
        path
    }

    /// The names in it, in their order.
    pub(crate) fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(&self.0).unwrap();
        let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }
}

impl Drop for Dir {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
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

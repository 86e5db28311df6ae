//! Finds an installed libzmq with pkg-config, and holds it against the features that are on.

use std::path::Path;

use pkg_config::{Config, Library};

use crate::linked::Linked;

pub(crate) fn find(out: &Path) -> Result<Linked, String> { let _ = out; Err("todo".into()) }

//! The table in `README.md` is right.

use crate::support::deadline;

/// The files of libzmq 4.3.5's `tests/` are in `files.txt`.
#[test]
fn is_right() {
    let _deadline = deadline(60);
    crate::tables::check("libzmq", include_str!("files.txt"));
}

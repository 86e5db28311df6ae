//! The table in `README.md` is right.

use crate::support::deadline;

/// pyzmq 27.3's test functions are in `functions.txt`: a line for each file.
#[test]
fn is_right() {
    let _deadline = deadline(60);
    crate::tables::check("pyzmq", include_str!("functions.txt"));
}

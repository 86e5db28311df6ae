//! What libzmq's own tests ask of it, asked of this crate: a module for each of them, named after its file without `test_`.
//!
//! README.md has the table: every C++ file and test function, and its counterpart here or the reason why there is none.
#![cfg(unix)]

#[path = "../support/mod.rs"]
mod support;

// a to h

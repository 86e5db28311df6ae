//! Whatever comes from a file or a peer, `zmq::auth` reads it or refuses it, and lets nobody in who should not be.
//!
//! The inputs are random and the same each time; `fuzz` looks for others.

#[path = "../support/mod.rs"]
mod support;

mod addresses;
mod authenticator;
mod certificates;
mod random;
mod requests;

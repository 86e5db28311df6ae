//! The crate and the real pyzmq, side by side: each of the example programs with its Python counterpart on the other side, both
//! ways round, and what the two must agree on byte for byte.
//!
//! The tests make their own Python environment under `target/`. Where there is no Python, or nothing to install pyzmq from, they
//! say so in one line and pass; with `RSZMQ_REQUIRE_INTEROP=1` they fail.
#![cfg(unix)]

#[path = "../support/mod.rs"]
mod support;

mod asyncio;
mod brokers;
mod configuration;
mod curve;
mod epgm;
mod heartbeat;
mod helper;
mod messages;
mod patterns;
mod programs;
mod python;
mod reconnect;
mod security;
mod websocket;

//! What happens when everything around fails: peers, networks, disks, limits, clocks and signals. What each test shows is said in
//! words in the module `zmq::faults` of the documentation.
//!
//! Some tests need more than every machine gives: root, network namespaces, a C compiler, many descriptors. Where that is missing
//! they say so in one line and pass; with `RSZMQ_REQUIRE_INTEROP=1` they fail. `RSZMQ_STRESS=10` makes the counts ten times as large.
#![cfg(target_os = "linux")]

#[path = "../support/mod.rs"]
mod support;

mod clocks;
mod crowd;
mod descriptors;
mod forks;
mod frozen;
mod interrupts;
mod killed;
mod limits;
mod namespaces;
mod network;
mod paths;
mod process;
mod role;
mod slow;

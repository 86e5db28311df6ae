//! What a safe program can do: any calls in any order, on sockets of every kind in several contexts. Nothing aborts, panics, hangs or
//! is left over, every error is one that the documentation knows, and what was not sent comes back.
#![no_main]

#[path = "../input.rs"]
mod input;
mod messages;
mod options;
mod scenes;
mod sockets;

use std::time::Duration;

use input::Input;
use libfuzzer_sys::fuzz_target;
use sockets::World;

/// What went well. An error has to be of a kind that is listed.
pub fn known<T>(answer: zmq::Result<T>) -> Option<T> {
    match answer {
        Ok(value) => Some(value),
        Err(error) => {
            let shown = error.to_string();
            assert!(!matches!(error.kind(), zmq::ErrorKind::Other(_)), "{shown}");
            None
        }
    }
}

fn descriptors() -> usize {
    std::fs::read_dir("/proc/self/fd").map_or(0, Iterator::count)
}

fuzz_target!(|data: &[u8]| {
    let before = descriptors();
    {
        let mut world = World::new();
        let mut input = Input(data);
        for _ in 0..60 {
            if input.is_empty() {
                break;
            }
            world.step(&mut input);
        }
        world.end();
    }
    // All contexts are gone, and so is what they had. A thread that the proxies of a process have may still be ending.
    let mut tries = 0;
    while descriptors() > before.max(30) {
        tries += 1;
        assert!(tries < 500, "{} descriptors, and {before} before", descriptors());
        std::thread::sleep(Duration::from_millis(2));
    }
});

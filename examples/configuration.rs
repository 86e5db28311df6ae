//! The options that programs in production set, each set and read back.
//!
//! ```sh
//! cargo run --example configuration
//! ```
//!
//! In Python: `python/configuration.py`.

use std::time::Duration;

fn main() -> zmq::Result<()> {
    let context = zmq::Context::new()?;
    let socket = context.socket(zmq::DEALER)?;

    // How many messages may wait for each peer. Before bind and connect, as the rest.
    socket.set(zmq::SNDHWM, 1000)?;
    socket.set(zmq::RCVHWM, 1000)?;

    // Closing drops what is unsent.
    socket.set(zmq::LINGER, 0)?;

    // A lost connection is made again after 100 ms, then after twice as long each time, up to 30 s.
    socket.set(zmq::RECONNECT_IVL, 100)?;
    socket.set(zmq::RECONNECT_IVL_MAX, 30_000)?;

    // Asks the peer once a second whether it lives, and gives it up if nothing came for 5 s.
    socket.set(zmq::HEARTBEAT_IVL, 1000)?;
    socket.set(zmq::HEARTBEAT_TIMEOUT, 5000)?;

    // `send` and `recv` wait for at most 5 s.
    socket.set(zmq::SNDTIMEO, 5000)?;
    socket.set(zmq::RCVTIMEO, 5000)?;

    // The system, too, looks after connections that were silent for 300 s.
    socket.set(zmq::TCP_KEEPALIVE, 1)?;
    socket.set(zmq::TCP_KEEPALIVE_IDLE, 300)?;

    // Read back, times are `Duration`s (they may be when they are set, too), and what may be unset is an `Option`.
    println!("SNDHWM = {}", socket.get(zmq::SNDHWM)?);
    println!("RCVHWM = {}", socket.get(zmq::RCVHWM)?);
    println!("LINGER = {}", milliseconds(socket.get(zmq::LINGER)?));
    println!("RECONNECT_IVL = {}", milliseconds(socket.get(zmq::RECONNECT_IVL)?));
    println!("RECONNECT_IVL_MAX = {}", milliseconds(socket.get(zmq::RECONNECT_IVL_MAX)?));
    println!("HEARTBEAT_IVL = {}", milliseconds(socket.get(zmq::HEARTBEAT_IVL)?));
    println!("HEARTBEAT_TIMEOUT = {}", milliseconds(socket.get(zmq::HEARTBEAT_TIMEOUT)?));
    println!("SNDTIMEO = {}", milliseconds(socket.get(zmq::SNDTIMEO)?));
    println!("RCVTIMEO = {}", milliseconds(socket.get(zmq::RCVTIMEO)?));
    println!("TCP_KEEPALIVE = {}", socket.get(zmq::TCP_KEEPALIVE)?.map_or(-1, i32::from));
    println!("TCP_KEEPALIVE_IDLE = {}", milliseconds(socket.get(zmq::TCP_KEEPALIVE_IDLE)?) / 1000);
    Ok(())
}

/// As pyzmq reads it: -1 is for ever.
fn milliseconds(time: Option<Duration>) -> i128 {
    time.map_or(-1, |time| time.as_millis() as i128)
}

//! Peers in processes of their own, which are killed in the middle of what they do.

use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::content::{Numbers, check, message};
use crate::load::{Load, Outcome, Run, context};

/// What a peer's process is called with.
pub(crate) const PEER: &str = "--peer";

/// How many messages a peer sends before it waits for the replies.
const WINDOW: u64 = 16;

/// Ends the process, whatever becomes of this one.
struct Peer(Child);

impl Drop for Peer {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A ROUTER that answers a peer until it kills it, and then the next.
pub(crate) fn killed(run: &Run, load: &Load) -> Outcome {
    let context = context()?;
    let router = context.socket(zmq::ROUTER)?;
    let place = load.transport.bind(&router)?;
    let mut numbers = Numbers::new(6);
    // Messages of the last one may still come.
    let mut stream = 0_u64;
    while run.goes_on() {
        stream += 1;
        let mut command = Command::new(std::env::current_exe()?);
        command.args([PEER, &place.endpoint, &stream.to_string()]).stdin(Stdio::null()).stdout(Stdio::null());
        let mut peer = Peer(command.spawn()?);
        let lives_for = 200 + numbers.below(2000);
        let started = Instant::now();
        let mut number = 0;
        while number < lives_for {
            let [id, from, body] = match router.recv_frames_timeout(100) {
                Err(error) if error.is_again() => {
                    if let Some(status) = peer.0.try_wait()? {
                        return Err(format!("peer {stream} ended by itself: {status}").into());
                    }
                    if started.elapsed() > Duration::from_secs(120) {
                        return Err(format!("peer {stream} did not send message {number}").into());
                    }
                    continue;
                }
                frames => frames?,
            };
            if from != stream.to_le_bytes()[..] {
                continue;
            }
            load.sent();
            check(stream, number, &body)?;
            load.received(body.len());
            router.send_multipart((id, body))?;
            number += 1;
        }
        drop(peer);
        load.round();
    }
    Ok(())
}

/// The peer: sends, and checks the replies, until it is killed.
pub(crate) fn peer(endpoint: &str, stream: &str) -> Outcome {
    let stream: u64 = stream.parse()?;
    let context = context()?;
    let dealer = context.socket(zmq::DEALER)?;
    dealer.connect(endpoint)?;
    for number in 0.. {
        dealer.send_multipart((stream.to_le_bytes(), message(stream, number)))?;
        if number >= WINDOW {
            check(stream, number - WINDOW, &dealer.recv()?)?;
        }
    }
    Ok(())
}

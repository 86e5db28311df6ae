//! Calls that take more than one socket, or another thread.

use std::time::Duration;

use zmq::{Dynamic, POLLIN, POLLOUT, PollEvents, Poller, Proxy, Socket, Timers};

use crate::input::Input;
use crate::sockets::World;
use crate::{known, messages};

pub fn play(world: &mut World, input: &mut Input<'_>) {
    match input.byte() % 8 {
        0 | 1 => poller(world, input),
        2 => select(world, input),
        3 => proxy(world, input),
        4 => elsewhere(world, input),
        5 => timers(input),
        6 => device(world, input),
        _ => asynchronous(world, input),
    }
}

const EVENTS: [PollEvents; 5] = [POLLIN, POLLOUT, PollEvents::NONE, zmq::POLLERR, zmq::POLLPRI];

fn poller(world: &World, input: &mut Input<'_>) {
    let mut poller = Poller::new();
    for _ in 0..input.byte() % 12 {
        let how = input.byte();
        if how > 220 {
            if let Some(monitor) = world.monitors.front() {
                known(poller.register(monitor, POLLIN));
            }
            continue;
        }
        let Some(socket) = world.socket(input) else { return };
        match how % 6 {
            0..=2 => drop(known(poller.register(socket, input.pick(&EVENTS) | input.pick(&EVENTS)))),
            3 => drop(known(poller.modify(socket, input.pick(&EVENTS)))),
            4 => drop(known(poller.unregister(socket))),
            _ => {
                if !poller.is_empty() {
                    let count = poller.len();
                    if let Some(ready) = known(poller.poll(i32::from(input.byte() & 1))) {
                        assert!(ready.len() <= count);
                        let _ = (ready.contains(socket), ready.events(socket), ready.iter().count());
                    }
                }
            }
        }
        assert_eq!(poller.len(), poller.sources().count());
    }
}

fn select(world: &World, input: &mut Input<'_>) {
    let (Some(one), Some(two)) = (world.socket(input), world.socket(input)) else { return };
    known(zmq::select(&[one.into(), two.into()], &[two.into()], &[], 1).map(|_| ()));
}

/// A proxy that is steered, ended, and whose sockets live on.
fn proxy(world: &World, input: &mut Input<'_>) {
    let (Some(front), Some(back)) = (world.socket(input), world.socket(input)) else { return };
    let Some(mut proxy) = known(Proxy::new(front, back)) else { return };
    let how = input.byte();
    if how & 1 != 0 {
        if let Some(capture) = world.socket(input) {
            proxy = proxy.capture(capture);
            if how & 2 != 0 {
                proxy = proxy.prefixes("in", "out");
            }
        }
    }
    if how & 4 != 0 {
        if let Some(control) = world.socket(input) {
            proxy = proxy.control(control);
        }
    }
    let handle = proxy.handle();
    let steps: Vec<u8> = (0..input.byte() % 5).map(|_| input.byte()).collect();
    std::thread::scope(|scope| {
        scope.spawn(move || {
            for step in steps {
                match step % 4 {
                    0 => handle.pause(),
                    1 => handle.resume(),
                    2 => drop(handle.statistics()),
                    _ => std::thread::sleep(Duration::from_micros(500)),
                }
            }
            handle.terminate();
        });
        known(proxy.run());
    });
}

/// In another thread, for a while or to stay.
fn elsewhere(world: &mut World, input: &mut Input<'_>) {
    if world.sockets.is_empty() {
        return;
    }
    let at = usize::from(input.byte()) % world.sockets.len();
    let socket = world.sockets.swap_remove(at);
    let piece = input.piece().to_vec();
    let stays = input.byte() > 200;
    let thread = std::thread::spawn(move || {
        let mut input = crate::input::Input(&piece);
        while !input.is_empty() {
            if input.flag() {
                messages::send(&socket, &mut input);
            } else {
                messages::recv(&socket, &mut input);
            }
        }
        (!stays).then_some(socket)
    });
    if let Some(socket) = thread.join().expect("it does not panic") {
        world.sockets.push(socket);
    }
}

fn timers(input: &mut Input<'_>) {
    let mut timers = Timers::new();
    let mut ids = Vec::new();
    for _ in 0..input.byte() % 10 {
        let interval = Duration::from_micros(u64::from(input.byte()) * 20);
        match input.byte() % 6 {
            0 | 1 => {
                let kind = input.byte();
                let added = timers.add(interval, move |timers, id| match kind % 4 {
                    0 => drop(known(timers.cancel(id))),
                    1 => drop(known(timers.set_interval(id, interval))),
                    2 => drop(known(timers.add(interval, |_, _| {}))),
                    _ => drop(known(timers.reset(id))),
                });
                ids.extend(known(added));
            }
            2 => drop(timers.execute()),
            3 => drop(ids.first().map(|id| known(timers.reset(*id)))),
            4 => drop(ids.pop().map(|id| known(timers.cancel(id)))),
            _ => drop(ids.last().map(|id| known(timers.set_interval(*id, interval)))),
        }
        let _ = (timers.timeout(), timers.len());
    }
}

/// A proxy in a thread of its own.
fn device(world: &World, input: &mut Input<'_>) {
    let kinds = zmq::SocketType::ALL;
    let mut kind = || kinds[usize::from(input.byte()) % kinds.len()];
    let (front, back) = (kind(), kind());
    let context = world.context(input);
    let Some(device) = known(zmq::ThreadProxy::new(&context, front, back)) else { return };
    known(device.bind_in("inproc://a"));
    known(device.connect_out("inproc://b"));
    if let Some(running) = known(device.start()) {
        if input.flag() {
            let _ = running.is_alive();
            known(running.stop());
        }
    }
}

/// To a raw handle and back.
#[allow(unsafe_code)]
pub fn through_raw(socket: Socket<Dynamic>) -> Socket<Dynamic> {
    let raw = socket.into_raw();
    // SAFETY: it was just given away, and nobody else has it.
    unsafe { Socket::from_raw(raw, None) }.expect("of any kind")
}

/// Futures that are polled, and dropped whatever they say.
fn asynchronous(world: &World, input: &mut Input<'_>) {
    use std::future::Future;
    use std::pin::pin;
    use std::task::{Context, Waker};
    use zmq::asynchronous::{Context as AsyncContext, Manual};

    let context: AsyncContext<Manual> = world.context(input).into();
    let kinds = zmq::SocketType::ALL;
    let mut kind = || kinds[usize::from(input.byte()) % kinds.len()];
    let (Some(one), Some(two)) = (known(context.socket(kind())), known(context.socket(kind()))) else { return };
    known(one.bind("inproc://manual"));
    known(two.connect("inproc://manual"));
    let mut now = Context::from_waker(Waker::noop());
    for _ in 0..input.byte() % 8 {
        let how = input.byte();
        let socket = if how & 1 == 0 { &one } else { &two };
        match how >> 1 & 3 {
            0 => drop(pin!(socket.send(input.piece())).poll(&mut now)),
            1 => drop(pin!(socket.recv()).poll(&mut now)),
            2 => {
                let mut receiving = pin!(socket.recv_multipart());
                let _ = receiving.as_mut().poll(&mut now);
                socket.wake();
                let other = if how & 1 == 0 { &two } else { &one };
                known(other.try_send(input.piece()).map_err(Into::into));
                let _ = receiving.as_mut().poll(&mut now);
            }
            _ => socket.wake(),
        }
    }
}

//! The contexts and sockets of a program, and the calls that change which there are.

use std::collections::VecDeque;
use std::time::Duration;

use zmq::auth::{CURVE_ALLOW_ANY, ThreadAuthenticator};
use zmq::{Context, Dynamic, Monitor, Socket, SocketType};

use crate::input::Input;
use crate::{known, messages, options, scenes};

/// More would only be slower.
const MOST_SOCKETS: usize = 10;
const MOST_CONTEXTS: usize = 3;

pub struct World {
    pub contexts: Vec<Context>,
    /// Those that are left before their contexts.
    ended: Vec<Context>,
    pub sockets: Vec<Socket<Dynamic>>,
    pub monitors: VecDeque<Monitor>,
    authenticators: Vec<ThreadAuthenticator>,
    /// What something was bound to.
    endpoints: Vec<String>,
}

fn context(io_threads: i32) -> Context {
    let context = Context::with_io_threads(io_threads).expect("a number of threads");
    known(context.setsockopt(zmq::LINGER, 0)).expect("an option");
    known(context.setsockopt(zmq::RECONNECT_IVL, 1)).expect("an option");
    context.set_drop_timeout(5000);
    context
}

impl World {
    pub fn new() -> Self {
        Self {
            contexts: vec![context(1)],
            ended: Vec::new(),
            sockets: Vec::new(),
            monitors: VecDeque::new(),
            authenticators: Vec::new(),
            endpoints: Vec::new(),
        }
    }

    pub fn socket(&self, input: &mut Input<'_>) -> Option<&Socket<Dynamic>> {
        let chosen = usize::from(input.byte());
        self.sockets.get(chosen.checked_rem(self.sockets.len())?)
    }

    fn take(&mut self, input: &mut Input<'_>) -> Option<Socket<Dynamic>> {
        let chosen = usize::from(input.byte()).checked_rem(self.sockets.len())?;
        Some(self.sockets.swap_remove(chosen))
    }

    pub fn context(&self, input: &mut Input<'_>) -> Context {
        self.contexts[usize::from(input.byte()) % self.contexts.len()].clone()
    }

    /// An endpoint, mostly one that means something. None reaches beyond this machine, and none leaves a file.
    fn endpoint(&self, input: &mut Input<'_>) -> String {
        const FIXED: [&str; 24] = [
            "inproc://a",
            "inproc://b",
            "inproc://c",
            "inproc://a",
            "inproc://b",
            "inproc://c",
            "inproc://zeromq.zap.01",
            "ipc://*",
            "ipc://*",
            "tcp://127.0.0.1:*",
            "tcp://lo:*",
            "ws://127.0.0.1:*/x",
            "tcp://[::1]:*",
            "tcp://127.0.0.1",
            "tcp://127.0.0.1:0",
            "tcp://127.0.0.1:99999",
            "udp://127.0.0.1:5555",
            "inproc://",
            "",
            "tipc://{1,0,0}",
            "pgm://x",
            "ipc://@",
            "ws://127.0.0.1:1",
            "vmci://1:1",
        ];
        match input.byte() {
            0..=99 => input.pick(&FIXED).to_owned(),
            100..=219 if !self.endpoints.is_empty() => {
                self.endpoints[usize::from(input.byte()) % self.endpoints.len()].clone()
            }
            220..=229 => format!("ipc://@rszmq-api-{}-{}", std::process::id(), input.byte() % 4),
            230..=239 => format!("inproc://{}", input.text()),
            240..=244 => format!("ws://127.0.0.1:*/{}", "x".repeat(usize::from(input.byte()) * 40)),
            245..=249 => format!("tcp://127.0.0.1:{}", input.text()),
            _ => format!("x{}", input.text()),
        }
    }

    pub fn step(&mut self, input: &mut Input<'_>) {
        match input.byte() {
            0..=39 => self.open(input),
            40..=69 => self.bind(input),
            70..=99 => self.connect(input),
            100..=109 => {
                let endpoint = self.endpoint(input);
                if let Some(socket) = self.socket(input) {
                    known(if input.flag() { socket.unbind(&endpoint) } else { socket.disconnect(&endpoint) });
                }
            }
            110..=144 => {
                if let Some(socket) = self.socket(input) {
                    messages::send(socket, input);
                }
            }
            145..=174 => {
                if let Some(socket) = self.socket(input) {
                    messages::recv(socket, input);
                }
            }
            175..=189 => {
                if let Some(socket) = self.socket(input) {
                    options::set(socket, input);
                }
            }
            190..=192 => {
                if let Some(socket) = self.socket(input) {
                    options::get(socket);
                    let _ = format!("{socket:?}");
                }
            }
            193..=199 => self.secure(input),
            200..=209 => self.close(input),
            210..=216 => self.monitor(input),
            217..=223 => self.end_context(input),
            224..=226 => std::thread::sleep(Duration::from_millis(2)),
            _ => scenes::play(self, input),
        }
    }

    fn open(&mut self, input: &mut Input<'_>) {
        if input.byte() > 250 && self.contexts.len() < MOST_CONTEXTS {
            self.contexts.push(context(i32::from(input.byte() % 3)));
        }
        if self.sockets.len() < MOST_SOCKETS {
            let kind = match input.byte() {
                255 => SocketType::Other(input.number() as i32),
                kind => SocketType::ALL[usize::from(kind) % SocketType::ALL.len()],
            };
            if let Some(socket) = known(self.context(input).socket(kind)) {
                known(socket.set_rcvtimeo(1));
                known(socket.set_sndtimeo(1));
                self.sockets.push(socket);
            }
        }
    }

    fn bind(&mut self, input: &mut Input<'_>) {
        let endpoint = self.endpoint(input);
        let Some(socket) = self.socket(input) else { return };
        if known(socket.bind(&endpoint)).is_some() {
            if let Some(bound) = known(socket.last_endpoint()) {
                if self.endpoints.len() < 20 {
                    self.endpoints.push(bound);
                }
            }
        }
    }

    fn connect(&mut self, input: &mut Input<'_>) {
        let endpoint = self.endpoint(input);
        if let Some(socket) = self.socket(input) {
            known(socket.connect(&endpoint));
        }
    }

    fn secure(&mut self, input: &mut Input<'_>) {
        if input.byte() > 200 && self.authenticators.len() < 2 {
            let mut authenticator = ThreadAuthenticator::new(&self.context(input));
            known(authenticator.policy().allow([input.text()]));
            known(authenticator.policy().deny([input.text()]));
            authenticator.policy().configure_plain("*", [("ann", "secret")]);
            known(authenticator.policy().configure_curve("*", CURVE_ALLOW_ANY));
            if known(authenticator.start()).is_some() {
                self.authenticators.push(authenticator);
            }
            return;
        }
        if input.byte() > 240 {
            if let Some(mut authenticator) = self.authenticators.pop() {
                known(authenticator.stop());
            }
        }
        let Some(socket) = self.socket(input) else { return };
        match input.byte() % 6 {
            0 => drop(known(socket.set_plain_server(true))),
            1 => {
                known(socket.set_plain_username("ann"));
                known(socket.set_plain_password(input.text()));
            }
            2 => {
                known(socket.set_curve_server(true));
                known(socket.set_curve_secretkey([7; 32]));
            }
            3 => {
                let (public, secret) = known(zmq::curve_keypair()).expect("with CURVE");
                known(socket.set_curve_publickey(public));
                known(socket.set_curve_secretkey(secret));
                let server = known(zmq::curve_public(&zmq::CurveSecretKey::from_bytes([7; 32]))).expect("with CURVE");
                known(socket.set_curve_serverkey(server));
            }
            4 => drop(known(socket.set_zap_domain(input.text()))),
            _ => drop(known(socket.require_security(input.pick(&[zmq::Mechanism::Curve, zmq::Mechanism::Plain])))),
        }
    }

    fn close(&mut self, input: &mut Input<'_>) {
        let Some(socket) = self.take(input) else { return };
        match input.byte() % 6 {
            0 | 1 => drop(socket),
            2 => drop(known(socket.close())),
            3 => drop(known(socket.close_linger(i32::from(input.byte() % 3)))),
            4 => match socket.downcast::<zmq::Router>() {
                Ok(router) => drop(router.into_dynamic()),
                Err(socket) => self.sockets.push(socket),
            },
            _ => self.sockets.push(scenes::through_raw(socket)),
        }
    }

    fn monitor(&mut self, input: &mut Input<'_>) {
        match input.byte() % 6 {
            0..=2 => {
                let Some(socket) = self.socket(input) else { return };
                let events = if input.flag() { zmq::EVENT_ALL } else { zmq::EVENT_LISTENING | zmq::EVENT_CLOSED };
                let monitor = match input.byte() {
                    0..=250 => socket.monitor(events),
                    _ => socket.monitor_at(&self.endpoint(input), events),
                };
                if let Some(monitor) = known(monitor) {
                    self.monitors.push_back(monitor);
                }
            }
            3 => {
                if let Some(monitor) = self.monitors.front() {
                    while let Ok(Some(event)) = monitor.try_recv() {
                        let _ = event.to_string();
                    }
                }
            }
            4 => {
                if let Some(socket) = self.socket(input) {
                    socket.disable_monitor();
                }
            }
            _ => drop(self.monitors.pop_front()),
        }
        if self.monitors.len() > 4 {
            self.monitors.pop_front();
        }
    }

    fn end_context(&mut self, input: &mut Input<'_>) {
        let context = self.context(input);
        match input.byte() {
            0..=99 => drop(known(context.shutdown())),
            100..=139 => drop(known(context.term_timeout(i32::from(input.byte() & 1)))),
            140..=169 => drop(known(context.destroy(0))),
            170..=219 => {
                // Sockets keep it.
                if self.contexts.len() > 1 {
                    self.contexts.retain(|other| *other != context);
                }
            }
            _ => {
                known(context.set_max_sockets((input.number() as i32).clamp(-3, 30)));
                known(context.set_max_msgsz(input.number() as i32));
                known(context.set_io_threads((input.number() as i32).clamp(-2, 3)));
                known(context.set_blocky(input.flag()));
            }
        }
        if !self.ended.contains(&context) {
            self.ended.push(context.clone());
        }
        if context.is_terminated() && self.contexts.iter().all(Context::is_terminated) {
            self.contexts.insert(0, self::context(1));
            self.contexts.truncate(MOST_CONTEXTS);
        }
    }

    /// Everything is closed, and every context can end.
    pub fn end(mut self) {
        for mut authenticator in self.authenticators.drain(..) {
            known(authenticator.stop());
        }
        for socket in &self.sockets {
            known(socket.set_linger(0));
        }
        self.monitors.clear();
        self.sockets.clear();
        for context in self.contexts.drain(..).chain(self.ended.drain(..)) {
            context.term_timeout(10_000).expect("nothing is left");
        }
    }
}

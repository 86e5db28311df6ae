//! A proxy in a process.
//!
//! The process is this very program, started again: it is told by an environment variable that it is to be a proxy, by its standard
//! input which one, and that its parent has gone by the end of that.

use std::fmt;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::marker::PhantomData;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::time::{Duration, Instant};

use zeroize::Zeroizing;

use crate::context::Context;
use crate::error::{Error, Operation, Result};
use crate::message::Message;
use crate::option::codec::OptionValue;
use crate::option::{Encoded, OptionOf, Settable};
use crate::proxy::Proxy;
use crate::socket::kind::{Dynamic, IntoKind, Kind, Receiver, Sender, SocketType};
use crate::socket::{Socket, socket_options};

/// Says to a process that it is to be a proxy.
const VARIABLE: &str = "RSZMQ_PROCESS_PROXY";
/// Begins the line that a proxy's process answers with.
const ANSWER: &str = "rszmq-process-proxy";
/// How long a process may take to end before it is killed.
const PATIENCE: Duration = Duration::from_secs(5);
/// How long it may take to answer: a program that does not call `run_process_proxies` first may do anything, and never answer.
const START: Duration = Duration::from_secs(30);

/// The sockets of a proxy.
const IN: usize = 0;
const OUT: usize = 1;
const MON: usize = 2;
const CTRL: usize = 3;

/// What is to be done to a socket before the proxy starts.
enum Step {
    Bind(String),
    Connect(String),
    Set(i32, Encoded),
}

/// A [`Proxy`] in a process of its own, so that it has a processor and a fate of its own.
///
/// The process is this program, started again; so `main` must begin with [`run_process_proxies`], as a Python program that starts
/// processes must have its `if __name__ == "__main__"`. (Which is why the program here is not run with the documentation's others, but
/// as `examples/process_proxy.rs`.)
///
/// ```no_run
/// fn main() -> zmq::Result<()> {
///     zmq::run_process_proxies();
///
///     let mut queue = zmq::ProcessProxy::new(zmq::ROUTER, zmq::DEALER)?;
///     queue.bind_in("tcp://127.0.0.1:*");
///     queue.bind_out("tcp://127.0.0.1:*");
///     queue.setsockopt_in(zmq::RCVHWM, 10_000)?;
///     let queue = queue.start()?;
///     println!("clients: {}, workers: {}", queue.in_endpoint(), queue.out_endpoint());
///     queue.join()
/// }
/// ```
///
/// Only on Unix. pyzmq: `ProcessDevice`, `ProcessProxy`, `ProcessProxySteerable`, `ProcessMonitoredQueue`.
pub struct ProcessProxy<F: Kind, B: Kind> {
    kinds: [Option<SocketType>; 4],
    steps: Vec<(usize, Step)>,
    prefixes: Option<[Message; 2]>,
    sides: PhantomData<fn() -> (F, B)>,
}

fn encode<O: Settable, V: OptionValue<O::Codec>>(kind: SocketType, value: V) -> Result<Step> {
    O::ROW.check_kind(Operation::Set, kind)?;
    let value = value.encode().map_err(|fault| fault.explain(Operation::Set, O::ROW.name))?;
    Ok(Step::Set(O::ROW.number, value))
}

/// The methods for one of the sockets, under pyzmq's names.
macro_rules! side {
    ($place:ident, $kind:ident, $side:literal: $bind:ident $connect:ident $setsockopt:ident) => {
        #[doc = concat!("Binds the ", $side, " when the process starts.")]
        pub fn $bind(&mut self, endpoint: &str) {
            self.steps.push(($place, Step::Bind(endpoint.to_owned())));
        }

        #[doc = concat!("Connects the ", $side, " when the process starts.")]
        pub fn $connect(&mut self, endpoint: &str) {
            self.steps.push(($place, Step::Connect(endpoint.to_owned())));
        }

        #[doc = concat!("Sets an option of the ", $side, ", before it is bound or connected.")]
        ///
        /// # Errors
        ///
        /// [`InvalidArgument`](crate::ErrorKind::InvalidArgument) for a value out of range.
        pub fn $setsockopt<O, V>(&mut self, _option: O, value: V) -> Result<()>
        where
            O: Settable + OptionOf<$kind>,
            V: OptionValue<O::Codec>,
        {
            let Some(kind) = self.kinds[$place] else {
                return Err(Error::invalid(Operation::Set, concat!("the proxy has no ", $side)));
            };
            self.steps.push(($place, encode::<O, V>(kind, value)?));
            Ok(())
        }
    };
}

impl<F: Kind, B: Kind> ProcessProxy<F, B> {
    /// A proxy between two sockets of these kinds.
    ///
    /// # Errors
    ///
    /// [`InvalidArgument`](crate::ErrorKind::InvalidArgument) if nothing can pass between them.
    pub fn new<I, O>(in_kind: I, out_kind: O) -> Result<Self>
    where
        I: IntoKind<Kind = F>,
        O: IntoKind<Kind = B>,
    {
        let kinds = [in_kind.socket_type(), out_kind.socket_type()];
        crate::proxy::check_kinds(kinds[0], kinds[1])?;
        let kinds = [Some(kinds[0]), Some(kinds[1]), None, None];
        Ok(Self { kinds, steps: Vec::new(), prefixes: None, sides: PhantomData })
    }

    side!(IN, F, "frontend": bind_in connect_in setsockopt_in);
    side!(OUT, B, "backend": bind_out connect_out setsockopt_out);
    side!(MON, Dynamic, "monitoring socket": bind_mon connect_mon setsockopt_mon);
    side!(CTRL, Dynamic, "control socket": bind_ctrl connect_ctrl setsockopt_ctrl);

    /// Gives each message to a third socket, too; see [`Proxy::capture`].
    pub fn mon<M>(&mut self, kind: M)
    where
        M: IntoKind,
        M::Kind: Sender,
    {
        self.kinds[MON] = Some(kind.socket_type());
    }

    /// Obeys what comes by another socket; see [`Proxy::control`].
    pub fn ctrl<C>(&mut self, kind: C)
    where
        C: IntoKind,
        C::Kind: Receiver,
    {
        self.kinds[CTRL] = Some(kind.socket_type());
    }

    /// Puts a frame before what the monitoring socket gets, as [`monitored_queue`](crate::monitored_queue) does.
    pub fn prefixes(&mut self, in_prefix: impl Into<Message>, out_prefix: impl Into<Message>) {
        self.prefixes = Some([in_prefix.into(), out_prefix.into()]);
    }

    /// Starts the process, and waits until its sockets are bound and connected.
    ///
    /// # Errors
    ///
    /// What goes wrong in the process meanwhile; and if `main` has not called [`run_process_proxies`].
    pub fn start(self) -> Result<RunningProcess> {
        if std::env::var_os(VARIABLE).is_some() {
            let help = "this process was started to be a proxy: call zmq::run_process_proxies() first thing in main";
            return Err(Error::invalid(Operation::Proxy, help));
        }
        let failed = |error: std::io::Error| Error::from_io(Operation::Proxy, &error);
        let program = std::env::current_exe().map_err(failed)?;
        let mut command = Command::new(program);
        command.env(VARIABLE, "1").stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut process = Running(command.spawn().map_err(failed)?);
        let (Some(mut input), Some(output)) = (process.0.stdin.take(), process.0.stdout.take()) else {
            return Err(Error::invalid(Operation::Proxy, "the process has no pipes"));
        };
        input.write_all(self.describe().as_bytes()).map_err(failed)?;
        let (sender, receiver) = std::sync::mpsc::channel();
        let read = std::thread::Builder::new().spawn(move || {
            let mut lines = BufReader::new(output).lines();
            let answer = lines.find_map(|line| Some(line.ok()?.strip_prefix(ANSWER)?.trim().to_owned()));
            let _ = sender.send(answer);
        });
        read.map_err(failed)?;
        let answer = receiver.recv_timeout(START).ok().flatten().unwrap_or_else(|| {
            "error the program has not answered: call zmq::run_process_proxies() first thing in main".to_owned()
        });
        match answer.split_once(' ') {
            Some(("ok", endpoints)) => {
                let (first, second) = endpoints.split_once(' ').unwrap_or((endpoints, ""));
                let endpoints = [unhex_text(first), unhex_text(second)];
                Ok(RunningProcess { process, input: Some(input), endpoints })
            }
            _ => {
                let help = answer.strip_prefix("error ").unwrap_or(&answer).to_owned();
                Err(Error::invalid(Operation::Proxy, help).with_kind(crate::ErrorKind::InvalidArgument))
            }
        }
    }

    /// An option may be a secret, so what is written is wiped.
    fn describe(&self) -> Zeroizing<String> {
        let mut text = Zeroizing::new(String::new());
        let mut line = |words: std::fmt::Arguments<'_>| {
            text.push_str(&words.to_string());
            text.push('\n');
        };
        for (place, kind) in self.kinds.iter().enumerate() {
            if let Some(kind) = kind {
                line(format_args!("kind {place} {}", kind.as_raw()));
            }
        }
        // In this order whatever the order of the calls: options count for what is bound and connected after them.
        for (place, step) in &self.steps {
            if let Step::Set(number, value) = step {
                let value = value.as_bytes().map_or("-".to_owned(), hex);
                line(format_args!("set {place} {number} {value}"));
            }
        }
        for (place, step) in &self.steps {
            match step {
                Step::Bind(endpoint) => line(format_args!("bind {place} {}", hex(endpoint.as_bytes()))),
                Step::Connect(endpoint) => line(format_args!("connect {place} {}", hex(endpoint.as_bytes()))),
                Step::Set(..) => {}
            }
        }
        if let Some([forth, back]) = &self.prefixes {
            line(format_args!("prefixes {} {}", hex(forth), hex(back)));
        }
        line(format_args!("end"));
        text
    }
}

impl<F: Kind, B: Kind> fmt::Debug for ProcessProxy<F, B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Not the steps: an option may be a secret.
        f.debug_struct("ProcessProxy").field("kinds", &self.kinds).finish_non_exhaustive()
    }
}

/// A process that is killed if nobody has waited for it.
#[derive(Debug)]
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A [`ProcessProxy`] that runs. It ends with this program, and when this is dropped.
#[derive(Debug)]
pub struct RunningProcess {
    process: Running,
    input: Option<ChildStdin>,
    endpoints: [String; 2],
}

impl RunningProcess {
    /// Where the frontend is bound.
    pub fn in_endpoint(&self) -> &str {
        &self.endpoints[IN]
    }

    /// Where the backend is bound.
    pub fn out_endpoint(&self) -> &str {
        &self.endpoints[OUT]
    }

    /// The number of the process.
    pub fn id(&self) -> u32 {
        self.process.0.id()
    }

    /// Whether it has not ended.
    pub fn is_alive(&mut self) -> bool {
        matches!(self.process.0.try_wait(), Ok(None))
    }

    /// Waits until it ends: because its control socket says so, or somebody kills it.
    ///
    /// # Errors
    ///
    /// [`Other`](crate::ErrorKind::Other) if it did not end well.
    pub fn join(mut self) -> Result<()> {
        let status = self.process.0.wait().map_err(|error| Error::from_io(Operation::Proxy, &error))?;
        if status.success() {
            return Ok(());
        }
        Err(Error::invalid(Operation::Proxy, format!("the proxy's process ended with {status}"))
            .with_kind(crate::ErrorKind::Other(status.code().unwrap_or(0))))
    }

    /// Ends it, by force if it takes longer than five seconds, and waits for that.
    ///
    /// # Errors
    ///
    /// As for [`join`](Self::join).
    pub fn stop(mut self) -> Result<()> {
        // It reads the end of its input.
        self.input.take();
        let started = Instant::now();
        while self.is_alive() && started.elapsed() < PATIENCE {
            std::thread::sleep(Duration::from_millis(2));
        }
        if self.is_alive() {
            let _ = self.process.0.kill();
        }
        self.join()
    }
}

/// To be called first thing in `main` by a program that starts a [`ProcessProxy`]: if this process is one, it runs it, and does not
/// return.
pub fn run_process_proxies() {
    if std::env::var_os(VARIABLE).is_none() {
        return;
    }
    let mut input = BufReader::new(std::io::stdin());
    let mut lines = Vec::new();
    for line in input.by_ref().lines() {
        match line {
            Ok(line) if line == "end" => break,
            Ok(line) => lines.push(line),
            Err(_) => break,
        }
    }
    let code = match serve(&lines, input) {
        Ok(()) => 0,
        Err(error) => {
            // After the start nobody reads it any more, and only the code is left.
            let _ = writeln!(std::io::stdout(), "{ANSWER} error {error}");
            1
        }
    };
    std::process::exit(code);
}

fn serve(lines: &[String], mut input: impl std::io::Read + Send + 'static) -> Result<()> {
    let wrong = |line: &str| Error::invalid(Operation::Proxy, format!("there is no meaning to {line:?}"));
    let context = Context::new()?;
    let mut sockets: [Option<Socket<Dynamic>>; 4] = [None, None, None, None];
    let mut prefixes = None;
    for line in lines {
        let words: Vec<&str> = line.split(' ').collect();
        let socket = |place: &str| place.parse().ok().and_then(|place: usize| sockets.get(place)?.as_ref());
        match words[..] {
            ["kind", place, kind] => {
                let kind = kind.parse().map_err(|_| wrong(line))?;
                let place: usize = place.parse().map_err(|_| wrong(line))?;
                let socket = context.socket(SocketType::from_raw(kind))?;
                *sockets.get_mut(place).ok_or_else(|| wrong(line))? = Some(socket);
            }
            ["set", place, number, value] => {
                let number: i32 = number.parse().map_err(|_| wrong(line))?;
                let socket = socket(place).ok_or_else(|| wrong(line))?;
                let row = socket_options().find(|row| row.number == number).ok_or_else(|| wrong(line))?;
                let value = if value == "-" { Encoded::CLEAR } else { Encoded::bytes(unhex(value)) };
                socket.core().set(row, &value)?;
            }
            ["bind", place, endpoint] => socket(place).ok_or_else(|| wrong(line))?.bind(&unhex_text(endpoint))?,
            ["connect", place, endpoint] => socket(place).ok_or_else(|| wrong(line))?.connect(&unhex_text(endpoint))?,
            ["prefixes", forth, back] => prefixes = Some([unhex(forth), unhex(back)]),
            _ => return Err(wrong(line)),
        }
    }
    let [Some(frontend), Some(backend), mon, ctrl] = &sockets else { return Err(wrong("")) };
    let mut proxy = Proxy::new(frontend, backend)?;
    if let Some(mon) = mon {
        proxy = proxy.capture(mon);
    }
    if let Some(ctrl) = ctrl {
        proxy = proxy.control(ctrl);
    }
    if let Some([forth, back]) = prefixes {
        proxy = proxy.prefixes(forth, back);
    }
    let handle = proxy.handle();
    // The parent lets go of it, or is gone.
    std::thread::spawn(move || {
        let _ = std::io::copy(&mut input, &mut std::io::sink());
        handle.terminate();
    });
    let endpoints = [frontend.last_endpoint()?, backend.last_endpoint()?];
    println!("{ANSWER} ok {} {}", hex(endpoints[0].as_bytes()), hex(endpoints[1].as_bytes()));
    proxy.run()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn unhex(text: &str) -> Vec<u8> {
    let digits: Vec<u8> =
        text.bytes().filter_map(|digit| (digit as char).to_digit(16)).map(|digit| digit as u8).collect();
    digits.chunks_exact(2).map(|pair| pair[0] << 4 | pair[1]).collect()
}

fn unhex_text(text: &str) -> String {
    String::from_utf8_lossy(&unhex(text)).into_owned()
}

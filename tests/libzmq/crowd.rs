//! The clients and workers of the tests of proxies: each client asks again and again, and each worker answers a request with none to
//! four replies.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use zmq::{Context, Message, Poller, Socket, Sub, Xpub};

use crate::support::eventually;

const CLIENTS: usize = 3;
const WORKERS: usize = 5;

/// Of a routing id, and of what is asked.
pub(crate) const ID_SIZE: usize = 10;
pub(crate) const CONTENT_SIZE: usize = 13;

/// What has happened so far.
#[derive(Default)]
pub(crate) struct Counts {
    pub(crate) requests_sent: AtomicUsize,
    pub(crate) requests_received: AtomicUsize,
    pub(crate) replies_sent: AtomicUsize,
    pub(crate) replies_received: AtomicUsize,
    /// Who obeys STOP.
    stopped: AtomicUsize,
}

pub(crate) struct Crowd {
    pub(crate) counts: Arc<Counts>,
    /// In a context of its own, so that commands come through whatever happens to that of the proxy.
    control: Socket<Xpub>,
    threads: Vec<JoinHandle<()>>,
}

pub(crate) fn get(count: &AtomicUsize) -> usize {
    count.load(Ordering::SeqCst)
}

fn add(count: &AtomicUsize) {
    count.fetch_add(1, Ordering::SeqCst);
}

/// What came by the control socket.
fn command(control: &Socket<Sub>) -> Option<String> {
    control.try_recv().unwrap().map(|message| message.as_str().unwrap().to_owned())
}

fn client(context: &Context, number: usize, endpoint: &str, control: &Socket<Sub>, counts: &Counts) {
    let client = context.socket(zmq::DEALER).unwrap();
    client.set_linger(0).unwrap();
    let id = format!("{:04X}-{number:04X}\0", std::process::id() % 0xffff);
    assert_eq!(id.len(), ID_SIZE);
    client.set_routing_id(&id).unwrap();
    client.connect(endpoint).unwrap();
    let mut poller = Poller::new();
    poller.register(&client, zmq::POLLIN).unwrap();
    poller.register(control, zmq::POLLIN).unwrap();
    let mut sending = true;
    for tick in 0_usize.. {
        let until = Instant::now() + Duration::from_millis(10);
        while Instant::now() < until {
            let ready = poller.poll(until.saturating_duration_since(Instant::now())).unwrap();
            if ready.readable(&client) {
                let reply = client.recv().unwrap();
                assert!(reply.starts_with(b"request #") && reply.len() == CONTENT_SIZE && !reply.more(), "{reply:?}");
                add(&counts.replies_received);
            }
            match command(control).as_deref() {
                Some("TERMINATE") => return,
                Some("STOP") => {
                    sending = false;
                    add(&counts.stopped);
                }
                _ => {}
            }
        }
        if sending {
            add(&counts.requests_sent);
            client.send(format!("request #{:03}\0", tick % 1000)).unwrap();
        }
    }
}

fn worker(context: &Context, number: usize, endpoint: &str, control: &Socket<Sub>, counts: &Counts) {
    let worker = context.socket(zmq::DEALER).unwrap();
    worker.set_linger(0).unwrap();
    worker.connect(endpoint).unwrap();
    let mut poller = Poller::new();
    poller.register(&worker, zmq::POLLIN).unwrap();
    poller.register(control, zmq::POLLIN).unwrap();
    let mut sending = true;
    let mut replies = (0..5).cycle().skip(number);
    loop {
        let ready = poller.poll(None).unwrap();
        if ready.readable(&worker) {
            let [id, content]: [Message; 2] = worker.recv_frames().unwrap();
            assert_eq!((id.len(), content.len()), (ID_SIZE, CONTENT_SIZE));
            add(&counts.requests_received);
            let replies = if sending { replies.next().unwrap() } else { 0 };
            for reply in 0..replies {
                thread::sleep(Duration::from_millis(reply));
                add(&counts.replies_sent);
                worker.send_multipart([&id, &content]).unwrap();
            }
        }
        match command(control).as_deref() {
            Some("TERMINATE") => return,
            Some("STOP") => {
                sending = false;
                add(&counts.stopped);
            }
            _ => {}
        }
    }
}

impl Crowd {
    /// Clients that connect to the one, workers that connect to the other endpoint.
    pub(crate) fn new(context: &Context, frontend: &str, backend: &str) -> Self {
        let counts = Arc::new(Counts::default());
        let steering = Context::new().unwrap();
        let control = steering.socket(zmq::XPUB).unwrap();
        control.set_xpub_verbose(true).unwrap();
        control.bind("inproc://control").unwrap();
        let threads = (0..CLIENTS + WORKERS).map(|number| {
            let (context, counts) = (context.clone(), Arc::clone(&counts));
            let endpoint = if number < CLIENTS { frontend } else { backend }.to_owned();
            let control = steering.socket(zmq::SUB).unwrap();
            control.subscribe("").unwrap();
            control.connect("inproc://control").unwrap();
            thread::spawn(move || {
                let body = if number < CLIENTS { client } else { worker };
                body(&context, number, &endpoint, &control, &counts);
            })
        });
        let threads = threads.collect();
        for _ in 0..CLIENTS + WORKERS {
            assert_eq!(control.recv().unwrap(), [1]);
        }
        Self { counts, control, threads }
    }

    /// Waits for so many more replies.
    pub(crate) fn run(&self, replies: usize) {
        let before = get(&self.counts.replies_received);
        eventually("replies come", || (get(&self.counts.replies_received) >= before + replies).then_some(()));
    }

    /// Lets nobody send any more, and waits until all that was sent has come.
    pub(crate) fn stop(&self) {
        self.control.send("STOP").unwrap();
        eventually("all stop", || (get(&self.counts.stopped) == CLIENTS + WORKERS).then_some(()));
        let counts = &self.counts;
        eventually("all that was sent has come", || {
            let requests = get(&counts.requests_received) == get(&counts.requests_sent);
            (requests && get(&counts.replies_received) == get(&counts.replies_sent)).then_some(())
        });
    }

    pub(crate) fn terminate(self) {
        self.control.send("TERMINATE").unwrap();
        self.threads.into_iter().for_each(|thread| thread.join().unwrap());
    }
}

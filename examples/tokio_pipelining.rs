//! A client with a thousand requests in flight over one DEALER: the replies come in any order, and find their callers by a number.
//!
//! ```sh
//! cargo run --example tokio_pipelining                    # both in one terminal
//! cargo run --example tokio_pipelining server [endpoint]  # or in two
//! cargo run --example tokio_pipelining client [endpoint]
//! ```
//!
//! In Python: `python/asyncio_pipelining.py`.

use std::collections::HashMap;
use std::env;
use std::sync::{Arc, Mutex};

use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinSet;
use zmq::tokio::{Context, Socket};

const REQUESTS: usize = 1000;

/// Who waits for which reply.
type Callers = Arc<Mutex<HashMap<u64, oneshot::Sender<String>>>>;

/// What any number of tasks may ask at once; each clone is the same client.
#[derive(Clone)]
struct Client {
    requests: mpsc::Sender<(String, oneshot::Sender<String>)>,
}

impl Client {
    /// A client, and its tasks, which end when nobody has the client any more.
    fn start(socket: Socket<zmq::Dealer>) -> (Self, JoinSet<zmq::Result<()>>) {
        // Two tasks share the socket: while one waits to send, the other receives.
        let socket = Arc::new(socket);
        let callers = Callers::default();
        let (requests, queue) = mpsc::channel(REQUESTS);
        let mut tasks = JoinSet::new();
        let ended = oneshot::channel();
        tasks.spawn(send(Arc::clone(&socket), Arc::clone(&callers), queue, ended.0));
        tasks.spawn(receive(socket, callers, ended.1));
        (Self { requests }, tasks)
    }

    /// The reply, or `None` if the client's tasks have come to their end.
    async fn ask(&self, request: String) -> Option<String> {
        let (reply, answer) = oneshot::channel();
        self.requests.send((request, reply)).await.ok()?;
        answer.await.ok()
    }
}

async fn send(
    socket: Arc<Socket<zmq::Dealer>>,
    callers: Callers,
    mut queue: mpsc::Receiver<(String, oneshot::Sender<String>)>,
    _ended: oneshot::Sender<()>,
) -> zmq::Result<()> {
    let mut number: u64 = 0;
    while let Some((request, caller)) = queue.recv().await {
        number += 1;
        // Before it is sent: the reply may be there before the next line runs.
        callers.lock().expect("nobody panics with it").insert(number, caller);
        socket.send_multipart((number.to_string(), request)).await?;
    }
    Ok(())
}

async fn receive(
    socket: Arc<Socket<zmq::Dealer>>,
    callers: Callers,
    mut ended: oneshot::Receiver<()>,
) -> zmq::Result<()> {
    loop {
        let [number, reply] = tokio::select! {
            reply = socket.recv_frames() => reply?,
            _ = &mut ended => return Ok(()),
        };
        let caller = number.as_str()?.parse().ok().and_then(|number: u64| {
            let mut callers = callers.lock().expect("nobody panics with it");
            callers.remove(&number)
        });
        // A caller who was cancelled does not wait any more.
        if let Some(caller) = caller {
            let _ = caller.send(reply.as_str()?.to_owned());
        }
    }
}

async fn client(context: &Context, endpoint: &str) -> zmq::Result<()> {
    let socket = context.socket(zmq::DEALER)?;
    socket.connect(endpoint)?;
    let (client, mut tasks) = Client::start(socket);

    let mut callers = JoinSet::new();
    for n in 1..=REQUESTS {
        let client = client.clone();
        callers.spawn(async move { client.ask(format!("request {n}")).await == Some(format!("reply to request {n}")) });
    }
    drop(client);
    let replies = callers.join_all().await;
    let right = replies.iter().filter(|right| **right).count();
    println!("{right} of {} replies were right", replies.len());

    while let Some(ended) = tasks.join_next().await {
        ended.expect("no task panics")?;
    }
    Ok(())
}

/// Answers when it has all the requests, and the last first, to show that they are in flight at once.
async fn server(context: &Context, endpoint: &str) -> zmq::Result<()> {
    let server = context.socket(zmq::ROUTER)?;
    server.set_router_mandatory(true)?; // so that it waits where it would drop what does not fit
    server.bind(endpoint)?;
    println!("listening on {}", server.last_endpoint()?);

    let mut requests = Vec::new();
    while requests.len() < REQUESTS {
        requests.push(server.recv_frames().await?);
    }
    println!("{} requests in flight", requests.len());
    for [client, number, request] in requests.into_iter().rev() {
        let reply = format!("reply to {}", request.as_str()?);
        server.send_multipart((client, number, reply)).await?;
    }
    Ok(())
}

#[tokio::main]
async fn main() -> zmq::Result<()> {
    let args: Vec<String> = env::args().skip(1).collect();
    let endpoint = |default| args.get(1).map_or(default, String::as_str);
    let context = Context::new()?;
    match args.first().map(String::as_str) {
        Some("server") => server(&context, endpoint("tcp://*:5559")).await?,
        Some("client") => client(&context, endpoint("tcp://localhost:5559")).await?,
        _ => {
            let endpoint = "inproc://pipelining";
            tokio::try_join!(server(&context, endpoint), client(&context, endpoint))?;
        }
    }
    context.term().await
}

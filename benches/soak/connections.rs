//! Connections, contexts, proxies and authenticators that are made and ended again and again.

use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

use zmq::auth::ThreadAuthenticator;
use zmq::{Context, Message, Socket};

use crate::content::{check, message};
use crate::load::{Load, Outcome, Run, as_text, context, joined, until};

/// Each round has a context, a proxy between ROUTER and DEALER, two REPs behind it, and two DEALERs before it with 8 requests at a time.
pub(crate) fn proxied(run: &Run, load: &Load) -> Outcome {
    while run.goes_on() {
        let context = context()?;
        let proxy = zmq::ThreadProxy::new(&context, zmq::ROUTER, zmq::DEALER)?;
        // A ROUTER drops what has no room.
        proxy.in_socket().set_hwm(1000)?;
        let front = load.transport.bind(proxy.in_socket())?;
        let back = load.transport.bind(proxy.out_socket())?;
        let proxy = proxy.start()?;
        let ended: Outcome = thread::scope(|scope| {
            let workers = [(); 2].map(|()| {
                let (context, endpoint) = (&context, &back.endpoint);
                scope.spawn(move || as_text(|| echo(context, endpoint)))
            });
            let clients = [0, 1].map(|stream| {
                let (context, endpoint) = (&context, &front.endpoint);
                scope.spawn(move || as_text(|| pipelined(load, context, endpoint, stream)))
            });
            let ended = clients.map(joined);
            proxy.stop()?;
            context.shutdown()?;
            workers.map(joined).into_iter().chain(ended).collect()
        });
        ended?;
        context.term()?;
        load.round();
    }
    Ok(())
}

fn echo(context: &Context, endpoint: &str) -> Outcome {
    let worker = match context.socket(zmq::REP) {
        // It comes so late that the other one has answered everything.
        Err(error) if error.is_terminated() => return Ok(()),
        worker => worker?,
    };
    worker.connect(endpoint)?;
    for request in worker.iter_multipart() {
        worker.send_multipart(request?)?;
    }
    Ok(())
}

fn pipelined(load: &Load, context: &Context, endpoint: &str, stream: u64) -> Outcome {
    const REQUESTS: u64 = 400;
    let client = context.socket(zmq::DEALER)?;
    client.connect(endpoint)?;
    let mut missing = Vec::new();
    for next in 0..REQUESTS + 8 {
        if next >= 8 {
            let [_, number, body] = client.recv_frames()?;
            let number = u64::from_le_bytes(number[..].try_into()?);
            let place = missing.iter().position(|missing| *missing == number);
            missing.swap_remove(place.ok_or("a reply came that nobody waits for")?);
            check(stream, number, &body)?;
            load.received(body.len());
        }
        if next < REQUESTS {
            let number = Message::from(next.to_le_bytes());
            client.send_multipart([Message::new(), number, message(stream, next)])?;
            load.sent();
            missing.push(next);
        }
    }
    Ok(())
}

/// Each round has a context, an authenticator and a CURVE server; one client is let in, and one is not.
pub(crate) fn curve(run: &Run, load: &Load) -> Outcome {
    let (server_public, server_secret) = zmq::curve_keypair()?;
    while run.goes_on() {
        let context = context()?;
        let (public, secret) = zmq::curve_keypair()?;
        let mut auth = ThreadAuthenticator::new(&context);
        let allowed = public;
        auth.configure_curve_callback("*", move |_domain, key| *key == allowed);
        auth.start()?;
        let server = context.socket(zmq::REP)?;
        server.set_curve_secretkey(server_secret.clone())?;
        server.set_curve_server(true)?;
        let place = load.transport.bind(&server)?;
        let connected = |public, secret| -> zmq::Result<(Socket<zmq::Req>, zmq::Monitor)> {
            let client = context.socket(zmq::REQ)?;
            client.set_curve_publickey(public)?;
            client.set_curve_secretkey(secret)?;
            client.set_curve_serverkey(server_public)?;
            client.set_linger(0)?;
            let monitor = client.monitor(zmq::EVENT_HANDSHAKE_FAILED_AUTH)?;
            client.connect(&place.endpoint)?;
            Ok((client, monitor))
        };
        let (client, _monitor) = connected(public, secret)?;
        let (stranger_public, stranger_secret) = zmq::curve_keypair()?;
        let (_stranger, refused) = connected(stranger_public, stranger_secret)?;
        for number in 0..50 {
            client.send(message(3, number))?;
            load.sent();
            let request = server.recv()?;
            check(3, number, &request)?;
            server.send(request)?;
            let reply = client.recv()?;
            check(3, number, &reply)?;
            load.received(reply.len());
        }
        if refused.recv_timeout(60_000)?.is_none() {
            return Err("a monitor ended before its socket".into());
        }
        auth.stop()?;
        load.round();
    }
    Ok(())
}

/// A server whose monitor sees 20 clients come and go in each round.
pub(crate) fn monitored(run: &Run, load: &Load) -> Outcome {
    const CLIENTS: u64 = 20;
    let context = context()?;
    let (mut number, mut expected, mut seen) = (0, 0, [0, 0]);
    let server = context.socket(zmq::REP)?;
    let monitor = server.monitor(zmq::EVENT_HANDSHAKE_SUCCEEDED | zmq::EVENT_DISCONNECTED)?;
    let place = load.transport.bind(&server)?;
    while run.goes_on() {
        for _ in 0..CLIENTS {
            let client = context.socket(zmq::REQ)?;
            client.connect(&place.endpoint)?;
            client.send(message(4, number))?;
            load.sent();
            let request = server.recv()?;
            check(4, number, &request)?;
            server.send(request)?;
            let reply = client.recv()?;
            check(4, number, &reply)?;
            load.received(reply.len());
            number += 1;
        }
        expected += CLIENTS;
        while seen != [expected; 2] {
            match monitor.recv_timeout(60_000)?.ok_or("the monitor ended before its socket")?.event {
                zmq::Event::Disconnected { .. } => seen[1] += 1,
                _ => seen[0] += 1,
            }
        }
        load.round();
    }
    Ok(())
}

/// Contexts with a socket of each kind, some connected to nobody, some with messages that nobody receives.
pub(crate) fn contexts(run: &Run, load: &Load) -> Outcome {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let mut number = 0;
    while run.goes_on() {
        let context = context()?;
        context.setsockopt(zmq::LINGER, 0)?;
        let kinds = [zmq::SocketType::Pub, zmq::SocketType::Router, zmq::SocketType::Xsub, zmq::SocketType::Stream];
        let sockets = kinds.map(|kind| context.socket(kind));
        let (push, pull) = (context.socket(zmq::PUSH)?, context.socket(zmq::PULL)?);
        let place = load.transport.bind(&pull)?;
        push.connect(&place.endpoint)?;
        for _ in 0..5 {
            push.send(message(5, number))?;
            load.sent();
            let body = pull.recv()?;
            check(5, number, &body)?;
            load.received(body.len());
            number += 1;
        }
        // All that follows is thrown away.
        push.send(message(5, number))?;
        let waiting = context.socket(zmq::DEALER)?;
        waiting.connect(&format!("inproc://nobody-{}", COUNT.fetch_add(1, Ordering::Relaxed)))?;
        waiting.send(message(5, number + 1))?;
        match number % 3 {
            0 => context.destroy(0)?,
            1 => drop(context),
            _ => {
                let other = context.clone();
                let ended = thread::spawn(move || other.shutdown());
                until("the end of a shutdown", || ended.is_finished())?;
                ended.join().map_err(|_| "shutdown panicked")??;
            }
        }
        for socket in sockets {
            socket?.close()?;
        }
        load.round();
    }
    Ok(())
}

//! test_auth.py: each test with an authenticator in a thread and, where there is tokio, with one that is a task.

use std::path::{Path, PathBuf};

use tempfile::TempDir;
use zmq::auth::{CURVE_ALLOW_ANY, CurveKeys, Policy, ThreadAuthenticator, create_certificates, load_certificate};
use zmq::{Context, CurvePublicKey, CurveSecretKey, Event, Kind, Pull, Push, Socket, curve_keypair};

use crate::support::{deadline, temp_dir};
use crate::{PATIENCE, context, recv_multipart, skip};

/// An authenticator that runs.
enum Auth {
    Thread(ThreadAuthenticator),
    #[cfg(unix)]
    Task(Policy, tokio::runtime::Runtime),
}

impl Auth {
    fn thread(context: &Context) -> Self {
        let mut auth = ThreadAuthenticator::new(context);
        auth.start().unwrap();
        Self::Thread(auth)
    }

    #[cfg(unix)]
    fn task(context: &Context) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let auth = zmq::tokio::Authenticator::new(context).unwrap();
        let policy = auth.policy().clone();
        runtime.spawn(async move { auth.run().await });
        Self::Task(policy, runtime)
    }

    /// How to make one of each.
    fn both() -> Vec<fn(&Context) -> Self> {
        vec![
            Self::thread,
            #[cfg(unix)]
            Self::task,
        ]
    }

    fn policy(&self) -> &Policy {
        match self {
            Self::Thread(auth) => auth,
            #[cfg(unix)]
            Self::Task(policy, _) => policy,
        }
    }

    fn stop(self) {
        match self {
            Self::Thread(mut auth) => auth.stop().unwrap(),
            #[cfg(unix)]
            Self::Task(_, runtime) => runtime.shutdown_timeout(PATIENCE),
        }
    }
}

fn push_pull(context: &Context) -> (Socket<Push>, Socket<Pull>) {
    (context.socket(zmq::PUSH).unwrap(), context.socket(zmq::PULL).unwrap())
}

/// Whether a message gets through; if not, whether the handshake is why.
#[track_caller]
fn can_connect(server: &Socket<Push>, client: &Socket<Pull>) -> bool {
    let handshakes = server.monitor(zmq::EVENT_ALL).unwrap();
    connect(server, client);
    let succeeded = loop {
        let event = handshakes.recv_timeout(PATIENCE).unwrap().expect("the monitor goes on");
        match event.event {
            Event::HandshakeSucceeded => break true,
            Event::HandshakeFailedAuth { .. } | Event::HandshakeFailedProtocol(_) => break false,
            _ => {}
        }
    };
    if succeeded {
        server.send_multipart_timeout(["Hello World"], PATIENCE).unwrap();
        assert_eq!(recv_multipart(client), ["Hello World"]);
    } else {
        assert!(server.poll(100, zmq::POLLOUT).unwrap().is_empty());
    }
    succeeded
}

fn connect<A: Kind, B: Kind>(server: &Socket<A>, client: &Socket<B>) {
    let port = server.bind_to_random_port("tcp://127.0.0.1").unwrap();
    client.connect(&format!("tcp://127.0.0.1:{port}")).unwrap();
}

/// Without an authenticator nobody is asked; with a domain, an authenticator without rules lets everybody in.
#[test]
fn null() {
    let _deadline = deadline(60);
    for start in Auth::both() {
        let context = context();
        let (server, client) = push_pull(&context);
        assert!(can_connect(&server, &client));
        let auth = start(&context);
        let (server, client) = push_pull(&context);
        server.set_zap_domain("global").unwrap();
        assert!(can_connect(&server, &client));
        auth.stop();
    }
}

/// pyzmq refuses to have addresses allowed and denied at once; here who is denied is denied.
#[test]
fn deny() {
    let _deadline = deadline(60);
    for start in Auth::both() {
        let context = context();
        let auth = start(&context);
        auth.policy().deny(["127.0.0.1"]).unwrap();
        auth.policy().allow(["127.0.0.2", "127.0.0.1"]).unwrap();
        let (server, client) = push_pull(&context);
        server.set_zap_domain("global").unwrap();
        assert!(!can_connect(&server, &client));
        auth.stop();
    }
}

#[test]
fn allow() {
    let _deadline = deadline(60);
    for start in Auth::both() {
        let context = context();
        let auth = start(&context);
        auth.policy().allow(["127.0.0.1"]).unwrap();
        auth.policy().deny(["127.0.0.2"]).unwrap();
        let (server, client) = push_pull(&context);
        server.set_zap_domain("global").unwrap();
        assert!(can_connect(&server, &client));
        auth.stop();
    }
}

#[test]
fn plain() {
    let _deadline = deadline(60);
    for start in Auth::both() {
        for (configured, password, success) in
            [(true, "correct", true), (false, "correct", false), (true, "incorrect", false)]
        {
            let context = context();
            let auth = start(&context);
            let (server, client) = push_pull(&context);
            server.set_plain_server(true).unwrap();
            client.set_plain_username("admin").unwrap();
            client.set_plain_password(password).unwrap();
            if configured {
                auth.policy().configure_plain("*", [("admin", "correct")]);
            }
            assert_eq!(can_connect(&server, &client), success, "{configured} {password}");
            auth.stop();
            let (server, client) = push_pull(&context);
            assert!(can_connect(&server, &client), "who has no mechanism never asked");
        }
    }
}

struct Certificates {
    _folder: TempDir,
    public_keys: PathBuf,
    server: (CurvePublicKey, CurveSecretKey),
    client: (CurvePublicKey, CurveSecretKey),
}

impl Certificates {
    /// `None`, and one line, if this libzmq has no CURVE.
    fn create() -> Option<Self> {
        if !zmq::has("curve") {
            skip("libzmq has no CURVE");
            return None;
        }
        let folder = temp_dir();
        let public_keys = folder.path().join("public_keys");
        std::fs::create_dir_all(&public_keys).unwrap();
        let load = |name: &str| {
            let (public_file, secret_file) = create_certificates(&folder, name, &[]).unwrap();
            move_into(&public_keys, &public_file);
            let (public, secret) = load_certificate(secret_file).unwrap();
            (public, secret.expect("a secret file has the secret key"))
        };
        let (server, client) = (load("server"), load("client"));
        Some(Self { _folder: folder, public_keys, server, client })
    }

    fn serve<K: Kind>(&self, server: &Socket<K>) {
        server.set_curve_publickey(self.server.0).unwrap();
        server.set_curve_secretkey(&self.server.1).unwrap();
        server.set_curve_server(true).unwrap();
    }

    fn ask<K: Kind>(&self, client: &Socket<K>, server: CurvePublicKey) {
        client.set_curve_publickey(self.client.0).unwrap();
        client.set_curve_secretkey(&self.client.1).unwrap();
        client.set_curve_serverkey(server).unwrap();
    }
}

fn move_into(folder: &Path, file: &Path) {
    std::fs::rename(file, folder.join(file.file_name().unwrap())).unwrap();
}

#[test]
fn curve() {
    let _deadline = deadline(60);
    let Some(certificates) = Certificates::create() else { return };
    let (other_public, _) = curve_keypair().unwrap();
    let right = Some(certificates.server.0);
    let folder = || CurveKeys::from(&certificates.public_keys);
    for start in Auth::both() {
        for (what, server_key, keys, success) in [
            ("any key", right, CURVE_ALLOW_ANY, true),
            ("a key of the folder", right, folder(), true),
            ("another server's key", Some(other_public), folder(), false),
            ("no key", None, folder(), false),
        ] {
            let context = context();
            let auth = start(&context);
            auth.policy().allow(["127.0.0.1"]).unwrap();
            let (server, client) = push_pull(&context);
            certificates.serve(&server);
            if let Some(server_key) = server_key {
                certificates.ask(&client, server_key);
            }
            auth.policy().configure_curve("*", keys).unwrap();
            assert_eq!(can_connect(&server, &client), success, "{what}");
            auth.stop();
            let (server, client) = push_pull(&context);
            assert!(can_connect(&server, &client), "who has no mechanism never asked");
        }
    }
}

/// The callback answers at once; one that has to wait for something does so in a policy of its own thread.
#[test]
fn curve_callback() {
    let _deadline = deadline(60);
    let Some(certificates) = Certificates::create() else { return };
    for start in Auth::both() {
        for (known, success) in [(certificates.client.0, true), (certificates.server.0, false)] {
            let context = context();
            let auth = start(&context);
            auth.policy().allow(["127.0.0.1"]).unwrap();
            auth.policy().configure_curve_callback("*", move |_domain, key| *key == known);
            let (server, client) = push_pull(&context);
            certificates.serve(&server);
            certificates.ask(&client, certificates.server.0);
            assert_eq!(can_connect(&server, &client), success);
            auth.stop();
        }
    }
}

#[test]
fn curve_user_id() {
    let _deadline = deadline(60);
    let Some(certificates) = Certificates::create() else { return };
    for start in Auth::both() {
        let context = context();
        let auth = start(&context);
        auth.policy().allow(["127.0.0.1"]).unwrap();
        auth.policy().configure_curve("*", &certificates.public_keys).unwrap();
        let send = |text: &str| {
            let (client, server) = push_pull(&context);
            certificates.serve(&server);
            certificates.ask(&client, certificates.server.0);
            connect(&server, &client);
            client.send_timeout(text, PATIENCE).unwrap();
            let message = crate::recv(&server);
            assert_eq!(message, text);
            message.user_id().expect("an authenticator was asked").into_owned()
        };
        assert_eq!(send("test"), certificates.client.0.to_z85());
        auth.policy().set_curve_user_id(|_| "custom".to_owned());
        assert_eq!(send("test2"), "custom");
        auth.stop();
    }
}

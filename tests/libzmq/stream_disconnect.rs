//! A short dialogue of two STREAMs, at the end of which one of them hangs up.

use zmq::{Context, Message, Socket, Stream};

use crate::support::{deadline, eventually};

#[derive(Clone, Copy, PartialEq)]
enum Who {
    Server,
    Client,
}

const DIALOGUE: [(Who, &str); 3] =
    [(Who::Client, "i can haz cheez burger?"), (Who::Server, "y u no disonnect?"), (Who::Client, "")];

/// What the listener hears next. An empty frame hangs up only when the socket that sent it is used for something.
fn hear(listener: &Socket<Stream>, other: &Socket<Stream>) -> (Message, Message) {
    let frames = eventually("something is heard", || {
        other.events().unwrap();
        listener.try_recv_multipart().unwrap()
    });
    let [id, data] = frames.try_into().unwrap();
    assert!(!Message::is_empty(&id));
    (id, data)
}

#[test]
fn stream_disconnect() {
    let _deadline = deadline(60);
    let context = Context::new().unwrap();
    let (server, client) = (context.socket(zmq::STREAM).unwrap(), context.socket(zmq::STREAM).unwrap());
    for socket in [&server, &client] {
        socket.set_stream_notify(true).unwrap();
    }
    server.bind("tcp://0.0.0.0:*").unwrap();
    // On Linux 0.0.0.0 is this machine to whoever connects to it.
    client.connect(&server.last_endpoint().unwrap()).unwrap();
    assert!(hear(&server, &client).1.is_empty());
    let (of_server, notice) = hear(&client, &server);
    assert!(notice.is_empty());

    client.send_multipart((&of_server, DIALOGUE[0].1)).unwrap();
    let answers = DIALOGUE[1..].iter().map(|(_, text)| Some(*text)).chain([None]);
    for ((who, text), answer) in DIALOGUE.into_iter().zip(answers) {
        let (listener, other) = if who == Who::Client { (&server, &client) } else { (&client, &server) };
        let (id, data) = hear(listener, other);
        assert_eq!(data, text);
        if let Some(answer) = answer {
            listener.send_multipart((id, answer)).unwrap();
        }
    }
}

//! A small publisher or subscriber, as agent frameworks have it: one class for both, messages of two frames.

use std::time::Duration;

use zmq::{Context, Dynamic, ErrorKind, Message, Socket, SocketType};

/// A publisher or a subscriber. Every message is two frames: the topic, which may be empty, and the data.
///
/// It opens itself when it is first used; dropping closes it.
#[derive(Debug)]
pub struct PubSub {
    endpoint: String,
    kind: SocketType,
    topic: String,
    blocking: bool,
    context: Option<Context>,
    // `Dynamic`, since the kind is a value here: what a SUB cannot do is an error of `send`, instead of not compiling.
    socket: Option<Socket<Dynamic>>,
}

impl PubSub {
    /// A PUB, which will bind, or a SUB, which will connect and subscribe to `topic`; `""` is every topic.
    pub fn new(endpoint: &str, kind: impl Into<SocketType>, topic: &str) -> Self {
        Self {
            endpoint: endpoint.to_owned(),
            kind: kind.into(),
            topic: topic.to_owned(),
            blocking: true,
            context: None,
            socket: None,
        }
    }

    /// Shares a context, in place of one of its own. `inproc` endpoints need that.
    pub fn context(mut self, context: &Context) -> Self {
        self.context = Some(context.clone());
        self
    }

    /// Whether `recv` waits for a message; at first it does.
    pub fn blocking(mut self, blocking: bool) -> Self {
        self.blocking = blocking;
        self
    }

    /// Opens it, if it is not open.
    pub fn open(&mut self) -> zmq::Result<()> {
        self.socket().map(drop)
    }

    /// Closes it. It can be opened again.
    pub fn close(&mut self) {
        self.socket = None;
    }

    pub fn is_open(&self) -> bool {
        self.socket.is_some()
    }

    /// The open socket: to set its options, to poll it, to ask where it is bound.
    pub fn socket(&mut self) -> zmq::Result<&Socket<Dynamic>> {
        if self.socket.is_none() {
            self.socket = Some(self.make()?);
        }
        Ok(self.socket.as_ref().expect("it was just made"))
    }

    fn make(&self) -> zmq::Result<Socket<Dynamic>> {
        let context = match &self.context {
            Some(context) => context.clone(),
            None => Context::new()?, // the socket keeps it alive
        };
        let socket = context.socket(self.kind)?;
        if self.kind == SocketType::Sub {
            socket.connect(&self.endpoint)?;
            socket.subscribe(&self.topic)?;
        } else {
            socket.bind(&self.endpoint)?;
        }
        Ok(socket)
    }

    /// Sends the topic, empty for none, and the data.
    pub fn send<'a>(&mut self, data: impl Into<Message>, topic: impl Into<Option<&'a str>>) -> zmq::Result<()> {
        let topic = topic.into().unwrap_or_default();
        Ok(self.socket()?.send_multipart((topic, data))?)
    }

    /// Receives the data of the next message; `None` only if it does not block and there is none.
    pub fn recv(&mut self) -> zmq::Result<Option<Message>> {
        let flags = if self.blocking { zmq::Flags::NONE } else { zmq::DONTWAIT };
        match self.socket()?.recv_multipart_flags(flags) {
            Ok(mut frames) => Ok(frames.pop()),
            Err(error) if error.kind() == ErrorKind::Again && !self.blocking => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Waits until a subscriber is there: what is sent before is lost. Opens the publisher.
    pub fn wait_for_subscriber(&mut self, timeout: Duration) -> zmq::Result<()> {
        self.socket()?.wait_for_subscriptions(1, timeout).map(drop)
    }
}

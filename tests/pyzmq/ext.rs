//! test_ext.py: what is a subclass in Python is a type that has a socket.

use std::ops::Deref;

use zmq::{Context, IntoKind, Kind, Socket, SocketType};

use crate::support::deadline;

struct CustomContext {
    context: Context,
    extra_arg: &'static str,
}

struct CustomSocket<K: Kind> {
    socket: Socket<K>,
    custom_attr: i32,
}

impl CustomContext {
    fn socket<K: IntoKind>(&self, kind: K, custom_attr: i32) -> zmq::Result<CustomSocket<K::Kind>> {
        Ok(CustomSocket { socket: self.context.socket(kind)?, custom_attr })
    }
}

impl<K: Kind> Deref for CustomSocket<K> {
    type Target = Socket<K>;

    fn deref(&self) -> &Socket<K> {
        &self.socket
    }
}

#[test]
fn custom_context() {
    let _deadline = deadline(60);
    let context = CustomContext { context: crate::context(), extra_arg: "s" };
    assert_eq!(context.extra_arg, "s");
    let socket = context.socket(zmq::PUSH, 10).unwrap();
    assert_eq!(socket.custom_attr, 10);
    assert_eq!(socket.context(), Some(&context.context));
    assert_eq!(socket.socket_type(), SocketType::Push);
    socket.bind("inproc://custom").unwrap();
}

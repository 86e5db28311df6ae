//! Sending, receiving, and messages.

use zmq::{DONTWAIT, Dynamic, Message, SNDMORE, Socket, SocketType};

use crate::input::Input;
use crate::known;

/// A frame of one of the ways to make one.
pub fn frame(input: &mut Input<'_>) -> Message {
    let how = input.byte();
    let piece = input.piece();
    match how % 8 {
        0 | 1 => Message::from(piece),
        2 => Message::from(piece.to_vec()),
        3 => Message::from_owner(piece.repeat(usize::from(how) + 1)),
        4 => known(Message::with_size(piece.len() * 300)).expect("there is memory"),
        5 => Message::from_static(b"static, and long enough not to be copied into the message itself"),
        6 => {
            let message = Message::from(piece.to_vec());
            let mut copy = message.clone();
            copy.make_mut().reverse();
            assert_eq!(&message[..], piece);
            copy
        }
        _ => Message::new(),
    }
}

fn frames(input: &mut Input<'_>) -> Vec<Message> {
    (0..input.byte() % 6).map(|_| frame(input)).collect()
}

pub fn send(socket: &Socket<Dynamic>, input: &mut Input<'_>) {
    let how = input.byte();
    let single = |answer: Result<(), zmq::SendError>, before: Message| {
        if let Err(error) = answer {
            assert_eq!(error.message, before, "{error}");
            known::<()>(Err(error.into()));
        }
    };
    let several = |answer: Result<(), zmq::SendMultipartError>, before: Vec<Message>| {
        if let Err(error) = answer {
            let whole = error.parts == before;
            // As the documentation says.
            let excused = error.error.is_terminated() || socket.socket_type() == SocketType::Stream;
            assert!(whole || excused, "{error}: {:?} of {before:?}", error.parts);
            known::<()>(Err(error.into()));
        }
    };
    match how % 8 {
        0 | 1 => {
            let message = frame(input);
            single(socket.try_send(message.clone()), message);
        }
        2 => {
            let message = frame(input);
            single(socket.send_flags(message.clone(), DONTWAIT | SNDMORE), message);
        }
        3 => {
            let message = frame(input);
            single(socket.send_timeout(message.clone(), i32::from(how & 1)), message);
        }
        4 | 5 => {
            let frames = frames(input);
            several(socket.try_send_multipart(frames.clone()), frames);
        }
        6 => {
            let frames = frames(input);
            several(socket.send_multipart_timeout(frames.clone(), 1), frames);
        }
        _ => {
            let frames = frames(input);
            several(socket.send_multipart_flags(frames.clone(), DONTWAIT | SNDMORE), frames);
        }
    }
}

pub fn recv(socket: &Socket<Dynamic>, input: &mut Input<'_>) {
    let look = |message: &Message| {
        let _ = (message.more(), message.as_str().is_ok(), message.source_fd(), message.peer_address());
        let _ = (message.identity(), message.user_id(), message.socket_type());
        let _ = format!("{message:?}");
    };
    match input.byte() % 9 {
        0 | 1 => {
            if let Some(Some(message)) = known(socket.try_recv()) {
                look(&message);
                known(message.property(&input.text()));
            }
        }
        2 => {
            if let Some(message) = known(socket.recv_timeout(i32::from(input.byte() & 3))) {
                look(&message);
            }
        }
        3 => {
            if let Some(Some(frames)) = known(socket.try_recv_multipart()) {
                frames.iter().for_each(look);
                // And back.
                let _ = socket.try_send_multipart(frames);
            }
        }
        4 => {
            let mut buffer = [0; 40];
            let size = usize::from(input.byte()) % 41;
            if let Some(received) = known(socket.recv_buf_flags(&mut buffer[..size], DONTWAIT)) {
                assert!(received.len <= size && (received.is_truncated() || received.size == received.len));
            }
        }
        5 => {
            let mut message = frame(input);
            if known(socket.recv_into_flags(&mut message, DONTWAIT)).is_some() {
                look(&message);
            }
        }
        6 => {
            if let Err(error) = socket.recv_frames_timeout::<2>(0) {
                if error.kind() == zmq::ErrorKind::FrameCount {
                    let frames = error.into_frames().expect("they come back");
                    assert_ne!(frames.len(), 2);
                } else {
                    known::<()>(Err(error));
                }
            }
        }
        7 => {
            if let Err(error) = socket.recv_string_flags(DONTWAIT) {
                if error.kind() == zmq::ErrorKind::InvalidUtf8 {
                    let message = error.into_message().expect("it comes back");
                    assert!(std::str::from_utf8(&message).is_err());
                } else {
                    known::<()>(Err(error));
                }
            }
        }
        _ => {
            known(socket.poll(i32::from(input.byte() & 1), zmq::POLLIN | zmq::POLLOUT));
        }
    }
}

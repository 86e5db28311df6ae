//! JSON, by serde.
#![cfg(feature = "json")]

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::Socket;
use super::flags::Flags;
use super::kind::{Kind, Receiver, Sender};
use crate::error::{Errno, Error, ErrorKind, Operation, Result};
use crate::message::Message;

pub(crate) fn write_json<T: Serialize + ?Sized>(value: &T) -> Result<Message> {
    match serde_json::to_vec(value) {
        Ok(text) => Ok(text.into()),
        Err(source) => Err(Error::new(Operation::Send, Errno::INVALID).with_kind(ErrorKind::Json).with_source(source)),
    }
}

pub(crate) fn read_json<T: DeserializeOwned>(message: Message) -> Result<T> {
    match serde_json::from_slice(&message) {
        Ok(value) => Ok(value),
        Err(source) => Err(Error::new(Operation::Recv, Errno::INVALID)
            .with_kind(ErrorKind::Json)
            .with_source(source)
            .with_payload(message)),
    }
}

/// With the feature `json`.
impl<K: Kind> Socket<K> {
    /// Sends a value as JSON, in one frame.
    ///
    /// # Errors
    ///
    /// [`Json`](ErrorKind::Json) if it cannot be written as JSON; else as for [`send`](Self::send). The value is only borrowed, so it
    /// is still there.
    pub fn send_json<T: Serialize + ?Sized>(&self, value: &T) -> Result<()>
    where
        K: Sender,
    {
        Ok(self.send(write_json(value)?)?)
    }

    /// As [`send_json`](Self::send_json), with flags.
    ///
    /// # Errors
    ///
    /// As for [`send_json`](Self::send_json).
    pub fn send_json_flags<T: Serialize + ?Sized>(&self, value: &T, flags: Flags) -> Result<()>
    where
        K: Sender,
    {
        Ok(self.send_flags(write_json(value)?, flags)?)
    }

    /// Receives a frame of JSON: as a type of your own, or as a `serde_json::Value`.
    ///
    /// ```
    /// # fn main() -> zmq::Result<()> {
    /// # let context = zmq::Context::new()?;
    /// # let (push, pull) = (context.socket(zmq::PUSH)?, context.socket(zmq::PULL)?);
    /// # pull.bind("inproc://json")?;
    /// # push.connect("inproc://json")?;
    /// #[derive(serde::Serialize, serde::Deserialize)]
    /// struct Task { task: u32, workload: u32 }
    ///
    /// push.send_json(&Task { task: 7, workload: 70 })?;
    /// let Task { task, workload } = pull.recv_json()?;
    /// assert_eq!((task, workload), (7, 70));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`Json`](ErrorKind::Json) if it is no JSON, or not of that shape: it says where, and [`Error::into_message`] gives back what was
    /// received. Else as for [`recv`](Self::recv).
    pub fn recv_json<T: DeserializeOwned>(&self) -> Result<T>
    where
        K: Receiver,
    {
        read_json(self.recv()?)
    }

    /// As [`recv_json`](Self::recv_json), with [`DONTWAIT`](crate::DONTWAIT).
    ///
    /// # Errors
    ///
    /// As for [`recv_json`](Self::recv_json).
    pub fn recv_json_flags<T: DeserializeOwned>(&self, flags: Flags) -> Result<T>
    where
        K: Receiver,
    {
        read_json(self.recv_flags(flags)?)
    }
}

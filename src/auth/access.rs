//! What an authenticator decides.

use std::borrow::Cow;

/// What a callback decides about a peer: [`allow`](Self::allow) it, perhaps with something that its messages then say about it, or
/// not, and why.
///
/// `true` and `false` will do where there is nothing to add.
///
/// ```
/// use zmq::auth::Access;
///
/// let access = Access::allow().user_id("ann").metadata("Role", "admin");
/// assert!(access.is_allowed());
/// assert!(!Access::from(false).is_allowed());
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub struct Access {
    pub(super) status: Status,
    pub(super) reason: Cow<'static, str>,
    pub(super) user_id: Option<String>,
    pub(super) metadata: Vec<(String, Vec<u8>)>,
}

/// The status codes of ZAP.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Status {
    Allowed,
    Later,
    Denied,
    Failed,
}

impl Status {
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Allowed => "200",
            Self::Later => "300",
            Self::Denied => "400",
            Self::Failed => "500",
        }
    }

    pub(super) fn as_number(self) -> u32 {
        match self {
            Self::Allowed => 200,
            Self::Later => 300,
            Self::Denied => 400,
            Self::Failed => 500,
        }
    }
}

/// What libzmq, or the peer itself, says about a connection: not for authenticators to say. `Identity` would give the peer another
/// routing id, `Socket-Type` have it refused.
const RESERVED: [&str; 6] = ["Identity", "Routing-Id", "Socket-Type", "User-Id", "Peer-Address", "Resource"];

pub(super) fn check_metadata(name: &str, value: &[u8]) -> Result<(), &'static str> {
    if name.is_empty() || name.len() > 255 || name.contains('\0') {
        return Err("the name of a property is 1 to 255 bytes without a zero byte");
    }
    if RESERVED.contains(&name) || name.starts_with("__") {
        return Err("that property is not an authenticator's to say");
    }
    if value.contains(&0) {
        return Err("the value of a property cannot have a zero byte: it would end there");
    }
    Ok(())
}

impl Access {
    fn new(status: Status, reason: impl Into<Cow<'static, str>>) -> Self {
        Self { status, reason: reason.into(), user_id: None, metadata: Vec::new() }
    }

    /// Lets the peer in: 200.
    pub fn allow() -> Self {
        Self::new(Status::Allowed, "OK")
    }

    /// Does not let it in: 400. libzmq tells the peer so, without the reason, and it does not try again by itself.
    ///
    /// The reason is for the log.
    pub fn deny(reason: impl Into<Cow<'static, str>>) -> Self {
        Self::new(Status::Denied, reason)
    }

    /// Does not let it in for the moment, 300. libzmq tells the peer nothing: it waits until the handshake has taken too long
    /// ([`HANDSHAKE_IVL`](crate::HANDSHAKE_IVL), 30 s), and then tries again.
    pub fn retry_later(reason: impl Into<Cow<'static, str>>) -> Self {
        Self::new(Status::Later, reason)
    }

    /// Does not let it in, since the decision itself failed: 500.
    pub fn fail(reason: impl Into<Cow<'static, str>>) -> Self {
        Self::new(Status::Failed, reason)
    }

    /// Who the peer is: [`Message::user_id`](crate::Message::user_id) of its messages. Else it is the user name, the key as Z85, or the
    /// principal.
    pub fn user_id(mut self, user_id: impl Into<String>) -> Self {
        self.user_id = Some(user_id.into());
        self
    }

    /// Something about the peer, for [`Message::property`](crate::Message::property) of its messages.
    ///
    /// It comes before what the peer says about itself. What is not said here the peer may say: a property that others rely on is
    /// said of everyone, if as empty.
    ///
    /// A name that cannot be sent, or that is libzmq's own (`Socket-Type`, …), or a zero byte in a value, makes the decision one that
    /// failed: nobody is let in with less than was meant.
    pub fn metadata(mut self, name: impl Into<String>, value: impl Into<Vec<u8>>) -> Self {
        self.metadata.push((name.into(), value.into()));
        self
    }

    /// Whether the peer is let in.
    pub fn is_allowed(&self) -> bool {
        self.status == Status::Allowed
    }

    /// What can be answered: with a user id if it is let in, nothing about it if not.
    pub(super) fn checked(mut self, default_user_id: impl FnOnce() -> String) -> Self {
        if !self.is_allowed() {
            self.user_id = None;
            self.metadata.clear();
            return self;
        }
        for (name, value) in &self.metadata {
            if let Err(reason) = check_metadata(name, value) {
                return Self::fail(format!("{name:?}: {reason}"));
            }
        }
        let user_id = self.user_id.take().unwrap_or_else(default_user_id);
        if user_id.contains('\0') {
            return Self::fail("a user id cannot have a zero byte: it would end there");
        }
        Self { user_id: Some(user_id), ..self }
    }

    /// As in ZMTP: the length of the name and the name, the length of the value and the value.
    pub(super) fn encoded_metadata(&self) -> Vec<u8> {
        let mut encoded = Vec::new();
        for (name, value) in &self.metadata {
            let (Ok(name_length), Ok(value_length)) = (u8::try_from(name.len()), u32::try_from(value.len())) else {
                continue;
            };
            encoded.push(name_length);
            encoded.extend_from_slice(name.as_bytes());
            encoded.extend_from_slice(&value_length.to_be_bytes());
            encoded.extend_from_slice(value);
        }
        encoded
    }
}

impl From<bool> for Access {
    fn from(allowed: bool) -> Self {
        if allowed { Self::allow() } else { Self::deny("Denied by the callback") }
    }
}

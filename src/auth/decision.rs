//! What is written into a log about a peer.

use std::fmt;

use super::access::Access;
use super::zap::ZapRequest;

/// What an authenticator decided about a peer, for a log; see [`Policy::set_log`](super::Policy::set_log).
///
/// Written with `{}` it is one line, without anything that is secret:
/// `DENIED 400 CURVE domain="*" address=192.0.2.7 identity="rq:rM>…": Unknown key`.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Decision {
    /// The code of ZAP: 200 let in, 300 not now, 400 not let in, 500 the decision failed.
    pub status: u32,
    /// Why.
    pub reason: String,
    /// `NULL`, `PLAIN`, `CURVE`, `GSSAPI`, …; empty if what came was no request.
    pub mechanism: String,
    /// The domain of the server's socket.
    pub domain: String,
    /// Where the peer connects from.
    pub address: String,
    /// Who it says it is: the user name, the public key as Z85, the principal.
    pub identity: Option<String>,
    /// Who it is taken for, if it is let in.
    pub user_id: Option<String>,
}

impl Decision {
    pub(super) fn new(request: &ZapRequest, access: &Access) -> Self {
        Self {
            status: access.status.as_number(),
            reason: access.reason.clone().into_owned(),
            mechanism: request.credentials.mechanism().to_owned(),
            domain: request.domain.clone(),
            address: request.address.clone(),
            identity: request.credentials.identity(),
            user_id: access.user_id.clone(),
        }
    }

    pub(super) fn malformed(reason: &str) -> Self {
        Self {
            status: 400,
            reason: reason.to_owned(),
            mechanism: String::new(),
            domain: String::new(),
            address: String::new(),
            identity: None,
            user_id: None,
        }
    }

    /// Whether the peer is let in.
    pub fn is_allowed(&self) -> bool {
        self.status == 200
    }
}

impl fmt::Display for Decision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let verdict = if self.is_allowed() { "ALLOWED" } else { "DENIED" };
        write!(f, "{verdict} {}", self.status)?;
        if !self.mechanism.is_empty() {
            // What a peer chose is escaped, so that it cannot write lines of its own into a log.
            write!(
                f,
                " {} domain={:?} address={}",
                self.mechanism.escape_debug(),
                self.domain,
                self.address.escape_debug()
            )?;
        }
        if let Some(identity) = &self.identity {
            write!(f, " identity={identity:?}")?;
        }
        // A callback may have put into it what the peer said.
        write!(f, ": {}", self.reason.escape_debug())
    }
}

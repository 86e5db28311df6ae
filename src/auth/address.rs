//! Which peers an address rule means.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use crate::error::{Error, Operation, Result};

/// What an authenticator was told to allow or deny.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum AddressRule {
    /// The addresses that begin with so many bits of this one.
    Network(IpAddr, u32),
    /// Whoever is on this machine: by `ipc`, or over the loopback interface.
    Localhost,
    /// By `ipc`: a user, and perhaps a group and a process.
    Process(Process),
}

/// The numbers that the system tells about the other end of a Unix socket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Process {
    uid: u32,
    gid: Option<u32>,
    pid: Option<u32>,
}

/// Who connects, as far as the text says that libzmq has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Peer {
    Ip(IpAddr),
    Process(Option<Process>),
    /// No address that is known here: of a transport that has none.
    Unknown,
}

/// The IPv4 address in one that IPv6 sockets have for it.
fn plain(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V6(v6) => v6.to_ipv4_mapped().map_or(address, IpAddr::V4),
        IpAddr::V4(_) => address,
    }
}

/// The first so many bits, the others zero.
fn masked(address: IpAddr, bits: u32) -> IpAddr {
    match address {
        IpAddr::V4(v4) => {
            let mask = u32::MAX.checked_shl(32 - bits).unwrap_or(0);
            IpAddr::V4(Ipv4Addr::from_bits(v4.to_bits() & mask))
        }
        IpAddr::V6(v6) => {
            let mask = u128::MAX.checked_shl(128 - bits).unwrap_or(0);
            IpAddr::V6(Ipv6Addr::from_bits(v6.to_bits() & mask))
        }
    }
}

/// Digits only: `parse` takes a sign, too.
fn number(text: &str) -> Option<u32> {
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok())?
}

/// `uid`, `uid:gid` or `uid:gid:pid`.
fn process(numbers: &str) -> Option<Process> {
    let mut numbers = numbers.splitn(3, ':').map(number);
    let uid = numbers.next()??;
    let mut further = || match numbers.next() {
        Some(Some(number)) => Ok(Some(number)),
        Some(None) => Err(()),
        None => Ok(None),
    };
    let (gid, pid) = (further().ok()?, further().ok()?);
    Some(Process { uid, gid, pid })
}

impl Peer {
    pub(super) fn parse(text: &str) -> Self {
        match text.strip_prefix("localhost") {
            Some("") => return Self::Process(None),
            Some(numbers) => {
                if let Some(process) = numbers.strip_prefix(':').and_then(process) {
                    return Self::Process(Some(process));
                }
            }
            None => {}
        }
        // A link-local address comes with the interface it was reached by.
        let address = text.split('%').next().unwrap_or_default();
        address.parse().map_or(Self::Unknown, |address| Self::Ip(plain(address)))
    }
}

impl AddressRule {
    pub(super) fn parse(text: &str) -> Result<Self> {
        let invalid =
            |help: String| Err(Error::invalid(Operation::Authenticator, help).with_target(format!("{text:?}")));
        if text == "localhost" {
            return Ok(Self::Localhost);
        }
        if let Some(numbers) = text.strip_prefix("localhost:") {
            return match process(numbers) {
                Some(process) => Ok(Self::Process(process)),
                None => {
                    invalid("after localhost come a user's number, a group's and a process's: localhost:1000".into())
                }
            };
        }
        let (address, bits) = match text.split_once('/') {
            Some((address, bits)) => (address, Some(bits)),
            None => (text, None),
        };
        let Ok(address) = address.parse::<IpAddr>() else {
            return invalid(
                "not an address: 192.0.2.7, 2001:db8::7, a network like 192.0.2.0/24, or localhost; names are not looked up".into(),
            );
        };
        let width = if address.is_ipv4() { 32 } else { 128 };
        let bits = match bits.map(number) {
            None => width,
            Some(Some(bits)) if bits <= width => bits,
            Some(_) => return invalid(format!("after the / comes how many bits count: 0 to {width}")),
        };
        if masked(address, bits) != address {
            let network = masked(address, bits);
            return invalid(format!(
                "it has bits set that do not count: {network}/{bits} is the network, {address} the address"
            ));
        }
        Ok(match (plain(address), bits) {
            // `::ffff:192.0.2.0/120` is `192.0.2.0/24`.
            (IpAddr::V4(v4), 96..) if address.is_ipv6() => Self::Network(IpAddr::V4(v4), bits - 96),
            _ => Self::Network(address, bits),
        })
    }

    /// Whether the peer is meant, or may be, as far as is known about it.
    pub(super) fn may_match(self, peer: Peer) -> bool {
        let same = |rule: Option<u32>, peer: Option<u32>| rule.is_none() || peer.is_none() || rule == peer;
        match (self, peer) {
            (_, Peer::Unknown) | (Self::Process(_), Peer::Process(None)) => true,
            (Self::Process(rule), Peer::Process(Some(peer))) => {
                rule.uid == peer.uid && same(rule.gid, peer.gid) && same(rule.pid, peer.pid)
            }
            _ => self.matches(peer),
        }
    }

    /// Whether the peer is meant, for certain.
    pub(super) fn matches(self, peer: Peer) -> bool {
        match (self, peer) {
            (Self::Network(network @ IpAddr::V4(_), bits), Peer::Ip(address @ IpAddr::V4(_)))
            | (Self::Network(network @ IpAddr::V6(_), bits), Peer::Ip(address @ IpAddr::V6(_))) => {
                masked(address, bits) == network
            }
            (Self::Localhost, Peer::Ip(address)) => address.is_loopback(),
            (Self::Localhost, Peer::Process(_)) => true,
            (Self::Process(rule), Peer::Process(Some(peer))) => {
                rule.uid == peer.uid
                    && (rule.gid.is_none() || rule.gid == peer.gid)
                    && (rule.pid.is_none() || rule.pid == peer.pid)
            }
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{AddressRule, Peer};

    fn matches(rule: &str, peer: &str) -> bool {
        AddressRule::parse(rule).unwrap().matches(Peer::parse(peer))
    }

    #[test]
    fn networks() {
        for (rule, inside, outside) in [
            (
                "192.0.2.7",
                &["192.0.2.7", "::ffff:192.0.2.7"][..],
                &["192.0.2.8", "::1", "", "localhost:0:0:1", "192.0.2.70"][..],
            ),
            ("192.0.2.0/24", &["192.0.2.0", "192.0.2.255"], &["192.0.3.0", "192.0.1.255", "192.0.2"]),
            ("192.0.2.0/25", &["192.0.2.127"], &["192.0.2.128"]),
            ("0.0.0.0/0", &["255.255.255.255", "::ffff:1.2.3.4"], &["::1", "localhost:1:1:1"]),
            ("::ffff:192.0.2.0/120", &["192.0.2.9"], &["192.0.3.9"]),
            ("::1", &["::1"], &["::2", "127.0.0.1"]),
            ("2001:db8::/32", &["2001:db8:ffff::1"], &["2001:db9::1"]),
            ("fe80::/10", &["fe80::1%eth0", "febf::1"], &["fec0::1"]),
            ("::/0", &["::", "2001:db8::1"], &["127.0.0.1"]),
            (
                "localhost",
                &["127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1", "localhost", "localhost:5:6:7"],
                &["192.0.2.1", "localhost.example", "localhost:x", ""],
            ),
            ("localhost:1000", &["localhost:1000:1:2"], &["localhost:1001:1000:1000", "localhost", "127.0.0.1"]),
            ("localhost:1000:7", &["localhost:1000:7:2"], &["localhost:1000:8:7"]),
            ("localhost:1000:7:2", &["localhost:1000:7:2"], &["localhost:1000:7:3", "localhost:1000:7"]),
        ] {
            for peer in inside {
                assert!(matches(rule, peer), "{rule} and {peer}");
            }
            for peer in outside {
                assert!(!matches(rule, peer), "{rule} and {peer}");
            }
        }
    }

    #[test]
    fn who_may_be_meant_is_denied() {
        let may_match = |rule: &str, peer: &str| AddressRule::parse(rule).unwrap().may_match(Peer::parse(peer));
        for peer in ["", "weird", "vmci://1"] {
            assert!(may_match("192.0.2.7", peer) && may_match("localhost", peer) && may_match("localhost:1", peer));
        }
        assert!(may_match("localhost:5", "localhost") && may_match("localhost:5:6:7", "localhost:5:6"));
        assert!(!may_match("localhost:5", "localhost:6:6:6") && !may_match("localhost:5:6:7", "localhost:5:7"));
        assert!(!may_match("192.0.2.7", "192.0.2.8") && !may_match("192.0.2.7", "localhost:1:1:1"));
    }

    #[test]
    fn what_is_no_rule_says_why() {
        for (text, part) in [
            ("", "not an address"),
            ("*", "not an address"),
            ("example.com", "names are not looked up"),
            ("192.0.2", "not an address"),
            ("192.0.2.0/33", "0 to 32"),
            ("::/129", "0 to 128"),
            ("192.0.2.0/", "0 to 32"),
            ("192.0.2.0/-1", "0 to 32"),
            ("192.0.2.0/+24", "0 to 32"),
            ("localhost:+5", "a user's number"),
            ("192.0.2.7/24", "192.0.2.0/24 is the network"),
            ("localhost:", "a user's number"),
            ("localhost:a", "a user's number"),
            ("localhost:1:2:3:4", "a user's number"),
        ] {
            let error = AddressRule::parse(text).unwrap_err().to_string();
            assert!(error.contains(part), "{text:?}: {error}");
        }
    }
}

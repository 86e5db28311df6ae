//! `ZapRequest::parse` and `Policy::decide`.

use std::net::IpAddr;

use zmq::auth::{Access, CURVE_ALLOW_ANY, Credentials, Policy, ZapRequest};

use crate::random::{Input, Random, contains};
use crate::support::deadline;

/// The key that the policy knows.
const KEY: [u8; 32] = *b"0123456789abcdef0123456789abcdef";

pub(crate) fn policy() -> Policy {
    let policy = Policy::new();
    policy.allow(["192.0.2.0/24", "localhost", "2001:db8::/32"]).unwrap();
    policy.deny(["192.0.2.13", "127.0.0.13", "2001:db8:13::/48"]).unwrap();
    policy.configure_plain("*", [("ann", "secret"), ("bob", "")]);
    policy.configure_plain("closed", [("cleo", "sesame")]);
    policy.configure_curve("*", [KEY.into()]).unwrap();
    policy.configure_curve("open", CURVE_ALLOW_ANY).unwrap();
    policy.configure_gssapi("*", ["ann@EXAMPLE.ORG"]);
    policy.configure_callback("fails", |_| Access::fail("It cannot be decided"));
    policy.configure_callback("denies", |_| Access::deny("Not today").user_id("ann").metadata("Role", "admin"));
    // These say about the peer whatever the request does.
    let identity = |request: &ZapRequest| String::from_utf8_lossy(&request.identity).into_owned();
    policy.configure_callback("user", move |request| Access::allow().user_id(identity(request)));
    policy.configure_callback("name", move |request| Access::allow().metadata(identity(request), "x"));
    policy.configure_callback("value", |request| Access::allow().metadata("Echo", request.identity.clone()));
    policy
}

pub(crate) type Frames = Vec<Vec<u8>>;

pub(crate) fn frames(frames: &[&[u8]]) -> Frames {
    frames.iter().map(|frame| frame.to_vec()).collect()
}

/// Requests that are let in.
pub(crate) fn good() -> Vec<Frames> {
    let request = |domain: &str, address: &str, credentials: &[&[u8]]| {
        let request: [&[u8]; 5] = [b"1.0", b"7", domain.as_bytes(), address.as_bytes(), b""];
        frames(&[&request, credentials].concat())
    };
    vec![
        request("", "192.0.2.7", &[b"NULL"]),
        request("", "localhost:1000:1000:4711", &[b"NULL"]),
        request("any", "2001:db8::7", &[b"PLAIN", b"ann", b"secret"]),
        request("", "::ffff:192.0.2.7", &[b"PLAIN", b"bob", b""]),
        request("closed", "127.0.0.1", &[b"PLAIN", b"cleo", b"sesame"]),
        request("", "::1", &[b"CURVE", &KEY]),
        request("open", "192.0.2.255", &[b"CURVE", &[7; 32]]),
        request("", "2001:db8::1%eth0", &[b"GSSAPI", b"ann@EXAMPLE.ORG"]),
        request("user", "localhost", &[b"OAUTH", b"token"]),
        request("value", "192.0.2.8", &[b"NULL"]),
    ]
}

const OF_REQUESTS: [&[u8]; 32] = [
    b"",
    b"\0",
    b"1.0",
    b"2.0",
    b"closed",
    b"open",
    b"user",
    b"name",
    b"value",
    b"fails",
    b"denies",
    b"*",
    b"192.0.2.7",
    b"192.0.2.13",
    b"::ffff:192.0.2.13",
    b"127.0.0.13",
    b"2001:db8:13::7%eth0",
    b"198.51.100.7",
    b"localhost:1000",
    b"NULL",
    b"PLAIN",
    b"CURVE",
    b"GSSAPI",
    b"ann",
    b"bob",
    b"cleo",
    b"secret",
    b"sesame",
    b"ann\0",
    &KEY,
    &[7; 32],
    b"\xFF",
];

pub(crate) fn request(random: &mut Random, good: &[Frames]) -> Frames {
    if random.one_in(8) {
        return (0..random.below(12))
            .map(|_| if random.one_in(2) { random.pick(&OF_REQUESTS).to_vec() } else { random.bytes(40) })
            .collect();
    }
    let mut request = random.pick(good);
    for _ in 0..random.below(3) {
        let at = random.below(request.len().max(1));
        match random.below(8) {
            0 if !request.is_empty() => drop(request.remove(at)),
            1 => request.insert(at, random.pick(&OF_REQUESTS).to_vec()),
            2 => request.truncate(at),
            3 if !request.is_empty() => random.mutate(&mut request[at], &OF_REQUESTS),
            4 | 5 if !request.is_empty() => request[at] = random.pick(&OF_REQUESTS).to_vec(),
            6 => {
                let other = random.pick(good);
                request.truncate(at);
                request.extend(other.into_iter().skip(at));
            }
            _ => {}
        }
    }
    request
}

/// Whether the policy's addresses are meant to include this one, worked out in another way than there.
fn address_may(address: &str) -> bool {
    if let Some(rest) = address.strip_prefix("localhost") {
        return rest.chars().all(|c| c.is_ascii_digit() || c == ':' || c == '+');
    }
    let address = address.split('%').next().unwrap();
    match address.parse::<IpAddr>().map(|address| address.to_canonical()) {
        Ok(IpAddr::V4(v4)) => match v4.octets() {
            [192, 0, 2, 13] | [127, 0, 0, 13] => false,
            [192, 0, 2, _] | [127, ..] => true,
            _ => false,
        },
        Ok(IpAddr::V6(v6)) => v6.is_loopback() || (v6.segments()[..2] == [0x2001, 0xdb8] && v6.segments()[2] != 0x13),
        Err(_) => false,
    }
}

/// Whether these frames may be let in, by the frames themselves.
pub(crate) fn may(frames: &[Vec<u8>]) -> bool {
    let frames: Vec<_> = frames.iter().map(|frame| &frame[..]).collect();
    let [b"1.0", _, domain, address, identity, credentials @ ..] = &frames[..] else { return false };
    if credentials.is_empty() {
        return false;
    }
    let text = |frame| std::str::from_utf8(frame).ok().filter(|text| !text.contains('\0'));
    let (Some(_), Some(mechanism), Some(address)) = (text(domain), text(credentials[0]), text(address)) else {
        return false;
    };
    if !address_may(address) {
        return false;
    }
    match (*domain, credentials) {
        (b"fails" | b"denies", _) => false,
        // Their callbacks do not look at what is shown; but that has to be what the mechanism shows.
        (b"user" | b"name" | b"value", [_, shown @ ..]) => {
            let whole = match (mechanism, shown) {
                ("NULL", shown) => shown.is_empty(),
                ("PLAIN", shown) => shown.len() == 2 && text(shown[0]).is_some(),
                ("CURVE", shown) => shown.len() == 1 && shown[0].len() == 32,
                ("GSSAPI", shown) => shown.len() == 1 && text(shown[0]).is_some(),
                _ => true,
            };
            let length = String::from_utf8_lossy(identity).len();
            whole && !identity.contains(&0) && (*domain != b"name" || (1..=255).contains(&length))
        }
        (_, [b"NULL"]) => true,
        (b"closed", [b"PLAIN", username, password]) => (*username, *password) == (b"cleo", b"sesame"),
        (_, [b"PLAIN", b"ann", b"secret"] | [b"PLAIN", b"bob", b""]) => true,
        (b"open", [b"CURVE", key]) => key.len() == 32,
        (_, [b"CURVE", key]) => *key == KEY,
        (_, [b"GSSAPI", principal]) => *principal == b"ann@EXAMPLE.ORG",
        _ => false,
    }
}

#[test]
fn any_frames_are_a_request_or_not_and_nobody_is_let_in_who_is_not_known() {
    let _deadline = deadline(120);
    let (policy, good) = (policy(), good());
    for request in &good[..8] {
        assert!(policy.decide(&ZapRequest::parse(request).unwrap()).is_allowed(), "{request:?}");
    }
    let mut random = Random(0xD1B5_4A32_D192_ED03);
    let (mut allowed, mut denied, mut malformed, mut hidden) = (0, 0, 0, 0);
    for _ in 0..100_000 {
        let frames = request(&mut random, &good);
        let _input = Input(&frames);
        let request = match ZapRequest::parse(&frames) {
            Ok(request) => request,
            Err(reason) => {
                // It becomes a frame of the answer.
                assert!(!reason.is_empty() && reason.len() < 255 && reason.is_ascii());
                assert!(!may(&frames));
                malformed += 1;
                continue;
            }
        };
        assert_eq!(request.domain.as_bytes(), frames[2]);
        assert_eq!(request.address.as_bytes(), frames[3]);
        assert_eq!(request.identity, frames[4]);
        assert_eq!(request.credentials.mechanism().as_bytes(), frames[5]);
        for name in [&request.domain, &request.address, request.credentials.mechanism()] {
            assert!(!name.contains('\0'), "{name:?}");
        }
        match &request.credentials {
            Credentials::Plain { username: name, .. } | Credentials::Gssapi(name) => assert!(!name.contains('\0')),
            _ => {}
        }
        // A password is not shown; the same word elsewhere is none.
        if matches!(&request.credentials, Credentials::Plain { password, .. } if **password == *b"secret")
            && !frames[..7].iter().any(|frame| contains(frame, "secret"))
        {
            assert!(!format!("{request:?}").contains("secret"), "{request:?}");
            hidden += 1;
        }

        let access = policy.decide(&request);
        assert!(!access.is_allowed() || may(&frames), "{access:?}");
        // Who is known gets in, too, as far as the address is one that libzmq would say.
        assert!(access.is_allowed() || !may(&frames) || request.address.starts_with("localhost"), "{access:?}");
        *(if access.is_allowed() { &mut allowed } else { &mut denied }) += 1;
    }
    assert!(allowed > 10_000 && denied > 10_000 && malformed > 10_000, "{allowed} {denied} {malformed}");
    assert!(hidden > 1000, "{hidden}");
}

//! `ZapRequest::parse` and `Policy::decide`: whatever frames come, nobody is let in whom the policy does not know.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use zmq::auth::{CURVE_ALLOW_ANY, Credentials, Policy, ZapRequest};

static POLICY: LazyLock<Policy> = LazyLock::new(|| {
    let policy = Policy::new();
    policy.allow(["127.0.0.0/8", "::1", "localhost:1000"]).expect("addresses");
    policy.deny(["127.0.0.13", "2001:db8::/32"]).expect("addresses");
    policy.configure_plain("*", [("ann", "secret")]);
    policy.configure_plain("closed", [("bob", "")]);
    policy.configure_curve("*", [KEY.into()]).expect("keys");
    policy.configure_curve("open", CURVE_ALLOW_ANY).expect("all keys");
    policy.configure_gssapi("*", ["ann@EXAMPLE.ORG"]);
    policy
});

const KEY: [u8; 32] = *b"0123456789abcdef0123456789abcdef";

/// A byte says how long the frame is that follows; 255 stands for two more that say so.
fn frames(mut data: &[u8]) -> Vec<&[u8]> {
    let mut frames = Vec::new();
    while let [length, rest @ ..] = data {
        let (length, rest) = match (length, rest) {
            (255, [high, low, rest @ ..]) => (usize::from(u16::from_be_bytes([*high, *low])), rest),
            (length, rest) => (usize::from(*length), rest),
        };
        let (frame, rest) = rest.split_at(length.min(rest.len()));
        frames.push(frame);
        data = rest;
    }
    frames
}

fuzz_target!(|data: &[u8]| {
    let Ok(request) = ZapRequest::parse(&frames(data)) else { return };
    // It is written into logs.
    let shown = format!("{request:?}");
    assert!(!request.domain.contains('\0') && !request.address.contains('\0'), "{shown}");
    if !POLICY.decide(&request).is_allowed() {
        return;
    }
    assert_ne!(request.address, "127.0.0.13");
    assert!(!request.address.starts_with("2001:"), "{shown}");
    match &request.credentials {
        Credentials::Null => {}
        Credentials::Plain { username, password } => match request.domain.as_str() {
            "closed" => assert!(username == "bob" && password.is_empty(), "{shown}"),
            _ => assert!(username == "ann" && **password == *b"secret", "{shown}"),
        },
        Credentials::Curve(key) => assert!(*key.as_bytes() == KEY || request.domain == "open", "{shown}"),
        Credentials::Gssapi(principal) => assert_eq!(principal, "ann@EXAMPLE.ORG"),
        _ => panic!("{shown}"),
    }
});

//! `Policy::allow` and `Policy::deny`.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use zmq::ErrorKind;
use zmq::auth::{Policy, ZapRequest};

use crate::random::{Input, Random};
use crate::support::deadline;

const OF_ADDRESSES: [&[u8]; 28] = [
    b"0",
    b"1",
    b"2",
    b"7",
    b"9",
    b"32",
    b"128",
    b"255",
    b"256",
    b"1000",
    b".",
    b".",
    b".",
    b":",
    b":",
    b"::",
    b"::ffff:",
    b"/",
    b"/",
    b"/24",
    b"-",
    b"+",
    b"fe80",
    b"db8",
    b"%eth0",
    b"localhost",
    b"localhost:",
    b" ",
];

/// NULL, from there.
fn from(address: &str) -> ZapRequest {
    ZapRequest::parse(&["1.0", "1", "", address, "", "NULL"]).unwrap()
}

/// Whether a rule means a peer, which has to be the same for both kinds of rules; denied is stronger.
#[track_caller]
fn matches(rule: &str, address: &str) -> bool {
    let request = from(address);
    let (allow, deny, both) = (Policy::new(), Policy::new(), Policy::new());
    allow.allow([rule]).unwrap();
    deny.deny([rule]).unwrap();
    both.allow([rule]).unwrap();
    both.deny([rule]).unwrap();
    let allowed = allow.decide(&request).is_allowed();
    assert_eq!(deny.decide(&request).is_allowed(), !allowed, "{rule} and {address}");
    assert!(!both.decide(&request).is_allowed(), "{rule} and {address}");
    allowed
}

fn flipped(address: IpAddr, bit: u32) -> IpAddr {
    match address {
        IpAddr::V4(v4) => IpAddr::V4((v4.to_bits() ^ (1 << (31 - bit))).into()),
        IpAddr::V6(v6) => IpAddr::V6((v6.to_bits() ^ (1 << (127 - bit))).into()),
    }
}

/// The address of one, and how many bits count, which sometimes is one too few.
fn network(random: &mut Random) -> String {
    let (number, wrong) = (random.number(), u32::from(random.one_in(4)));
    let bits = 1 + random.below(31) as u32;
    if random.one_in(2) {
        let address = Ipv4Addr::from_bits((number as u32 | 1 << (32 - bits)) & (u32::MAX << (32 - bits)));
        return format!("{address}/{}", bits - wrong);
    }
    let bits = bits * 4;
    let number = u128::from(number) << 64 | u128::from(random.number());
    let address = Ipv6Addr::from_bits((number | 1 << (128 - bits)) & (u128::MAX << (128 - bits)));
    format!("{address}/{}", bits - wrong)
}

#[test]
fn any_text_is_an_address_or_an_error() {
    let _deadline = deadline(120);
    let usual: [&[u8]; 9] = [
        b"192.0.2.7",
        b"192.0.2.0/24",
        b"10.0.0.0/8",
        b"0.0.0.0/0",
        b"2001:db8::/32",
        b"::ffff:192.0.2.0/120",
        b"fe80::7",
        b"localhost",
        b"localhost:1000:100:4711",
    ];
    let mut random = Random(0xA076_1D64_78BD_642F);
    let (mut rules, mut networks) = (0, 0);
    for round in 0..100_000 {
        let text = match round % 4 {
            0 if round % 32 == 0 => random.bytes(40),
            0 => random.pieces(&OF_ADDRESSES, 10),
            1 => network(&mut random).into_bytes(),
            _ => {
                let mut text = random.pick(&usual).to_vec();
                random.mutate(&mut text, &OF_ADDRESSES);
                text
            }
        };
        let text = String::from_utf8_lossy(&text).into_owned();
        let _input = Input(&text);
        let policy = Policy::new();
        if let Err(error) = policy.deny([&*text]) {
            assert_eq!(error.kind(), ErrorKind::InvalidArgument);
            assert!(error.to_string().contains(&format!("{text:?}")), "{error}");
            assert!(!error.to_string().contains('\n'), "{error}");
            assert_eq!(policy.allow([&*text]).unwrap_err().to_string(), error.to_string());
            // Neither is anything changed, nor by the rules before it.
            policy.allow(["192.0.2.1", &text]).unwrap_err();
            assert!(policy.decide(&from("198.51.100.1")).is_allowed());
            continue;
        }
        rules += 1;
        let (address, bits) = text.split_once('/').map_or((&*text, None), |(address, bits)| (address, Some(bits)));
        // What it says is itself meant by it.
        assert!(matches(&text, address));
        let Ok(address) = address.parse::<IpAddr>() else {
            assert!(text.starts_with("localhost"));
            assert!(!matches(&text, "192.0.2.7"));
            let numbers: Vec<u32> = text.split(':').skip(1).map(|number| number.parse().unwrap()).collect();
            for other in 0..numbers.len() {
                // The same user, group and process, but for one of them.
                let mut peer = [numbers.as_slice(), &[7; 3]].concat();
                peer[other] ^= 1;
                assert!(!matches(&text, &format!("localhost:{}:{}:{}", peer[0], peer[1], peer[2])));
                peer[other] ^= 1;
                assert!(matches(&text, &format!("localhost:{}:{}:{}", peer[0], peer[1], peer[2])));
            }
            continue;
        };
        let width = if address.is_ipv4() { 32 } else { 128 };
        let bits: u32 = bits.map_or(width, |bits| bits.parse().unwrap());
        let bit = random.below(width as usize) as u32;
        let other = flipped(address, bit);
        // An IPv4 address in another notation is one, and in no network of IPv6.
        if other.to_canonical().is_ipv4() == address.to_canonical().is_ipv4() {
            assert_eq!(matches(&text, &other.to_string()), bit >= bits, "{other}");
            networks += 1;
        }
    }
    assert!(rules > 10_000 && networks > 10_000, "{rules} {networks}");
}

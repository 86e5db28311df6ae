//! Everything that the bundled `zmq.h` declares is in the bindings, with the same value, in the right half.
#![cfg(zmq_vendored)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

/// What the header defines and the bindings do not declare, each with its reason.
const EXCUSED: [(&str, &str); 3] = [
    ("ZMQ_EXPORT", "how a C compiler exports a function"),
    ("ZMQ_HAVE_TIMERS", "a mark without a value: zmq_timers_* are declared"),
    ("ZMQ_HAVE_POLLER", "a mark without a value: zmq_poller_* are declared"),
];

/// One half of the header or of the bindings: constants with their values, as written, and functions.
#[derive(Debug, Default)]
struct Half {
    constants: BTreeMap<String, String>,
    functions: BTreeSet<String>,
}

fn header() -> (Half, Half) {
    let path = Path::new(env!("RSZMQ_SYS_INCLUDE")).join("zmq.h");
    let text = fs::read_to_string(path).expect("zmq.h").replace("\\\n", " ");
    let (stable, draft) = text.split_once("#ifdef ZMQ_BUILD_DRAFT_API").expect("a draft half");
    (half_of_header(stable), half_of_header(draft))
}

fn half_of_header(text: &str) -> Half {
    let mut half = Half::default();
    for line in text.lines() {
        let Some((name, value)) = line.strip_prefix("#define ").map(|rest| rest.split_once(' ').unwrap_or((rest, "")))
        else {
            continue;
        };
        let name = name.split('(').next().unwrap_or(name);
        if name.starts_with("ZMQ_") || name.starts_with('E') {
            half.constants.insert(name.to_owned(), value.trim().to_owned());
        }
    }
    let without_defines = text.lines().filter(|line| !line.starts_with('#')).collect::<Vec<_>>().join(" ");
    for declaration in without_defines.split("ZMQ_EXPORT").skip(1) {
        let head = declaration.split('(').next().expect("a declaration").trim();
        let name = head.rsplit(|c: char| !c.is_alphanumeric() && c != '_').next().expect("a name");
        half.functions.insert(name.to_owned());
    }
    half
}

fn half_of_bindings(text: &str) -> Half {
    let mut half = Half::default();
    for line in text.lines().map(str::trim) {
        if let Some(rest) = line.strip_prefix("pub const ").filter(|rest| !rest.starts_with("fn ")) {
            let (name, rest) = rest.split_once(':').expect("a type");
            let value = rest.split_once('=').map_or("", |(_, value)| value.trim().trim_end_matches(';'));
            half.constants.insert(name.to_owned(), value.to_owned());
        } else if let Some(rest) = line.strip_prefix("pub fn ").or_else(|| line.strip_prefix("pub const fn ")) {
            half.functions.insert(rest.split('(').next().expect("a name").to_owned());
        }
    }
    half
}

/// The number that a macro without operators stands for.
fn number(value: &str, half: &BTreeMap<String, String>) -> Option<i64> {
    let value = value.trim_matches(|c| c == '(' || c == ')');
    if let Some(digits) = value.strip_prefix("0x") {
        return i64::from_str_radix(digits, 16).ok();
    }
    value.parse().ok().or_else(|| number(half.get(value)?, half))
}

fn compare(header: &Half, bindings: &Half, by_hand: &[&str]) -> usize {
    let mut compared = 0;
    for (name, value) in &header.constants {
        if EXCUSED.iter().any(|(excused, _)| excused == name) || by_hand.contains(&name.as_str()) {
            continue;
        }
        let bound = bindings.constants.get(name).unwrap_or_else(|| panic!("{name} is not in the bindings"));
        if let Some(value) = number(value, &header.constants) {
            assert_eq!(bound.parse(), Ok(value), "{name}");
            compared += 1;
        } else if value.starts_with('"') {
            assert_eq!(bound, &format!("c{value}"), "{name}");
            compared += 1;
        }
    }
    for name in &header.functions {
        assert!(bindings.functions.contains(name), "{name} is not in the bindings");
    }
    for name in &bindings.functions {
        assert!(header.functions.contains(name), "{name} is not in the header");
    }
    compared
}

/// Whether `src/errno.rs` or `src/lib.rs` declares the name, which varies by target or is more than a number.
fn is_by_hand(name: &str) -> bool {
    let errnos = include_str!("../src/errno.rs").lines().filter(|line| !line.starts_with("//"));
    let lib = include_str!("../src/lib.rs");
    errnos.flat_map(|line| line.split(|c: char| !c.is_alphanumeric())).any(|errno| errno == name)
        || lib.contains(&format!("pub const {name}:"))
        || lib.contains(&format!("pub const fn {name}("))
}

#[test]
fn the_stable_half_is_declared() {
    let (header, _) = header();
    let by_hand: Vec<&str> = header.constants.keys().map(String::as_str).filter(|name| is_by_hand(name)).collect();
    assert_eq!(by_hand.len(), 20, "18 error numbers, ZMQ_VERSION and ZMQ_MAKE_VERSION: {by_hand:?}");
    let compared = compare(&header, &half_of_bindings(include_str!("../src/bindings.rs")), &by_hand);
    assert!(compared > 150, "only {compared} constants were compared");
    assert!(header.functions.len() > 60, "only {} functions were found", header.functions.len());
}

#[test]
fn the_draft_half_is_declared() {
    let (_, header) = header();
    let compared = compare(&header, &half_of_bindings(include_str!("../src/draft.rs")), &[]);
    assert!(compared > 50, "only {compared} constants were compared");
    assert!(header.functions.len() > 20, "only {} functions were found", header.functions.len());
}

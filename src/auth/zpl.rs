//! The text of certificates: ZPL (ZeroMQ RFC 4), as czmq and pyzmq write and read it.
//!
//! ```text
//! # a comment
//! metadata
//!     name = "Ann"
//! curve
//!     public-key = "…"
//!     secret-key = "…"
//! ```
//!
//! Of what does not matter here anything is taken, since pyzmq writes metadata as it comes; what does, the keys, has to be right.

use std::borrow::Cow;

use crate::curve::{CurvePublicKey, CurveSecretKey};

/// What is wrong, and in which line, if it is one.
#[derive(Debug)]
pub(super) struct Fault {
    pub(super) line: Option<usize>,
    pub(super) help: Cow<'static, str>,
}

impl Fault {
    pub(super) fn at(line: usize, help: impl Into<Cow<'static, str>>) -> Self {
        Self { line: Some(line), help: help.into() }
    }
}

#[derive(Debug)]
pub(super) struct Read {
    pub(super) public_key: CurvePublicKey,
    /// With its line.
    pub(super) secret_key: Option<(CurveSecretKey, usize)>,
    pub(super) metadata: Vec<(String, String)>,
}

pub(super) fn parse(text: &[u8]) -> Result<Read, Fault> {
    // Windows' editors put that in front.
    let text = text.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(text);
    let mut section = "";
    let mut public_key = None;
    let mut secret_key = None;
    let mut metadata = Vec::new();
    for (number, line) in (1..).zip(text.split(|byte| *byte == b'\n')) {
        let line = std::str::from_utf8(line).map_err(|_| Fault::at(number, "not UTF-8"))?;
        let indented = line.starts_with([' ', '\t']);
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let (name, value) = match line.split_once('=') {
            Some((name, value)) => (name.trim_end(), Some(value.trim_start())),
            // A section, or a name without a value.
            None => (line.split('#').next().unwrap_or_default().trim_end(), None),
        };
        match (section, name, value) {
            // Also where there is no section at all: pyzmq does not look for any.
            ("" | "curve", "public-key", value) => {
                put(&mut public_key, number, name, value)?;
            }
            ("" | "curve", "secret-key", value) => {
                put(&mut secret_key, number, name, value)?;
            }
            // pyzmq, which does not look at sections, would take it for the key; and what is metadata becomes known to all.
            ("metadata", name, _) if is_key(name) => {
                // Not the name: it may be the beginning of a key.
                return Err(Fault::at(number, "a key belongs under curve, not under metadata"));
            }
            (_, name, _) if !indented => section = name,
            ("metadata", name, value) => {
                metadata.push((name.to_owned(), unquoted(value.unwrap_or_default()).to_owned()));
            }
            _ => {}
        }
    }
    match public_key {
        Some((public_key, _)) => Ok(Read { public_key, secret_key, metadata }),
        None => Err(Fault { line: None, help: "there is no public-key in it".into() }),
    }
}

fn put<K: std::str::FromStr<Err = crate::Error>>(
    place: &mut Option<(K, usize)>,
    line: usize,
    name: &str,
    value: Option<&str>,
) -> Result<(), Fault> {
    if let Some((_, first)) = place {
        return Err(Fault::at(line, format!("{name} is there twice: in line {first}, too")));
    }
    let text = match value {
        Some(value) => key_text(value),
        None => return Err(Fault::at(line, format!("{name} has no value"))),
    };
    // What is wrong is said without the text: it may be most of a secret key.
    let key = text.parse().map_err(|error: crate::Error| {
        let help = error.help().unwrap_or("it is not Z85").to_owned();
        Fault::at(line, format!("{name}: {help}"))
    })?;
    *place = Some((key, line));
    Ok(())
}

/// The text of a key: quoted, or, since a `#` in it is part of the key, all of the line.
fn key_text(value: &str) -> &str {
    let quoted = |quote| value.strip_prefix(quote).and_then(|rest| rest.split_once(quote)).map(|(inside, _)| inside);
    quoted('"').or_else(|| quoted('\'')).unwrap_or_else(|| value.trim_matches(['"', '\'']))
}

/// A value as czmq reads it: in quotes, or up to a comment. What is quoted wrongly is taken as it stands.
fn unquoted(value: &str) -> &str {
    for quote in ['"', '\''] {
        if let Some(rest) = value.strip_prefix(quote) {
            return match rest.split_once(quote) {
                Some((inside, after)) if after.trim_start().is_empty() || after.trim_start().starts_with('#') => inside,
                _ => value,
            };
        }
    }
    value.split('#').next().unwrap_or_default().trim_end()
}

/// pyzmq takes every line for a key that begins so, in whatever section.
fn is_key(name: &str) -> bool {
    name.starts_with("public-key") || name.starts_with("secret-key")
}

/// Whether others will read what is written here as it is meant.
pub(super) fn check_metadata(name: &str, value: &str) -> Result<(), &'static str> {
    let allowed = |c: char| c.is_ascii_alphanumeric() || "$-_@.&+/".contains(c);
    if name.is_empty() || name.len() > 255 || !name.chars().all(allowed) || name.starts_with('/') || name.ends_with('/')
    {
        return Err("a name is 1 to 255 letters, digits and characters of $-_@.&+/, without a / at its ends");
    }
    if is_key(name) {
        return Err("pyzmq would take that for a key");
    }
    if value.chars().any(char::is_control) {
        return Err("a value cannot have a line break or another control character in it");
    }
    if value.contains('"') && value.contains('\'') {
        return Err("a value cannot have both kinds of quotes in it: the format has no way to write it");
    }
    // czmq reads a line of 1024 bytes.
    if name.len() + value.len() > 1000 {
        return Err("name and value together cannot be longer than 1000 bytes: czmq would not read the rest");
    }
    Ok(())
}

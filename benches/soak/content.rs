//! What the messages hold: told from where they come and their number, so that whoever receives one knows every byte of it.

use std::sync::LazyLock;

use zmq::Message;

/// The largest message.
const LARGEST: usize = 1 << 20;

/// Where the contents are cut from.
static BYTES: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let mut numbers = Numbers::new(1);
    (0..LARGEST / 4).flat_map(|_| numbers.next().to_le_bytes()).collect()
});

/// A reproducible stream of numbers (xorshift).
#[derive(Debug)]
pub(crate) struct Numbers(u64);

impl Numbers {
    pub(crate) fn new(seed: u64) -> Self {
        let mut numbers = Self(seed.wrapping_add(1).wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
        numbers.next();
        numbers
    }

    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    pub(crate) fn below(&mut self, limit: u64) -> u64 {
        (self.next() >> 11) % limit
    }
}

/// The content of a stream's message: most are small, one in 16 has up to 1 MiB.
pub(crate) fn content(stream: u64, number: u64) -> &'static [u8] {
    let mut numbers = Numbers::new(stream ^ number.rotate_left(32));
    let bits = if numbers.below(16) == 0 { numbers.below(21) } else { numbers.below(11) };
    let length = (1 << bits) - numbers.below(1 << bits) / 2;
    let from = numbers.below(LARGEST as u64);
    &BYTES[from as usize..][..length as usize]
}

/// The same as a message: copied, owned or borrowed in turn, since each takes another way through libzmq.
pub(crate) fn message(stream: u64, number: u64) -> Message {
    let content = content(stream, number);
    match number % 3 {
        0 => Message::from(content),
        1 => Message::from(content.to_vec()),
        _ => Message::from_static(content),
    }
}

/// Says what is wrong with a message that was received as the stream's `number`.
pub(crate) fn check(stream: u64, number: u64, received: &[u8]) -> Result<(), String> {
    let expected = content(stream, number);
    if received == expected {
        return Ok(());
    }
    let (length, wanted) = (received.len(), expected.len());
    Err(format!("message {number} of stream {stream} is wrong: {length} bytes came, {wanted} were sent"))
}

//! Random inputs.

/// A reproducible stream of numbers (xorshift64*).
pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn number(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D)
    }

    pub(crate) fn below(&mut self, limit: usize) -> usize {
        (self.number() >> 16) as usize % limit
    }

    pub(crate) fn one_in(&mut self, count: usize) -> bool {
        self.below(count) == 0
    }

    pub(crate) fn pick<T: Clone>(&mut self, from: &[T]) -> T {
        from[self.below(from.len())].clone()
    }

    pub(crate) fn bytes(&mut self, limit: usize) -> Vec<u8> {
        (0..self.below(limit)).map(|_| self.number() as u8).collect()
    }

    /// Some pieces, one after the other.
    pub(crate) fn pieces(&mut self, pieces: &[&[u8]], limit: usize) -> Vec<u8> {
        let mut text = Vec::new();
        for _ in 0..self.below(limit) {
            match self.below(20) {
                0 => text.extend(self.bytes(4)),
                _ => text.extend_from_slice(self.pick(pieces)),
            }
        }
        text
    }

    /// A few small changes.
    pub(crate) fn mutate(&mut self, bytes: &mut Vec<u8>, pieces: &[&[u8]]) {
        for _ in 0..=self.below(4) {
            let at = self.below(bytes.len() + 1);
            let end = (at + self.below(12)).min(bytes.len());
            match self.below(6) {
                0 => drop(bytes.drain(at..end)),
                1 => bytes.truncate(at),
                2 => {
                    let copied = bytes[at..end].to_vec();
                    let to = self.below(bytes.len() + 1);
                    drop(bytes.splice(to..to, copied));
                }
                3 => drop(bytes.splice(at..at, self.pick(pieces).iter().copied())),
                4 => drop(bytes.splice(at..end, self.pick(pieces).iter().copied())),
                _ => {
                    if let Some(byte) = bytes.get_mut(at) {
                        *byte = self.number() as u8;
                    }
                }
            }
        }
    }
}

/// Says what the input was, if the test ends here.
pub(crate) struct Input<'a>(pub(crate) &'a dyn std::fmt::Debug);

impl Drop for Input<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            println!("the input was {:?}", self.0);
        }
    }
}

pub(crate) fn contains(text: &[u8], part: &str) -> bool {
    text.windows(part.len()).any(|window| window == part.as_bytes())
}

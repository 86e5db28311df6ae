//! What libFuzzer made up, read as numbers and pieces. Whoever reads past its end gets zeros and nothing.
#![allow(dead_code, reason = "each target uses its own part of it")]

/// The bytes that are left.
#[derive(Debug, Clone, Copy)]
pub struct Input<'a>(pub &'a [u8]);

impl<'a> Input<'a> {
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn byte(&mut self) -> u8 {
        let Some((first, rest)) = self.0.split_first() else { return 0 };
        self.0 = rest;
        *first
    }

    pub fn flag(&mut self) -> bool {
        self.byte() & 1 == 1
    }

    /// One of these.
    pub fn pick<T: Copy>(&mut self, choices: &[T]) -> T {
        choices[usize::from(self.byte()) % choices.len()]
    }

    /// A piece as long as its first byte says.
    pub fn piece(&mut self) -> &'a [u8] {
        let length = usize::from(self.byte()).min(self.0.len());
        let (piece, rest) = self.0.split_at(length);
        self.0 = rest;
        piece
    }

    /// A number that is usually small, or at an edge.
    pub fn number(&mut self) -> i64 {
        const EDGES: [i64; 12] =
            [-1, i32::MAX as i64, i32::MIN as i64, i64::MAX, i64::MIN, 1 << 16, 255, 256, -2, 1 << 31, 1 << 32, 65_535];
        match self.byte() {
            small @ 0..=199 => i64::from(small),
            edge @ 200..=239 => EDGES[usize::from(edge) % EDGES.len()],
            _ => {
                let mut bytes = [0; 8];
                bytes.fill_with(|| self.byte());
                i64::from_be_bytes(bytes)
            }
        }
    }

    /// Text, however wrong.
    pub fn text(&mut self) -> String {
        String::from_utf8_lossy(self.piece()).into_owned()
    }
}

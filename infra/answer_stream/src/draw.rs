//! Chance that falls the same way each time, so that the stream is the same on every machine.

/// Numbers after the SplitMix64 scheme.
pub struct Draw(u64);

impl Draw {
    /// Starts from a name: each part of the stream has numbers of its own.
    pub fn new(name: &str) -> Self {
        let seed = |seed: u64, byte: u8| (seed ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        Self(name.bytes().fold(0xcbf2_9ce4_8422_2325, seed))
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below the end.
    pub fn below(&mut self, end: usize) -> usize {
        let end = u64::try_from(end.max(1)).unwrap_or(u64::MAX);
        usize::try_from(self.next() % end).unwrap_or(0)
    }

    /// Says yes so many times in a hundred.
    pub fn percent(&mut self, chance: usize) -> bool {
        self.below(100) < chance
    }

    /// One of the choices; the empty text if there is none.
    pub fn of<'a>(&mut self, choices: &'a [String]) -> &'a str {
        choices.get(self.below(choices.len())).map_or("", String::as_str)
    }
}

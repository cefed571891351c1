//! Ids that are the same in every run: time from the clock, the rest from a counter and a seed.

use application::{Clock, Ids};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use ulid::Ulid;

pub struct SeededIds {
    clock: Arc<dyn Clock>,
    seed: u64,
    count: AtomicU64,
}

impl SeededIds {
    pub fn new(clock: Arc<dyn Clock>, seed: u64) -> Self {
        Self { clock, seed, count: AtomicU64::new(0) }
    }

    /// SplitMix64 over the seed and a running number.
    fn draw(&self) -> u64 {
        let number = self.count.fetch_add(1, Ordering::Relaxed);
        let mut z = self.seed.wrapping_add(number.wrapping_add(1).wrapping_mul(0x9E37_79B9_7F4A_7C15));
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }
}

impl Ids for SeededIds {
    fn next(&self) -> Ulid {
        let millis = u64::try_from(self.clock.now().as_millisecond()).unwrap_or(0);
        Ulid::from_parts(millis, u128::from(self.draw()) << 16 | u128::from(self.draw() & 0xFFFF))
    }

    fn secret_bytes(&self, buffer: &mut [u8]) {
        for chunk in buffer.chunks_mut(8) {
            let bytes = self.draw().to_le_bytes();
            chunk.copy_from_slice(&bytes[..chunk.len()]);
        }
    }
}

//! Repeatable chance: a stream of numbers from a seed and a word for what they decide.

use crate::profile::{Profile, Seed};

#[derive(Debug, Clone)]
pub struct Chance(u64);

impl Chance {
    /// Makes the stream of numbers for one word. The word is part of the seed: it stays as it is when the thing that it
    /// names is renamed, or every life changes.
    pub fn of(seed: impl Into<u64>, about: &str) -> Self {
        let mut state = seed.into() ^ 0x51_7C_C1_B7_27_22_0A_95;
        for byte in about.bytes() {
            state = (state ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01B3);
        }
        let mut chance = Self(state);
        chance.next();
        chance
    }

    /// Draws for what this profile and those after it have, in so many of a thousand lives.
    pub fn since(profile: Profile, seed: Seed, about: &str, per_mille: u32) -> Option<Self> {
        let mut chance = Self::of(seed, about);
        (seed.profile >= profile && chance.per_mille(per_mille)).then_some(chance)
    }

    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// 0 up to, but without, `bound`.
    pub fn below(&mut self, bound: usize) -> usize {
        (self.next() % bound.max(1) as u64) as usize
    }

    /// `low` up to and with `high`.
    pub fn between(&mut self, low: i64, high: i64) -> i64 {
        low + (self.next() % (high - low + 1).max(1) as u64) as i64
    }

    pub fn per_mille(&mut self, share: u32) -> bool {
        self.next() % 1000 < u64::from(share)
    }

    pub fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.below(from.len())]
    }

    pub fn shuffle<T>(&mut self, list: &mut [T]) {
        for at in (1..list.len()).rev() {
            list.swap(at, self.below(at + 1));
        }
    }
}

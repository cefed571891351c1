//! The trace of a life: the last decisions to read, and a hash over all of them to compare.

use crate::world::watching;
use std::collections::VecDeque;

const KEPT: usize = 400;

#[derive(Debug, Default, Clone)]
pub struct Trace {
    lines: VecDeque<String>,
    hash: u64,
    count: u64,
}

impl Trace {
    pub fn log(&mut self, line: String) {
        watching::decided(&line);
        self.mix(&line);
        if self.lines.len() >= KEPT {
            self.lines.pop_front();
        }
        self.lines.push_back(line);
    }

    /// Counts for the number only.
    pub fn mix(&mut self, text: &str) {
        self.count += 1;
        for byte in text.bytes().chain([0x1f]) {
            self.hash = (self.hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01B3);
        }
    }

    pub fn hash(&self) -> u64 {
        self.hash
    }

    pub fn last(&self, count: usize) -> Vec<String> {
        let skip = self.lines.len().saturating_sub(count);
        self.lines.iter().skip(skip).cloned().collect()
    }
}

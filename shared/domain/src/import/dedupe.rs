//! Which rows of a file repeat an earlier one: twelve bytes a place, so that a million rows fit in 25 MB.

use std::hash::{DefaultHasher, Hasher};

/// First line of each identity key seen. Keys are kept as 64-bit digests: among a million rows, two different keys are
/// taken for one with a chance of 1 in 30 million; the table, not this set, decides at commit.
#[derive(Debug, Clone, Default)]
pub struct SeenKeys {
    digests: Vec<u64>,
    lines: Vec<u32>,
    count: usize,
}

impl SeenKeys {
    pub fn new() -> Self {
        Self::default()
    }

    pub fn len(&self) -> usize {
        self.count
    }

    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// The line that had this key before; None the first time.
    pub fn insert(&mut self, key: &str, line: u64) -> Option<u64> {
        if self.count * 4 >= self.digests.len() * 3 {
            self.grow();
        }
        let digest = digest(key);
        let place = self.place_of(digest);
        if self.digests[place] == digest {
            return Some(u64::from(self.lines[place]));
        }
        self.digests[place] = digest;
        self.lines[place] = u32::try_from(line).unwrap_or(u32::MAX);
        self.count += 1;
        None
    }

    fn place_of(&self, digest: u64) -> usize {
        let mask = self.digests.len() - 1;
        let mut place = usize::try_from(digest & (mask as u64)).unwrap_or(0);
        while self.digests[place] != 0 && self.digests[place] != digest {
            place = (place + 1) & mask;
        }
        place
    }

    fn grow(&mut self) {
        let size = (self.digests.len() * 2).max(1024);
        let digests = std::mem::replace(&mut self.digests, vec![0; size]);
        let lines = std::mem::replace(&mut self.lines, vec![0; size]);
        for (digest, line) in digests.into_iter().zip(lines).filter(|(digest, _)| *digest != 0) {
            let place = self.place_of(digest);
            self.digests[place] = digest;
            self.lines[place] = line;
        }
    }
}

/// Never 0, which marks an empty place.
fn digest(key: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    hasher.write(key.as_bytes());
    hasher.finish().max(1)
}

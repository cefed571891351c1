//! Finds rows that repeat an earlier one, with twelve bytes per place, so that a million rows fit in 25 MB.

use super::fields::NewLeadFields;
use std::hash::{DefaultHasher, Hasher};

const SHARDS: usize = 64;

/// The first line of each identity key seen. Keys are kept as 64-bit digests: among a million rows, two
/// different keys are mistaken for one with a chance of 1 in 30 million, and the table, not this set, decides
/// at commit. It grows one shard at a time, so that old and new places never all exist at once.
#[derive(Debug, Clone)]
pub struct SeenKeys {
    shards: Vec<Shard>,
}

#[derive(Debug, Clone, Default)]
struct Shard {
    digests: Vec<u64>,
    lines: Vec<u32>,
    count: usize,
}

impl Default for SeenKeys {
    fn default() -> Self {
        Self { shards: vec![Shard::default(); SHARDS] }
    }
}

impl SeenKeys {
    pub fn new() -> Self {
        Self::default()
    }

    pub fn len(&self) -> usize {
        self.shards.iter().map(|shard| shard.count).sum()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The earlier line with this key; none the first time.
    pub fn insert(&mut self, key: &str, line: u64) -> Option<u64> {
        let digest = digest(key);
        let shard = usize::try_from(digest >> 58).unwrap_or(0);
        self.shards[shard].insert(digest, u32::try_from(line).unwrap_or(u32::MAX)).map(u64::from)
    }
}

impl SeenKeys {
    /// Whether an earlier row was this lead: by e-mail, or by phone if this row has no e-mail.
    pub fn repeats(&mut self, fields: &NewLeadFields, line: u64) -> bool {
        let repeats = fields.dedupe_key().is_some_and(|key| self.insert(&key, line).is_some());
        if let (Some(_), Some(phone)) = (&fields.email, &fields.phone) {
            self.insert(&phone.subscriber(), line);
        }
        repeats
    }
}

impl Shard {
    fn insert(&mut self, digest: u64, line: u32) -> Option<u32> {
        if self.count * 4 >= self.digests.len() * 3 {
            self.grow();
        }
        let place = self.place_of(digest);
        if self.digests[place] == digest {
            return Some(self.lines[place]);
        }
        self.digests[place] = digest;
        self.lines[place] = line;
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
        let size = (self.digests.len() * 2).max(32);
        let digests = std::mem::replace(&mut self.digests, vec![0; size]);
        let lines = std::mem::replace(&mut self.lines, vec![0; size]);
        for (digest, line) in digests.into_iter().zip(lines).filter(|(digest, _)| *digest != 0) {
            let place = self.place_of(digest);
            self.digests[place] = digest;
            self.lines[place] = line;
        }
    }
}

/// The key's digest; never 0, which marks an empty place.
fn digest(key: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    hasher.write(key.as_bytes());
    hasher.finish().max(1)
}

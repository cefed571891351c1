//! Hashes that serve as stable random numbers: the same words always give the same number.

use crate::enrolment::key::EnrolmentKey;
use sha2::{Digest, Sha256};

pub(crate) fn draw(words: &[&str]) -> u64 {
    let mut hash = Sha256::new();
    for word in words {
        hash.update(word.as_bytes());
        hash.update([0]);
    }
    let mut out = [0; 8];
    out.copy_from_slice(&hash.finalize()[..8]);
    u64::from_be_bytes(out)
}

/// The same enrolment and generation always give the same number.
pub fn seed(key: &EnrolmentKey, generation: u16) -> u64 {
    let mut hash = Sha256::new();
    for part in [key.workspace.as_str(), key.lead.as_str(), key.campaign.as_str()] {
        hash.update(part.as_bytes());
        hash.update([0]);
    }
    hash.update(generation.to_be_bytes());
    let mut out = [0; 8];
    out.copy_from_slice(&hash.finalize()[..8]);
    u64::from_be_bytes(out)
}

//! A number that looks drawn and is the same each time for the same words.

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

//! The hashes that stand in keys and cursors. Stored items are found by them, so each must stay as it is.

use sha2::{Digest, Sha256};

/// Hashes with FNV-1a, which must stay as it is for as long as there are tables.
pub(crate) fn shard(text: &str, shards: u32) -> u32 {
    let hash =
        text.bytes().fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
    hash % shards
}

/// Hashes texts into 32 letters, so that no other texts have the same ones.
pub(crate) fn digest(parts: &[&str]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part.as_bytes());
    }
    hash.finalize().iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}

/// Makes a short and stable fingerprint that tells one query's cursors from another's.
pub(crate) fn fingerprint(text: &str) -> String {
    digest(&[text])[..12].to_owned()
}

//! The only source of randomness: ids that sort by time, and secret tokens.

use ulid::Ulid;

pub trait Ids: Send + Sync {
    /// Returns a new id whose text form sorts by creation time (per the `Clock` of the same composition).
    fn next(&self) -> Ulid;

    /// Fills the buffer with unpredictable bytes, for tokens and nonces.
    fn secret_bytes(&self, buffer: &mut [u8]);
}

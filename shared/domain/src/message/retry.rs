//! Waits before a retry. They are drawn, so that messages that were refused together are not retried together.

use crate::ids::MessageId;
use crate::stable_hash::draw;
use jiff::SignedDuration;

/// A wait in whole seconds, from one to `most`, all equally likely; the same each time for the same message and attempt.
pub fn within(most: SignedDuration, message: &MessageId, tries: u8) -> SignedDuration {
    let Some(seconds) = u64::try_from(most.as_secs()).ok().filter(|seconds| *seconds > 0) else {
        return most;
    };
    let drawn = draw(&["retry", message.as_str(), &tries.to_string()]) % seconds;
    SignedDuration::from_secs(1 + i64::try_from(drawn).unwrap_or(0))
}

#[cfg(test)]
mod tests;

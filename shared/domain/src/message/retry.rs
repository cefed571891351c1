//! How long a message waits that was not taken, before it is tried again soon: drawn, so that those who were turned away
//! together do not come back together.

use crate::ids::MessageId;
use crate::stable_hash::draw;
use jiff::SignedDuration;

/// Whole seconds, at least one and at most `most`, all as likely; the same each time for the same message and try.
pub fn within(most: SignedDuration, message: &MessageId, tries: u8) -> SignedDuration {
    let Some(seconds) = u64::try_from(most.as_secs()).ok().filter(|seconds| *seconds > 0) else {
        return most;
    };
    let drawn = draw(&["retry", message.as_str(), &tries.to_string()]) % seconds;
    SignedDuration::from_secs(1 + i64::try_from(drawn).unwrap_or(0))
}

#[cfg(test)]
mod tests;

//! A small wait of its own for each send, so that what becomes due together does not leave together.

use crate::enrolment::EnrolmentKey;
use crate::sequence::SendingWindow;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use sha2::{Digest, Sha256};

pub const MAX_SPREAD: SignedDuration = SignedDuration::from_mins(10);

/// The same enrolment and step always give the same number.
pub fn seed(key: &EnrolmentKey, step: u16) -> u64 {
    let mut hash = Sha256::new();
    for part in [key.workspace.as_str(), key.lead.as_str(), key.campaign.as_str()] {
        hash.update(part.as_bytes());
        hash.update([0]);
    }
    hash.update(step.to_be_bytes());
    let mut out = [0; 8];
    out.copy_from_slice(&hash.finalize()[..8]);
    u64::from_be_bytes(out)
}

/// Moves an instant inside the window by up to ten minutes, and never out of it.
pub fn spread(at: Timestamp, seed: u64, zone: &TimeZone, window: &SendingWindow) -> Timestamp {
    let most = MAX_SPREAD.as_secs().unsigned_abs() + 1;
    let mut seconds = i64::try_from(seed % most).expect("below 601");
    while seconds > 0 {
        match at.checked_add(SignedDuration::from_secs(seconds)) {
            Ok(moved) if window.contains(zone, moved) => return moved,
            _ => seconds /= 2,
        }
    }
    at
}

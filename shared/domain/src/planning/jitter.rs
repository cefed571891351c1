//! Jitter: a small wait for each send, so that messages that become due together do not leave together.

use crate::planning::send_window::Hours;

use jiff::{SignedDuration, Timestamp};

pub const MAX_SPREAD: SignedDuration = SignedDuration::from_mins(10);

/// Moves an instant by up to ten minutes within the hours, to a whole minute: messages that leave in the same minute
/// are found, claimed and counted together, which costs less than spreading them over its seconds. Where no such
/// minute is left in the hours, the instant stays as it is.
pub fn add_jitter(at: Timestamp, seed: u64, hours: &Hours<'_>) -> Timestamp {
    let into_minute = at.as_second().rem_euclid(60) * 1_000_000_000 + i64::from(at.subsec_nanosecond());
    let to_minute = if into_minute == 0 { 0 } else { 60_000_000_000 - into_minute };
    let most = MAX_SPREAD.as_secs().unsigned_abs() / 60;
    let mut minutes = i64::try_from(seed % most).expect("below ten");
    loop {
        let later = SignedDuration::from_nanos(to_minute) + SignedDuration::from_mins(minutes);
        match at.checked_add(later) {
            Ok(moved) if hours.is_open(moved) => return moved,
            _ if minutes == 0 => return at,
            _ => minutes /= 2,
        }
    }
}

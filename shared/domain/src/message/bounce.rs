//! Repeated soft bounces: they suppress the address for a while.

use jiff::{SignedDuration, Timestamp};

const SOFT_STEPS: usize = 3;
const SOFT_WITHIN: SignedDuration = SignedDuration::from_hours(30 * 24);
const SOFT_SUPPRESSED_FOR: SignedDuration = SignedDuration::from_hours(90 * 24);

/// The end of a suppression for soft bounces: three in three different steps within 30 days suppress the address.
pub fn soft_suppression<S: AsRef<str>>(bounces: &[(S, Timestamp)], now: Timestamp) -> Option<Timestamp> {
    let mut steps: Vec<&str> = bounces
        .iter()
        .filter(|(_, at)| now.duration_since(*at) <= SOFT_WITHIN)
        .map(|(step, _)| step.as_ref())
        .collect();
    steps.sort_unstable();
    steps.dedup();
    if steps.len() >= SOFT_STEPS { now.checked_add(SOFT_SUPPRESSED_FOR).ok() } else { None }
}

#[cfg(test)]
mod tests;

//! Converts local time to instants, also across clock changes.

use jiff::civil::DateTime;
use jiff::tz::{AmbiguousOffset, TimeZone};
use jiff::{Span, Timestamp};

/// The instant of this local time: the first of two, or the first after the gap if the clock never shows it.
pub fn first_instant(zone: &TimeZone, clock: DateTime) -> Option<Timestamp> {
    match zone.to_ambiguous_timestamp(clock).offset() {
        AmbiguousOffset::Unambiguous { offset } => offset.to_timestamp(clock).ok(),
        AmbiguousOffset::Fold { before, .. } => before.to_timestamp(clock).ok(),
        AmbiguousOffset::Gap { after, .. } => {
            let shortly_before = after.to_timestamp(clock).ok()?;
            zone.following(shortly_before).next().map(|change| change.timestamp())
        }
    }
}

/// Every instant of this local time: one, two or none.
pub fn instants(zone: &TimeZone, clock: DateTime) -> impl Iterator<Item = Timestamp> {
    let found = match zone.to_ambiguous_timestamp(clock).offset() {
        AmbiguousOffset::Unambiguous { offset } => [offset.to_timestamp(clock).ok(), None],
        AmbiguousOffset::Fold { before, after } => {
            [before.to_timestamp(clock).ok(), after.to_timestamp(clock).ok()]
        }
        AmbiguousOffset::Gap { .. } => [None, None],
    };
    found.into_iter().flatten()
}

/// The same time of day a number of calendar days later.
pub fn days_later(zone: &TimeZone, at: Timestamp, days: i64) -> Option<Timestamp> {
    if days == 0 {
        return Some(at);
    }
    let clock = zone.to_datetime(at).checked_add(Span::new().try_days(days).ok()?).ok()?;
    first_instant(zone, clock)
}

/// The beginning of the day in UTC: what is told once a day has an id of this time.
pub fn start_of_utc_day(at: Timestamp) -> Timestamp {
    const DAY: i64 = 24 * 60 * 60;
    Timestamp::from_second(at.as_second().div_euclid(DAY) * DAY).unwrap_or(at)
}

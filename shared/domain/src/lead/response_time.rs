//! How long a lead took to reply, in their working hours.

use crate::time::opening_hours::Opening;
use jiff::{SignedDuration, Timestamp};

/// Longer silences count as this long.
const LONGEST: SignedDuration = SignedDuration::from_hours(60 * 24);
const FINE: SignedDuration = SignedDuration::from_mins(1);
const COARSE: SignedDuration = SignedDuration::from_mins(15);

/// Hours between our message and the reply in which the window was open; nights, weekends and days off do not count.
pub fn working_hours(sent: Timestamp, answered: Timestamp, opening: &Opening<'_>) -> f64 {
    let whole = answered.duration_since(sent).min(LONGEST);
    let step = if whole <= SignedDuration::from_hours(48) { FINE } else { COARSE };
    let (mut at, mut open) = (SignedDuration::ZERO, SignedDuration::ZERO);
    while at < whole {
        let slice = step.min(whole - at);
        if sent.checked_add(at).is_ok_and(|instant| opening.is_open(instant)) {
            open += slice;
        }
        at += slice;
    }
    open.as_secs_f64() / 3600.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::days_off::DaysOff;
    use crate::time::weekly_hours::SendingWindow;
    use jiff::tz::TimeZone;

    #[test]
    fn nights_and_weekends_do_not_count() {
        let (window, zone) = (SendingWindow::default(), TimeZone::get("Europe/London").unwrap());
        let opening = Opening { week: window.week(), zone, days_off: DaysOff::NONE };
        let hours = |sent: &str, answered: &str| {
            working_hours(sent.parse().unwrap(), answered.parse().unwrap(), &opening)
        };
        for (sent, answered, expected) in [
            ("2027-01-05T10:00:00Z", "2027-01-05T12:30:00Z", 2.5),
            ("2027-01-05T16:00:00Z", "2027-01-05T20:00:00Z", 1.0),
            ("2027-01-08T16:00:00Z", "2027-01-11T10:00:00Z", 2.0),
            ("2027-01-09T10:00:00Z", "2027-01-09T10:05:00Z", 0.0),
            ("2027-01-05T12:00:00Z", "2027-01-05T10:00:00Z", 0.0),
        ] {
            let found = hours(sent, answered);
            assert!((found - expected).abs() < 0.01, "{sent} → {answered}: {found}");
        }
    }
}

//! When a person acts: their pace, their nights, their time zone.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};

use crate::config::Pace;
use crate::places::gazetteer;
use crate::seed::Roll;

/// The shortest time between delivery and a person's reading; anything faster is a machine.
const QUICKEST: i64 = 25;
const UP_AT: i8 = 8;
const DOWN_AT: i8 = 21;

pub(super) struct Rhythm {
    pub now: Timestamp,
    pub pace: Pace,
    pub zone: &'static str,
}

impl Rhythm {
    pub fn of_mail(now: Timestamp, pace: Pace, address: &str) -> Self {
        let domain = address.rsplit('@').next().unwrap_or_default();
        Self { now, pace, zone: gazetteer::of_domain(domain).places[0].zone }
    }

    pub fn of_phone(now: Timestamp, pace: Pace, number: &str) -> Self {
        Self { now, pace, zone: gazetteer::of_number(number).places[0].zone }
    }

    /// The time `seconds` from now at this sandbox's pace, moved to the morning if it falls into the night.
    pub fn after(&self, seconds: i64, roll: &mut Roll) -> Timestamp {
        let wait = (seconds / i64::from(self.pace.divisor.max(1))).max(QUICKEST);
        self.waking(later(self.now, wait), roll)
    }

    /// The time of a machine's action: machines do not sleep, and pace only shortens delays longer than a
    /// minute.
    pub fn machine_after(&self, seconds: i64) -> Timestamp {
        let wait =
            if seconds > 60 { (seconds / i64::from(self.pace.divisor.max(1))).max(5) } else { seconds };
        later(self.now, wait)
    }

    fn waking(&self, at: Timestamp, roll: &mut Roll) -> Timestamp {
        if !self.pace.nights {
            return at;
        }
        let Ok(zone) = TimeZone::get(self.zone) else { return at };
        let local = at.to_zoned(zone);
        if (UP_AT..DOWN_AT).contains(&local.hour()) {
            return at;
        }
        let day = if local.hour() >= DOWN_AT { local.checked_add(1.day()).unwrap_or(local) } else { local };
        let minutes = roll.between(0, 150);
        day.with()
            .hour(UP_AT)
            .minute(0)
            .second(roll.between(0, 59) as i8)
            .subsec_nanosecond(0)
            .build()
            .map_or(at, |morning| later(morning.timestamp(), minutes * 60))
    }
}

pub(crate) fn later(at: Timestamp, seconds: i64) -> Timestamp {
    at.checked_add(SignedDuration::from_secs(seconds)).unwrap_or(Timestamp::MAX)
}

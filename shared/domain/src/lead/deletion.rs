//! A deleted lead is hidden for 30 days, in which it can be restored as it was, and is then erased. A lead that was merged
//! into another has the same mark, names that one, and stays.

use crate::event::UserOrKey;
use crate::ids::LeadId;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// The days for which a deleted lead can be restored.
pub const RESTORABLE_DAYS: i64 = 30;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deletion {
    pub at: Timestamp,
    /// The user or program that deleted the lead.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<UserOrKey>,
    /// The lead that this one was merged into. It is then never erased by itself, and what names it means that one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub into: Option<LeadId>,
}

impl Deletion {
    /// The moment from which the lead is erased, and can no longer be restored.
    pub fn erased_from(&self) -> Timestamp {
        let kept = SignedDuration::from_hours(24 * RESTORABLE_DAYS);
        self.at.checked_add(kept).unwrap_or(Timestamp::MAX)
    }

    pub fn may_be_erased(&self, now: Timestamp) -> bool {
        self.into.is_none() && now >= self.erased_from()
    }

    /// The days that are left, the begun one included: 30 right after the deletion, 0 once it is due to be erased.
    pub fn days_left(&self, now: Timestamp) -> u32 {
        let left = self.erased_from().duration_since(now).as_secs().max(0);
        u32::try_from(left.div_euclid(86_400) + i64::from(left % 86_400 > 0)).unwrap_or(0)
    }
}

/// Returns the moment before which a deletion must lie for its lead to be erased now.
pub fn erased_if_deleted_by(now: Timestamp) -> Timestamp {
    let kept = SignedDuration::from_hours(24 * RESTORABLE_DAYS);
    now.checked_sub(kept).unwrap_or(Timestamp::MIN)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn days_left_count_down_from_thirty_and_end_at_nothing() {
        let deletion = Deletion { at: at("2026-11-28T10:00:00Z"), by: None, into: None };
        for (now, left) in [
            ("2026-11-28T10:00:00Z", 30),
            ("2026-11-28T10:00:01Z", 30),
            ("2026-11-29T10:00:00Z", 29),
            ("2026-12-28T09:59:59Z", 1),
            ("2026-12-28T10:00:00Z", 0),
            ("2027-03-01T00:00:00Z", 0),
        ] {
            assert_eq!(deletion.days_left(at(now)), left, "{now}");
            assert_eq!(deletion.may_be_erased(at(now)), left == 0, "{now}");
            assert_eq!(erased_if_deleted_by(at(now)) >= deletion.at, left == 0, "{now}");
        }
    }
}

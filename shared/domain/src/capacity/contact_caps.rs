//! How often anybody may be turned to, whatever campaigns they are in and whoever writes to many: what a workspace keeps to.

use crate::planning::check::Check;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Caps {
    /// Messages of all campaigns and to many together, on all channels, on a day of UTC: 1 to 1,000,000.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub messages_per_day: Option<u32>,
    /// E-mails of campaigns and to many to addresses of one domain, on a day of UTC: 1 to 100,000.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub domain_per_day: Option<u32>,
    /// The least time between two messages to the same person, on any channel: 1 to 720 hours.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hours_apart: Option<u32>,
    /// Who is under way in one campaign is enrolled in no other.
    pub one_campaign: bool,
}

impl Default for Caps {
    fn default() -> Self {
        Self { messages_per_day: None, domain_per_day: None, hours_apart: None, one_campaign: true }
    }
}

impl Caps {
    /// Each field that cannot stay, and what was expected.
    pub fn faults(&self) -> Vec<(&'static str, &'static str)> {
        let mut faults = Vec::new();
        if self.messages_per_day.is_some_and(|most| !(1..=1_000_000).contains(&most)) {
            faults.push(("messages_per_day", "is from 1 to 1,000,000"));
        }
        if self.domain_per_day.is_some_and(|most| !(1..=100_000).contains(&most)) {
            faults.push(("domain_per_day", "is from 1 to 100,000"));
        }
        if self.hours_apart.is_some_and(|hours| !(1..=720).contains(&hours)) {
            faults.push(("hours_apart", "is from 1 to 720"));
        }
        faults
    }

    pub fn apart(&self) -> Option<SignedDuration> {
        self.hours_apart.map(|hours| SignedDuration::from_hours(i64::from(hours)))
    }

    /// From when on somebody may get another message, whose last one went out at `last`; none where nothing is against it.
    pub fn free_from(&self, last: Option<Timestamp>) -> Option<Timestamp> {
        Some(last?.checked_add(self.apart()?).unwrap_or(Timestamp::MAX))
    }

    /// Whether one more may go out today, as the answer to "why" says it.
    pub fn room(&self, taken: u32) -> Option<Check> {
        let most = self.messages_per_day?;
        let seen = format!("all campaigns: {taken} of {most} messages today");
        Some(Check { rule: "workspace_has_room", passed: taken < most, seen })
    }

    /// Whether one more may go to the domain today, as the answer to "why" says it.
    pub fn domain_room(&self, domain: &str, taken: u32) -> Option<Check> {
        let most = self.domain_per_day?;
        let seen = format!("{domain}: {taken} of {most} today");
        Some(Check { rule: "domain_has_room", passed: taken < most, seen })
    }
}

const DAY: SignedDuration = SignedDuration::from_hours(24);

/// The day of UTC, counted from 1970, on which a message counts for its recipient's domain.
pub fn day_of(at: Timestamp) -> i64 {
    at.as_second().div_euclid(DAY.as_secs())
}

pub fn day_begins(day: i64) -> Timestamp {
    Timestamp::from_second(day.saturating_mul(DAY.as_secs())).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests;

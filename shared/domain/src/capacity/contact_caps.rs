//! Contact caps: the most a workspace sends over all its accounts and campaigns, per day, recipient's domain and person.

use crate::planning::check::{Check, CheckRule};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Caps {
    /// Messages of campaigns and bulk messages together, on all channels, per UTC day: 1 to 1,000,000.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub messages_per_day: Option<u32>,
    /// E-mails of campaigns and bulk messages to addresses of one domain, per UTC day: 1 to 100,000.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub domain_per_day: Option<u32>,
    /// The least time between two messages to the same person, on any channel: 1 to 720 hours.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hours_apart: Option<u32>,
    /// A lead who is active in one campaign is enrolled in no other.
    pub one_campaign: bool,
}

impl Default for Caps {
    fn default() -> Self {
        Self { messages_per_day: None, domain_per_day: None, hours_apart: None, one_campaign: true }
    }
}

impl Caps {
    /// Each invalid field, and what was expected.
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

    pub fn minimum_gap(&self) -> Option<SignedDuration> {
        self.hours_apart.map(|hours| SignedDuration::from_hours(i64::from(hours)))
    }

    /// When a person may get another message after one at `last`; none if there was none or the workspace sets no distance.
    pub fn free_from(&self, last: Option<Timestamp>) -> Option<Timestamp> {
        Some(last?.checked_add(self.minimum_gap()?).unwrap_or(Timestamp::MAX))
    }

    /// Whether one more message fits under today's cap, as a check; none without a cap.
    pub fn room(&self, taken: u32) -> Option<Check> {
        let most = self.messages_per_day?;
        let seen = format!("all campaigns: {taken} of {most} messages today");
        Some(Check { rule: CheckRule::WorkspaceHasRoom, passed: taken < most, seen })
    }

    /// Whether one more mail to the domain fits under today's cap, as a check; none without a cap.
    pub fn domain_room(&self, domain: &str, taken: u32) -> Option<Check> {
        let most = self.domain_per_day?;
        let seen = format!("{domain}: {taken} of {most} today");
        Some(Check { rule: CheckRule::DomainHasRoom, passed: taken < most, seen })
    }
}

const DAY: SignedDuration = SignedDuration::from_hours(24);

/// The UTC day, counted from 1970, on which a message counts under the caps.
pub fn day_of(at: Timestamp) -> i64 {
    at.as_second().div_euclid(DAY.as_secs())
}

pub fn day_begins(day: i64) -> Timestamp {
    Timestamp::from_second(day.saturating_mul(DAY.as_secs())).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests;

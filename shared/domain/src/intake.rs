//! An evergreen campaign: whoever begins to match its filter is enrolled by itself, so many new people a day.

use crate::enrol_count::Outcomes;
use crate::enrolling::EnrolOutcome;
use crate::ids::{CampaignId, LeadId, WorkspaceId};
use crate::lead_filter::LeadFilter;
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// What a campaign takes people in by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Evergreen {
    pub filter: LeadFilter,
    /// New people on a day of the campaign's zone: 1 to 1,000.
    pub per_day: u32,
}

/// How much of an evergreen campaign's day is taken, and what its last look found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Intake {
    pub workspace: WorkspaceId,
    pub campaign: CampaignId,
    pub day: Date,
    /// Of that day. What a look has reserved counts from before anybody is enrolled.
    pub taken: u32,
    pub look: Option<Look>,
    /// Where the last look stopped asking, because it had asked so many: the next one goes on behind them.
    pub asked_to: Option<LeadId>,
    pub rev: u64,
}

/// Everybody who matched at that moment is counted once.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Look {
    pub at: Timestamp,
    pub matched: u32,
    /// Are, or were, in the campaign.
    pub inside: u32,
    /// Come in when a day has room for them, if nothing is against it then.
    pub waiting: u32,
    pub left_out: Outcomes,
}

const MOST_PER_DAY: u32 = 1_000;
/// A filter is kept in its campaign's item.
const MOST_VALUES: usize = 100;
const LONGEST_WORDS: usize = 200;
/// All summaries of the workspace's leads are read for a look.
const BETWEEN_LOOKS: SignedDuration = SignedDuration::from_hours(1);

impl Evergreen {
    /// Each field that cannot stay, and what was expected.
    pub fn faults(&self) -> Vec<(&'static str, &'static str)> {
        let mut faults = Vec::new();
        if !(1..=MOST_PER_DAY).contains(&self.per_day) {
            faults.push(("per_day", "is from 1 to 1,000"));
        }
        if self.filter.q.as_ref().is_some_and(|words| words.len() > LONGEST_WORDS) {
            faults.push(("filter.q", "is at most 200 characters"));
        }
        if self.filter.values() > MOST_VALUES {
            faults.push(("filter", "has at most 100 values"));
        }
        for (field, values) in [("filter.tag", &self.filter.tag), ("filter.category", &self.filter.category)]
        {
            if values.iter().any(|value| value.len() > LONGEST_WORDS) {
                faults.push((field, "is at most 200 characters a value"));
            }
        }
        faults
    }
}

impl Intake {
    pub fn unused(workspace: WorkspaceId, campaign: CampaignId) -> Self {
        Self { workspace, campaign, day: Date::MIN, taken: 0, look: None, asked_to: None, rev: 0 }
    }

    /// Without a look nobody knows who matches; a day that is full takes nobody, whoever matches.
    pub fn is_due(&self, day: Date, per_day: u32, now: Timestamp) -> bool {
        let long_ago = |look: &Look| now.duration_since(look.at) >= BETWEEN_LOOKS;
        self.look.as_ref().is_none_or(|look| long_ago(look) && self.taken_on(day) < per_day)
    }

    /// A day that is over, by a clock that is behind or a zone that was changed, is the present one: nothing of it is given again.
    pub fn taken_on(&self, day: Date) -> u32 {
        if self.day >= day { self.taken } else { 0 }
    }

    /// Takes up to `wanted` places of the day. Who breaks off afterwards has lost them, so that a day never gets more.
    pub fn reserve(&mut self, day: Date, per_day: u32, wanted: u32) -> u32 {
        let taken = self.taken_on(day);
        let given = wanted.min(per_day.saturating_sub(taken));
        (self.day, self.taken) = (day.max(self.day), taken + given);
        given
    }

    pub fn give_back(&mut self, places: u32) {
        self.taken = self.taken.saturating_sub(places);
    }
}

impl Look {
    pub fn leave_out(&mut self, why: EnrolOutcome) {
        match why {
            EnrolOutcome::Already => self.inside += 1,
            EnrolOutcome::Enrolled => {}
            other => *self.left_out.entry(other).or_default() += 1,
        }
    }
}

#[cfg(test)]
#[path = "tests/intake.rs"]
mod tests;

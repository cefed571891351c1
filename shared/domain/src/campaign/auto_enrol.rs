//! An evergreen campaign: whoever begins to match its filter is enrolled by itself, so many new people a day.

use crate::campaign::enrol_progress::EnrolOutcome;
use crate::campaign::enrol_progress::Outcomes;
use crate::ids::{CampaignId, LeadId, WorkspaceId};

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

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

/// All summaries of the workspace's leads are read for a look.
const BETWEEN_LOOKS: SignedDuration = SignedDuration::from_hours(1);

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
mod tests;

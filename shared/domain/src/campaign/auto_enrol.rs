//! Auto-enrol: leads that begin to match a campaign's filter are enrolled automatically, up to a number a day.

use crate::campaign::enrol_progress::EnrolOutcome;
use crate::campaign::enrol_progress::Outcomes;
use crate::ids::{CampaignId, WorkspaceId};

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// The state of a campaign's auto-enrol: the places used today, and what the last look found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AutoEnrolState {
    pub workspace: WorkspaceId,
    pub campaign: CampaignId,
    pub day: Date,
    /// Places used on `day`. Places that a look reserved count before anybody is enrolled.
    pub taken: u32,
    pub look: Option<Look>,
    /// The list's cursor behind the lead at which the last look stopped, because it had examined or enrolled its maximum.
    pub goes_on_at: Option<String>,
    pub rev: u64,
}

/// The result of one look for leads that match: each matching lead is counted once.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Look {
    pub at: Timestamp,
    pub matched: u32,
    /// Leads that are, or were, in the campaign.
    pub inside: u32,
    /// Leads that will be enrolled when a day has a place for them, unless a rule forbids it then.
    pub waiting: u32,
    pub left_out: Outcomes,
    /// The reason why the filter selects nobody, such as a segment that was deleted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub problem: Option<String>,
}

/// A look that begins anew reads all matching leads and all of the campaign, so there is one an hour at most.
const BETWEEN_LOOKS: SignedDuration = SignedDuration::from_hours(1);

impl AutoEnrolState {
    pub fn unused(workspace: WorkspaceId, campaign: CampaignId) -> Self {
        Self { workspace, campaign, day: Date::MIN, taken: 0, look: None, goes_on_at: None, rev: 0 }
    }

    /// Whether to look now. A first look is always due; later ones only while the day has places left.
    pub fn is_due(&self, day: Date, per_day: u32, now: Timestamp) -> bool {
        let long_ago = |look: &Look| now.duration_since(look.at) >= BETWEEN_LOOKS;
        self.look.as_ref().is_none_or(|look| long_ago(look) && self.enrolled_on(day) < per_day)
    }

    /// Returns the cursor from which a look goes on with the one before it. One that broke off long ago begins anew, because
    /// leads before that may match now.
    pub fn goes_on_from(&self, now: Timestamp) -> Option<String> {
        let look = self.look.as_ref()?;
        self.goes_on_at.clone().filter(|_| now.duration_since(look.at) < BETWEEN_LOOKS)
    }

    /// Places used on the day. A day before `self.day` (a clock that is behind, a changed zone) counts as
    /// `self.day`, so that no place is given twice.
    pub fn enrolled_on(&self, day: Date) -> u32 {
        if self.day >= day { self.taken } else { 0 }
    }

    /// Reserves up to `wanted` places of the day. Places of a function that fails afterwards stay used, so a
    /// day never gets more.
    pub fn reserve(&mut self, day: Date, per_day: u32, wanted: u32) -> u32 {
        let taken = self.enrolled_on(day);
        let given = wanted.min(per_day.saturating_sub(taken));
        (self.day, self.taken) = (day.max(self.day), taken + given);
        given
    }

    pub fn give_back(&mut self, places: u32) {
        self.taken = self.taken.saturating_sub(places);
    }
}

impl Look {
    pub fn count_left_out(&mut self, why: EnrolOutcome) {
        match why {
            EnrolOutcome::Already => self.inside += 1,
            EnrolOutcome::Enrolled => {}
            other => *self.left_out.entry(other).or_default() += 1,
        }
    }
}

#[cfg(test)]
mod tests;

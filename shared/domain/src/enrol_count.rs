//! What has become of those whom one job enrols, as far as it is.

use crate::enrolling::EnrolOutcome;
use crate::ids::{CampaignId, WorkspaceId};
use jiff::Timestamp;
use std::collections::BTreeMap;

/// How many came to what.
pub type Outcomes = BTreeMap<EnrolOutcome, u32>;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EnrolCount {
    pub workspace: WorkspaceId,
    pub campaign: CampaignId,
    pub job: String,
    pub started_at: Timestamp,
    /// None while people are to come.
    pub finished_at: Option<Timestamp>,
    pub outcomes: Outcomes,
}

impl EnrolCount {
    pub fn enrolled(&self) -> u32 {
        self.outcomes.get(&EnrolOutcome::Enrolled).copied().unwrap_or(0)
    }
}

/// Those who were left out, by reason, most first.
pub fn left_out(outcomes: &Outcomes) -> Vec<(EnrolOutcome, u32)> {
    let mut left_out: Vec<_> = outcomes.iter().map(|(why, people)| (*why, *people)).collect();
    left_out.retain(|(why, _)| *why != EnrolOutcome::Enrolled);
    left_out.sort_by_key(|(_, people)| std::cmp::Reverse(*people));
    left_out
}

#[cfg(test)]
#[path = "tests/enrol_count.rs"]
mod tests;

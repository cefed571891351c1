//! The progress of an enrolment job: how many leads were enrolled, and how many were left out for which reason.

use serde::Deserialize;
use serde::Serialize;

use crate::ids::{CampaignId, WorkspaceId};
use jiff::Timestamp;
use std::collections::BTreeMap;

/// Leads by outcome.
pub type Outcomes = BTreeMap<EnrolOutcome, u32>;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EnrolCount {
    pub workspace: WorkspaceId,
    pub campaign: CampaignId,
    pub job: String,
    pub started_at: Timestamp,
    /// None while leads are still to be enrolled.
    pub finished_at: Option<Timestamp>,
    pub outcomes: Outcomes,
}

impl EnrolCount {
    pub fn enrolled(&self) -> u32 {
        self.outcomes.get(&EnrolOutcome::Enrolled).copied().unwrap_or(0)
    }
}

/// Counts of leads left out, by reason, most first.
pub fn left_out(outcomes: &Outcomes) -> Vec<(EnrolOutcome, u32)> {
    let mut left_out: Vec<_> = outcomes.iter().map(|(why, people)| (*why, *people)).collect();
    left_out.retain(|(why, _)| *why != EnrolOutcome::Enrolled);
    left_out.sort_by_key(|(_, people)| std::cmp::Reverse(*people));
    left_out
}

/// The outcome for one lead that was to be enrolled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum EnrolOutcome {
    Enrolled,
    /// The lead is, or was, in this campaign.
    Already,
    NoSuchLead,
    DoNotContact,
    Suppressed,
    /// A message of the lead may be an opt-out, and no user has decided yet.
    PossibleOptOut,
    /// No step has a channel that reaches the lead.
    Unreachable,
    /// The lead is in twenty active campaigns already.
    TooManyCampaigns,
    /// The lead is active in another campaign, and the workspace allows one at a time.
    InOtherCampaign,
    /// The campaign is completed or archived.
    CampaignOver,
    /// The sending window never opens.
    WindowNeverOpens,
    /// A step that reaches the lead has no account: the campaign's is gone or switched off.
    NoMailbox,
    /// The lead would be mailed, and the workspace has no company name or postal address.
    NoPostalAddress,
    /// The campaign mails verified addresses only, and the lead's is not verified.
    Unverified,
    /// A text of the sequence needs a value that the lead lacks, and gives no default.
    MissingValue,
    /// The lead has reached the sequence's goal already.
    GoalReached,
    /// Other changes to the lead kept interfering: try later.
    Busy,
}

#[cfg(test)]
mod tests;

//! What has become of those whom one job enrols, as far as it is.

use serde::Deserialize;
use serde::Serialize;

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

/// What became of one lead that was to be enrolled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum EnrolOutcome {
    Enrolled,
    /// Is, or was, in this campaign.
    Already,
    NoSuchLead,
    DoNotContact,
    Suppressed,
    /// No step has a channel that reaches the lead.
    Unreachable,
    /// Under way in twenty campaigns.
    TooManyCampaigns,
    /// Under way in another campaign, and the workspace wants one at a time.
    InOtherCampaign,
    /// The campaign is completed or archived.
    CampaignOver,
    /// The sending window never opens.
    WindowNeverOpens,
    /// A step that reaches the lead goes out by no account: the campaign's is gone or switched off.
    NoMailbox,
    /// They would be mailed, and the workspace has no company name or postal address.
    NoPostalAddress,
    /// The campaign mails verified addresses only, and the lead's is not.
    Unverified,
    /// A text of the sequence needs a value that the lead has not, and gives no default.
    MissingValue,
    /// Is already where the sequence is meant to lead.
    GoalReached,
    /// Others changed the lead again and again: try later.
    Busy,
}

#[cfg(test)]
mod tests;

//! A follow-up date that one of the workspace's rules sets.

use crate::ids::RuleId;
use crate::lead::Lead;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// The rule that set a lead's follow-up date, as the lead keeps it: the date is explained also after the rule has changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FollowUpBy {
    pub rule: RuleId,
    /// The rule's name at that time.
    pub name: String,
    /// What the follow-up is for; may be empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
    /// The date that the rule set.
    pub at: Timestamp,
    pub set_at: Timestamp,
    /// The id of the timeline's entry about it. A date that was removed since is not set again for the same.
    pub entry: String,
}

impl Lead {
    /// The rule that set the present follow-up date; none if a user did, or there is no date.
    pub fn follow_up_rule(&self) -> Option<&FollowUpBy> {
        self.follow_up_by.as_ref().filter(|by| self.follow_up_at == Some(by.at))
    }
}

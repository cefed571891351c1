//! What was done about a prospect, whichever search found it.

use crate::ids::{LeadId, WorkspaceId};
use crate::lead::data_field::DataField;
use crate::spend::{BookingOutcome, Usd};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The time for which a provider is not asked again that has answered, or whose answer was lost.
const NOT_AGAIN_FOR: SignedDuration = SignedDuration::from_hours(24 * 30);
/// The time for which it is known that a provider could not be asked.
const FAILURE_KEPT: SignedDuration = SignedDuration::from_hours(24);
/// The time after which a question without an answer has none.
const ASKED_FOR: SignedDuration = SignedDuration::from_mins(2);

/// What was done about one prospect.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProspectRecord {
    pub workspace: WorkspaceId,
    /// The prospect's digest.
    pub prospect: String,
    pub provider: String,
    pub state: ProspectState,
    /// The reservation under which the provider was asked, or the request that added it.
    pub request: String,
    /// What asking came to: while it is being asked, what a lost answer comes to. None if it was not asked.
    pub paid: Option<ProspectPaid>,
    pub at: Timestamp,
    pub rev: u64,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "state")]
pub enum ProspectState {
    /// The provider is being asked; on a repeat the answer is lost.
    Asked {},
    /// The answer is paid for, and not a lead yet.
    Bought { values: BTreeMap<DataField, String> },
    /// The provider has no address after all.
    NoEmail {},
    /// The provider could not be asked. Nothing was charged, and it may be asked again.
    Failed {},
    /// The answer was lost, and may have been charged.
    Lost {},
    /// The prospect is this lead, or was: a lead that is gone is not added again.
    Added { lead: LeadId },
    /// The prospect was a lead that was erased: it is not added again.
    Erased {},
}

/// What asking a provider about a prospect came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProspectPaid {
    pub outcome: BookingOutcome,
    pub amount: Usd,
}

impl ProspectRecord {
    /// Tells whether the provider may still be answering.
    pub fn is_being_asked(&self, now: Timestamp) -> bool {
        self.state == ProspectState::Asked {} && now.duration_since(self.at) < ASKED_FOR
    }

    /// The time at which the record is forgotten; none if it is kept.
    pub fn expires(&self) -> Option<Timestamp> {
        let kept = match self.state {
            ProspectState::Added { .. } | ProspectState::Erased {} => return None,
            ProspectState::Failed {} => FAILURE_KEPT,
            ProspectState::Bought { .. }
            | ProspectState::Asked {}
            | ProspectState::NoEmail {}
            | ProspectState::Lost {} => NOT_AGAIN_FOR,
        };
        self.at.checked_add(kept).ok()
    }
}

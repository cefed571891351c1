//! One lead's way through one campaign. It is the place where a send is claimed.

use crate::ids::{CampaignId, LeadId, MessageId, SequenceId, UserId, WorkspaceId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct EnrolmentKey {
    pub workspace: WorkspaceId,
    pub lead: LeadId,
    pub campaign: CampaignId,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Enrolment {
    pub key: EnrolmentKey,
    pub sequence: SequenceId,
    pub version: u32,
    pub state: EnrolmentState,
    /// Index of the step that is next (or being claimed); equals the number of steps when all are done.
    pub step: u16,
    /// Not before this instant; planned again at that moment.
    pub due: Option<Timestamp>,
    /// When the step before was completed, or when the lead was enrolled: delays count from here.
    pub anchor: Timestamp,
    /// The mail that a follow-up answers in the same thread.
    pub thread: Option<MessageId>,
    /// Tries of the present step that failed safely.
    pub attempts: u8,
    pub enrolled_at: Timestamp,
    pub enrolled_by: Option<UserId>,
    pub ended_at: Option<Timestamp>,
    pub rev: u64,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "state")]
pub enum EnrolmentState {
    /// Enrolled in a campaign that has not been launched.
    Pending,
    /// A hint, a queue or a dead-letter queue holds it; it goes out when due.
    Scheduled,
    /// Somebody is sending the present step. After `expires` the outcome is unknown, never assumed.
    Claimed {
        token: String,
        expires: Timestamp,
    },
    Held {
        reason: HoldReason,
        until: Option<Timestamp>,
    },
    Ended {
        reason: EndReason,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HoldReason {
    OutOfOffice,
    PausedByUser,
    CampaignPaused,
    SendingStopped,
    /// The provider cannot be reached; tried again at `until`.
    Mailbox,
    MissingValue,
    /// The provider may or may not have accepted: a person or evidence decides.
    Uncertain,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EndReason {
    /// Every step is done.
    Finished,
    Replied,
    OptedOut,
    Bounced,
    Won,
    Suppressed,
    Failed,
    /// Taken out by a person, or the lead was deleted.
    Removed,
    /// Nothing to reach the lead by on any remaining step.
    Unreachable,
}

impl Enrolment {
    pub fn is_active(&self) -> bool {
        !matches!(self.state, EnrolmentState::Ended { .. })
    }

    pub fn end(&mut self, reason: EndReason, at: Timestamp) {
        self.state = EnrolmentState::Ended { reason };
        self.ended_at = Some(at);
        self.due = None;
    }
}

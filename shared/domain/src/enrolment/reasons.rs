//! Why an enrolment is held, and why it ends.

use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum HoldReason {
    OutOfOffice,
    PausedByUser,
    CampaignPaused,
    SendingStopped,
    /// The mailbox is gone, or its provider lets us in no more; tried again at `until`.
    Mailbox,
    /// The provider did not take the message: busy, out of order, the recipient's mailbox full; tried again at `until`.
    NotTaken,
    /// The account that it goes out by is paused.
    AccountPaused,
    MissingValue,
    /// The provider may or may not have accepted: a person or evidence decides.
    Uncertain,
    /// A pause or an outage has made it late: a person says whether it still goes out.
    Late,
    /// Somebody else of their company has answered.
    CompanyAnswered,
    /// The lead was given to another user: it waits for their word.
    OwnerChanged,
}

impl HoldReason {
    /// Campaign, account or workspace: it ends for all of them together, when that goes on.
    pub fn is_of_a_scope(self) -> bool {
        matches!(self, Self::CampaignPaused | Self::SendingStopped | Self::AccountPaused)
    }

    /// A person may let all go together whom it holds. What is not settled, who is away and what is late have answers of their
    /// own.
    pub fn may_be_released(self) -> bool {
        match self {
            Self::PausedByUser
            | Self::Mailbox
            | Self::NotTaken
            | Self::MissingValue
            | Self::CompanyAnswered
            | Self::OwnerChanged => true,
            Self::OutOfOffice
            | Self::CampaignPaused
            | Self::SendingStopped
            | Self::AccountPaused
            | Self::Uncertain
            | Self::Late => false,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum EndReason {
    /// Every step is done.
    Finished,
    Replied,
    OptedOut,
    Bounced,
    Won,
    /// A meeting is booked.
    Booked,
    /// The sequence's own goal.
    GoalReached,
    Suppressed,
    Failed,
    /// Taken out by a person, or the lead was deleted.
    Removed,
    /// Nothing to reach the lead by on any remaining step.
    Unreachable,
    /// A new version has no place for who was here.
    StepRemoved,
    /// The mailbox that wrote to them is gone, and the campaign has them leave then.
    MailboxGone,
}

impl HoldReason {
    /// Neither the person nor who works with them chose it for this person: what it makes late is late.
    pub fn makes_late(self) -> bool {
        match self {
            Self::CampaignPaused
            | Self::SendingStopped
            | Self::AccountPaused
            | Self::Mailbox
            | Self::NotTaken
            | Self::Late => true,
            Self::OutOfOffice
            | Self::PausedByUser
            | Self::MissingValue
            | Self::Uncertain
            | Self::CompanyAnswered
            | Self::OwnerChanged => false,
        }
    }
}

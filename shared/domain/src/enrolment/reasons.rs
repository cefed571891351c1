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
    /// The mailbox is gone or its provider refuses our credentials; tried again at `until`.
    Mailbox,
    /// The provider did not accept the message (busy, out of order, or the recipient's mailbox full); tried again at `until`.
    NotTaken,
    /// The account that the message goes out by is paused.
    AccountPaused,
    MissingValue,
    /// The provider may or may not have accepted the message: evidence or a user decides.
    Uncertain,
    /// A pause or an outage has made the message late: a user decides whether it still goes out.
    Late,
    /// A colleague of the lead has replied.
    CompanyAnswered,
    /// The lead has a new owner, who has not decided yet.
    OwnerChanged,
}

impl HoldReason {
    /// The reason as a user reads it.
    pub fn words(self) -> &'static str {
        match self {
            Self::OutOfOffice => "out of office",
            Self::PausedByUser => "paused by a user",
            Self::CampaignPaused => "campaign paused",
            Self::SendingStopped => "all sending stopped",
            Self::Mailbox => "mailbox missing or unreachable",
            Self::NotTaken => "the provider did not accept the message",
            Self::AccountPaused => "account paused",
            Self::MissingValue => "a value is missing",
            Self::Uncertain => "delivery uncertain",
            Self::Late => "late",
            Self::CompanyAnswered => "a colleague replied",
            Self::OwnerChanged => "waiting for the new owner",
        }
    }

    /// Whether the hold comes from a campaign, account or workspace and ends for all of it when that resumes.
    pub fn is_of_a_scope(self) -> bool {
        matches!(self, Self::CampaignPaused | Self::SendingStopped | Self::AccountPaused)
    }

    /// Whether a user may release all leads held for this reason at once. Uncertain messages, absences and
    /// late messages have decisions of their own.
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
    /// A goal of the sequence is reached.
    GoalReached,
    Suppressed,
    Failed,
    /// Removed by a user, or the lead was deleted.
    Removed,
    /// No remaining step can reach the lead.
    Unreachable,
    /// A new version of the sequence has no step for leads who stood here.
    StepRemoved,
    /// The mailbox that wrote to the lead is gone, and the campaign ends the enrolment then.
    MailboxGone,
}

impl EndReason {
    /// The reason as a user reads it.
    pub fn words(self) -> &'static str {
        match self {
            Self::Finished => "all steps done",
            Self::Replied => "replied",
            Self::OptedOut => "opted out",
            Self::Bounced => "bounced",
            Self::Won => "won",
            Self::Booked => "meeting booked",
            Self::GoalReached => "goal reached",
            Self::Suppressed => "on the suppression list",
            Self::Failed => "failed",
            Self::Removed => "removed",
            Self::Unreachable => "no remaining step can reach the lead",
            Self::StepRemoved => "the step was removed",
            Self::MailboxGone => "the mailbox was removed",
        }
    }
}

impl HoldReason {
    /// Whether a message grows late under this hold: those that neither the lead nor a user chose for this lead.
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

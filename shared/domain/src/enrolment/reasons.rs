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
    /// The law where the lead is, or the workspace, asks for a consent that is not recorded.
    NoConsent,
    /// The lead's time zone is not known, and no hour of the window is day wherever it may be.
    UnknownZone,
}

/// A scope that holds all of its enrolments and lets them go together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HoldScope {
    Campaign,
    Account,
    Workspace,
}

/// Whether an absence of the lead takes the place of a hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum YieldsToAbsence {
    Always,
    /// The absence takes its place if it ends later. A hold without an end stays.
    WhereLonger,
    Never,
}

/// How a hold is treated: one row for each reason, which whatever treats holds differently asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HoldBehaviour {
    /// The reason as a user reads it.
    pub words: &'static str,
    /// The campaign, account or workspace that the hold comes from, and with which it ends.
    pub scope: Option<HoldScope>,
    /// Whether a message grows late under the hold: under those that neither the lead nor a user chose for this
    /// lead.
    pub makes_late: bool,
    /// Whether a user may release all leads held for this reason at once. The others have decisions of their own.
    pub is_released_together: bool,
    /// Whether a user may skip the step at which the lead is held.
    pub step_may_be_skipped: bool,
    /// Whether the hold for a new owner's decision takes its place at once; otherwise it begins after this one. A
    /// hold that ends with its scope or a retry must not end without that decision.
    pub yields_to_owner: bool,
    pub yields_to_absence: YieldsToAbsence,
}

impl HoldBehaviour {
    /// The row of a reason that is decided for the one lead alone, and that nothing takes the place of.
    const fn of_lead(words: &'static str) -> Self {
        Self {
            words,
            scope: None,
            makes_late: false,
            is_released_together: false,
            step_may_be_skipped: false,
            yields_to_owner: false,
            yields_to_absence: YieldsToAbsence::Never,
        }
    }

    const fn of_scope(words: &'static str, scope: HoldScope) -> Self {
        Self { scope: Some(scope), makes_late: true, ..Self::of_obstacle(words) }
    }

    /// The row of an obstacle that nobody chose: an owner's decision or an absence takes its place.
    const fn of_obstacle(words: &'static str) -> Self {
        Self { yields_to_owner: true, yields_to_absence: YieldsToAbsence::Always, ..Self::of_lead(words) }
    }
}

impl HoldReason {
    /// Returns the row of this reason.
    pub const fn behaviour(self) -> HoldBehaviour {
        match self {
            Self::OutOfOffice => HoldBehaviour::of_lead("out of office"),
            Self::PausedByUser => HoldBehaviour {
                is_released_together: true,
                step_may_be_skipped: true,
                yields_to_absence: YieldsToAbsence::WhereLonger,
                ..HoldBehaviour::of_lead("paused by a user")
            },
            Self::CampaignPaused => HoldBehaviour::of_scope("campaign paused", HoldScope::Campaign),
            Self::SendingStopped => HoldBehaviour::of_scope("all sending stopped", HoldScope::Workspace),
            Self::Mailbox => HoldBehaviour {
                makes_late: true,
                is_released_together: true,
                ..HoldBehaviour::of_obstacle("mailbox missing or unreachable")
            },
            Self::NotTaken => HoldBehaviour {
                makes_late: true,
                is_released_together: true,
                ..HoldBehaviour::of_obstacle("the provider did not accept the message")
            },
            Self::AccountPaused => HoldBehaviour::of_scope("account paused", HoldScope::Account),
            Self::MissingValue => HoldBehaviour {
                is_released_together: true,
                step_may_be_skipped: true,
                ..HoldBehaviour::of_obstacle("a value is missing")
            },
            Self::Uncertain => HoldBehaviour::of_lead("delivery uncertain"),
            Self::Late => HoldBehaviour {
                makes_late: true,
                step_may_be_skipped: true,
                ..HoldBehaviour::of_obstacle("late")
            },
            Self::CompanyAnswered => HoldBehaviour {
                is_released_together: true,
                yields_to_absence: YieldsToAbsence::WhereLonger,
                ..HoldBehaviour::of_lead("a colleague replied")
            },
            Self::OwnerChanged => HoldBehaviour {
                is_released_together: true,
                ..HoldBehaviour::of_lead("waiting for the new owner")
            },
            Self::NoConsent => HoldBehaviour {
                step_may_be_skipped: true,
                ..HoldBehaviour::of_obstacle("no consent is recorded")
            },
            Self::UnknownZone => {
                HoldBehaviour { step_may_be_skipped: true, ..HoldBehaviour::of_obstacle("time zone unknown") }
            }
        }
    }

    /// The reason as a user reads it.
    pub fn words(self) -> &'static str {
        self.behaviour().words
    }

    /// Whether the hold comes from a campaign, account or workspace and ends for all of it when that resumes.
    pub fn is_of_a_scope(self) -> bool {
        self.behaviour().scope.is_some()
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
    /// A user has written to the lead by hand, from a connected mailbox.
    TakenOver,
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
            Self::TakenOver => "taken over by a user",
        }
    }
}

//! A campaign: a sequence with the accounts it sends by, and a state; leads are enrolled in it.

pub mod auto_enrol;
pub mod auto_enrol_rule;
pub mod calendar;
pub mod enrol_progress;
pub mod enrol_rules;
pub mod page_blocks;
pub mod trigger_rule;
pub mod writing;

use crate::campaign::auto_enrol_rule::AutoEnrolRule;
use crate::campaign::writing::CampaignWriting;
use crate::contact::channel::Channel;
use crate::enrolment::late_rule::LateAnswer;
use crate::enrolment::pause::PAUSE_TAKES;
use crate::ids::{AccountId, CampaignId, SequenceId, UserId, WorkspaceId};
use crate::sequence::ab_look::AbTests;
use crate::time::time_zone::ZoneName;
use crate::workspace::tracking::Untracked;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone)]
pub struct Campaign {
    pub id: CampaignId,
    pub workspace: WorkspaceId,
    pub name: String,
    pub state: CampaignState,
    /// When the state was entered. A pause is complete 10 s later.
    pub state_since: Timestamp,
    /// When a paused campaign resumes automatically.
    pub paused_until: Option<Timestamp>,
    pub sequence: SequenceId,
    /// The version that new enrolments get, set at launch; each enrolment carries its own.
    pub sequence_version: u32,
    /// The mailboxes that mails go out by; each lead keeps to one of them.
    pub mailboxes: Vec<AccountId>,
    pub when_mailbox_gone: WhenMailboxGone,
    pub sms_sender: Option<AccountId>,
    pub whatsapp_sender: Option<AccountId>,
    /// The zone used for leads whose own zone is unknown.
    pub zone: ZoneName,
    /// A tag for every lead that is enrolled.
    pub lead_tag: Option<String>,
    /// Leads whose address no verifier found deliverable are not enrolled if a step mails them.
    pub only_verified: bool,
    /// What is not tracked in mails of this campaign.
    pub untracked: Untracked,
    /// How models write for it, and what that may cost.
    pub writing: CampaignWriting,
    /// When a variant is ahead in its A/B test, the others are paused in the version that the campaign uses.
    pub promotes_winner: bool,
    /// How large its A/B tests are, and what was seen of them.
    pub ab_tests: AbTests,
    /// A user's answer for its late messages, if there is one.
    pub late_answer: Option<LateAnswer>,
    /// The auto-enrol rule, if the campaign has one.
    pub auto_enrol: Option<AutoEnrolRule>,
    pub owner: Option<UserId>,
    pub created_at: Timestamp,
    pub launched_at: Option<Timestamp>,
    pub rev: u64,
}

/// The handling of leads whose mailbox is deleted, switched off or no longer the campaign's. No lead gets a follow-up from
/// another mailbox unless a user has chosen that.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum WhenMailboxGone {
    /// They are held until it is back.
    #[default]
    Hold,
    /// They continue from another of the campaign's mailboxes, in a new thread. While there is none they are held.
    Reassign,
    /// Their enrolment ends.
    Exit,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum CampaignState {
    Draft,
    Active,
    Paused,
    Completed,
    Archived,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a campaign that is {from:?} cannot become {to:?}")]
pub struct IllegalMove {
    pub from: CampaignState,
    pub to: CampaignState,
}

impl CampaignState {
    /// The state as a user reads it.
    pub fn words(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Active => "active",
            Self::Paused => "paused",
            Self::Completed => "completed",
            Self::Archived => "archived",
        }
    }

    pub fn may_become(self, to: Self) -> bool {
        use CampaignState::{Active, Archived, Completed, Draft, Paused};
        matches!(
            (self, to),
            (Draft, Active)
                | (Active, Paused)
                | (Paused, Active)
                | (Active | Paused, Completed)
                | (Draft | Paused | Completed, Archived)
        )
    }
}

/// The most mailboxes that a campaign may have.
pub const MOST_MAILBOXES: usize = 20;

impl Campaign {
    pub fn sends_by(&self, account: &AccountId) -> bool {
        let texts_by = |channel| self.text_sender(channel) == Some(account);
        self.mailboxes.contains(account) || Channel::ALL.into_iter().any(texts_by)
    }

    /// The account that texts or chats go out by; none for mail, which has mailboxes.
    pub fn text_sender(&self, channel: Channel) -> Option<&AccountId> {
        match channel {
            Channel::Email => None,
            Channel::Sms => self.sms_sender.as_ref(),
            Channel::Whatsapp => self.whatsapp_sender.as_ref(),
        }
    }

    /// The auto-enrol rule while it is in force: only an active campaign enrols by it.
    pub fn active_auto_enrol_rule(&self) -> Option<&AutoEnrolRule> {
        self.auto_enrol.as_ref().filter(|_| self.state == CampaignState::Active)
    }

    pub fn day(&self, now: Timestamp) -> Date {
        now.to_zoned(self.zone.zone()).date()
    }

    /// Whether the pause is so recent that a message about to be sent may still go out.
    pub fn is_pausing(&self, now: Timestamp) -> bool {
        self.state == CampaignState::Paused && now.duration_since(self.state_since) < PAUSE_TAKES
    }

    /// Pauses until then, or until a user resumes it; a paused campaign only gets the new end. True if
    /// anything changes.
    pub fn pause(&mut self, until: Option<Timestamp>, at: Timestamp) -> Result<bool, IllegalMove> {
        let paused = self.state == CampaignState::Paused;
        if paused && self.paused_until == until {
            return Ok(false);
        }
        if !paused {
            self.move_to(CampaignState::Paused, at)?;
        }
        self.paused_until = until;
        Ok(true)
    }

    /// Whether the campaign is still paused with exactly this end; false if a user has resumed it or set
    /// another end since.
    pub fn is_paused_until(&self, until: Timestamp) -> bool {
        self.state == CampaignState::Paused && self.paused_until == Some(until)
    }

    pub fn move_to(&mut self, to: CampaignState, at: Timestamp) -> Result<(), IllegalMove> {
        if !self.state.may_become(to) {
            return Err(IllegalMove { from: self.state, to });
        }
        self.state = to;
        self.state_since = at;
        self.paused_until = None;
        if to == CampaignState::Active && self.launched_at.is_none() {
            self.launched_at = Some(at);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;

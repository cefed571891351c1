//! A campaign: a sequence pointed at people, with a state.

pub mod auto_enrol;
pub mod auto_enrol_rule;
pub mod calendar;
pub mod enrol_progress;
pub mod enrol_rules;
pub mod trigger_rule;

use crate::campaign::auto_enrol_rule::Evergreen;
use crate::contact::channel::Channel;
use crate::enrolment::late_rule::LateAnswer;
use crate::enrolment::pause::PAUSE_TAKES;
use crate::ids::{CampaignId, ConnectionId, SequenceId, UserId, WorkspaceId};
use crate::time::time_zone::ZoneName;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone)]
pub struct Campaign {
    pub id: CampaignId,
    pub workspace: WorkspaceId,
    pub name: String,
    pub state: CampaignState,
    /// When the state was entered: a pause is complete 10 s later.
    pub state_since: Timestamp,
    /// Of a pause: it goes on by itself then.
    pub paused_until: Option<Timestamp>,
    pub sequence: SequenceId,
    /// Pinned at launch; enrolments carry it.
    pub sequence_version: u32,
    /// Each lead is written to from one of them.
    pub mailboxes: Vec<ConnectionId>,
    pub when_mailbox_gone: WhenMailboxGone,
    pub sms_sender: Option<ConnectionId>,
    pub whatsapp_sender: Option<ConnectionId>,
    /// Where a lead's own zone is unknown.
    pub zone: ZoneName,
    /// Put on every lead that is enrolled.
    pub lead_tag: Option<String>,
    /// Whose address no verifier has found deliverable is not taken in where a step mails them.
    pub only_verified: bool,
    /// Where a variant is ahead by its figures, the others are paused in the version that it is on.
    pub promotes_winner: bool,
    /// What becomes of those whom a pause or an outage has made late, where somebody has said so.
    pub late_answer: Option<LateAnswer>,
    /// Takes people in by itself.
    pub evergreen: Option<Evergreen>,
    pub owner: Option<UserId>,
    pub created_at: Timestamp,
    pub launched_at: Option<Timestamp>,
    pub rev: u64,
}

/// What becomes of who was written to from a mailbox that is deleted, switched off or not the campaign's any more.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum WhenMailboxGone {
    /// They wait until it is back.
    Hold,
    /// They go on from another of the campaign's, in a new thread. While there is none they wait.
    #[default]
    Reassign,
    /// They leave the sequence.
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

/// More are refused.
pub const MOST_MAILBOXES: usize = 20;

impl Campaign {
    pub fn sends_by(&self, account: &ConnectionId) -> bool {
        let texts_by = |channel| self.text_sender(channel) == Some(account);
        self.mailboxes.contains(account) || Channel::ALL.into_iter().any(texts_by)
    }

    /// The account that a channel goes out by; mail has its mailboxes.
    pub fn text_sender(&self, channel: Channel) -> Option<&ConnectionId> {
        match channel {
            Channel::Email => None,
            Channel::Sms => self.sms_sender.as_ref(),
            Channel::Whatsapp => self.whatsapp_sender.as_ref(),
        }
    }

    /// By what it takes people in by itself at this time.
    pub fn takes_in(&self) -> Option<&Evergreen> {
        self.evergreen.as_ref().filter(|_| self.state == CampaignState::Active)
    }

    pub fn day(&self, now: Timestamp) -> Date {
        now.to_zoned(self.zone.zone()).date()
    }

    /// Paused, but what was about to be sent may still go out.
    pub fn is_pausing(&self, now: Timestamp) -> bool {
        self.state == CampaignState::Paused && now.duration_since(self.state_since) < PAUSE_TAKES
    }

    /// Until then, or until somebody resumes it; one that is paused gets another end. Says whether anything changes.
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

    /// Somebody had it wait until then, and nobody has said otherwise since.
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

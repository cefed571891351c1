//! An enrolment: one lead's way through one campaign's sequence.
//!
//! It is also where sends are claimed. Before a function calls a provider it saves the enrolment as `Claimed`
//! with its own token and an expiry, by a conditional write, so that one function alone sends the present
//! step. Afterwards the claim is released (the attempt did not reach the lead), or the enrolment advances
//! (the message was accepted). If the claim expires, nobody knows whether the message went out: the enrolment
//! is held as uncertain until it is reconciled. It is repeated only under a key that the provider honours, or where
//! the workspace chose that.

pub mod claim_token;
pub mod deferral;
pub mod key;
pub mod late_policy;
pub mod late_rule;
pub mod moves;
pub mod pause;
pub mod pause_wish;
pub mod pending_pause;
pub mod reasons;
pub mod resume_order;
pub mod touch;
pub mod transfer;
mod version_move;

use crate::contact::channel::Channel;
pub use crate::enrolment::claim_token::ClaimToken;
use crate::enrolment::key::EnrolmentKey;
pub use crate::enrolment::pause_wish::PauseWanted;
use crate::enrolment::reasons::{EndReason, HoldReason, YieldsToAbsence};
use crate::enrolment::transfer::Transfer;
use crate::event::UserOrKey;
use crate::ids::{AccountId, MessageId, SequenceId, StepId, TaskId};
use crate::sequence::SequenceVersion;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

entity! {
    pub struct Enrolment, EnrolmentSnapshot {
        by_ref key: EnrolmentKey,
        by_ref sequence: SequenceId,
        copy version: u32,
        by_ref state: EnrolmentState,
        /// The step that is next or being claimed; none when all are done.
        by_ref step: Option<StepId>,
        /// The generation: rises whenever `step` changes. Plans and queued work of an earlier generation are void.
        copy generation: u16,
        /// The open task of the present step, if a user was given one. Ending the enrolment closes it.
        by_ref task: Option<TaskId>,
        /// The earliest time of the present step; the enrolment is planned again then.
        copy due: Option<Timestamp>,
        /// The time that the present step was first planned for, if a pause or an outage has kept it back since.
        copy late_since: Option<Timestamp>,
        /// When the step before was completed, or the lead was enrolled: the present step's delay counts from here.
        copy anchor: Timestamp,
        /// The first mail of the campaign; follow-ups go into its thread.
        by_ref thread: Option<MessageId>,
        /// The mailbox that sends this enrolment's mails, once it was chosen.
        by_ref mailbox: Option<AccountId>,
        /// The channels on which a message of this campaign has gone out to the lead.
        by_ref channels_used: BTreeSet<Channel>,
        /// Attempts of the present step that certainly did not reach the lead.
        copy attempts: u8,
        copy enrolled_at: Timestamp,
        by_ref enrolled_by: Option<UserOrKey>,
        copy ended_at: Option<Timestamp>,
        /// The time when an open claim runs out, where the end came while the present step was being sent. Its
        /// outcome may still be reported.
        copy claim_open_until: Option<Timestamp>,
        /// A pause that was asked for while a message was under way or uncertain: it begins once that is resolved.
        copy pause_wanted: Option<PauseWanted>,
        /// When the latest hold because of a colleague's reply ends.
        copy company_until: Option<Timestamp>,
        /// Channels on which a message of this campaign was refused for good: nothing more goes out there.
        by_ref failed: BTreeSet<Channel>,
        /// A rollout to another version of the sequence, done or to be done after the present step.
        by_ref transfer: Option<Transfer>,
        copy rev: u64,
    }
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case", tag = "state")]
pub enum EnrolmentState {
    /// Enrolled in a campaign that has not been launched.
    Pending,
    /// Waiting for its due time; a hint, a queue or a dead-letter queue refers to it.
    Scheduled,
    /// A function is sending the present step. After `expires` the outcome is uncertain, never assumed.
    Claimed {
        token: ClaimToken,
        expires: Timestamp,
    },
    /// A user has the present step as a task.
    WaitingTask,
    Held {
        reason: HoldReason,
        until: Option<Timestamp>,
    },
    Ended {
        reason: EndReason,
    },
}

impl Enrolment {
    /// Whether a mail has gone out, so that the lead knows the mailbox it came from.
    pub fn knows_mailbox(&self) -> bool {
        self.mailbox.is_some() && self.thread.is_some()
    }

    pub fn is_active(&self) -> bool {
        !matches!(self.state, EnrolmentState::Ended { .. })
    }

    pub fn end(&mut self, reason: EndReason, at: Timestamp) {
        self.state = EnrolmentState::Ended { reason };
        self.ended_at = Some(at);
        self.due = None;
    }

    /// Ends the enrolment from outside the send: a function that is sending the present step does not know it yet.
    pub fn stop(&mut self, reason: EndReason, at: Timestamp) {
        if let EnrolmentState::Claimed { expires, .. } = self.state {
            self.claim_open_until = Some(expires);
        }
        self.end(reason, at);
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum IllegalEnrolmentMove {
    #[error("the enrolment has ended")]
    Ended,
    #[error("a send is under way")]
    Claimed,
    #[error("only a held enrolment can be resumed")]
    NotHeld,
    #[error("the present step is being sent, or its delivery is uncertain")]
    StepUnderWay,
    #[error("the other version has no such step, and no destination is set for its leads")]
    NoPlace,
}

impl Enrolment {
    pub fn begin(
        key: EnrolmentKey,
        version: &SequenceVersion,
        state: EnrolmentState,
        by: Option<UserOrKey>,
        at: Timestamp,
    ) -> Self {
        Self {
            key,
            sequence: version.sequence.clone(),
            version: version.version,
            state,
            step: version.first(),
            generation: 0,
            task: None,
            due: None,
            late_since: None,
            anchor: at,
            thread: None,
            mailbox: None,
            channels_used: BTreeSet::new(),
            attempts: 0,
            enrolled_at: at,
            enrolled_by: by,
            ended_at: None,
            claim_open_until: None,
            pause_wanted: None,
            company_until: None,
            failed: BTreeSet::new(),
            transfer: None,
            rev: 0,
        }
    }

    /// Schedules a pending enrolment because its campaign was launched with this version: delays count from now.
    pub fn launch(&mut self, version: &SequenceVersion, at: Timestamp, due: Option<Timestamp>) -> bool {
        let pending = self.state == EnrolmentState::Pending;
        if pending {
            self.state = EnrolmentState::Scheduled;
            self.version = version.version;
            self.step = version.first();
            self.anchor = at;
            self.due = due;
        }
        pending
    }

    /// One function alone may send the present step until `expires`.
    pub fn claim(&mut self, token: &ClaimToken, expires: Timestamp) -> Result<(), IllegalEnrolmentMove> {
        match self.state {
            EnrolmentState::Ended { .. } => Err(IllegalEnrolmentMove::Ended),
            EnrolmentState::Claimed { .. } => Err(IllegalEnrolmentMove::Claimed),
            _ => {
                self.state = EnrolmentState::Claimed { token: token.clone(), expires };
                Ok(())
            }
        }
    }

    pub fn is_claimed(&self) -> bool {
        matches!(self.state, EnrolmentState::Claimed { .. })
    }

    pub fn is_claimed_by(&self, claim: &ClaimToken) -> bool {
        matches!(&self.state, EnrolmentState::Claimed { token, .. } if token == claim)
    }

    /// Whether an attempt at `step` whose row was written at this revision may have been made, or still may
    /// be. Else the enrolment was written since, and no claim for it can succeed.
    pub fn attempt_is_possible(&self, attempt: u64, step: Option<&StepId>) -> bool {
        match &self.state {
            EnrolmentState::Claimed { token, .. } => attempt >= token.attempt,
            _ if self.claim_open_until.is_some() && self.step.as_ref() == step => true,
            _ => attempt >= self.rev,
        }
    }

    /// Whether the claim has expired: its holder will not report an outcome any more.
    pub fn claim_expired(&self, now: Timestamp) -> bool {
        matches!(&self.state, EnrolmentState::Claimed { expires, .. } if *expires <= now)
    }

    /// Completes or skips the present step at `at` and moves to the step `to`, whose delay counts from there;
    /// without `to` the enrolment is finished. An ended enrolment stays ended, so a step that was under way
    /// when the lead replied does not revive it.
    pub fn advance(&mut self, at: Timestamp, to: Option<StepId>, next_due: Option<Timestamp>) {
        if !self.is_active() {
            return;
        }
        self.generation = self.generation.saturating_add(1);
        self.task = None;
        self.late_since = None;
        self.attempts = 0;
        // After a rollout the completed step may be older than the present delay's start: a delay never
        // counts from before it.
        self.anchor = self.anchor.max(at);
        self.step = to;
        if self.step.is_none() {
            self.end(EndReason::Finished, at);
        } else {
            self.state = EnrolmentState::Scheduled;
            self.due = next_due;
        }
    }

    /// Gives the present step to a user as a task; nothing is due until it is closed.
    pub fn wait_for(&mut self, task: TaskId) -> Result<(), IllegalEnrolmentMove> {
        match self.state {
            EnrolmentState::Ended { .. } => Err(IllegalEnrolmentMove::Ended),
            EnrolmentState::Claimed { .. } => Err(IllegalEnrolmentMove::Claimed),
            _ => {
                self.state = EnrolmentState::WaitingTask;
                self.task = Some(task);
                self.due = None;
                self.late_since = None;
                Ok(())
            }
        }
    }

    /// Holds the enrolment. An ended or claimed one cannot be held; an expired claim can, as uncertain.
    pub fn hold(
        &mut self,
        reason: HoldReason,
        until: Option<Timestamp>,
        now: Timestamp,
    ) -> Result<(), IllegalEnrolmentMove> {
        match &self.state {
            EnrolmentState::Ended { .. } => return Err(IllegalEnrolmentMove::Ended),
            EnrolmentState::Claimed { .. } if !self.claim_expired(now) => {
                return Err(IllegalEnrolmentMove::Claimed);
            }
            EnrolmentState::Claimed { .. } if reason != HoldReason::Uncertain => {
                return Err(IllegalEnrolmentMove::Claimed);
            }
            _ => {}
        }
        if reason.behaviour().makes_late {
            self.late_since = self.late_since.or(self.due).or(Some(now));
        } else {
            self.late_since = self.late_since.filter(|_| self.planned_if_late(now).is_some());
        }
        self.state = EnrolmentState::Held { reason, until };
        self.due = until;
        match reason {
            HoldReason::PausedByUser | HoldReason::OwnerChanged => self.pause_wanted = None,
            HoldReason::CompanyAnswered => self.company_until = until,
            _ => {}
        }
        Ok(())
    }

    /// A user pauses the enrolment until then, or until it is resumed. If it is out of office, pending, or
    /// its message is under way or uncertain, the pause is remembered and begins after that.
    pub fn pause(&mut self, until: Option<Timestamp>, now: Timestamp) -> Result<(), IllegalEnrolmentMove> {
        // A hold for the new owner's decision outlasts a pause that ends by itself.
        let owners = self.waits_for_owner().filter(|_| until.is_some());
        match self.state {
            EnrolmentState::Pending
            | EnrolmentState::Claimed { .. }
            | EnrolmentState::Held { reason: HoldReason::Uncertain | HoldReason::OutOfOffice, .. } => {
                self.pause_wanted = owners.or(Some(PauseWanted::by_user(until)));
            }
            EnrolmentState::Held { reason: HoldReason::CompanyAnswered, .. } => {
                self.hold(HoldReason::PausedByUser, until, now)?;
                // The user did not release the company hold: what is left of it holds the enrolment again after the pause.
                (self.company_until, self.pause_wanted) = (None, owners);
            }
            _ => {
                self.hold(HoldReason::PausedByUser, until, now)?;
                self.pause_wanted = owners;
            }
        }
        Ok(())
    }

    fn waits_for_owner(&self) -> Option<PauseWanted> {
        let wish = PauseWanted { until: None, reason: HoldReason::OwnerChanged };
        let held = matches!(self.state, EnrolmentState::Held { reason: HoldReason::OwnerChanged, .. });
        (held || self.pause_wanted == Some(wish)).then_some(wish)
    }

    /// Holds the enrolment because the lead has a new owner, who decides whether it continues: at once, or
    /// after what it waits for or has under way. True if that changes something.
    pub fn hold_for_owner(&mut self, now: Timestamp) -> bool {
        let reason = HoldReason::OwnerChanged;
        match self.state {
            // Launching a draft is a decision already; an enrolment that is paused without an end waits for a user anyway.
            EnrolmentState::Pending
            | EnrolmentState::Ended { .. }
            | EnrolmentState::Held { reason: HoldReason::OwnerChanged, .. }
            | EnrolmentState::Held { reason: HoldReason::PausedByUser, until: None } => false,
            EnrolmentState::Scheduled => self.hold(reason, None, now).is_ok(),
            EnrolmentState::Held { reason: held, .. } if held.behaviour().yields_to_owner => {
                self.hold(reason, None, now).is_ok()
            }
            _ => {
                let wanted = Some(PauseWanted { until: None, reason });
                let known = self.pause_wanted.is_some_and(|wanted| wanted.until.is_none());
                if !known {
                    self.pause_wanted = wanted;
                }
                !known
            }
        }
    }

    /// Holds the enrolment while the lead is out of office. A longer or open-ended pause stays, and so does a
    /// message under way or uncertain, which is planned again once it is resolved. True if that changes
    /// something.
    pub fn hold_while_away(&mut self, until: Option<Timestamp>, now: Timestamp) -> bool {
        let yields = match self.state {
            EnrolmentState::Scheduled | EnrolmentState::WaitingTask => true,
            EnrolmentState::Held { reason, until: known } => match reason.behaviour().yields_to_absence {
                YieldsToAbsence::Always => true,
                YieldsToAbsence::WhereLonger => {
                    known.is_some_and(|known| until.is_none_or(|until| until > known))
                }
                YieldsToAbsence::Never => false,
            },
            _ => false,
        };
        yields && self.hold(HoldReason::OutOfOffice, until, now).is_ok()
    }

    /// The id of the present step's message, whether that message exists yet or not.
    pub fn present_message(&self) -> Option<MessageId> {
        let step = self.step.as_ref()?;
        Some(MessageId::for_step(&self.key.lead, &self.key.campaign, step))
    }

    /// Releases a held enrolment and plans it from now: what became due meanwhile goes out once, inside the window.
    pub fn resume(&mut self, now: Timestamp) -> Result<(), IllegalEnrolmentMove> {
        match self.state {
            EnrolmentState::Held { .. } => {
                self.state = EnrolmentState::Scheduled;
                self.due = Some(now);
                self.pause_wanted = None;
                Ok(())
            }
            EnrolmentState::Ended { .. } => Err(IllegalEnrolmentMove::Ended),
            _ => Err(IllegalEnrolmentMove::NotHeld),
        }
    }
}

#[cfg(test)]
mod tests;

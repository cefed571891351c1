//! An enrolment as it is stored. Its entry in the index names only the kind of its state, so that a claim or a step
//! forward does not write to the index.

use crate::item::{Head, Stored};
use crate::keys::{self, Key, Listing, Tenant};
use crate::times::{maybe_nanos, nanos};
use application::ports::enrolments::EnrolmentFilter;
use domain::contact::channel::Channel;
use domain::enrolment::key::EnrolmentKey;
use domain::enrolment::reasons::{EndReason, HoldReason};
use domain::enrolment::transfer::Transfer;
use domain::enrolment::{ClaimToken, Enrolment, EnrolmentSnapshot, EnrolmentState, PauseWanted};
use domain::event::UserOrKey;
use domain::{AccountId, MessageId, RolloutId, SequenceId, StepId, TaskId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

#[derive(Serialize, Deserialize)]
pub(crate) struct EnrolmentItem {
    seq: SequenceId,
    ver: u32,
    state: StateItem,
    step: Option<StepId>,
    generation: u16,
    task: Option<TaskId>,
    #[serde(default, with = "maybe_nanos")]
    due: Option<Timestamp>,
    #[serde(default, with = "maybe_nanos")]
    owed: Option<Timestamp>,
    #[serde(with = "nanos")]
    anchor: Timestamp,
    thread: Option<MessageId>,
    mb: Option<AccountId>,
    /// The channels by which the lead has had a message; for e-mail, `thread` tells it.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    had: BTreeSet<Channel>,
    #[serde(default)]
    tries: u8,
    #[serde(with = "nanos")]
    since: Timestamp,
    by: Option<UserOrKey>,
    #[serde(default, with = "maybe_nanos")]
    ended: Option<Timestamp>,
    /// The revision that a claim's attempt was planned at, beside who made the claim. Its end stays with an enrolment that was stopped
    /// meanwhile.
    att: Option<u64>,
    token: Option<String>,
    #[serde(default, with = "maybe_nanos")]
    expires: Option<Timestamp>,
    /// The reason of a hold.
    held: Option<HoldReason>,
    #[serde(default, with = "maybe_nanos")]
    until: Option<Timestamp>,
    /// The reason of an end.
    why: Option<EndReason>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pause: Option<PauseWanted>,
    #[serde(default, with = "maybe_nanos")]
    company: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    failed: BTreeSet<Channel>,
    /// The rollout that moves the enrolment, the version it moves to, and whether it is there.
    ro: Option<RolloutId>,
    to: Option<u32>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    there: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum StateItem {
    Pending,
    Scheduled,
    Claimed,
    WaitingTask,
    Held,
    Ended,
}

pub(crate) fn class(filter: EnrolmentFilter) -> char {
    match filter {
        EnrolmentFilter::Pending => 'P',
        EnrolmentFilter::Moving => 'M',
        EnrolmentFilter::WaitingTask => 'T',
        EnrolmentFilter::Held => 'H',
        EnrolmentFilter::Ended => 'E',
    }
}

pub(crate) fn filter_of(state: &EnrolmentState) -> EnrolmentFilter {
    match state {
        EnrolmentState::Pending => EnrolmentFilter::Pending,
        EnrolmentState::Scheduled | EnrolmentState::Claimed { .. } => EnrolmentFilter::Moving,
        EnrolmentState::WaitingTask => EnrolmentFilter::WaitingTask,
        EnrolmentState::Held { .. } => EnrolmentFilter::Held,
        EnrolmentState::Ended { .. } => EnrolmentFilter::Ended,
    }
}

impl Stored for Enrolment {
    const ENTITY: &'static str = "enrolment";
    type Scope = Tenant;
    type Body = EnrolmentItem;

    fn key(&self) -> Key<Tenant> {
        keys::enrolment(self.key())
    }

    fn listing(&self) -> Option<Listing> {
        Some(keys::enrolment_listing(self.key(), class(filter_of(self.state()))))
    }

    fn rev(&self) -> u64 {
        self.rev()
    }

    fn body(&self, _rev: u64) -> EnrolmentItem {
        let mut item = EnrolmentItem {
            seq: self.sequence().clone(),
            ver: self.version(),
            state: StateItem::Pending,
            step: self.step().clone(),
            generation: self.generation(),
            task: self.task().clone(),
            due: self.due(),
            owed: self.late_since(),
            anchor: self.anchor(),
            thread: self.thread().clone(),
            mb: self.mailbox().clone(),
            had: self
                .channels_used()
                .iter()
                .copied()
                .filter(|had| *had != Channel::Email || self.thread().is_none())
                .collect(),
            tries: self.attempts(),
            since: self.enrolled_at(),
            by: self.enrolled_by().clone(),
            ended: self.ended_at(),
            att: None,
            token: None,
            expires: None,
            held: None,
            until: None,
            why: None,
            pause: self.pause_wanted(),
            company: self.company_until(),
            failed: self.failed().clone(),
            ro: self.transfer().as_ref().map(|transfer| transfer.rollout.clone()),
            to: self.transfer().as_ref().map(|transfer| transfer.to),
            there: self.transfer().as_ref().is_some_and(|transfer| transfer.done),
        };
        match self.state() {
            EnrolmentState::Pending => {}
            EnrolmentState::Scheduled => item.state = StateItem::Scheduled,
            EnrolmentState::WaitingTask => item.state = StateItem::WaitingTask,
            EnrolmentState::Claimed { token, expires } => {
                item.state = StateItem::Claimed;
                item.att = Some(token.attempt);
                item.token = Some(token.holder.clone());
                item.expires = Some(*expires);
            }
            EnrolmentState::Held { reason, until } => {
                item.state = StateItem::Held;
                item.held = Some(*reason);
                item.until = *until;
            }
            EnrolmentState::Ended { reason } => {
                item.state = StateItem::Ended;
                item.why = Some(*reason);
                item.expires = self.claim_open_until();
            }
        }
        item
    }

    fn from_body(body: EnrolmentItem, head: &Head) -> Result<Self, String> {
        let (workspace, lead) = keys::lead_of(&head.pk)?;
        let claim_open_until = body.expires.filter(|_| body.state == StateItem::Ended);
        let state = match body.state {
            StateItem::Pending => EnrolmentState::Pending,
            StateItem::Scheduled => EnrolmentState::Scheduled,
            StateItem::Claimed => EnrolmentState::Claimed {
                token: ClaimToken {
                    attempt: body.att.ok_or("a claim without an attempt")?,
                    holder: body.token.ok_or("a claim without a holder")?,
                },
                expires: body.expires.ok_or("a claim without an end")?,
            },
            StateItem::WaitingTask => EnrolmentState::WaitingTask,
            StateItem::Held => {
                EnrolmentState::Held { reason: body.held.ok_or("held without a reason")?, until: body.until }
            }
            StateItem::Ended => EnrolmentState::Ended { reason: body.why.ok_or("ended without a reason")? },
        };
        Ok(Self::rebuild(EnrolmentSnapshot {
            key: EnrolmentKey { workspace, lead, campaign: keys::campaign_of(&head.sk)? },
            sequence: body.seq,
            version: body.ver,
            state,
            step: body.step,
            generation: body.generation,
            task: body.task,
            due: body.due,
            late_since: body.owed,
            anchor: body.anchor,
            channels_used: body.had.into_iter().chain(body.thread.as_ref().map(|_| Channel::Email)).collect(),
            thread: body.thread,
            mailbox: body.mb,
            attempts: body.tries,
            enrolled_at: body.since,
            enrolled_by: body.by,
            ended_at: body.ended,
            claim_open_until,
            pause_wanted: body.pause,
            company_until: body.company,
            failed: body.failed,
            transfer: body.ro.zip(body.to).map(|(rollout, to)| Transfer { rollout, to, done: body.there }),
            rev: head.rev,
        }))
    }
}

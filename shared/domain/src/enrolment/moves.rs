//! The small moves of an enrolment: its time, its mailbox, its closed channels, and what the send pipeline gives back.

use crate::contact::channel::Channel;
use crate::enrolment::deferral::Deferral;
use crate::enrolment::{Enrolment, EnrolmentState};
use crate::ids::{AccountId, StepId};
use crate::message::Message;
use jiff::Timestamp;

impl Enrolment {
    /// Plans the present step for this time, whatever it was planned for.
    pub fn plan_for(&mut self, due: Timestamp) {
        self.due = Some(due);
    }

    /// The enrolment as if its present step were planned for `due`, or for no time.
    pub fn as_if_due(&self, due: Option<Timestamp>) -> Self {
        Self { due, ..self.clone() }
    }

    /// The enrolment as if it had reached this step now.
    pub fn as_if_at(&self, step: &StepId, now: Timestamp) -> Self {
        Self { step: Some(step.clone()), anchor: now, ..self.clone() }
    }

    /// Gives back a claim, or ends a hold, so that the present step is planned again.
    pub fn release(&mut self) {
        if self.is_active() {
            self.state = EnrolmentState::Scheduled;
        }
    }

    /// Releases the present step to be planned at once. It counts as in time, because it was tried in time.
    pub fn try_again(&mut self, now: Timestamp) {
        self.release();
        self.due = Some(now);
        self.clear_lateness();
    }

    /// Lets the present step wait for its own time, which ends a hold.
    pub fn wait_until(&mut self, until: Timestamp, now: Timestamp) {
        self.defer(Deferral::OwnLimit, until, now);
        self.release();
    }

    /// Counts the attempts at its message that are not counted yet.
    pub fn count_attempts(&mut self, message: &Message) {
        self.attempts = self.attempts.max(message.attempts);
    }

    /// Begins to send by this mailbox. It is another one only while the lead knows none, or where theirs is gone.
    pub fn send_by(&mut self, mailbox: AccountId) {
        self.mailbox = Some(mailbox);
    }

    /// Leaves a mailbox that cannot send any more; there is no other.
    pub fn leave_mailbox(&mut self) {
        self.mailbox = None;
    }

    /// Sends nothing more on this channel. False if that was so before.
    pub fn close_channel(&mut self, channel: Channel) -> bool {
        self.failed.insert(channel)
    }

    /// Voids all plans and queued work of the present step, also of a sender that has read it already.
    pub fn void_plans(&mut self) {
        self.generation = self.generation.saturating_add(1);
    }

    /// Cancels a pause that has not begun. False if there was none.
    pub fn cancel_wanted_pause(&mut self) -> bool {
        self.pause_wanted.take().is_some()
    }

    /// Takes over what others have written into a claimed enrolment: the pause that a user wants, and a rollout if the
    /// present step stays. None if this one moves on and a rollout has given it another destination meanwhile.
    pub fn with_wishes_of(&self, stored: &Self) -> Option<Self> {
        let moves_on = self.generation != stored.generation;
        let transfer = if moves_on { &self.transfer } else { &stored.transfer };
        let known = transfer.as_ref().map(|transfer| &transfer.rollout);
        let bound_since = stored.pending_transfer().is_some_and(|bound| known != Some(&bound.rollout));
        (!bound_since).then(|| Self {
            rev: stored.rev,
            pause_wanted: stored.pause_wanted,
            transfer: transfer.clone(),
            ..self.clone()
        })
    }

    /// The enrolment at the revision at which it is stored now.
    pub fn stored_at(self, rev: u64) -> Self {
        Self { rev, ..self }
    }
}

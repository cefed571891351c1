//! The moves of an enrolment to another version of its sequence, at once or after its present step, as a rollout orders
//! them.

use crate::enrolment::reasons::{EndReason, HoldReason};
use crate::enrolment::transfer::Transfer;
use crate::enrolment::{Enrolment, EnrolmentState, IllegalEnrolmentMove};
use crate::ids::{RolloutId, StepId};
use crate::mutant;
use crate::sequence::SequenceVersion;
use crate::sequence::rollout::{Destination, Onward};
use jiff::Timestamp;

impl Enrolment {
    /// Whether the enrolment may move at once: its present step has no open task or claim, and no message of
    /// it is uncertain.
    pub fn may_move_now(&self) -> bool {
        match self.state {
            EnrolmentState::Scheduled => true,
            EnrolmentState::Held { reason, .. } => reason != HoldReason::Uncertain,
            EnrolmentState::Pending
            | EnrolmentState::Claimed { .. }
            | EnrolmentState::WaitingTask
            | EnrolmentState::Ended { .. } => false,
        }
    }

    /// The transfer that waits for the present step to be over, if there is one.
    pub fn pending_transfer(&self) -> Option<&Transfer> {
        self.transfer.as_ref().filter(|transfer| !transfer.done && self.is_active())
    }

    /// Marks the enrolment to move to version `to` once the present step is over. An expired claim stays
    /// until it is reconciled.
    pub fn transfer_later(
        &mut self,
        rollout: &RolloutId,
        to: u32,
        at: Timestamp,
    ) -> Result<(), IllegalEnrolmentMove> {
        match self.state {
            EnrolmentState::Ended { .. } => Err(IllegalEnrolmentMove::Ended),
            EnrolmentState::Claimed { .. } if !self.claim_expired(at) => Err(IllegalEnrolmentMove::Claimed),
            _ => {
                let done = self.version == to;
                self.transfer = Some(Transfer { rollout: rollout.clone(), to, done });
                Ok(())
            }
        }
    }

    /// Moves the enrolment to version `to` at `place`; its delay counts from the same time as before. It is
    /// planned anew, and a hold stays as it is, apart from those that the new version may resolve: a missing
    /// value, or a late step.
    pub fn transfer_now(
        &mut self,
        rollout: &RolloutId,
        to: u32,
        place: Destination,
        at: Timestamp,
    ) -> Result<(), IllegalEnrolmentMove> {
        match self.state {
            EnrolmentState::Ended { .. } => return Err(IllegalEnrolmentMove::Ended),
            EnrolmentState::Claimed { .. } => return Err(IllegalEnrolmentMove::Claimed),
            _ if !self.may_move_now() => return Err(IllegalEnrolmentMove::StepUnderWay),
            _ => {}
        }
        let step = match place {
            Destination::At(step) => Ok(step),
            Destination::Exit => Err(EndReason::StepRemoved),
            Destination::Done => Err(EndReason::Finished),
            Destination::Nowhere => return Err(IllegalEnrolmentMove::NoPlace),
        };
        self.generation = self.generation.saturating_add(1);
        let step = match step {
            Ok(step) => step,
            Err(end) => {
                self.transfer = Some(Transfer { rollout: rollout.clone(), to, done: true });
                self.end(end, at);
                return Ok(());
            }
        };
        self.arrive(rollout, to);
        if self.step.as_ref() != Some(&step) {
            self.attempts = 0;
            self.late_since = None;
            self.step = Some(step);
        }
        self.due = match self.state {
            EnrolmentState::Held {
                reason:
                    HoldReason::MissingValue | HoldReason::Late | HoldReason::NoConsent | HoldReason::UnknownZone,
                ..
            } => {
                self.state = EnrolmentState::Scheduled;
                None
            }
            EnrolmentState::Held { until, .. } => until,
            _ => None,
        };
        Ok(())
    }

    /// Advances like `advance`, and also moves to the version of a pending transfer.
    pub fn advance_onto(
        &mut self,
        at: Timestamp,
        next: Option<StepId>,
        from: &SequenceVersion,
        onward: Option<&Onward>,
    ) {
        let bound_for = self.pending_transfer().map(|transfer| &transfer.rollout);
        let is_bound =
            |onward: &&Onward| bound_for == Some(&onward.rollout) && !mutant!("rollout_never_arrives");
        let onward = onward.filter(is_bound);
        let left = self.step.as_ref().and_then(|step| from.step(step));
        let (Some(onward), Some(left)) = (onward, left) else { return self.advance(at, next, None) };
        let place = onward.mapping.destination_after(left, next.as_ref(), from, &onward.version);
        let before = self.version;
        self.arrive(&onward.rollout, onward.version.version);
        match place {
            Destination::At(step) => self.advance(at, Some(step), None),
            Destination::Done | Destination::Nowhere => self.advance(at, None, None),
            Destination::Exit => {
                self.version = before;
                self.advance(at, None, None);
                self.end(EndReason::StepRemoved, at);
            }
        }
    }

    fn arrive(&mut self, rollout: &RolloutId, to: u32) {
        self.version = to;
        self.transfer = Some(Transfer { rollout: rollout.clone(), to, done: true });
    }
}

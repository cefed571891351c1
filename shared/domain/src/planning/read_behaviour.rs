//! Reads a lead's behaviour, as one enrolment sees it, from all messages and tasks of the lead.

use crate::enrolment::Enrolment;
use crate::ids::{MessageId, TaskId};
use crate::message::understanding::ReplyKind;
use crate::message::{Direction, Message, MessageState};
use crate::mutant;
use crate::planning::behaviour::{Behaviour, StepTaskState};
use crate::planning::skip_reason::SkipReason;
use crate::workspace::task::{Task, TaskOutcome};
use jiff::{SignedDuration, Timestamp};

impl Behaviour {
    pub fn of(enrolment: &Enrolment, messages: &[Message], tasks: &[Task]) -> Self {
        let mut seen = Self::default();
        let (lead, campaign) = (&enrolment.key().lead, &enrolment.key().campaign);
        let own = enrolment.step().as_ref().map(|step| MessageId::for_step(lead, campaign, step));
        seen.last_message = last_message(messages, own.as_ref());
        for message in messages.iter().filter(|message| !message.test) {
            match message.direction {
                Direction::In if message.reply_kind().is_some_and(ReplyKind::stops_sequences) => {
                    seen.replied_ever = true;
                    seen.replied_since_enrolment |= message.created_at > enrolment.enrolled_at();
                }
                Direction::In => {}
                Direction::Out if message.campaign.as_ref() == Some(&enrolment.key().campaign) => {
                    seen.opened |= message.first_opened_at.is_some();
                    seen.clicked |= message.first_clicked_at.is_some();
                }
                Direction::Out => {}
            }
        }
        seen.booked = tasks.iter().any(|task| task.outcome == Some(TaskOutcome::Booked));
        let (Some(step), Some(own)) = (enrolment.step(), own) else { return seen };
        let message = messages.iter().find(|found| found.id == own);
        seen.had_before = message.filter(|found| is_behind(found, enrolment.anchor())).map(had);
        if mutant!("step_taken_for_sent") && seen.last_message.is_some() {
            seen.had_before = Some(SkipReason::AlreadySent);
        }
        let id = TaskId::for_step(lead, campaign, step);
        let task = tasks.iter().find(|task| task.id == id);
        seen.task = task.map(|task| StepTaskState {
            done: task.done_at.map(|at| (at, task.outcome.unwrap_or(TaskOutcome::Done))),
        });
        seen
    }
}

/// When the latest message to a lead went out, or may have, apart from the message `but`.
pub fn last_message(messages: &[Message], but: Option<&MessageId>) -> Option<Timestamp> {
    let others = messages
        .iter()
        .filter(|message| !message.test && message.direction == Direction::Out && but != Some(&message.id));
    others.filter_map(went_out).max()
}

/// The time of the latest text or chat that came from the lead.
pub fn last_text_of(messages: &[Message]) -> Option<Timestamp> {
    let is_text =
        |message: &&Message| message.direction == Direction::In && message.channel.disturbs().is_some();
    messages.iter().filter(is_text).map(|message| message.created_at).max()
}

/// When a message was accepted, or was tried if its outcome is unknown.
fn went_out(message: &Message) -> Option<Timestamp> {
    let nobody_knows = matches!(message.state, MessageState::Uncertain | MessageState::Abandoned);
    message.accepted_at.or(nobody_knows.then_some(message.created_at))
}

/// Why the step is skipped whose message was sent on an earlier visit.
fn had(message: &Message) -> SkipReason {
    let refused = message.state == MessageState::Failed && message.accepted_at.is_none();
    if refused { SkipReason::RefusedBefore } else { SkipReason::AlreadySent }
}

const CLOCKS_DIFFER: SignedDuration = SignedDuration::from_mins(10);

/// Whether a message is from before the present step began. A message of the present step itself is left to
/// the send pipeline.
fn is_behind(message: &Message, began: Timestamp) -> bool {
    match message.accepted_at {
        Some(accepted) => accepted <= began,
        // An uncertain message is abandoned a day after its attempt at the earliest, far more than clocks can differ.
        None => {
            let tried_before = began.duration_since(message.created_at) > CLOCKS_DIFFER;
            message.state != MessageState::Queued && tried_before
        }
    }
}

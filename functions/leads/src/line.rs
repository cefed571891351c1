//! The state of each step of a sequence for one lead: done, failed, skipped, or planned.

use domain::enrolment::Enrolment;
use domain::ids::{MessageId, TaskId};
use domain::lead::Lead;
use domain::message::{Message, MessageState};
use domain::planning::eligibility::step_closed_to;
use domain::planning::skip_reason::SkipReason;
use domain::sequence::Step;
use domain::sequence::step_kind::{StepAction, StepType, WayOn};
use domain::workspace::task::{Task, TaskOutcome};
use domain::{LeadId, StepId};
use http_api::utoipa;
use jiff::Timestamp;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// One step of a lead's sequence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct LineStep {
    pub kind: StepType,
    pub state: LineStepState,
    /// Why the step was skipped, if that is known.
    pub why: Option<LineStepWhy>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum LineStepState {
    Done,
    /// The step's message was refused for good, or bounced.
    Failed,
    Skipped,
    /// The lead has not reached the step.
    Planned,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(untagged)]
pub enum LineStepWhy {
    Closed(SkipReason),
    PassedBy(PassedBy),
}

domain::codes! {
    /// Why a step that could have reached its lead was not done.
    #[derive(utoipa::ToSchema)]
    pub enum PassedBy {
        /// A branch led the lead elsewhere.
        OtherWay = "other_way",
        /// A user cancelled the message or the task.
        Cancelled = "cancelled",
        /// The message's delivery stayed uncertain.
        GivenUp = "given_up",
    }
}

/// The states of one lead's messages and tasks, by id.
pub struct Traces {
    messages: BTreeMap<MessageId, MessageState>,
    tasks: BTreeMap<TaskId, Option<TaskOutcome>>,
}

impl Traces {
    pub fn of(messages: &[Message], tasks: &[Task]) -> Self {
        Self {
            messages: messages.iter().map(|message| (message.id.clone(), message.state)).collect(),
            tasks: tasks.iter().map(|task| (task.id.clone(), task.outcome)).collect(),
        }
    }

    /// None if the step left no message and no task.
    fn step_state(&self, enrolment: &Enrolment, step: &Step) -> Option<(LineStepState, Option<LineStepWhy>)> {
        let (lead, campaign): (&LeadId, _) = (&enrolment.key().lead, &enrolment.key().campaign);
        if let StepAction::OpenTask(_) = step.kind.action() {
            let outcome = self.tasks.get(&TaskId::for_step(lead, campaign, &step.id))?;
            return Some(match outcome {
                Some(TaskOutcome::Cancelled) => {
                    (LineStepState::Skipped, Some(LineStepWhy::PassedBy(PassedBy::Cancelled)))
                }
                _ => (LineStepState::Done, None),
            });
        }
        Some(match self.messages.get(&MessageId::for_step(lead, campaign, &step.id))? {
            MessageState::Cancelled => {
                (LineStepState::Skipped, Some(LineStepWhy::PassedBy(PassedBy::Cancelled)))
            }
            MessageState::Abandoned => {
                (LineStepState::Skipped, Some(LineStepWhy::PassedBy(PassedBy::GivenUp)))
            }
            MessageState::Failed | MessageState::Bounced => (LineStepState::Failed, None),
            _ => (LineStepState::Done, None),
        })
    }
}

/// The state of each step of the enrolment's version.
pub fn line_of(
    enrolment: &Enrolment,
    steps: &[Step],
    lead: &Lead,
    traces: &Traces,
    now: Timestamp,
) -> Vec<LineStep> {
    let present = enrolment.step().as_ref().and_then(|id| steps.iter().position(|step| step.id == *id));
    let present = present.unwrap_or(steps.len());
    let way = steps_taken(enrolment, steps, present, traces);
    let state = |(index, step): (usize, &Step)| {
        if index >= present {
            return (LineStepState::Planned, None);
        }
        if let Some(known) = traces.step_state(enrolment, step) {
            return known;
        }
        if !way.contains(&index) {
            return (LineStepState::Skipped, Some(LineStepWhy::PassedBy(PassedBy::OtherWay)));
        }
        // A wait, a branch or a goal leaves nothing behind.
        if step.kind.is_touch() {
            let closed = step_closed_to(enrolment, lead, &step.kind, &[], now);
            return (LineStepState::Skipped, closed.map(LineStepWhy::Closed));
        }
        (LineStepState::Done, None)
    };
    let told = |(index, step): (usize, &Step)| {
        let (state, why) = state((index, step));
        LineStep { kind: step.kind.step_type(), state, why }
    };
    steps.iter().enumerate().map(told).collect()
}

/// The steps on the lead's path. A branch took the nearer path if a step on it was done, or if the lead
/// stands there.
fn steps_taken(enrolment: &Enrolment, steps: &[Step], present: usize, traces: &Traces) -> BTreeSet<usize> {
    let place = |id: &StepId| steps.iter().position(|step| step.id == *id);
    let mut way = BTreeSet::new();
    let mut at = 0;
    // Every path leads downwards.
    while let Some(step) = steps.get(at).filter(|_| at < present) {
        way.insert(at);
        at = match step.kind.onward() {
            WayOn::Nowhere => break,
            WayOn::Below => at + 1,
            WayOn::Either { yes, no } => {
                let (Some(yes), Some(no)) = (place(yes), place(no)) else { break };
                let (near, far) = (yes.min(no), yes.max(no));
                let was_near =
                    (near..far).any(|i| i == present || traces.step_state(enrolment, &steps[i]).is_some());
                let next = if was_near || far > present { near } else { far };
                if next <= at { break } else { next }
            }
        };
    }
    way
}

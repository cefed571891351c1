//! The next action shown to users, and when it comes: for one enrolment, or for an account, a campaign or the workspace.

use crate::enrolment::reasons::HoldReason;
use crate::enrolment::{Enrolment, EnrolmentState};
use crate::planning::planner::Decision;
use crate::sequence::SequenceVersion;
use crate::sequence::step_kind::StepAction;
use jiff::Timestamp;
use serde::Serialize;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NextAction {
    pub what: NextActionKind,
    /// The earliest time of the action; none if it cannot be known.
    pub at: Option<Timestamp>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum NextActionKind {
    /// A message goes out.
    Send,
    /// A user gets the step as a task.
    OpenTask,
    /// The enrolment waits for the step's open task to be closed.
    AwaitTask,
    /// A step that does not address the lead (a wait, branch or goal) is completed.
    GoOn,
    LeaveOut,
    /// The next action is not known yet: the enrolment is planned again then.
    LookAgain,
    /// Nothing happens until a user acts.
    AwaitPerson,
    End,
    /// Nothing more happens: the enrolment has ended.
    Nothing,
}

impl NextAction {
    /// The next action of one enrolment, from the planner's decision.
    pub fn of(enrolment: &Enrolment, version: &SequenceVersion, decision: &Decision, now: Timestamp) -> Self {
        let at = |what, at| Self { what, at };
        if !enrolment.is_active() {
            return at(NextActionKind::Nothing, None);
        }
        match decision {
            Decision::Send => at(NextActionKind::Send, Some(now)),
            Decision::OpenTask => at(NextActionKind::OpenTask, Some(now)),
            Decision::AwaitTask => at(NextActionKind::AwaitTask, None),
            Decision::Pass { .. } => at(NextActionKind::GoOn, Some(now)),
            Decision::Skip { .. } => at(NextActionKind::LeaveOut, Some(now)),
            Decision::End(_) => at(NextActionKind::End, Some(now)),
            Decision::Wait { until } => at(wait_kind(enrolment, version), Some(*until)),
            Decision::Hold { until: Some(until), .. } => at(NextActionKind::LookAgain, Some(*until)),
            Decision::Hold { reason: HoldReason::Uncertain, .. } => at(NextActionKind::LookAgain, None),
            Decision::Hold { .. } => at(NextActionKind::AwaitPerson, None),
        }
    }
}

fn wait_kind(enrolment: &Enrolment, version: &SequenceVersion) -> NextActionKind {
    if matches!(*enrolment.state(), EnrolmentState::Claimed { .. }) {
        return NextActionKind::LookAgain;
    }
    let step = enrolment.step().as_ref().and_then(|step| version.step(step));
    match step.map(|step| step.kind.action()) {
        Some(StepAction::Send) => NextActionKind::Send,
        Some(StepAction::OpenTask(_)) => NextActionKind::OpenTask,
        Some(StepAction::Pass) => NextActionKind::GoOn,
        Some(StepAction::End) | None => NextActionKind::End,
    }
}

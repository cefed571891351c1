//! The next action shown to users, and when it comes: for one enrolment, or for an account, a campaign or the workspace.

use crate::enrolment::reasons::HoldReason;
use crate::enrolment::{Enrolment, EnrolmentState};
use crate::planning::planner::Decision;
use crate::sequence::SequenceVersion;
use crate::sequence::step_kind::StepKind;
use jiff::Timestamp;
use serde::Serialize;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Next {
    pub what: NextWhat,
    /// The earliest time of the action; none if it cannot be known.
    pub at: Option<Timestamp>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum NextWhat {
    /// A message goes out.
    Send,
    /// A user gets the step as a task.
    OpenTask,
    /// The enrolment waits for the step's open task to be closed.
    AwaitTask,
    /// A step that reaches nobody (a wait, branch or goal) is completed.
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

impl Next {
    /// The next action of one enrolment, from the planner's decision.
    pub fn of(enrolment: &Enrolment, version: &SequenceVersion, decision: &Decision, now: Timestamp) -> Self {
        let at = |what, at| Self { what, at };
        if !enrolment.is_active() {
            return at(NextWhat::Nothing, None);
        }
        match decision {
            Decision::Send => at(NextWhat::Send, Some(now)),
            Decision::OpenTask => at(NextWhat::OpenTask, Some(now)),
            Decision::AwaitTask => at(NextWhat::AwaitTask, None),
            Decision::Pass { .. } => at(NextWhat::GoOn, Some(now)),
            Decision::Skip { .. } => at(NextWhat::LeaveOut, Some(now)),
            Decision::End(_) => at(NextWhat::End, Some(now)),
            Decision::Wait { until } => at(waits_for(enrolment, version), Some(*until)),
            Decision::Hold { until: Some(until), .. } => at(NextWhat::LookAgain, Some(*until)),
            Decision::Hold { reason: HoldReason::Uncertain, .. } => at(NextWhat::LookAgain, None),
            Decision::Hold { .. } => at(NextWhat::AwaitPerson, None),
        }
    }
}

fn waits_for(enrolment: &Enrolment, version: &SequenceVersion) -> NextWhat {
    if matches!(enrolment.state, EnrolmentState::Claimed { .. }) {
        return NextWhat::LookAgain;
    }
    let step = enrolment.step.as_ref().and_then(|step| version.step(step));
    match step.map(|step| &step.kind) {
        Some(StepKind::Email { .. } | StepKind::Sms { .. } | StepKind::Whatsapp { .. }) => NextWhat::Send,
        Some(StepKind::Task { .. }) => NextWhat::OpenTask,
        Some(StepKind::Wait {} | StepKind::Branch { .. } | StepKind::Goal { .. }) => NextWhat::GoOn,
        Some(StepKind::End {}) | None => NextWhat::End,
    }
}

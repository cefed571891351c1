//! Behaviour: the facts about what a lead did that branches, goals and the planner ask for.

use crate::lead::colleague_reply::ColleagueAnswered;

use crate::planning::skip_reason::SkipReason;
use crate::workspace::task::TaskOutcome;
use jiff::Timestamp;

/// Facts about a lead's behaviour towards one enrolment's campaign; reading them is in `read_behaviour`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Behaviour {
    pub replied_since_enrolment: bool,
    pub replied_ever: bool,
    pub opened: bool,
    pub clicked: bool,
    pub booked: bool,
    /// The task of the present step, if there is one.
    pub task: Option<StepTaskState>,
    /// When the latest message to the lead was accepted, or may have been; the present step's own message does not count.
    pub last_message: Option<Timestamp>,
    /// Set when the lead already had this step's message before a rollout brought them back to it: the reason
    /// to skip the step now.
    pub had_before: Option<SkipReason>,
    /// A reply from another lead at the same company, if the workspace holds colleagues after one.
    pub colleague: Option<ColleagueAnswered>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StepTaskState {
    pub done: Option<(Timestamp, TaskOutcome)>,
}

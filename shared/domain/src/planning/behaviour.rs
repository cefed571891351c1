//! What a lead did, as far as branches, goals and the planner ask.

use crate::lead::colleague_reply::ColleagueAnswered;

use crate::planning::skip_reason::SkipReason;
use crate::workspace::task::TaskOutcome;
use jiff::Timestamp;

/// What people did, as far as branches and goals ask.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[cfg_attr(any(test, feature = "recording"), derive(serde::Serialize, serde::Deserialize))]
pub struct Seen {
    pub replied_since_enrolment: bool,
    pub replied_ever: bool,
    pub opened: bool,
    pub clicked: bool,
    pub booked: bool,
    /// Of the present step.
    pub task: Option<SeenTask>,
    /// When the latest of all messages to them went out, or may have; the present step's own does not count.
    pub last_message: Option<Timestamp>,
    /// The present step's message is of an earlier visit, and a step has but one: why it is left out.
    #[cfg_attr(any(test, feature = "recording"), serde(default, skip_serializing_if = "Option::is_none"))]
    pub had_before: Option<SkipReason>,
    /// Somebody else of their company, where the workspace minds.
    #[cfg_attr(any(test, feature = "recording"), serde(default, skip_serializing_if = "Option::is_none"))]
    pub colleague: Option<ColleagueAnswered>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(any(test, feature = "recording"), derive(serde::Serialize, serde::Deserialize))]
pub struct SeenTask {
    pub done: Option<(Timestamp, TaskOutcome)>,
}

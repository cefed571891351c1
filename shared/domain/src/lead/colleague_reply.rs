//! That a colleague of the lead has replied, as the planner looks at it.

use jiff::Timestamp;

/// As the planner looks at it, of one lead whose colleague it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(any(test, feature = "recording"), derive(serde::Serialize, serde::Deserialize))]
pub struct ColleagueAnswered {
    pub since: Timestamp,
    pub until: Timestamp,
}

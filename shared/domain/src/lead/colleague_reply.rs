//! A reply by a lead's colleague, as the planner sees it.

use jiff::Timestamp;

/// The time in which the lead is held because a colleague replied.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ColleagueAnswered {
    pub since: Timestamp,
    pub until: Timestamp,
}

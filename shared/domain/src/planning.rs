//! Decides what happens next with an enrolment, and explains it: the planner, its checks, and what they look at.

pub mod behaviour;
pub mod check;
pub mod closed_hours;
pub mod delay_end;
pub mod eligibility;
pub mod jitter;
pub mod next_action;
pub mod planner;
pub mod read_behaviour;
pub mod readiness;
pub mod return_date;
pub mod scope_checks;
pub mod send_window;
pub mod skip_reason;

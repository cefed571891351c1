//! How much may go out, and when: account quotas, workspace caps, circuit breakers, and the capacity of coming days.

pub mod admission;
pub mod capacity_calendar;
pub mod circuit_breaker;
pub mod contact_caps;
pub mod day_load;
pub mod day_plan;
pub mod domain_load;
pub mod follow_up_load;
pub mod mailbox_rotation;
pub mod queue_position;
pub mod quota;

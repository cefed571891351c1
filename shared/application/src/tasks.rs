//! The use cases of tasks.

pub mod call_costs;
pub mod close_task;
pub mod follow_up;
pub mod hear_call;
pub mod next_task;
pub mod place_call;
pub mod prove_phone;
pub mod recordings;
pub mod reminder;

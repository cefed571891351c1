//! The use cases of tasks.

pub mod close_task;
pub mod follow_up;
pub mod next_task;
pub mod reminder;

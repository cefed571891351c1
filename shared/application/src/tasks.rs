//! The use cases of tasks.

pub mod close_task;

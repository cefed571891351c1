//! What is done with tasks.

pub mod close_task;

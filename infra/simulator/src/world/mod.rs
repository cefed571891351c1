//! A life: the installation, the scheduler that chooses what happens next, and what is recorded meanwhile.

pub mod call_log;
pub mod installation;
pub mod invocation;
pub mod page_reader;
pub mod scheduler;
pub mod trace;
pub mod watching;

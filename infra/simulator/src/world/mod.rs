//! A life: the installation, the scheduler that chooses what happens next, and what is recorded meanwhile.

pub mod installation;
pub mod invocation;
pub mod page_reader;
pub mod scheduler;
pub mod table_changes;
pub mod trace;
pub mod watching;

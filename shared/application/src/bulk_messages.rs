//! One message to many: it is begun, written page by page, and waits for its account's hours.

pub mod page;
pub mod preview;
pub mod start;
pub mod waiting;

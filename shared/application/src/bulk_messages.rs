//! Bulk messages: one message to many leads, started at once, queued page by page, sent within its account's sending
//! hours.

pub mod page;
pub mod preview;
pub mod start;
pub mod waiting;

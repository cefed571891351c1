//! Messages that a user writes by hand, conversations, and what a message's author is told of its fate.

pub(crate) mod author_notice;
pub mod compose_by_hand;
pub mod conversation_changes;
pub mod message_change;

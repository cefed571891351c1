//! What a person writes: by hand, in a conversation, and what its author is told.

pub(crate) mod author_notice;
pub mod compose_by_hand;
pub mod conversation_changes;
pub mod message_change;

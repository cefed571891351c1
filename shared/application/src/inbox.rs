//! Messages that a user writes by hand, conversations, and notices to a message's author about its outcome.

pub mod answer_drafts;
pub(crate) mod author_notice;
pub mod compose_by_hand;
pub mod conversation_changes;
pub mod message_change;
pub mod quotations;
pub mod read_answer;
pub mod sender_choice;
pub mod unmatched;
pub mod unmatched_suggestions;

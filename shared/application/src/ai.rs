//! What users ask a language model for while they wait, and the answers that it drafts when leads write. Nothing that a
//! model writes is sent automatically.

mod ask_model;
pub mod draft_answer;
pub(crate) mod hostile_texts;
pub mod propose_icp;
pub mod reply_draft;
pub mod rewrite;
pub mod try_prompt;
pub mod write_sequence;

pub use ask_model::{AiPorts, NotAsked};

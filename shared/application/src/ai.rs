//! What users ask a language model for while they wait: a rewritten draft, an answer to read and approve. Nothing that a
//! model writes is sent by itself.

mod ask_model;
pub(crate) mod hostile_texts;
pub mod propose_icp;
pub mod reply_draft;
pub mod rewrite;
pub mod write_sequence;

pub use ask_model::{AiPorts, NotAsked};

//! The domain: what things are and which changes are legal. No I/O, no async, no clock, no randomness, no AWS, no HTTP.

#[macro_use]
mod codes;
#[macro_use]
mod entity;

pub mod ai_prompt;
pub mod campaign;
pub mod capacity;
pub mod column;
pub mod contact;
pub mod deal;
pub mod enrolment;
pub mod event;
pub mod forecast;
pub mod icp;
pub mod ids;
pub mod import;
pub mod lead;
pub mod message;
pub mod money;
pub mod mutant;
pub mod placeholder;
pub mod planning;
pub mod prospect;
pub mod revenue;
pub mod sequence;
pub mod spend;
pub(crate) mod stable_hash;
pub mod text_match;
pub mod time;
pub mod workspace;
pub mod yes_no;

pub use ids::*;

#[cfg(test)]
mod robust;

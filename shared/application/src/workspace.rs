//! The use cases of a workspace: its accounts, and the content that a new one starts with.

pub mod account_trials;
pub mod open_account;
pub mod starter_pack;

//! What belongs to a workspace: its accounts, and what a new one begins with.

pub mod account_trials;
pub mod open_account;
pub mod starter_pack;

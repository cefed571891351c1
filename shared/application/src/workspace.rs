//! The use cases of a workspace: its accounts, and the content that a new one starts with.

pub mod account_grant;
pub mod account_trials;
pub mod grant_request;
pub mod open_account;
pub mod starter_pack;

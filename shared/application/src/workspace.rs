//! The use cases of a workspace: its accounts, and the content that a new one starts with.

pub(crate) mod account_answers;
pub mod account_grant;
pub mod account_trials;
pub mod connect_mailbox;
pub mod grant_request;
pub mod mailbox_push;
pub mod open_account;
pub mod quotas;
pub mod read_mailbox;
pub mod reading_trial;
pub mod slack;
pub mod starter_pack;
pub mod tracking_domain;

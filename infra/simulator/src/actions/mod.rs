//! What users do with the product, each as one request or a few: planned by a seed, carried out by the scheduler.

pub mod address_changes;
pub mod automations;
pub mod closings;
pub mod edits;
pub mod hand_overs;
pub mod inbox_actions;
pub mod mailboxes;
pub mod meanwhile;
pub mod roster;
pub mod second_tenant;
pub mod settings_changes;
pub mod unsuppress;
pub mod user;
pub mod user_actions;

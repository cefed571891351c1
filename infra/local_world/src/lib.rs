//! The whole product and its environment on one machine: the local host, the sandbox with its simulated
//! people, one clock.

mod account;
mod api;
mod checks;
mod demo;
mod drive;
mod faults;
mod in_process;
mod mailboxes;
mod operator;
mod public_address;
mod recount;
mod report;
mod seed;
mod serve;
#[cfg(test)]
mod tests;
mod world;

pub use account::{Accounts, SECOND_ADDRESS, SandboxAddress, furnish, mailbox, open_workspace};
pub use api::Api;
pub use demo::{DemoOptions, demo};
pub use drive::live_until;
pub use faults::STRUCK;
pub use in_process::{http_to, imap_to, smtp_to, web_to};
pub use mailboxes::{MailboxKind, allow_access, connect_mailbox};
pub use operator::system_sender;
pub use public_address::{PublicAddress, read_proxies};
pub use report::Report;
pub use seed::CONSENT;
pub use serve::{ServeOptions, serve};
pub use world::{App, Served, Ways, World};

//! Ports, messages, events and use cases: what leadflow does, without knowing what it runs on.

pub mod ai;
pub mod bulk_messages;
pub mod campaign;
pub mod change_log;
pub mod columns;
pub mod deals;
pub mod digest;
pub mod identity;
pub mod imports;
pub mod inbox;
pub mod ingesting;
pub mod lead;
pub mod mailbox_polling;
pub mod ports;
pub mod projection;
pub mod prospects;
pub mod push;
pub mod queue_messages;
pub mod repair;
pub mod sending;
pub mod spend;
pub mod tasks;
pub mod web_push;
pub mod workspace;

pub use ports::Ports;
pub use ports::clock::Clock;
pub use ports::ids::Ids;
pub use ports::store::{Page, PageRequest, StoreError, StoreResult};

//! Ports, messages, events and use cases: what leadflow does, without knowing what it runs on.

pub mod blobs;
pub mod campaigns;
pub mod clock;
pub mod connections;
pub mod conversations;
pub mod due;
pub mod enrolments;
pub mod ids;
pub mod imports;
pub mod lead_filter;
pub mod leads;
pub mod limits;
pub mod messages;
pub mod notifications;
pub mod outbox;
pub mod passwords;
pub mod ports;
pub mod preview_pages;
pub mod provider_calls;
pub mod provider_events;
pub mod queue_messages;
pub mod queues;
pub mod revenue;
pub mod sequences;
pub mod stage_keys;
pub mod stats;
pub mod store;
pub mod suppressions;
pub mod tasks;
pub mod templates;
pub mod users;
pub mod workspaces;

pub use clock::Clock;
pub use ids::Ids;
pub use ports::Ports;
pub use store::{Page, PageRequest, StoreError, StoreResult};

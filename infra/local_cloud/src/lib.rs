//! AWS in one process: DynamoDB, SQS, a bucket, an event bus and secrets behind the SDK's own HTTP seam,
//! in memory or on disk, on any clock, with a ledger of what it would cost and hooks for what can fail.

mod bucket;
mod clock;
mod cloud;
mod connections;
mod connector;
pub mod contract;
mod dispatch;
mod dynamo;
mod events;
mod faults;
mod ids;
pub mod ledger;
pub mod names;
mod principal;
pub mod purpose;
mod secrets;
mod setup;
mod sqlite;
mod sqs;
pub mod trace;
mod wire;

#[cfg(test)]
mod tests;

pub use bucket::{ConnectionLost, s3_host};
pub use clock::{ScaledClock, VirtualClock};
pub use cloud::{Durability, LocalCloud, OpenError};
pub use connections::{LARGEST_FRAME, LARGEST_MESSAGE};
pub use connector::{ACCESS_KEY, SECRET_KEY};
pub use dynamo::{StreamBatch, StreamRecord};
pub use events::{BusEvent, EventBus};
pub use faults::{Call, Cancellation, Fault, Faults, Moment, Pause};
pub use ids::SeededIds;
pub use ledger::{Ledger, Line, PartitionUse, Snapshot, Usage};
pub use principal::{Permission, Principal, Statement};
pub use setup::{IndexSpec, TableSpec};
pub use sqs::{MessageAttribute, QueueDepth, Queues, ReceivedMessage, TRACE_HEADER, redrive_attribute};
pub use wire::{Service, ServiceError};

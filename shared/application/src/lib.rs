//! Ports, messages, events and use cases: what leadflow does, without knowing what it runs on.

pub mod clock;
pub mod ids;

pub use clock::Clock;
pub use ids::Ids;

//! Every function of the template in one process: routes, queues with their dead letters, the table's stream, schedules.

mod filter;
mod gateway;
mod host;
mod pump;
mod registry;
mod serve;
mod shards;
mod template;
#[cfg(test)]
mod tests;

pub use filter::Filter;
pub use host::{HostOptions, Invocations, LocalHost};
pub use pump::Oddity;
pub use registry::{all_routes, openapi};
pub use template::{EventSource, FunctionDefinition, LOCAL, Stack, TEMPLATE, as_json};

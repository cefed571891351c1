//! Every function of the template in one process: routes, queues with their dead letters, the table's stream, schedules.

mod chain;
mod cloud_socket;
mod cors;
mod filter;
mod gateway;
mod host;
mod invoke;
mod limits;
mod pump;
mod queue;
mod routing;
mod schedule;
mod serve;
mod shards;
mod socket;
mod socket_api;
mod source;
mod stream;
mod template;
#[cfg(test)]
mod tests;

pub use bootstrap::{PROGRAMS, all_routes, gateway_routes, on_deep_stack, openapi, wait_for};
pub use cloud_socket::{CloudDoor, serve_cloud};
pub use cors::Cors;
pub use filter::Filter;
pub use gateway::Gateway;
pub use host::{HostOptions, Invocations, LocalHost, SystemSender};
pub use socket_api::SocketApi;
pub use source::Oddity;
pub use template::{EventSource, FunctionDefinition, LOCAL, Stack, TEMPLATE, as_json};

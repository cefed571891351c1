//! `/api/ops/*` and `/health`: what the queues hold, what failed for good, and putting it back.

mod get_health;
mod list_dead_letters;
mod list_queues;
mod queue_name;
mod redrive_queue;
#[cfg(test)]
mod tests;

use application::Ports;
use application::queues::QueueInspector;
use http_api::Access::{Admin, Manager, Public};
use http_api::{Routes, routes};
use std::sync::Arc;

pub struct App {
    queues: Arc<dyn QueueInspector>,
}

impl App {
    pub fn new(ports: &impl Ports) -> Self {
        Self { queues: ports.queues() }
    }
}

pub fn routes() -> Routes<App> {
    Routes::new()
        .add(Public, routes!(get_health::get_health))
        .add(Manager, routes!(list_queues::list_queues))
        .add(Manager, routes!(list_dead_letters::list_dead_letters))
        .add(Admin, routes!(redrive_queue::redrive_queue))
}

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
use application::users::UserStore;
use http::StatusCode;
use http_api::Access::{Admin, Public};
use http_api::{ApiError, ApiResult, Caller, Routes, routes};
use std::sync::Arc;

pub struct App {
    queues: Arc<dyn QueueInspector>,
    users: Arc<dyn UserStore>,
}

impl App {
    pub fn new(ports: &impl Ports) -> Self {
        Self { queues: ports.queues(), users: ports.users() }
    }

    /// Queues are everybody's: only who has installed this looks into them and sets them going.
    async fn refuse_guests(&self, caller: &Caller) -> ApiResult<()> {
        match self.users.installers().await? {
            Some(workspace) if workspace == caller.workspace => Ok(()),
            _ => Err(ApiError::new(
                StatusCode::FORBIDDEN,
                "forbidden",
                "Only the workspace that has installed this sees its queues.",
            )),
        }
    }
}

pub fn routes() -> Routes<App> {
    Routes::new()
        .add(Public, routes!(get_health::get_health))
        .add(Admin, routes!(list_queues::list_queues))
        .add(Admin, routes!(list_dead_letters::list_dead_letters))
        .add(Admin, routes!(redrive_queue::redrive_queue))
}

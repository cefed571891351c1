//! `/api/emails*`: one-off messages and drafts.

mod delete_draft;
mod draft_view;
mod get_draft;
mod get_email;
mod save_draft;
mod send_email;
#[cfg(test)]
mod tests;

use application::connections::ConnectionStore;
use application::leads::LeadStore;
use application::messages::MessageStore;
use application::writing::WritePorts;
use application::{Clock, Ids, Ports};
use http_api::Access::{ReadOnly, Rep};
use http_api::{Routes, axum, routes, utoipa};
use std::sync::Arc;

pub struct App {
    messages: Arc<dyn MessageStore>,
    leads: Arc<dyn LeadStore>,
    connections: Arc<dyn ConnectionStore>,
    writing: WritePorts,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn Ids>,
}

impl App {
    pub fn new(ports: &impl Ports) -> Self {
        Self {
            messages: ports.messages(),
            leads: ports.leads(),
            connections: ports.connections(),
            writing: WritePorts::from(ports),
            clock: ports.clock(),
            ids: ports.ids(),
        }
    }
}

pub fn routes() -> Routes<App> {
    Routes::new()
        .add(Rep, routes!(send_email::send_email))
        .add(ReadOnly, routes!(get_email::get_email))
        .add(Rep, routes!(save_draft::save_draft))
        .add(Rep, routes!(get_draft::get_draft))
        .add(Rep, routes!(delete_draft::delete_draft))
}

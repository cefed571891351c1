//! `/api/emails*`: one-off messages and drafts.

mod cancel_email;
mod delete_draft;
mod draft_view;
mod get_draft;
mod get_email;
mod save_draft;
mod send_email;
mod settle_email;
#[cfg(test)]
mod tests;

use application::connections::ConnectionStore;
use application::leads::LeadStore;
use application::messages::MessageStore;
use application::uncertain_sends::SettlePorts;
use application::writing::WritePorts;
use application::{Clock, Ids, Ports};
use http_api::Access::{ReadOnly, Rep};
use http_api::{Routes, routes};
use std::sync::Arc;

pub struct App {
    messages: Arc<dyn MessageStore>,
    leads: Arc<dyn LeadStore>,
    connections: Arc<dyn ConnectionStore>,
    writing: WritePorts,
    settling: SettlePorts,
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
            settling: SettlePorts::from(ports),
            clock: ports.clock(),
            ids: ports.ids(),
        }
    }
}

pub fn routes() -> Routes<App> {
    Routes::new()
        .add(Rep, routes!(send_email::send_email))
        .add(ReadOnly, routes!(get_email::get_email))
        .add(Rep, routes!(cancel_email::cancel_email))
        .add(Rep, routes!(settle_email::settle_email))
        .add(Rep, routes!(save_draft::save_draft))
        .add(Rep, routes!(get_draft::get_draft))
        .add(Rep, routes!(delete_draft::delete_draft))
}

//! `/api/emails*`: one-off messages, bulk messages and drafts.

mod cancel_email;
mod cancel_mailing;
mod check_mailing;
mod delete_draft;
mod draft_view;
mod get_draft;
mod get_email;
mod get_lead_draft;
mod get_mailing;
mod list_mailings;
mod mailing_body;
mod mailing_view;
mod save_draft;
mod send_email;
mod send_test;
mod settle_email;
mod start_mailing;
#[cfg(test)]
mod tests;

use application::bulk_messages::start::MailingPorts;
use application::inbox::compose_by_hand::WritePorts;
use application::ports::accounts::ConnectionStore;
use application::ports::leads::LeadStore;
use application::ports::messages::MessageStore;
use application::ports::rate_limits::LimitStore;
use application::ports::stats::StatsStore;
use application::ports::users::UserStore;
use application::ports::workspaces::WorkspaceStore;
use application::sending::uncertain::SettlePorts;
use application::{Clock, Ids};
use http_api::Access::{ReadOnly, Rep};
use http_api::{Routes, routes};
use std::sync::Arc;

application::ports! {
    pub struct App {
        messages: Arc<dyn MessageStore>,
        leads: Arc<dyn LeadStore>,
        connections: Arc<dyn ConnectionStore>,
        users: Arc<dyn UserStore>,
        workspaces: Arc<dyn WorkspaceStore>,
        limits: Arc<dyn LimitStore>,
        writing: WritePorts = WritePorts::new,
        mailings: MailingPorts = MailingPorts::new,
        stats: Arc<dyn StatsStore>,
        settling: SettlePorts = SettlePorts::new,
        clock: Arc<dyn Clock>,
        ids: Arc<dyn Ids>,
        public_url: Arc<str>,
    }
}

pub fn routes() -> Routes<App> {
    Routes::new()
        .group("/api/emails")
        .add(Rep, routes!(send_email::send_email))
        .add(Rep, routes!(send_test::send_test))
        .add(Rep, routes!(check_mailing::check_mailing))
        .add(Rep, routes!(start_mailing::start_mailing))
        .add(ReadOnly, routes!(list_mailings::list_mailings))
        .add(ReadOnly, routes!(get_mailing::get_mailing))
        .add(Rep, routes!(cancel_mailing::cancel_mailing))
        .add(ReadOnly, routes!(get_email::get_email))
        .add(Rep, routes!(cancel_email::cancel_email))
        .add(Rep, routes!(settle_email::settle_email))
        .add(Rep, routes!(save_draft::save_draft))
        .add(Rep, routes!(get_draft::get_draft))
        .add(Rep, routes!(get_lead_draft::get_lead_draft))
        .add(Rep, routes!(delete_draft::delete_draft))
}

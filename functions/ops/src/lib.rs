//! `/api/ops/*` and `/health`: the contents of the queues, dead letters and their redrive, what arrived from
//! providers and its replay, and the self-check.

mod get_health;
mod get_inbound;
mod inbound_view;
mod list_dead_letters;
mod list_inbound;
mod list_queues;
mod queue_name;
mod redrive_queue;
mod replay_inbound;
mod run_self_check;
mod self_check;
#[cfg(test)]
mod tests;

use application::ports::accounts::{AccountStore, Vault};
use application::ports::change_log::ChangeLogStore;
use application::ports::circuit_breakers::BreakerStore;
use application::ports::conversations::ConversationStore;
use application::ports::inbound_records::InboundRecordStore;
use application::ports::leads::LeadStore;
use application::ports::outbox::Outbox;
use application::ports::parts::PartInspector;
use application::ports::queues::QueueInspector;
use application::ports::schedules::ScheduleStore;
use application::ports::stats::StatsStore;
use application::ports::system_mail::SystemMail;
use application::ports::users::UserStore;
use application::ports::workspaces::WorkspaceStore;
use application::{Clock, Ports};
use http::StatusCode;
use http_api::Access::{Admin, Owner, Public};
use http_api::{ApiError, ApiResult, Caller, Direct, Routes, routes};
use serde_json::Value;
use std::sync::Arc;
use std::time::Duration;

application::ports! {
    pub struct App {
        queues: Arc<dyn QueueInspector>,
        users: Arc<dyn UserStore>,
        parts: Arc<dyn PartInspector>,
        schedules: Arc<dyn ScheduleStore>,
        workspaces: Arc<dyn WorkspaceStore>,
        accounts: Arc<dyn AccountStore>,
        breakers: Arc<dyn BreakerStore>,
        vault: Arc<dyn Vault>,
        leads: Arc<dyn LeadStore>,
        inbound_records: Arc<dyn InboundRecordStore>,
        outbox: Arc<dyn Outbox>,
        conversations: Arc<dyn ConversationStore>,
        change_log: Arc<dyn ChangeLogStore>,
        stats: Arc<dyn StatsStore>,
        system_mail: Arc<dyn SystemMail>,
        clock: Arc<dyn Clock>,
        public_url: Arc<str>,
        /// The time limit of each look of the self-check.
        look_takes: Duration = self_check::look_takes,
    }
}

impl App {
    /// Queues hold messages of all workspaces, so only the installing workspace may look into them and
    /// redrive them.
    async fn refuse_guests(&self, caller: &Caller) -> ApiResult<()> {
        match self.users.first_workspace().await? {
            Some(workspace) if workspace == caller.workspace => Ok(()),
            _ => Err(ApiError::new(
                StatusCode::FORBIDDEN,
                "forbidden",
                "Only the workspace that has installed this looks into its queues and parts.",
            )),
        }
    }
}

pub fn routes() -> Routes<App> {
    Routes::new()
        .group("/api/ops")
        .add(Public, routes!(get_health::get_health))
        .add(Admin, routes!(list_queues::list_queues))
        .add(Admin, routes!(list_dead_letters::list_dead_letters))
        .add(Admin, routes!(redrive_queue::redrive_queue))
        .add(Admin, routes!(list_inbound::list_inbound))
        .add(Admin, routes!(get_inbound::get_inbound))
        .add(Admin, routes!(replay_inbound::replay_inbound))
        .add(Owner, routes!(run_self_check::run_self_check))
}

/// The self-check for a caller who may invoke the function in AWS, which nobody on the internet may:
/// `{"self_check":{}}`.
pub fn direct(ports: &impl Ports) -> Direct {
    let app = Arc::new(App::new(ports));
    Direct::new("self_check", move |_: Value| {
        let app = app.clone();
        Box::pin(async move { serde_json::to_value(app.self_check().await) })
    })
}

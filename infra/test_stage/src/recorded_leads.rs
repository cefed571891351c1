//! A workspace whose changes are recorded and folded, for the tests of the functions that do so.

use crate::Stage;
use application::Ports;
use application::change_log::fold::{FoldPorts, fold};
use application::change_log::log_files::read_log;
use application::ports::change_log::{ALL, ChangeHead};
use application::ports::changes::LogEntry;
use domain::event::{Actor, Event, EventKind};
use domain::lead::Lead;
use domain::lead::stage::StageId;
use domain::{LeadId, UserId, WorkspaceId};
use serde_json::Value;

/// A stage with one workspace, and what folds its changes.
pub struct RecordedLeads {
    pub stage: Stage,
    pub workspace: WorkspaceId,
    pub user: UserId,
    pub folding: FoldPorts,
}

impl RecordedLeads {
    pub async fn new() -> Self {
        let stage = Stage::new().await;
        let (workspace, user) = stage.workspace("northquay").await;
        let folding = FoldPorts::new(&stage.ports);
        Self { stage, workspace, user, folding }
    }

    /// Creates a lead with this first name.
    pub async fn create(&self, name: &str) -> LeadId {
        let now = self.stage.ports.clock().now();
        let mut lead = Lead::blank(LeadId::derived(now, &[name]), self.workspace.clone(), now);
        lead.first_name = Some(name.to_owned());
        self.stage
            .ports
            .leads()
            .create(&lead, &Event::system(EventKind::LeadCreated, now))
            .await
            .expect("the table is there");
        lead.id
    }

    /// Marks a lead as won by the user.
    pub async fn win(&self, id: &LeadId) {
        let event =
            Event::new(EventKind::LeadWon, Actor::User(self.user.clone()), self.stage.ports.clock().now());
        self.change(id, &event, |lead| lead.status = StageId::WON).await;
    }

    /// Writes a note on a lead.
    pub async fn note(&self, id: &LeadId, text: &str) {
        let event = Event::system(EventKind::LeadChanged, self.stage.ports.clock().now());
        self.change(id, &event, |lead| lead.notes = Some(text.to_owned())).await;
    }

    async fn change(&self, id: &LeadId, event: &Event, change: impl FnOnce(&mut Lead)) {
        let leads = self.stage.ports.leads();
        let mut lead = leads.get(&self.workspace, id).await.expect("the lead is there");
        change(&mut lead);
        leads.save(&lead, event).await.expect("the table is there");
    }

    pub async fn erase(&self, id: &LeadId) {
        let event = Event::system(EventKind::LeadErased, self.stage.ports.clock().now());
        self.stage.ports.leads().erase(&self.workspace, id, &event).await.expect("the table is there");
    }

    /// Records what has changed, and folds it.
    pub async fn record_and_fold(&self) -> ChangeHead {
        self.stage.record_alone().await;
        fold(&self.folding, &self.workspace).await.expect("changes can be folded")
    }

    pub async fn head(&self) -> ChangeHead {
        self.folding
            .change_log
            .head(&self.workspace)
            .await
            .expect("the table is there")
            .expect("it was folded")
    }

    /// The numbers under which changes are recorded.
    pub async fn numbers(&self) -> Vec<u64> {
        let since = self.folding.change_log.since(&self.workspace, 0, ALL).await.expect("the table is there");
        since.changes.into_iter().map(|change| change.number).collect()
    }

    pub async fn log(&self) -> Vec<LogEntry> {
        read_log(&*self.folding.blobs, &self.workspace).await.expect("the chain holds")
    }

    /// What the log says of leads: kind, who, and the status before and after.
    pub async fn told_of_leads(&self) -> Vec<String> {
        let of_leads = self.log().await.into_iter().filter(|entry| entry.entity == "lead");
        let told = |entry: LogEntry| {
            let status = entry.changed.iter().find(|change| change.field == "core.s");
            let text = |value: Option<&Value>| value.map_or("-".to_owned(), Value::to_string);
            let status = status.map_or(String::new(), |status| {
                format!(" {} {}", text(status.before.as_ref()), text(status.after.as_ref()))
            });
            format!("{} by {}{status}", entry.kind, entry.by)
        };
        of_leads.map(told).collect()
    }
}

//! Counters follow the stream exactly once, however its records are delivered.

mod enrolled;
mod keeping_up;
mod rules;
mod slack;
mod web_push;

use crate::handler;
use application::ports::stats::{Counters, Metric};
use application::projection::is_after;
use application::projection::stream::{ProjectPorts, project};
use application::{Ports, StoreResult};
use domain::contact::email_address::EmailAddress;
use domain::event::{Event, EventKind};
use domain::lead::Lead;
use domain::lead::stage::StageId;
use domain::workspace::notification::{Notification, NotificationKind};
use domain::{LeadId, NotificationId, UserId, WorkspaceId};
use serde_json::{Value, json};
use std::sync::Arc;
use test_stage::Stage;

struct Scene {
    stage: Stage,
    workspace: WorkspaceId,
}

impl Scene {
    /// Stores a notification, of one user or of all.
    async fn notify(&self, title: &str, kind: NotificationKind, user: Option<UserId>) -> NotificationId {
        let at = self.stage.ports.clock().now();
        let notification = Notification {
            id: NotificationId::derived(at, &[title]),
            workspace: self.workspace.clone(),
            user,
            kind,
            title: title.to_owned(),
            detail: String::new(),
            lead: None,
            created_at: at,
            read_at: None,
        };
        let event = Event::system(EventKind::NotificationCreated, at);
        self.stage.ports.notifications().put(&notification, &event).await.unwrap();
        notification.id
    }

    /// Three new leads, one of them won later.
    async fn new() -> Self {
        let stage = Stage::new().await;
        let (workspace, _) = stage.workspace("northquay").await;
        let scene = Self { stage, workspace };
        for name in ["ann", "bob", "cy"] {
            scene.create(&scene.workspace, name).await;
        }
        let now = scene.stage.ports.clock().now();
        let id = LeadId::derived(now, &["bob"]);
        let mut lead = scene.stage.ports.leads().get(&scene.workspace, &id).await.unwrap();
        lead.status = StageId::WON;
        scene.stage.ports.leads().save(&lead, &Event::system(EventKind::LeadWon, now)).await.unwrap();
        scene
    }

    async fn create(&self, workspace: &WorkspaceId, name: &str) {
        let now = self.stage.ports.clock().now();
        let mut lead = Lead::blank(LeadId::derived(now, &[name]), workspace.clone(), now);
        lead.email = EmailAddress::parse(&format!("{name}@one.example")).ok();
        self.stage.ports.leads().create(&lead, &Event::system(EventKind::LeadCreated, now)).await.unwrap();
    }

    async fn project(&self, records: &[Value]) -> Value {
        let event = json!({ "shardId": "shard-1", "state": {}, "Records": records });
        handler(&self.stage.ports)(event).await.unwrap()
    }

    async fn total(&self) -> Counters {
        self.stage.ports.stats().total(&self.workspace).await.unwrap()
    }

    fn told(&self) -> Vec<String> {
        let events = self.stage.cloud.events().recent();
        events.into_iter().map(|event| event.detail_type).collect()
    }
}

fn expected() -> Counters {
    Counters::from([(Metric::LeadsCreated, 3), (Metric::LeadsQualified, 1), (Metric::LeadsWon, 1)])
}

fn all_done() -> Value {
    json!({ "state": {}, "batchItemFailures": [] })
}

#[tokio::test]
async fn batch_delivered_twice_counts_once() {
    let scene = Scene::new().await;
    let records = scene.stage.stream();
    assert_eq!(scene.project(&records).await, all_done());
    assert_eq!(scene.total().await, expected());
    assert_eq!(scene.told(), ["lead_created", "lead_created", "lead_created", "lead_won"]);
    scene.project(&records).await;
    assert_eq!(scene.total().await, expected());
    assert_eq!(scene.told().len(), 4);
    // The projection's own writes cause no further ones.
    let before = scene.stage.stream();
    scene.project(&before).await;
    assert_eq!(scene.stage.stream().len(), before.len());
}

#[tokio::test]
async fn end_of_a_tumbling_window_counts_nothing() {
    let scene = Scene::new().await;
    scene.project(&scene.stage.stream()).await;
    let window = json!({ "start": "2026-11-16T09:00:00Z", "end": "2026-11-16T09:00:10Z" });
    let end = json!({ "shardId": "shard-1", "state": {}, "window": window, "Records": [],
        "isFinalInvokeForWindow": true, "isWindowTerminatedEarly": false });
    assert_eq!(handler(&scene.stage.ports)(end).await.unwrap(), all_done());
    assert_eq!(scene.total().await, expected());
}

#[tokio::test]
async fn overlapping_batches_count_once() {
    let scene = Scene::new().await;
    let records = scene.stage.stream();
    let middle = records.len() / 2;
    scene.project(&records[..=middle]).await;
    scene.project(&records[middle - 1..]).await;
    scene.project(&records[..3]).await;
    assert_eq!(scene.total().await, expected());
    let last = records.last().unwrap()["dynamodb"]["SequenceNumber"].as_str().unwrap();
    let position = scene.stage.ports.stats().position("shard-1", &scene.workspace).await.unwrap();
    assert_eq!(position.as_deref().map(|position| is_after(position, Some(last))), Some(false));
    scene.project(&records).await;
    assert_eq!((scene.total().await, scene.told().len()), (expected(), 4));
}

#[tokio::test]
async fn unreadable_record_does_not_block_the_batch() {
    let scene = Scene::new().await;
    let mut records = scene.stage.stream();
    let poison = json!({ "eventName": "INSERT", "dynamodb": {
        "SequenceNumber": "2", "NewImage": { "pk": { "S": "W#x" }, "entity": { "S": "lead" } } } });
    records.insert(1, poison);
    records.insert(2, json!({ "dynamodb": {} }));
    assert_eq!(scene.project(&records).await, all_done());
    assert_eq!(scene.total().await, expected());
}

#[tokio::test]
async fn batch_of_many_workspaces_is_counted() {
    let scene = Scene::new().await;
    let mut others = Vec::new();
    for n in 0..30 {
        let (workspace, _) = scene.stage.workspace(&format!("tenant-{n}")).await;
        scene.create(&workspace, &format!("lead-{n}")).await;
        others.push(workspace);
    }
    assert_eq!(scene.project(&scene.stage.stream()).await, all_done());
    for workspace in &others {
        let total = scene.stage.ports.stats().total(workspace).await.unwrap();
        assert_eq!(total, Counters::from([(Metric::LeadsCreated, 1)]));
    }
    assert_eq!(scene.total().await, expected());
}

/// Another delivery of the batch overtakes this one between its read of the position and its write.
struct Overtaken {
    inner: Arc<dyn application::ports::stats::StatsStore>,
    met: std::sync::atomic::AtomicBool,
}

#[async_trait::async_trait]
impl application::ports::stats::StatsStore for Overtaken {
    async fn apply(
        &self,
        shard: &str,
        now: jiff::Timestamp,
        records: &[application::ports::stats::Counted],
    ) -> StoreResult<()> {
        if !self.met.swap(true, std::sync::atomic::Ordering::Relaxed) {
            self.inner.apply(shard, now, records).await?;
        }
        self.inner.apply(shard, now, records).await
    }
    async fn position(&self, shard: &str, workspace: &WorkspaceId) -> StoreResult<Option<String>> {
        self.inner.position(shard, workspace).await
    }
    async fn counted_at(&self, workspace: &WorkspaceId) -> StoreResult<Option<jiff::Timestamp>> {
        self.inner.counted_at(workspace).await
    }
    async fn total(&self, workspace: &WorkspaceId) -> StoreResult<Counters> {
        self.inner.total(workspace).await
    }
    async fn days(
        &self,
        workspace: &WorkspaceId,
        from: jiff::civil::Date,
        to: jiff::civil::Date,
    ) -> StoreResult<std::collections::BTreeMap<jiff::civil::Date, Counters>> {
        self.inner.days(workspace, from, to).await
    }
    async fn currencies(
        &self,
        workspace: &WorkspaceId,
    ) -> StoreResult<std::collections::BTreeSet<domain::money::Currency>> {
        self.inner.currencies(workspace).await
    }
    async fn total_in(
        &self,
        workspace: &WorkspaceId,
        currency: domain::money::Currency,
    ) -> StoreResult<Counters> {
        self.inner.total_in(workspace, currency).await
    }
    async fn days_in(
        &self,
        workspace: &WorkspaceId,
        currency: domain::money::Currency,
        from: jiff::civil::Date,
        to: jiff::civil::Date,
    ) -> StoreResult<std::collections::BTreeMap<jiff::civil::Date, Counters>> {
        self.inner.days_in(workspace, currency, from, to).await
    }
    async fn campaign(
        &self,
        workspace: &WorkspaceId,
        id: &domain::CampaignId,
    ) -> StoreResult<application::ports::stats::CampaignCounters> {
        self.inner.campaign(workspace, id).await
    }
    async fn step_counts(
        &self,
        workspace: &WorkspaceId,
        id: &domain::CampaignId,
    ) -> StoreResult<application::ports::stats::StepCounts> {
        self.inner.step_counts(workspace, id).await
    }
    async fn rollout(&self, workspace: &WorkspaceId, id: &domain::RolloutId) -> StoreResult<Counters> {
        self.inner.rollout(workspace, id).await
    }
    async fn bulk_message(
        &self,
        workspace: &WorkspaceId,
        id: &domain::BulkMessageId,
    ) -> StoreResult<Counters> {
        self.inner.bulk_message(workspace, id).await
    }
}

#[tokio::test]
async fn concurrent_deliveries_count_once() {
    let scene = Scene::new().await;
    let records = scene.stage.stream();
    let mut ports = ProjectPorts::new(&scene.stage.ports);
    ports.stats = Arc::new(Overtaken { inner: ports.stats, met: Default::default() });
    assert_eq!(project(&ports, "shard-1", &records).await.unwrap(), records.len());
    assert_eq!(scene.total().await, expected());
}

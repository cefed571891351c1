//! Changes are recorded once each in the list and in the log, however the stream delivers them, and recording costs the same
//! whatever the size of a workspace.

use crate::handler;
use application::Ports;
use application::change_log::fold::{FoldPorts, fold};
use application::change_log::log_files::read_log;
use application::change_log::record::FOLD_FROM_BYTES;
use application::ports::changes::LogEntry;
use application::queue_messages::{FoldChanges, Queue};
use domain::event::{Actor, Event, EventKind};
use domain::lead::Lead;
use domain::lead::stage::StageId;
use domain::{LeadId, UserId, WorkspaceId};
use jiff::SignedDuration;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use test_stage::Stage;

struct Scene {
    stage: Stage,
    workspace: WorkspaceId,
    user: UserId,
    folding: FoldPorts,
}

impl Scene {
    async fn new() -> Self {
        let stage = Stage::new().await;
        let (workspace, user) = stage.workspace("northquay").await;
        let folding = FoldPorts::new(&stage.ports);
        Self { stage, workspace, user, folding }
    }

    async fn create(&self, name: &str) -> LeadId {
        let now = self.stage.ports.clock().now();
        let mut lead = Lead::blank(LeadId::derived(now, &[name]), self.workspace.clone(), now);
        lead.first_name = Some(name.to_owned());
        self.stage.ports.leads().create(&lead, &Event::system(EventKind::LeadCreated, now)).await.unwrap();
        lead.id
    }

    async fn win(&self, id: &LeadId) {
        let now = self.stage.ports.clock().now();
        let leads = self.stage.ports.leads();
        let mut lead = leads.get(&self.workspace, id).await.unwrap();
        lead.status = StageId::WON;
        let event = Event::new(EventKind::LeadWon, Actor::User(self.user.clone()), now);
        leads.save(&lead, &event).await.unwrap();
    }

    /// Delivers records to the function, as a new one that remembers nothing.
    async fn deliver(&self, records: &[Value]) {
        let answer = handler(&self.stage.ports)(json!({ "Records": records })).await.unwrap();
        assert_eq!(answer["batchItemFailures"], json!([]));
    }

    async fn log(&self) -> Vec<LogEntry> {
        read_log(&*self.folding.blobs, &self.workspace).await.unwrap()
    }

    /// What the log says of leads: kind, who, and the status before and after.
    async fn told_of_leads(&self) -> Vec<String> {
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

    async fn numbers(&self) -> Vec<u64> {
        let since = self.folding.change_log.since(&self.workspace, 0).await.unwrap();
        since.changes.into_iter().map(|change| change.number).collect()
    }

    async fn erase(&self, id: &LeadId) {
        let event = Event::system(EventKind::LeadErased, self.stage.ports.clock().now());
        self.stage.ports.leads().erase(&self.workspace, id, &event).await.unwrap();
    }

    /// The folds that are ordered and due, taken off their queue.
    fn orders(&self) -> usize {
        let orders = self.stage.messages(Queue::Folds).into_iter().map(serde_json::from_value::<FoldChanges>);
        let orders = orders.collect::<Result<Vec<_>, _>>().unwrap();
        assert!(orders.iter().all(|order| order.workspace == self.workspace && !order.is_daily));
        orders.len()
    }
}

#[tokio::test]
async fn batch_delivered_twice_is_told_once() {
    let scene = Scene::new().await;
    let ann = scene.create("ann").await;
    scene.win(&ann).await;
    let records = scene.stage.stream();
    scene.deliver(&records).await;
    scene.deliver(&records).await;
    fold(&scene.folding, &scene.workspace).await.unwrap();
    scene.deliver(&records).await;
    fold(&scene.folding, &scene.workspace).await.unwrap();
    let won = format!("lead_won by {} \"new\" \"won\"", scene.user);
    assert_eq!(scene.told_of_leads().await, ["lead_created by system - \"new\"".to_owned(), won]);
    let with_event = |records: &[Value]| {
        records.iter().filter(|record| record.pointer("/dynamodb/NewImage/ev").is_some()).count()
    };
    let later = scene.stage.stream();
    assert!(later.len() > records.len());
    assert_eq!(with_event(&later), with_event(&records), "its own writes are not recorded again");
}

#[tokio::test]
async fn two_changes_of_one_kind_within_one_instant_are_both_told() {
    let scene = Scene::new().await;
    let ann = scene.create("ann").await;
    scene.win(&ann).await;
    scene.win(&ann).await;
    let records = scene.stage.stream();
    scene.deliver(&records).await;
    scene.deliver(&records).await;
    fold(&scene.folding, &scene.workspace).await.unwrap();
    let revisions: Vec<u64> =
        scene.log().await.into_iter().filter(|entry| entry.entity == "lead").map(|entry| entry.rev).collect();
    assert_eq!(revisions, [1, 2, 3]);
}

#[tokio::test]
async fn writers_at_the_same_time_leave_no_gap() {
    let scene = Scene::new().await;
    for name in ["ann", "bob", "cy", "dan"] {
        scene.create(name).await;
    }
    let records = scene.stage.stream();
    let each = records.iter().map(|record| scene.deliver(std::slice::from_ref(record)));
    futures::future::join_all(each).await;
    fold(&scene.folding, &scene.workspace).await.unwrap();
    let head = scene.folding.change_log.head(&scene.workspace).await.unwrap().unwrap();
    let numbers = scene.numbers().await;
    assert!(numbers.windows(2).all(|pair| pair[1] == pair[0] + 1), "{numbers:?}");
    assert!(head.folded >= 4, "{head:?}");
    assert_eq!(scene.told_of_leads().await.len(), 4);
}

/// One writer is away while another records, folds, and empties what it has folded. What the first then records must not
/// take a number that was folded, under which nobody reads it.
#[tokio::test]
async fn writer_that_was_away_records_behind_what_was_folded_meanwhile() {
    let scene = Scene::new().await;
    let ann = scene.create("ann").await;
    let away = handler(&scene.stage.ports);
    let mut seen = 0;
    let mut news = || {
        let records = scene.stage.stream().split_off(seen);
        seen += records.len();
        records
    };
    away(json!({ "Records": news() })).await.unwrap();
    for name in ["bob", "cy"] {
        let lead = scene.create(name).await;
        scene.deliver(&news()).await;
        scene.erase(&lead).await;
        scene.deliver(&news()).await;
        fold(&scene.folding, &scene.workspace).await.unwrap();
    }
    let head = async || scene.folding.change_log.head(&scene.workspace).await.unwrap().unwrap();
    let folded = head().await.folded;
    assert_eq!(head().await.emptied, folded, "all is folded and emptied");
    scene.win(&ann).await;
    away(json!({ "Records": news() })).await.unwrap();
    assert_eq!(scene.numbers().await.last(), Some(&(folded + 1)));
    fold(&scene.folding, &scene.workspace).await.unwrap();
    let won = format!("lead_won by {} \"new\" \"won\"", scene.user);
    assert!(scene.told_of_leads().await.contains(&won), "{:?}", scene.told_of_leads().await);
}

#[tokio::test]
async fn fold_is_ordered_for_a_new_workspace_and_each_time_that_enough_has_gathered() {
    let scene = Scene::new().await;
    let reader = handler(&scene.stage.ports);
    scene.create("first").await;
    let mut from = 0;
    let mut news = || {
        let records = scene.stage.stream().split_off(from);
        from += records.len();
        json!({ "Records": records })
    };
    reader(news()).await.unwrap();
    assert_eq!(scene.orders(), 1, "there are no blocks yet");
    let (mut number, mut ordered, mut before) = (0_u64, 0, 0);
    while ordered < 2 {
        for _ in 0..20 {
            number += 1;
            // A text that cannot be compressed much.
            let text: String = (0..250).map(|n| format!("{:x}", (number * 1_000 + n).pow(3))).collect();
            scene.create(&text).await;
        }
        reader(news()).await.unwrap();
        let last = scene.folding.change_log.tail(&scene.workspace).await.unwrap().changes.remove(0);
        match scene.orders() {
            0 => assert!(last.bytes_through - before < FOLD_FROM_BYTES, "it is ordered in time"),
            orders => {
                assert!(orders == 1 && last.bytes_through - before >= FOLD_FROM_BYTES / 2);
                (ordered, before) = (ordered + 1, last.bytes_through);
            }
        }
        assert!(number < 1_000, "it is never ordered");
    }
}

#[tokio::test]
async fn erasures_of_a_minute_are_ordered_together_and_a_minute_later() {
    let scene = Scene::new().await;
    let reader = handler(&scene.stage.ports);
    let leads = [scene.create("ann").await, scene.create("bob").await, scene.create("cy").await];
    let mut from = 0;
    let mut news = || {
        let records = scene.stage.stream().split_off(from);
        from += records.len();
        json!({ "Records": records })
    };
    reader(news()).await.unwrap();
    assert_eq!(scene.orders(), 1);
    for lead in &leads[..2] {
        scene.erase(lead).await;
        reader(news()).await.unwrap();
        assert_eq!(scene.orders(), 0);
        scene.stage.advance(SignedDuration::from_secs(20));
    }
    scene.stage.advance(SignedDuration::from_secs(30));
    assert_eq!(scene.orders(), 1);
    scene.erase(&leads[2]).await;
    reader(news()).await.unwrap();
    scene.stage.advance(SignedDuration::from_secs(70));
    assert_eq!(scene.orders(), 1, "this one is later than that fold");
}

/// The fold of an order that does not wait is over within seconds.
#[tokio::test]
async fn erasure_right_after_an_order_that_does_not_wait_is_ordered_as_well() {
    let scene = Scene::new().await;
    let reader = handler(&scene.stage.ports);
    let leads = [scene.create("ann").await, scene.create("bob").await];
    scene.erase(&leads[0]).await;
    reader(json!({ "Records": scene.stage.stream() })).await.unwrap();
    assert_eq!(scene.orders(), 1, "there are no blocks yet");
    scene.stage.advance(SignedDuration::from_secs(10));
    let known = scene.stage.stream().len();
    scene.erase(&leads[1]).await;
    reader(json!({ "Records": scene.stage.stream()[known..] })).await.unwrap();
    scene.stage.advance(SignedDuration::from_secs(70));
    assert_eq!(scene.orders(), 1);
}

/// What a batch costs does not depend on what is there already.
#[tokio::test]
async fn batch_of_a_hundred_changes_costs_one_write_and_one_of_several_workspaces_one_each() {
    let scene = Scene::new().await;
    let reader = handler(&scene.stage.ports);
    let mut from = 0;
    let mut news = || {
        let records = scene.stage.stream().split_off(from);
        from += records.len();
        json!({ "Records": records })
    };
    for name in 0..300 {
        scene.create(&name.to_string()).await;
    }
    reader(news()).await.unwrap();
    fold(&scene.folding, &scene.workspace).await.unwrap();
    scene.orders();
    let ledger = scene.stage.cloud.ledger();
    let calls = |before| -> BTreeMap<String, u64> {
        let mut calls = BTreeMap::new();
        for (line, usage) in ledger.since(before).lines() {
            *calls.entry(line.operation.clone()).or_default() += usage.calls;
        }
        calls
    };
    // One is the look for the workspace's open pages.
    let pages = |queries| ("Query".to_owned(), queries);
    for name in 300..400 {
        scene.create(&name.to_string()).await;
    }
    let batch = news()["Records"].as_array().unwrap()[..100].to_vec();
    let before = ledger.snapshot();
    reader(json!({ "Records": batch })).await.unwrap();
    assert_eq!(calls(&before), [("PutItem".to_owned(), 1), pages(1)].into(), "it knows where it was");
    let before = ledger.snapshot();
    scene.deliver(&batch).await;
    assert_eq!(
        calls(&before),
        [("PutItem".to_owned(), 1), pages(2)].into(),
        "a new function asks where it is"
    );
    let mut others = Vec::new();
    for name in ["one", "two", "three"] {
        let (workspace, _) = scene.stage.workspace(name).await;
        let now = scene.stage.ports.clock().now();
        let lead = Lead::blank(LeadId::derived(now, &[name]), workspace, now);
        let event = Event::system(EventKind::LeadCreated, now);
        scene.stage.ports.leads().create(&lead, &event).await.unwrap();
        others.push(lead);
    }
    reader(news()).await.unwrap();
    let event = || Event::system(EventKind::LeadChanged, scene.stage.ports.clock().now());
    for lead in &others {
        let mut lead = scene.stage.ports.leads().get(&lead.workspace, &lead.id).await.unwrap();
        lead.first_name = Some("other".to_owned());
        scene.stage.ports.leads().save(&lead, &event()).await.unwrap();
    }
    let batch = news();
    let before = ledger.snapshot();
    reader(batch).await.unwrap();
    assert_eq!(calls(&before), [("PutItem".to_owned(), 3), pages(3)].into());
}

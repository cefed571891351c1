//! Changes are recorded once each in the list and in the log, however the stream delivers them, and recording costs the same
//! whatever the size of a workspace.

use crate::handler;
use application::Ports;
use application::change_log::fold::fold;
use application::change_log::record::FOLD_FROM_BYTES;
use application::ports::change_log::ChangeHead;
use application::queue_messages::{FoldChanges, Queue};
use domain::LeadId;
use domain::event::{Event, EventKind};
use domain::lead::Lead;
use jiff::SignedDuration;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use test_stage::RecordedLeads;

/// Delivers records to the function, as a new one that remembers nothing.
async fn deliver(scene: &RecordedLeads, records: &[Value]) {
    let answer = handler(&scene.stage.ports)(json!({ "Records": records })).await.unwrap();
    assert_eq!(answer["batchItemFailures"], json!([]));
}

/// Counts the folds that are ordered and due, and takes them off their queue.
fn orders(scene: &RecordedLeads) -> usize {
    let orders = scene.stage.messages(Queue::Folds).into_iter().map(serde_json::from_value::<FoldChanges>);
    let orders = orders.collect::<Result<Vec<_>, _>>().unwrap();
    assert!(orders.iter().all(|order| order.workspace == scene.workspace && !order.is_daily));
    orders.len()
}

#[tokio::test]
async fn batch_delivered_twice_is_told_once() {
    let scene = RecordedLeads::new().await;
    let ann = scene.create("ann").await;
    scene.win(&ann).await;
    let records = scene.stage.stream();
    deliver(&scene, &records).await;
    deliver(&scene, &records).await;
    fold(&scene.folding, &scene.workspace).await.unwrap();
    deliver(&scene, &records).await;
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
    let scene = RecordedLeads::new().await;
    let ann = scene.create("ann").await;
    scene.win(&ann).await;
    scene.win(&ann).await;
    let records = scene.stage.stream();
    deliver(&scene, &records).await;
    deliver(&scene, &records).await;
    fold(&scene.folding, &scene.workspace).await.unwrap();
    let revisions: Vec<u64> =
        scene.log().await.into_iter().filter(|entry| entry.entity == "lead").map(|entry| entry.rev).collect();
    assert_eq!(revisions, [1, 2, 3]);
}

#[tokio::test]
async fn writers_at_the_same_time_leave_no_gap() {
    let scene = RecordedLeads::new().await;
    for name in ["ann", "bob", "cy", "dan"] {
        scene.create(name).await;
    }
    let records = scene.stage.stream();
    let each = records.iter().map(|record| deliver(&scene, std::slice::from_ref(record)));
    futures::future::join_all(each).await;
    fold(&scene.folding, &scene.workspace).await.unwrap();
    let head = scene.head().await;
    let numbers = scene.numbers().await;
    assert!(numbers.windows(2).all(|pair| pair[1] == pair[0] + 1), "{numbers:?}");
    assert!(head.folded >= 4, "{head:?}");
    assert_eq!(scene.told_of_leads().await.len(), 4);
}

/// One writer is away while another records, folds, and empties what it has folded. What the first then records must not
/// take a number that was folded, under which nobody reads it.
#[tokio::test]
async fn writer_that_was_away_records_behind_what_was_folded_meanwhile() {
    let scene = RecordedLeads::new().await;
    let ann = scene.create("ann").await;
    let away = handler(&scene.stage.ports);
    away(json!({ "Records": scene.stage.news() })).await.unwrap();
    for name in ["bob", "cy"] {
        let lead = scene.create(name).await;
        deliver(&scene, &scene.stage.news()).await;
        scene.erase(&lead).await;
        deliver(&scene, &scene.stage.news()).await;
        fold(&scene.folding, &scene.workspace).await.unwrap();
    }
    let ChangeHead { folded, emptied, .. } = scene.head().await;
    assert_eq!(emptied, folded, "all is folded and emptied");
    scene.win(&ann).await;
    away(json!({ "Records": scene.stage.news() })).await.unwrap();
    assert_eq!(scene.numbers().await.last(), Some(&(folded + 1)));
    fold(&scene.folding, &scene.workspace).await.unwrap();
    let won = format!("lead_won by {} \"new\" \"won\"", scene.user);
    assert!(scene.told_of_leads().await.contains(&won), "{:?}", scene.told_of_leads().await);
}

#[tokio::test]
async fn fold_is_ordered_for_a_new_workspace_and_each_time_that_enough_has_gathered() {
    let scene = RecordedLeads::new().await;
    let reader = handler(&scene.stage.ports);
    scene.create("first").await;
    let news = || json!({ "Records": scene.stage.news() });
    reader(news()).await.unwrap();
    assert_eq!(orders(&scene), 1, "there are no blocks yet");
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
        match orders(&scene) {
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
    let scene = RecordedLeads::new().await;
    let reader = handler(&scene.stage.ports);
    let leads = [scene.create("ann").await, scene.create("bob").await, scene.create("cy").await];
    let news = || json!({ "Records": scene.stage.news() });
    reader(news()).await.unwrap();
    assert_eq!(orders(&scene), 1);
    for lead in &leads[..2] {
        scene.erase(lead).await;
        reader(news()).await.unwrap();
        assert_eq!(orders(&scene), 0);
        scene.stage.advance(SignedDuration::from_secs(20));
    }
    scene.stage.advance(SignedDuration::from_secs(30));
    assert_eq!(orders(&scene), 1);
    scene.erase(&leads[2]).await;
    reader(news()).await.unwrap();
    scene.stage.advance(SignedDuration::from_secs(70));
    assert_eq!(orders(&scene), 1, "this one is later than that fold");
}

/// The fold of an order that does not wait is over within seconds.
#[tokio::test]
async fn erasure_right_after_an_order_that_does_not_wait_is_ordered_as_well() {
    let scene = RecordedLeads::new().await;
    let reader = handler(&scene.stage.ports);
    let leads = [scene.create("ann").await, scene.create("bob").await];
    scene.erase(&leads[0]).await;
    reader(json!({ "Records": scene.stage.news() })).await.unwrap();
    assert_eq!(orders(&scene), 1, "there are no blocks yet");
    scene.stage.advance(SignedDuration::from_secs(10));
    scene.erase(&leads[1]).await;
    reader(json!({ "Records": scene.stage.news() })).await.unwrap();
    scene.stage.advance(SignedDuration::from_secs(70));
    assert_eq!(orders(&scene), 1);
}

/// What a batch costs does not depend on what is there already.
#[tokio::test]
async fn batch_of_a_hundred_changes_costs_one_write_and_one_of_several_workspaces_one_each() {
    let scene = RecordedLeads::new().await;
    let reader = handler(&scene.stage.ports);
    let news = || json!({ "Records": scene.stage.news() });
    for name in 0..300 {
        scene.create(&name.to_string()).await;
    }
    reader(news()).await.unwrap();
    fold(&scene.folding, &scene.workspace).await.unwrap();
    orders(&scene);
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
    deliver(&scene, &batch).await;
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

/// A mailbox that is read again tells of answers of weeks ago, and recorded changes expire by their time.
#[tokio::test]
async fn change_by_an_old_event_is_kept_as_long_as_a_new_one() {
    let scene = RecordedLeads::new().await;
    let ann = scene.create("ann").await;
    scene.stage.news();
    let now = scene.stage.ports.clock().now();
    let leads = scene.stage.ports.leads();
    let lead = leads.get(&scene.workspace, &ann).await.unwrap();
    let weeks_ago = now - SignedDuration::from_hours(40 * 24);
    leads.save(&lead, &Event::system(EventKind::LeadChanged, weeks_ago)).await.unwrap();
    deliver(&scene, &scene.stage.news()).await;
    let recorded = scene.folding.change_log.tail(&scene.workspace).await.unwrap().changes.remove(0);
    assert!(recorded.at >= now - SignedDuration::from_hours(24), "{recorded:?}");
}

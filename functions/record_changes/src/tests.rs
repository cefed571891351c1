//! Changes are recorded once each in the list and in the log, however the stream delivers them.

use crate::handler;
use application::change_log::fold::{FoldPorts, fold, fold_daily};
use application::change_log::log_files::{LogFault, read_log, read_log_to};
use application::change_log::record::FOLD_FROM_BYTES;
use application::change_log::{block_key, blocks_of, log_file_key, log_files_of};
use application::lead::deletion::{DeletionPorts, delete_lead, erase_lead, restore_lead};
use application::ports::changes::LogEntry;
use application::{Ports, StoreError};
use domain::event::{Actor, Event, EventKind, UserOrKey};
use domain::lead::Lead;
use domain::lead::stage::StageId;
use domain::{LeadId, UserId, WorkspaceId};
use jiff::SignedDuration;
use serde_json::{Value, json};
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

    /// Whether a text stands in the workspace's recorded changes or in its bucket.
    async fn is_kept(&self, text: &str) -> bool {
        let since = self.folding.change_log.since(&self.workspace, 0).await.unwrap();
        let mut blocks: Vec<Vec<u8>> = since.changes.into_iter().map(|change| change.leads).collect();
        for key in self.folding.blobs.list(&blocks_of(&self.workspace)).await.unwrap() {
            blocks.push(self.folding.blobs.get(&key).await.unwrap());
        }
        blocks.iter().filter(|block| !block.is_empty()).any(|block| {
            let mut plain = String::new();
            lead_columns::block::unpack(block, |change| plain.push_str(&format!("{change:?}"))).unwrap();
            plain.contains(text)
        })
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

/// One writer is away while another records, folds, and deletes what it has folded. What the first then records must not
/// take a number that was deleted, under which nobody reads it.
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
        let event = Event::system(EventKind::LeadErased, scene.stage.ports.clock().now());
        scene.stage.ports.leads().erase(&scene.workspace, &lead, &event).await.unwrap();
        scene.deliver(&news()).await;
    }
    assert_eq!(scene.numbers().await, [0; 0], "all is folded and deleted");
    scene.win(&ann).await;
    away(json!({ "Records": news() })).await.unwrap();
    let head = scene.folding.change_log.head(&scene.workspace).await.unwrap().unwrap();
    assert_eq!(scene.numbers().await, [head.folded + 1]);
    fold(&scene.folding, &scene.workspace).await.unwrap();
    let won = format!("lead_won by {} \"new\" \"won\"", scene.user);
    assert!(scene.told_of_leads().await.contains(&won), "{:?}", scene.told_of_leads().await);
}

#[tokio::test]
async fn large_tail_is_folded_and_then_deleted() {
    let scene = Scene::new().await;
    scene.create("first").await;
    scene.deliver(&scene.stage.stream()).await;
    let (mut from, mut number) = (scene.stage.stream().len(), 0);
    let mut folded = 0;
    while folded < 2 {
        for _ in 0..200 {
            number += 1;
            scene.create(&format!("{number} {}", hex::encode([number as u8; 40]))).await;
        }
        let records = scene.stage.stream();
        scene.deliver(&records[from..]).await;
        from = records.len();
        let head = scene.folding.change_log.head(&scene.workspace).await.unwrap().unwrap();
        let last = scene.folding.change_log.last(&scene.workspace).await.unwrap().unwrap();
        assert!(last.bytes_through - head.bytes_folded < FOLD_FROM_BYTES, "it is folded in time");
        folded += usize::from(head.folded == last.number);
        assert!(number < 10_000, "it is never folded");
    }
    let head = scene.folding.change_log.head(&scene.workspace).await.unwrap().unwrap();
    let numbers = scene.numbers().await;
    assert_eq!(numbers.first(), Some(&head.kept_from));
    assert!(head.kept_from > 1, "what the fold before took in is deleted");
    let leads: usize = head.blocks.iter().flatten().map(|block| block.leads).sum();
    assert_eq!(leads, number + 1);
    assert_eq!(scene.told_of_leads().await.len(), number + 1);
}

#[tokio::test]
async fn texts_of_an_erased_lead_are_gone_once_it_is_recorded() {
    let scene = Scene::new().await;
    let ann = scene.create("annabelle").await;
    scene.create("bob").await;
    let records = scene.stage.stream();
    scene.deliver(&records).await;
    assert!(scene.is_kept("annabelle").await);
    let event = Event::system(EventKind::LeadErased, scene.stage.ports.clock().now());
    scene.stage.ports.leads().erase(&scene.workspace, &ann, &event).await.unwrap();
    scene.deliver(&scene.stage.stream()[records.len()..]).await;
    assert!(!scene.is_kept("annabelle").await);
    assert!(scene.is_kept("bob").await);
    let log = serde_json::to_string(&scene.log().await).unwrap();
    assert!(log.contains(ann.ulid_text()) && !log.contains("annabelle"), "{log}");
}

#[tokio::test]
async fn changes_that_a_fold_which_broke_off_has_left_behind_are_gone_the_next_day() {
    let scene = Scene::new().await;
    let ann = scene.create("annabelle").await;
    let records = scene.stage.stream();
    scene.deliver(&records).await;
    let before = scene.folding.change_log.since(&scene.workspace, 0).await.unwrap().changes;
    let event = Event::system(EventKind::LeadErased, scene.stage.ports.clock().now());
    scene.stage.ports.leads().erase(&scene.workspace, &ann, &event).await.unwrap();
    scene.deliver(&scene.stage.stream()[records.len()..]).await;
    // The fold has saved its head, and was stopped before it deleted what is in the blocks now.
    for change in &before {
        scene.folding.change_log.append(change).await.unwrap();
    }
    assert!(scene.is_kept("annabelle").await);
    fold_daily(&scene.folding, &scene.workspace).await.unwrap();
    assert!(!scene.is_kept("annabelle").await);
    assert_eq!(scene.numbers().await, [0; 0]);
}

#[tokio::test]
async fn deletion_and_its_undo_are_entries_with_the_user_and_the_time_and_no_text() {
    let scene = Scene::new().await;
    let ann = scene.create("annabelle").await;
    let (deletion, by) =
        (DeletionPorts::new(&scene.stage.ports), || Some(UserOrKey::from(scene.user.clone())));
    let deleted_at = scene.stage.advance(SignedDuration::from_hours(1));
    delete_lead(&deletion, (&scene.workspace, &ann), by()).await.unwrap();
    scene.stage.advance(SignedDuration::from_hours(1));
    restore_lead(&deletion, (&scene.workspace, &ann), by()).await.unwrap();
    scene.deliver(&scene.stage.stream()).await;
    fold(&scene.folding, &scene.workspace).await.unwrap();
    assert!(scene.is_kept("annabelle").await, "it is listed again");
    let user = &scene.user;
    let told = scene.told_of_leads().await;
    assert_eq!(told[1..], [format!("lead_deleted by {user}"), format!("lead_restored by {user}")]);
    let log = scene.log().await;
    let mark = |kind: &str| {
        let entry = log.iter().find(|entry| entry.entity == "lead" && entry.kind == kind).unwrap();
        let mark = entry.changed.iter().filter(|change| change.field.starts_with("del."));
        mark.map(|change| (change.field.clone(), change.before.clone(), change.after.clone()))
            .collect::<Vec<_>>()
    };
    let (at, user) = (Some(json!(deleted_at)), Some(json!(user)));
    let set = [("del.at".to_owned(), None, at.clone()), ("del.by".to_owned(), None, user.clone())];
    let taken = [("del.at".to_owned(), at, None), ("del.by".to_owned(), user, None)];
    assert_eq!((mark("lead_deleted"), mark("lead_restored")), (set.to_vec(), taken.to_vec()));
    assert!(!serde_json::to_string(&log).unwrap().contains("annabelle"));
}

#[tokio::test]
async fn deleted_lead_is_recorded_as_gone_and_its_texts_go_with_its_erasure() {
    let scene = Scene::new().await;
    let ann = scene.create("annabelle").await;
    scene.create("bob").await;
    let records = scene.stage.stream();
    scene.deliver(&records).await;
    let head = async || scene.folding.change_log.head(&scene.workspace).await.unwrap().unwrap();
    let folded = head().await.folded;
    let deletion = DeletionPorts::new(&scene.stage.ports);
    delete_lead(&deletion, (&scene.workspace, &ann), None).await.unwrap();
    let with_deletion = scene.stage.stream();
    scene.deliver(&with_deletion[records.len()..]).await;
    let last = scene.folding.change_log.last(&scene.workspace).await.unwrap().unwrap();
    let mut gone = Vec::new();
    lead_columns::block::unpack(&last.leads, |change| gone.push(format!("{change:?}"))).unwrap();
    assert!(gone.len() == 1 && gone[0].starts_with("Removed"), "{gone:?}");
    assert_eq!(head().await.folded, folded, "a deletion alone does not write blocks anew");
    erase_lead(&deletion, (&scene.workspace, &ann), Actor::System).await.unwrap();
    scene.deliver(&scene.stage.stream()[with_deletion.len()..]).await;
    assert!(!scene.is_kept("annabelle").await);
    assert!(scene.is_kept("bob").await);
}

#[tokio::test]
async fn changed_or_missing_log_file_shows() {
    let scene = Scene::new().await;
    for name in ["ann", "bob", "cy"] {
        let before = scene.stage.stream().len();
        scene.create(name).await;
        scene.deliver(&scene.stage.stream()[before..]).await;
        fold(&scene.folding, &scene.workspace).await.unwrap();
    }
    let blobs = &scene.folding.blobs;
    let keys = blobs.list(&log_files_of(&scene.workspace)).await.unwrap();
    assert_eq!(keys.len(), 3);
    assert_eq!(scene.told_of_leads().await.len(), 3);
    let (first, second) = (blobs.get(&keys[0]).await.unwrap(), blobs.get(&keys[1]).await.unwrap());
    blobs.put(&keys[1], "application/gzip", first).await.unwrap();
    assert!(matches!(read_log(&**blobs, &scene.workspace).await, Err(LogFault::Changed(2))));
    blobs.delete(&keys[1]).await.unwrap();
    assert!(matches!(read_log(&**blobs, &scene.workspace).await, Err(LogFault::Missing(2))));
    blobs.put(&keys[1], "application/gzip", second).await.unwrap();
    assert_eq!(scene.told_of_leads().await.len(), 3);
    let head = scene.folding.change_log.head(&scene.workspace).await.unwrap().unwrap();
    let third = blobs.get(&keys[2]).await.unwrap();
    assert_eq!(read_log_to(&**blobs, &head).await.unwrap(), scene.log().await);
    blobs.delete(&keys[2]).await.unwrap();
    assert_eq!(scene.told_of_leads().await.len(), 2, "the chain alone ends where it ends");
    assert!(matches!(read_log_to(&**blobs, &head).await, Err(LogFault::Missing(3))));
    let mut other = third.clone();
    // A byte of the compression's own header, which holds the time.
    other[4] ^= 1;
    blobs.put(&keys[2], "application/gzip", other).await.unwrap();
    assert!(matches!(read_log_to(&**blobs, &head).await, Err(LogFault::Changed(3))));
}

#[tokio::test]
async fn fold_that_broke_off_behind_its_log_file_is_taken_up() {
    let scene = Scene::new().await;
    scene.create("ann").await;
    let records = scene.stage.stream();
    scene.deliver(&records).await;
    let head = scene.folding.change_log.head(&scene.workspace).await.unwrap().unwrap();
    scene.create("bob").await;
    scene.deliver(&scene.stage.stream()[records.len()..]).await;
    // Another writer folds, and is stopped when its log file is there and the head is not.
    let other = scene.folding.clone();
    fold(&other, &scene.workspace).await.unwrap();
    let done = scene.folding.change_log.head(&scene.workspace).await.unwrap().unwrap();
    let back = application::ports::change_log::ChangeHead { rev: done.rev, ..head };
    scene.folding.change_log.save_head(&back).await.unwrap();
    scene.create("cy").await;
    let from = scene.stage.stream().len() - 1;
    scene.deliver(&scene.stage.stream()[from..]).await;
    for _ in 0..2 {
        fold(&scene.folding, &scene.workspace).await.unwrap();
    }
    assert_eq!(scene.told_of_leads().await.len(), 3);
    let head = scene.folding.change_log.head(&scene.workspace).await.unwrap().unwrap();
    let file = scene.folding.blobs.get(&log_file_key(&scene.workspace, head.log_files)).await;
    assert!(file.is_ok());
    let leads: usize = head.blocks.iter().flatten().map(|block| block.leads).sum();
    assert_eq!(leads, 3);
}

#[tokio::test]
async fn second_of_two_folds_changes_nothing() {
    let scene = Scene::new().await;
    scene.create("ann").await;
    scene.deliver(&scene.stage.stream()).await;
    scene.create("bob").await;
    let from = scene.stage.stream().len() - 1;
    scene.deliver(&scene.stage.stream()[from..]).await;
    let both =
        futures::future::join(fold(&scene.folding, &scene.workspace), fold(&scene.folding, &scene.workspace));
    let (one, two) = both.await;
    for fold in [one, two] {
        assert!(matches!(fold, Ok(_) | Err(StoreError::Conflict)), "{fold:?}");
    }
    assert_eq!(scene.told_of_leads().await.len(), 2);
    scene.stage.advance(SignedDuration::from_hours(3));
    fold_daily(&scene.folding, &scene.workspace).await.unwrap();
    let head = scene.folding.change_log.head(&scene.workspace).await.unwrap().unwrap();
    let mut known: Vec<String> =
        head.blocks.iter().flatten().map(|block| block_key(&scene.workspace, &block.name)).collect();
    known.extend(head.replaced.iter().map(|(name, _)| block_key(&scene.workspace, name)));
    known.sort();
    let kept = scene.folding.blobs.list(&blocks_of(&scene.workspace)).await.unwrap();
    assert_eq!(kept, known, "no block is left that no list has");
}

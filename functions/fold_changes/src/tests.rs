//! What was recorded is folded once, texts of erased leads go, and a list is made anew from the table, part by part, while the
//! former one is read.

use crate::handler;
use application::change_log::fold::{FoldPorts, fold, fold_daily};
use application::change_log::log_files::{LogFault, read_log, read_log_to};
use application::change_log::manifest::{Manifest, read_manifest};
use application::change_log::{block_key, blocks_of, log_file_key, log_files_of};
use application::lead::deletion::{DeletionPorts, delete_lead, erase_lead, restore_lead};
use application::lead::list::{LeadCache, LeadLists};
use application::ports::change_log::{BlocksOfList, ChangeHead, LeadBlock, RecordedChanges};
use application::ports::changes::LogEntry;
use application::ports::leads::LeadQuery;
use application::queue_messages::{FoldChanges, Queue};
use application::{Ports, StoreError};
use domain::event::{Actor, Event, EventKind, UserOrKey};
use domain::lead::Lead;
use domain::lead::scope::LeadScope;
use domain::{LeadId, UserId, WorkspaceId};
use jiff::{SignedDuration, Timestamp};
use lead_columns::block::{FORM, PackedChange, join};
use local_cloud::{Fault, Moment, Service};
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
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

    async fn head(&self) -> ChangeHead {
        self.folding.change_log.head(&self.workspace).await.unwrap().unwrap()
    }

    async fn manifest(&self) -> Manifest {
        let head = self.head().await;
        read_manifest(&*self.folding.blobs, &self.workspace, &head).await.unwrap().unwrap()
    }

    /// Records what has changed, and folds it.
    async fn record_and_fold(&self) -> ChangeHead {
        self.stage.record_alone().await;
        fold(&self.folding, &self.workspace).await.unwrap()
    }

    async fn fold_at_night(&self) {
        fold_daily(&self.folding, &self.workspace, Timestamp::MAX).await.unwrap();
    }

    /// How many leads the list has in a process that knows nothing yet.
    async fn listed(&self) -> usize {
        let lists =
            LeadLists { lead_cache: LeadCache::of(1 << 20).into(), ..LeadLists::new(&self.stage.ports) };
        let query = LeadQuery { limit: 10, ..LeadQuery::default() };
        lists.page(&self.workspace, &LeadScope::All, &query).await.unwrap().total
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

    /// Whether a text stands in the workspace's recorded changes or in its bucket.
    async fn is_kept(&self, text: &str) -> bool {
        let since = self.folding.change_log.since(&self.workspace, 0).await.unwrap();
        let mut blocks: Vec<Vec<u8>> = since.changes.into_iter().map(|change| change.leads).collect();
        for key in self.folding.blobs.list(&blocks_of(&self.workspace)).await.unwrap() {
            blocks.push(self.folding.blobs.get(&key).await.unwrap());
        }
        blocks.iter().filter(|block| block.first().is_some_and(|byte| *byte != b'{')).any(|block| {
            let mut plain = String::new();
            lead_columns::block::unpack(block, |change| plain.push_str(&format!("{change:?}"))).unwrap();
            plain.contains(text)
        })
    }
}

#[tokio::test]
async fn texts_of_an_erased_lead_are_gone_from_every_run_once_it_is_folded() {
    let scene = Scene::new().await;
    let ann = scene.create("annabelle").await;
    for n in 0..3 {
        scene.create(&format!("bob {n} {}", "x".repeat(300_000))).await;
        scene.record_and_fold().await;
    }
    let mut lead = scene.stage.ports.leads().get(&scene.workspace, &ann).await.unwrap();
    lead.notes = Some("called".to_owned());
    let now = scene.stage.ports.clock().now();
    scene.stage.ports.leads().save(&lead, &Event::system(EventKind::LeadChanged, now)).await.unwrap();
    scene.record_and_fold().await;
    assert!(scene.is_kept("annabelle").await);
    assert!(scene.manifest().await.runs.len() > 1, "{:?}", scene.manifest().await.runs);
    let event = Event::system(EventKind::LeadErased, scene.stage.ports.clock().now());
    scene.stage.ports.leads().erase(&scene.workspace, &ann, &event).await.unwrap();
    let head = scene.record_and_fold().await;
    assert_eq!((head.emptied, head.to_be_emptied), (head.folded, head.folded));
    assert!(!scene.is_kept("annabelle").await);
    assert!(scene.is_kept("bob").await);
    assert_eq!(scene.listed().await, 3);
    let log = serde_json::to_string(&scene.log().await).unwrap();
    assert!(log.contains(ann.ulid_text()) && !log.contains("annabelle"), "{log}");
}

#[tokio::test]
async fn erasure_that_broke_off_behind_its_head_is_finished_by_the_next_fold() {
    let scene = Scene::new().await;
    let ann = scene.create("annabelle").await;
    scene.record_and_fold().await;
    let before = scene.folding.change_log.since(&scene.workspace, 0).await.unwrap().changes;
    let event = Event::system(EventKind::LeadErased, scene.stage.ports.clock().now());
    scene.stage.ports.leads().erase(&scene.workspace, &ann, &event).await.unwrap();
    let head = scene.record_and_fold().await;
    // It has saved its head, and was stopped before it emptied what is in the blocks now.
    scene.folding.change_log.save_head(&ChangeHead { emptied: 0, ..head }).await.unwrap();
    let gone = block_key(&scene.workspace, &scene.manifest().await.replaced[0].0);
    let bytes = before[0].leads.clone();
    scene.folding.blobs.put(&gone, "application/octet-stream", bytes).await.unwrap();
    assert!(scene.is_kept("annabelle").await);
    let orders = [FoldChanges { workspace: scene.workspace.clone(), is_daily: false }];
    application::ports::outbox::send_all(&*scene.stage.ports.outbox(), &orders, 0).await.unwrap();
    assert!(scene.stage.drain(Queue::Folds, &handler(&scene.stage.ports)).await > 0);
    assert!(!scene.is_kept("annabelle").await);
    assert_eq!(scene.head().await.emptied, scene.head().await.folded);
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
    scene.record_and_fold().await;
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
    scene.record_and_fold().await;
    let deletion = DeletionPorts::new(&scene.stage.ports);
    delete_lead(&deletion, (&scene.workspace, &ann), None).await.unwrap();
    scene.stage.record_alone().await;
    let last = scene.folding.change_log.tail(&scene.workspace).await.unwrap().changes.remove(0);
    let mut gone = Vec::new();
    lead_columns::block::unpack(&last.leads, |change| gone.push(format!("{change:?}"))).unwrap();
    assert!(gone.len() == 1 && gone[0].starts_with("Removed"), "{gone:?}");
    erase_lead(&deletion, (&scene.workspace, &ann), Actor::System).await.unwrap();
    scene.record_and_fold().await;
    assert!(!scene.is_kept("annabelle").await);
    assert!(scene.is_kept("bob").await);
}

#[tokio::test]
async fn changed_or_missing_log_file_shows() {
    let scene = Scene::new().await;
    for name in ["ann", "bob", "cy"] {
        scene.create(name).await;
        scene.record_and_fold().await;
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
    let head = scene.record_and_fold().await;
    scene.create("bob").await;
    scene.stage.record_alone().await;
    // Another writer folds, and is stopped when its log file is there and the head is not.
    let done = fold(&scene.folding.clone(), &scene.workspace).await.unwrap();
    let kept = scene.folding.blobs.list(&blocks_of(&scene.workspace)).await.unwrap();
    let BlocksOfList::InManifest(name) = &head.blocks else { panic!("{head:?}") };
    assert!(kept.contains(&block_key(&scene.workspace, name)), "what was replaced stays for a while");
    scene.folding.change_log.save_head(&ChangeHead { rev: done.rev, ..head }).await.unwrap();
    scene.create("cy").await;
    scene.record_and_fold().await;
    assert_eq!(scene.told_of_leads().await.len(), 3);
    let file = scene.folding.blobs.get(&log_file_key(&scene.workspace, scene.head().await.log_files)).await;
    assert!(file.is_ok());
    assert_eq!(scene.listed().await, 3);
}

/// A restored table knows neither the files nor the blocks that were written since its moment.
#[tokio::test]
async fn restored_table_goes_on_behind_the_log_files_that_it_does_not_know() {
    let scene = Scene::new().await;
    scene.create("ann").await;
    let head = scene.record_and_fold().await;
    for name in ["bob", "cy"] {
        scene.create(name).await;
        scene.record_and_fold().await;
    }
    let known = scene.head().await;
    let (log_files, log_hash) = (head.log_files, head.log_hash);
    scene.folding.change_log.save_head(&ChangeHead { log_files, log_hash, ..known }).await.unwrap();
    scene.create("dan").await;
    assert_eq!(scene.record_and_fold().await.log_files, log_files + 3);
    assert_eq!(scene.told_of_leads().await.len(), 4, "what was told before stays told, and the chain holds");
}

#[tokio::test]
async fn second_of_two_folds_changes_nothing_and_no_object_is_left_that_no_list_has() {
    let scene = Scene::new().await;
    scene.create("ann").await;
    scene.record_and_fold().await;
    scene.create("bob").await;
    scene.stage.record_alone().await;
    let both =
        futures::future::join(fold(&scene.folding, &scene.workspace), fold(&scene.folding, &scene.workspace));
    let (one, two) = both.await;
    for fold in [one, two] {
        assert!(matches!(fold, Ok(_) | Err(StoreError::Conflict)), "{fold:?}");
    }
    assert_eq!((scene.told_of_leads().await.len(), scene.listed().await), (2, 2));
    scene.stage.advance(SignedDuration::from_hours(3));
    scene.create("cy").await;
    scene.record_and_fold().await;
    scene.fold_at_night().await;
    let mut known = scene.manifest().await.names();
    if let BlocksOfList::InManifest(name) = scene.head().await.blocks {
        known.push(name);
    }
    let mut known: Vec<String> = known.into_iter().map(|name| block_key(&scene.workspace, &name)).collect();
    known.sort();
    let kept = scene.folding.blobs.list(&blocks_of(&scene.workspace)).await.unwrap();
    assert_eq!(kept, known);
}

#[tokio::test]
async fn lost_blocks_are_made_from_the_table_at_night_and_by_a_fold_that_needs_them() {
    for at_night in [true, false] {
        let scene = Scene::new().await;
        for name in ["ann", "bob"] {
            scene.create(name).await;
        }
        scene.record_and_fold().await;
        for run in scene.manifest().await.runs {
            let key = block_key(&scene.workspace, &run.blocks[0].name);
            scene.folding.blobs.delete(&key).await.unwrap();
        }
        assert_eq!(scene.listed().await, 2, "the table is read meanwhile");
        if at_night {
            scene.fold_at_night().await;
        } else {
            scene.create("cy").await;
            scene.record_and_fold().await;
        }
        let manifest = scene.manifest().await;
        assert!(manifest.rebuild.is_none(), "{manifest:?}");
        let leads: usize = manifest.runs.iter().flat_map(|run| &run.blocks).map(|block| block.leads).sum();
        assert_eq!(leads, if at_night { 2 } else { 3 });
        assert_eq!(scene.listed().await, leads);
    }
}

/// Blocks of an earlier version stand in the head itself.
#[tokio::test]
async fn blocks_of_an_earlier_version_are_read_until_they_are_made_anew() {
    let scene = Scene::new().await;
    for name in ["ann", "bob"] {
        scene.create(name).await;
    }
    let head = scene.record_and_fold().await;
    let run = scene.manifest().await.runs.remove(0);
    let former =
        |block: LeadBlock| LeadBlock { from: String::new(), to: String::new(), bytes: 0, form: 0, ..block };
    let blocks = BlocksOfList::InHead(run.blocks.into_iter().map(former).collect());
    scene.folding.change_log.save_head(&ChangeHead { blocks, ..head }).await.unwrap();
    let ledger = scene.stage.cloud.ledger();
    let before = ledger.snapshot();
    assert_eq!(scene.listed().await, 2);
    assert_eq!(ledger.since(&before).total().calls, 3, "the head, a block, and what came after it");
    scene.fold_at_night().await;
    assert!(scene.manifest().await.runs.iter().flat_map(|run| &run.blocks).all(|block| block.form == FORM));
    assert_eq!(scene.listed().await, 2);
}

/// Fifty wide fields a lead: eight thousand such leads in one block could not be read again.
#[tokio::test]
async fn blocks_of_wide_leads_are_cut_by_their_bytes() {
    let scene = Scene::new().await;
    let now = scene.stage.ports.clock().now();
    let wide = |n: usize| {
        let mut lead = Lead::blank(LeadId::derived(now, &[&n.to_string()]), scene.workspace.clone(), now);
        lead.custom = (0..50).map(|field| (format!("field {field}"), "wide ".repeat(400))).collect();
        lead.rev = 1;
        PackedChange::put(&lead).unwrap()
    };
    for number in 1..=18 {
        let leads: Vec<PackedChange> = (0..40).map(|n| wide(number * 40 + n)).collect();
        let changes = RecordedChanges {
            workspace: scene.workspace.clone(),
            number: number as u64,
            leads: join(&leads).unwrap(),
            log: Vec::new(),
            bytes_through: 0,
            removes: false,
            is_emptied: false,
            at: now,
        };
        scene.folding.change_log.append(&changes).await.unwrap();
    }
    fold(&scene.folding, &scene.workspace).await.unwrap();
    let runs = scene.manifest().await.runs;
    let blocks: Vec<&LeadBlock> = runs.iter().flat_map(|run| &run.blocks).collect();
    assert!(blocks.iter().map(|block| block.bytes).sum::<u64>() > 64 << 20);
    assert!(blocks.iter().all(|block| block.bytes <= 8 << 20), "{blocks:?}");
    assert_eq!(scene.listed().await, 18 * 40);
}

#[tokio::test]
async fn head_costs_one_read_unit_however_many_folds_an_hour_has() {
    let scene = Scene::new().await;
    let leads = [scene.create("ann").await, scene.create("bob").await];
    for n in 0..150 {
        let mut lead = scene.stage.ports.leads().get(&scene.workspace, &leads[n % 2]).await.unwrap();
        lead.notes = Some(format!("call {n}"));
        let now = scene.stage.advance(SignedDuration::from_secs(20));
        scene.stage.ports.leads().save(&lead, &Event::system(EventKind::LeadChanged, now)).await.unwrap();
        scene.record_and_fold().await;
    }
    let ledger = scene.stage.cloud.ledger();
    let before = ledger.snapshot();
    scene.head().await;
    assert_eq!(ledger.since(&before).total().read_units, 1.0);
    assert!(scene.manifest().await.replaced.len() < 100, "what was replaced is forgotten in time");
    let bucket = scene.folding.blobs.list(&blocks_of(&scene.workspace)).await.unwrap();
    assert!(bucket.len() < 120, "{}", bucket.len());
}

/// Folds of one workspace that fail are tried again, and hold up neither the recording nor another workspace.
#[tokio::test]
async fn workspace_whose_folds_fail_stops_no_recording_and_no_other_workspace() {
    let scene = Scene::new().await;
    let (other, _) = scene.stage.workspace("southquay").await;
    scene.create("ann").await;
    let now = scene.stage.ports.clock().now();
    let lead = Lead::blank(LeadId::derived(now, &["bob"]), other.clone(), now);
    let event = Event::system(EventKind::LeadCreated, now);
    scene.stage.ports.leads().create(&lead, &event).await.unwrap();
    let broken = blocks_of(&scene.workspace);
    scene.stage.cloud.faults().inject(move |moment, call| {
        let hit = moment == Moment::Before && call.service == Service::S3 && call.resource.contains(&broken);
        hit.then(|| Fault::Fail { status: 500, code: "InternalError".to_owned(), message: String::new() })
    });
    scene.stage.record_alone().await;
    assert_eq!(scene.stage.drain(Queue::Folds, &handler(&scene.stage.ports)).await, 1, "the other one's");
    let head = async |workspace: &WorkspaceId| scene.folding.change_log.head(workspace).await.unwrap();
    assert!(head(&other).await.is_some() && head(&scene.workspace).await.is_none());
    scene.create("cy").await;
    scene.stage.record_alone().await;
    assert_eq!(scene.listed().await, 2, "the list is read from the table and what was recorded");
}

#[tokio::test]
async fn bucket_that_does_not_answer_has_lost_nothing() {
    let scene = Scene::new().await;
    scene.create("ann").await;
    scene.record_and_fold().await;
    let before = scene.head().await;
    scene.create("bob").await;
    scene.stage.record_alone().await;
    let fails = Arc::new(AtomicBool::new(true));
    let does_it = fails.clone();
    scene.stage.cloud.faults().inject(move |moment, call| {
        let hit =
            moment == Moment::Before && call.operation == "GetObject" && does_it.load(Ordering::Relaxed);
        hit.then(|| Fault::Fail { status: 503, code: "SlowDown".to_owned(), message: String::new() })
    });
    let failed = fold(&scene.folding, &scene.workspace).await;
    assert!(matches!(failed, Err(StoreError::Unavailable(_))), "{failed:?}");
    assert_eq!(scene.head().await, before, "nothing is saved");
    fails.store(false, Ordering::Relaxed);
    fold(&scene.folding, &scene.workspace).await.unwrap();
    assert!(scene.manifest().await.rebuild.is_none());
    assert_eq!(scene.listed().await, 2);
}

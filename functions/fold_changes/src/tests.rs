//! What was recorded is folded once, texts of erased leads go, and a list is made anew from the table, part by part, while the
//! former one is read.

mod blocks;
mod erasures;
mod failures;
mod log;

use application::Ports;
use application::change_log::blocks_of;
use application::change_log::fold::fold_daily;
use application::change_log::manifest::{Manifest, read_manifest};
use application::lead::list::{LeadCache, LeadLists};
use application::ports::change_log::{ALL, RecordedChanges};
use application::ports::leads::LeadQuery;
use domain::lead::scope::LeadScope;
use jiff::Timestamp;
use local_cloud::{Call, Fault, Moment};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use test_stage::RecordedLeads;

async fn manifest(scene: &RecordedLeads) -> Manifest {
    let head = scene.head().await;
    read_manifest(&*scene.folding.blobs, &scene.workspace, &head).await.unwrap().unwrap()
}

async fn fold_at_night(scene: &RecordedLeads) {
    fold_daily(&scene.folding, &scene.workspace, Timestamp::MAX).await.unwrap();
}

/// How many leads the list has in a process that knows nothing yet.
async fn listed(scene: &RecordedLeads) -> usize {
    total(scene, &new_process(scene)).await
}

/// The lists as a process holds them that knows nothing yet.
fn new_process(scene: &RecordedLeads) -> LeadLists {
    LeadLists { lead_cache: LeadCache::of(1 << 20).into(), ..LeadLists::new(&scene.stage.ports) }
}

async fn total(scene: &RecordedLeads, lists: &LeadLists) -> usize {
    let query = LeadQuery { limit: 10, ..LeadQuery::default() };
    lists.page(&scene.workspace, &LeadScope::All, &query).await.unwrap().total
}

/// Whether a text stands in the workspace's recorded changes or in its bucket.
async fn is_kept(scene: &RecordedLeads, text: &str) -> bool {
    let since = scene.folding.change_log.since(&scene.workspace, 0, ALL).await.unwrap();
    let mut blocks: Vec<Vec<u8>> = since.changes.into_iter().map(|change| change.leads).collect();
    for key in scene.folding.blobs.list(&blocks_of(&scene.workspace)).await.unwrap() {
        blocks.push(scene.folding.blobs.get(&key).await.unwrap());
    }
    blocks.iter().filter(|block| block.first().is_some_and(|byte| *byte != b'{')).any(|block| {
        let mut plain = String::new();
        lead_columns::block::unpack(block, |change| plain.push_str(&format!("{change:?}"))).unwrap();
        plain.contains(text)
    })
}

/// Changes as they are recorded under this number, with the place in bytes of large ones.
fn recorded(scene: &RecordedLeads, number: u64, leads: Vec<u8>) -> RecordedChanges {
    RecordedChanges {
        workspace: scene.workspace.clone(),
        number,
        leads,
        log: Vec::new(),
        bytes_through: number * 100_000,
        removes: false,
        is_emptied: false,
        at: scene.stage.ports.clock().now(),
    }
}

/// A switch for faults that is on.
fn switch() -> Arc<AtomicBool> {
    Arc::new(AtomicBool::new(true))
}

fn says(body: &[u8], text: &str) -> bool {
    String::from_utf8_lossy(body).contains(text)
}

/// Lets writes of items fail that have this text in them, while the switch is on.
fn refuses_puts_with(
    text: &'static str,
    is_on: &Arc<AtomicBool>,
) -> impl Fn(Moment, &Call<'_>) -> Option<Fault> + Send + Sync + 'static {
    let is_on = is_on.clone();
    move |moment, call| {
        let hit = moment == Moment::Before && call.operation == "PutItem" && says(call.body, text);
        (hit && is_on.load(Ordering::Relaxed)).then(|| Fault::Fail {
            status: 400,
            code: "AccessDeniedException".to_owned(),
            message: String::new(),
        })
    }
}

//! Failures of table and bucket: what is saved stays, and nothing that is used is deleted.

use super::{fold_at_night, listed, manifest, recorded, refuses_puts_with, says, switch};
use crate::handler;
use application::change_log::fold::{FoldPorts, fold, fold_daily};
use application::change_log::{block_key, blocks_of};
use application::queue_messages::Queue;
use application::{Ports, StoreError};
use domain::event::{Event, EventKind};
use domain::lead::Lead;
use domain::{LeadId, WorkspaceId};
use jiff::{SignedDuration, Timestamp};
use local_cloud::{Fault, Moment, Service};
use std::sync::atomic::Ordering;
use test_stage::RecordedLeads;

/// Folds of one workspace that fail are tried again, and hold up neither the recording nor another workspace.
#[tokio::test]
async fn workspace_whose_folds_fail_stops_no_recording_and_no_other_workspace() {
    let scene = RecordedLeads::new().await;
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
    assert_eq!(listed(&scene).await, 2, "the list is read from the table and what was recorded");
}

#[tokio::test]
async fn bucket_that_does_not_answer_has_lost_nothing() {
    let scene = RecordedLeads::new().await;
    scene.create("ann").await;
    scene.record_and_fold().await;
    let before = scene.head().await;
    scene.create("bob").await;
    scene.stage.record_alone().await;
    let fails = switch();
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
    assert!(manifest(&scene).await.rebuild.is_none());
    assert_eq!(listed(&scene).await, 2);
}

/// A block is lost, and the night's fold is stopped before it saves anything: the blocks that are left are still the list.
#[tokio::test]
async fn night_that_breaks_off_behind_a_lost_block_deletes_no_other_block() {
    let scene = RecordedLeads::new().await;
    for names in [&["ann", "bob", "cy"][..], &["dan"]] {
        for name in names {
            scene.create(&format!("{name} {}", "x".repeat(300_000))).await;
        }
        scene.record_and_fold().await;
    }
    let names = manifest(&scene).await.blocks_of_all_runs();
    let [lost, left] = [0, 1].map(|at| block_key(&scene.workspace, &names[at]));
    scene.folding.blobs.delete(&lost).await.unwrap();
    scene.stage.advance(SignedDuration::from_hours(3));
    let fails = switch();
    scene.stage.cloud.faults().inject(refuses_puts_with("change_head", &fails));
    let folded = fold_daily(&scene.folding, &scene.workspace, Timestamp::MAX).await;
    assert!(folded.is_err(), "{folded:?}");
    assert!(scene.folding.blobs.get(&left).await.is_ok());
    fails.store(false, Ordering::Relaxed);
    fold_at_night(&scene).await;
    assert_eq!(listed(&scene).await, 4);
}

/// The client repeats a write whose answer was lost, and the table refuses the second one.
#[tokio::test]
async fn head_that_was_saved_counts_though_its_answer_was_lost() {
    let scene = RecordedLeads::new().await;
    scene.create("ann").await;
    scene.record_and_fold().await;
    scene.create("bob").await;
    scene.stage.record_alone().await;
    let loses = switch();
    let does_it = loses.clone();
    scene.stage.cloud.faults().inject(move |moment, call| {
        let hit = moment == Moment::Before && call.operation == "PutItem" && says(call.body, "change_head");
        (hit && does_it.swap(false, Ordering::Relaxed)).then_some(Fault::LoseResponse)
    });
    let folding = FoldPorts { change_log: scene.stage.retrying_table(), ..scene.folding.clone() };
    let head = fold(&folding, &scene.workspace).await.unwrap();
    assert!(!loses.load(Ordering::Relaxed), "an answer was lost");
    assert_eq!(scene.head().await, head);
    let kept = scene.folding.blobs.list(&blocks_of(&scene.workspace)).await.unwrap();
    for name in manifest(&scene).await.blocks_of_all_runs() {
        assert!(kept.contains(&block_key(&scene.workspace, &name)), "what the head names stays");
    }
    assert_eq!(listed(&scene).await, 2);
}

/// A table that is restored may lack changes which were recorded before others that it has.
#[tokio::test]
async fn list_is_made_from_the_table_where_recorded_changes_are_missing() {
    let scene = RecordedLeads::new().await;
    scene.create("ann").await;
    scene.record_and_fold().await;
    scene.create("bob").await;
    scene.stage.news();
    let later = recorded(&scene, scene.head().await.folded + 2, Vec::new());
    scene.folding.change_log.append(&later).await.unwrap();
    let head = fold(&scene.folding, &scene.workspace).await.unwrap();
    assert_eq!(head.folded, later.number);
    let runs = manifest(&scene).await.runs;
    let leads: usize = runs.iter().flat_map(|run| &run.blocks).map(|block| block.leads).sum();
    assert_eq!(leads, 2, "bob is in no recorded change");
}

//! Texts of erased leads go from blocks and from recorded changes.

use super::{is_kept, listed, manifest, recorded, refuses_puts_with, switch};
use crate::handler;
use application::Ports;
use application::change_log::block_key;
use application::change_log::fold::fold;
use application::lead::deletion::{DeletionPorts, delete_lead, erase_lead};
use application::ports::change_log::{ALL, ChangeHead};
use application::queue_messages::{FoldChanges, Queue};
use domain::event::Actor;
use std::sync::atomic::Ordering;
use test_stage::RecordedLeads;

#[tokio::test]
async fn texts_of_an_erased_lead_are_gone_from_every_run_once_it_is_folded() {
    let scene = RecordedLeads::new().await;
    let ann = scene.create("annabelle").await;
    for n in 0..3 {
        scene.create(&format!("bob {n} {}", "x".repeat(300_000))).await;
        scene.record_and_fold().await;
    }
    scene.note(&ann, "called").await;
    scene.record_and_fold().await;
    assert!(is_kept(&scene, "annabelle").await);
    assert!(manifest(&scene).await.runs.len() > 1, "{:?}", manifest(&scene).await.runs);
    scene.erase(&ann).await;
    let head = scene.record_and_fold().await;
    assert_eq!((head.emptied, head.to_be_emptied), (head.folded, head.folded));
    assert!(!is_kept(&scene, "annabelle").await);
    assert!(is_kept(&scene, "bob").await);
    assert_eq!(listed(&scene).await, 3);
    let log = serde_json::to_string(&scene.log().await).unwrap();
    assert!(log.contains(ann.ulid_text()) && !log.contains("annabelle"), "{log}");
}

#[tokio::test]
async fn erasure_that_broke_off_behind_its_head_is_finished_by_the_next_fold() {
    let scene = RecordedLeads::new().await;
    let ann = scene.create("annabelle").await;
    scene.record_and_fold().await;
    let before = scene.folding.change_log.since(&scene.workspace, 0, ALL).await.unwrap().changes;
    scene.erase(&ann).await;
    let head = scene.record_and_fold().await;
    // It has saved its head, and was stopped before it emptied what is in the blocks now.
    scene.folding.change_log.save_head(&ChangeHead { emptied: 0, ..head }).await.unwrap();
    let gone = block_key(&scene.workspace, &manifest(&scene).await.replaced[0].0);
    let bytes = before[0].leads.clone();
    scene.folding.blobs.put(&gone, "application/octet-stream", bytes).await.unwrap();
    assert!(is_kept(&scene, "annabelle").await);
    let orders = [FoldChanges { workspace: scene.workspace.clone(), is_daily: false }];
    application::ports::outbox::send_all(&*scene.stage.ports.outbox(), &orders, 0).await.unwrap();
    assert!(scene.stage.drain(Queue::Folds, &handler(&scene.stage.ports)).await > 0);
    assert!(!is_kept(&scene, "annabelle").await);
    assert_eq!(scene.head().await.emptied, scene.head().await.folded);
}

#[tokio::test]
async fn deleted_lead_is_recorded_as_gone_and_its_texts_go_with_its_erasure() {
    let scene = RecordedLeads::new().await;
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
    assert!(!is_kept(&scene, "annabelle").await);
    assert!(is_kept(&scene, "bob").await);
}

/// Thousands of changes are emptied in parts, and a fold goes on where another broke off between two of them.
#[tokio::test]
async fn emptying_that_broke_off_between_two_parts_goes_on_behind_the_first() {
    let scene = RecordedLeads::new().await;
    scene.create("annabelle").await;
    let head = scene.record_and_fold().await;
    let all = async || scene.folding.change_log.since(&scene.workspace, 0, ALL).await.unwrap().changes;
    let leads = all().await.remove(0).leads;
    for number in [2_500, 4_400] {
        scene.folding.change_log.append(&recorded(&scene, number, leads.clone())).await.unwrap();
    }
    let due = ChangeHead { folded: 4_500, emptied: 0, to_be_emptied: 4_500, ..head };
    scene.folding.change_log.save_head(&due).await.unwrap();
    let fails = switch();
    scene.stage.cloud.faults().inject(refuses_puts_with("0000002500", &fails));
    let broken_off = fold(&scene.folding, &scene.workspace).await;
    assert!(broken_off.is_err(), "{broken_off:?}");
    assert_eq!(scene.head().await.emptied, 2_000, "the first part is done");
    fails.store(false, Ordering::Relaxed);
    fold(&scene.folding, &scene.workspace).await.unwrap();
    assert_eq!(scene.head().await.emptied, 4_500);
    assert!(all().await.iter().all(|change| change.is_emptied && change.leads.is_empty()));
}

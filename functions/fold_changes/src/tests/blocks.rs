//! Blocks: cut by bytes, made anew where they are lost or of an earlier form, and deleted once nobody reads them.

use super::{fold_at_night, listed, manifest, new_process, recorded, total};
use application::change_log::fold::fold;
use application::change_log::{block_key, blocks_of};
use application::ports::change_log::{BlocksOfList, ChangeHead, LeadBlock};
use application::{Ports, StoreError};
use domain::LeadId;
use domain::lead::Lead;
use jiff::SignedDuration;
use lead_columns::block::{FORM, PackedChange, join};
use test_stage::RecordedLeads;

#[tokio::test]
async fn lost_blocks_are_made_from_the_table_at_night_and_by_a_fold_that_needs_them() {
    for at_night in [true, false] {
        let scene = RecordedLeads::new().await;
        for name in ["ann", "bob"] {
            scene.create(name).await;
        }
        scene.record_and_fold().await;
        for run in manifest(&scene).await.runs {
            let key = block_key(&scene.workspace, &run.blocks[0].name);
            scene.folding.blobs.delete(&key).await.unwrap();
        }
        assert_eq!(listed(&scene).await, 2, "the table is read meanwhile");
        if at_night {
            fold_at_night(&scene).await;
        } else {
            scene.create("cy").await;
            scene.record_and_fold().await;
        }
        let manifest = manifest(&scene).await;
        assert!(manifest.rebuild.is_none(), "{manifest:?}");
        let leads: usize = manifest.runs.iter().flat_map(|run| &run.blocks).map(|block| block.leads).sum();
        assert_eq!(leads, if at_night { 2 } else { 3 });
        assert_eq!(listed(&scene).await, leads);
    }
}

/// Blocks of an earlier version stand in the head itself.
#[tokio::test]
async fn blocks_of_an_earlier_version_are_read_until_they_are_made_anew() {
    let scene = RecordedLeads::new().await;
    for name in ["ann", "bob"] {
        scene.create(name).await;
    }
    let head = scene.record_and_fold().await;
    let run = manifest(&scene).await.runs.remove(0);
    let former =
        |block: LeadBlock| LeadBlock { from: String::new(), to: String::new(), bytes: 0, form: 0, ..block };
    let blocks = BlocksOfList::InHead(run.blocks.into_iter().map(former).collect());
    scene.folding.change_log.save_head(&ChangeHead { blocks, ..head }).await.unwrap();
    let ledger = scene.stage.cloud.ledger();
    let before = ledger.snapshot();
    assert_eq!(listed(&scene).await, 2);
    assert_eq!(ledger.since(&before).total().calls, 3, "the head, a block, and what came after it");
    fold_at_night(&scene).await;
    assert!(manifest(&scene).await.runs.iter().flat_map(|run| &run.blocks).all(|block| block.form == FORM));
    assert_eq!(listed(&scene).await, 2);
}

/// Fifty wide fields a lead: eight thousand such leads in one block could not be read again.
#[tokio::test]
async fn blocks_of_wide_leads_are_cut_by_their_bytes() {
    let scene = RecordedLeads::new().await;
    let now = scene.stage.ports.clock().now();
    let wide = |n: usize| {
        let mut lead = Lead::blank(LeadId::derived(now, &[&n.to_string()]), scene.workspace.clone(), now);
        lead.custom = (0..50).map(|field| (format!("field {field}"), "wide ".repeat(400))).collect();
        lead.rev = 1;
        PackedChange::put(&lead).unwrap()
    };
    for number in 1..=18 {
        let leads: Vec<PackedChange> = (0..40).map(|n| wide(number * 40 + n)).collect();
        let changes = recorded(&scene, number as u64, join(&leads).unwrap());
        scene.folding.change_log.append(&changes).await.unwrap();
    }
    fold(&scene.folding, &scene.workspace).await.unwrap();
    let runs = manifest(&scene).await.runs;
    let blocks: Vec<&LeadBlock> = runs.iter().flat_map(|run| &run.blocks).collect();
    assert!(blocks.iter().map(|block| block.bytes).sum::<u64>() > 64 << 20);
    assert!(blocks.iter().all(|block| block.bytes <= 8 << 20), "{blocks:?}");
    assert_eq!(listed(&scene).await, 18 * 40);
}

#[tokio::test]
async fn head_costs_one_read_unit_however_many_folds_an_hour_has() {
    let scene = RecordedLeads::new().await;
    let leads = [scene.create("ann").await, scene.create("bob").await];
    for n in 0..150 {
        scene.stage.advance(SignedDuration::from_secs(20));
        scene.note(&leads[n % 2], &format!("call {n}")).await;
        scene.record_and_fold().await;
    }
    let ledger = scene.stage.cloud.ledger();
    let before = ledger.snapshot();
    scene.head().await;
    assert_eq!(ledger.since(&before).total().read_units, 1.0);
    assert!(manifest(&scene).await.replaced.len() < 100, "what was replaced is forgotten in time");
    let bucket = scene.folding.blobs.list(&blocks_of(&scene.workspace)).await.unwrap();
    assert!(bucket.len() < 120, "{}", bucket.len());
}

#[tokio::test]
async fn second_of_two_folds_changes_nothing_and_no_object_is_left_that_no_list_has() {
    let scene = RecordedLeads::new().await;
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
    assert_eq!((scene.told_of_leads().await.len(), listed(&scene).await), (2, 2));
    scene.stage.advance(SignedDuration::from_hours(3));
    scene.create("cy").await;
    scene.record_and_fold().await;
    fold_at_night(&scene).await;
    let mut known = manifest(&scene).await.names();
    if let BlocksOfList::InManifest(name) = scene.head().await.blocks {
        known.push(name);
    }
    let mut known: Vec<String> = known.into_iter().map(|name| block_key(&scene.workspace, &name)).collect();
    known.sort();
    let kept = scene.folding.blobs.list(&blocks_of(&scene.workspace)).await.unwrap();
    assert_eq!(kept, known);
}

/// A merge copies leads as they are, so what it writes has the earliest form of what it has read.
#[tokio::test]
async fn block_merged_from_leads_of_an_earlier_form_is_still_made_anew_at_night() {
    let scene = RecordedLeads::new().await;
    scene.create("ann").await;
    let head = scene.record_and_fold().await;
    let mut former = manifest(&scene).await;
    former.runs[0].blocks[0].form = FORM - 1;
    let BlocksOfList::InManifest(name) = &head.blocks else { panic!("{head:?}") };
    let bytes = serde_json::to_vec(&former).unwrap();
    let key = block_key(&scene.workspace, name);
    scene.folding.blobs.put(&key, "application/json", bytes).await.unwrap();
    scene.create("bob").await;
    scene.record_and_fold().await;
    let forms = async || {
        let runs = manifest(&scene).await.runs;
        runs.iter().flat_map(|run| &run.blocks).map(|block| (block.leads, block.form)).collect::<Vec<_>>()
    };
    assert_eq!(forms().await, [(2, FORM - 1)]);
    fold_at_night(&scene).await;
    assert_eq!(forms().await, [(2, FORM)]);
}

/// A process that was asleep for a day would read a day's changes of a busy workspace, which are in the blocks already.
#[tokio::test]
async fn list_that_was_away_for_long_is_loaded_anew() {
    let scene = RecordedLeads::new().await;
    let ann = scene.create("ann").await;
    scene.record_and_fold().await;
    let lists = new_process(&scene);
    assert_eq!(total(&scene, &lists).await, 1);
    let calls_behind = async |changes: usize, is_folded: bool| {
        let first = scene.numbers().await.len() as u64 + 1;
        for number in first..first + changes as u64 {
            scene.folding.change_log.append(&recorded(&scene, number, Vec::new())).await.unwrap();
        }
        if is_folded {
            fold(&scene.folding, &scene.workspace).await.unwrap();
        }
        let ledger = scene.stage.cloud.ledger();
        let before = ledger.snapshot();
        total(&scene, &lists).await;
        ledger.since(&before).total().calls
    };
    assert_eq!(calls_behind(99, true).await, 1, "they are taken in");
    scene.note(&ann, "called").await;
    scene.record_and_fold().await;
    assert_eq!(
        calls_behind(1_000, true).await,
        6,
        "a hundred, the head twice, a manifest, a block, the rest"
    );
    assert_eq!(calls_behind(150, false).await, 3, "a hundred, the head, and fifty that are in no block yet");
}

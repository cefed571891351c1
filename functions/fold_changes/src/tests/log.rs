//! The log: its files are chained, and a fold that broke off leaves no entry out and none twice.

use super::{is_kept, listed};
use application::change_log::fold::fold;
use application::change_log::log_files::{LogFault, read_log, read_log_to};
use application::change_log::{block_key, blocks_of, log_file_key, log_files_of};
use application::lead::deletion::{DeletionPorts, delete_lead, restore_lead};
use application::ports::change_log::{BlocksOfList, ChangeHead};
use domain::event::UserOrKey;
use jiff::SignedDuration;
use serde_json::json;
use test_stage::RecordedLeads;

#[tokio::test]
async fn changed_or_missing_log_file_shows() {
    let scene = RecordedLeads::new().await;
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
async fn deletion_and_its_undo_are_entries_with_the_user_and_the_time_and_no_text() {
    let scene = RecordedLeads::new().await;
    let ann = scene.create("annabelle").await;
    let (deletion, by) =
        (DeletionPorts::new(&scene.stage.ports), || Some(UserOrKey::from(scene.user.clone())));
    let deleted_at = scene.stage.advance(SignedDuration::from_hours(1));
    delete_lead(&deletion, (&scene.workspace, &ann), by()).await.unwrap();
    scene.stage.advance(SignedDuration::from_hours(1));
    restore_lead(&deletion, (&scene.workspace, &ann), by()).await.unwrap();
    scene.record_and_fold().await;
    assert!(is_kept(&scene, "annabelle").await, "it is listed again");
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
async fn fold_that_broke_off_behind_its_log_file_is_taken_up() {
    let scene = RecordedLeads::new().await;
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
    assert_eq!(listed(&scene).await, 3);
}

/// A restored table knows neither the files nor the blocks that were written since its moment.
#[tokio::test]
async fn restored_table_goes_on_behind_the_log_files_that_it_does_not_know() {
    let scene = RecordedLeads::new().await;
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

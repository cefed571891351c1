use std::path::Path;

use super::*;
use crate::{Durability, OpenError};

fn open(dir: &Path) -> LocalCloud {
    LocalCloud::open(dir, Hands::new(), Durability::ProcessDeath).unwrap()
}

/// Copies the files as a killed process leaves them: nothing is closed, nothing is flushed.
fn killed(dir: &Path) -> tempfile::TempDir {
    let image = tempfile::tempdir().unwrap();
    for entry in std::fs::read_dir(dir).unwrap() {
        let entry = entry.unwrap();
        std::fs::copy(entry.path(), image.path().join(entry.file_name())).unwrap();
    }
    image
}

#[tokio::test]
async fn all_stores_survive_a_killed_process() {
    let dir = tempfile::tempdir().unwrap();
    let cloud = open(dir.path());
    table(&cloud);
    let url = cloud.create_queue("send", &[("VisibilityTimeout", "300")]).unwrap();
    cloud.put_secret("stage", "one").unwrap();
    cloud.put_secret("stage", "two").unwrap();
    let (db, queue) = (dynamodb(&cloud), sqs(&cloud));
    db.put_item().table_name("main").set_item(Some(item("a", "1", [("v", "x")]))).send().await.unwrap();
    for body in ["taken", "waiting"] {
        queue.send_message().queue_url(&url).message_body(body).send().await.unwrap();
    }
    let taken = cloud.queues().receive("send", 1, None).unwrap();
    let end = cloud.stream_end("main").unwrap();

    let image = killed(dir.path());
    let again = open(image.path());
    table(&again);
    let get = dynamodb(&again).get_item().table_name("main").set_key(Some(item("a", "1", [])));
    assert_eq!(get.send().await.unwrap().item, Some(item("a", "1", [("v", "x")])));
    assert_eq!(again.stream_records("main", 0, 10).unwrap().last, end);
    let depth = again.queues().depth("send").unwrap();
    assert_eq!((depth.visible, depth.in_flight), (1, 1));
    again.queues().delete("send", &[&taken[0].receipt_handle]).unwrap();
    assert_eq!(again.queues().receive("send", 10, None).unwrap()[0].body, "waiting");
    let secrets = aws_sdk_secretsmanager::Client::new(&again.sdk_config_for(Principal::root()));
    let secret = secrets.get_secret_value().secret_id("stage").send().await.unwrap();
    assert_eq!(secret.secret_string.as_deref(), Some("two"));
}

#[test]
fn folder_is_locked_by_one_process() {
    let dir = tempfile::tempdir().unwrap();
    let cloud = open(dir.path());
    let second = LocalCloud::open(dir.path(), Hands::new(), Durability::ProcessDeath);
    assert!(matches!(second, Err(OpenError::Busy(_))));
    drop(cloud);
    open(dir.path());
}

#[tokio::test]
async fn copied_cloud_is_independent() {
    let (dir, copy) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let cloud = LocalCloud::open(dir.path(), Hands::new(), Durability::PowerLoss).unwrap();
    table(&cloud);
    let db = dynamodb(&cloud);
    db.put_item().table_name("main").set_item(Some(item("a", "1", []))).send().await.unwrap();
    cloud.copy_to(copy.path()).unwrap();
    let restored = open(copy.path());
    let get = dynamodb(&restored).get_item().table_name("main").set_key(Some(item("a", "1", [])));
    assert!(get.send().await.unwrap().item.is_some());
}

#[tokio::test]
async fn trimmed_stream_continues_its_numbers() {
    let (cloud, _) = cloud();
    table(&cloud);
    let db = dynamodb(&cloud);
    for pk in ["a", "b", "c"] {
        db.put_item().table_name("main").set_item(Some(item(pk, "1", []))).send().await.unwrap();
    }
    let read = cloud.stream_records("main", 0, 2).unwrap();
    assert_eq!(cloud.trim_stream("main", read.last).unwrap(), 2);
    let rest = cloud.stream_records("main", read.last, 10).unwrap();
    assert_eq!(rest.records.len(), 1);
    assert_eq!(cloud.trim_stream("main", rest.last).unwrap(), 0, "the newest stays");
    db.put_item().table_name("main").set_item(Some(item("d", "1", []))).send().await.unwrap();
    let next = cloud.stream_records("main", rest.last, 10).unwrap();
    assert_eq!(next.records.len(), 1);
    assert!(next.last > rest.last);
}

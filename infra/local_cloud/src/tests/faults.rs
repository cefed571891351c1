use std::future::Future;
use std::sync::atomic::{AtomicU32, Ordering};
use std::task::Poll;
use std::time::Duration;

use aws_sdk_dynamodb::error::ProvideErrorMetadata;
use aws_sdk_dynamodb::types::{KeysAndAttributes, Put, TransactWriteItem, WriteRequest};

use super::*;
use crate::{Cancellation, Fault, Moment, Service};

/// Injects a fault into the first call of an operation.
fn once(cloud: &LocalCloud, operation: &'static str, moment: Moment, fault: Fault) {
    let left = AtomicU32::new(1);
    cloud.faults().inject(move |now, call| {
        let hit = now == moment && call.operation == operation && left.swap(0, Ordering::Relaxed) == 1;
        hit.then(|| fault.clone())
    });
}

async fn put(db: &aws_sdk_dynamodb::Client, pk: &str) -> Result<(), String> {
    let put = db.put_item().table_name("main").set_item(Some(item(pk, "1", []))).send().await;
    put.map(drop).map_err(|error| error.code().unwrap_or("no answer").to_owned())
}

async fn is_there(db: &aws_sdk_dynamodb::Client, pk: &str) -> bool {
    let get = db.get_item().table_name("main").set_key(Some(item(pk, "1", [])));
    get.send().await.unwrap().item.is_some()
}

#[tokio::test]
async fn call_fails_before_or_after_its_effect() {
    let (cloud, _) = cloud();
    table(&cloud);
    let db = dynamodb(&cloud);
    let broken = || Fault::Fail { status: 500, code: "InternalServerError".into(), message: "broken".into() };
    once(&cloud, "PutItem", Moment::Before, broken());
    assert_eq!(put(&db, "a").await, Err("InternalServerError".to_owned()));
    assert!(!is_there(&db, "a").await);
    once(&cloud, "PutItem", Moment::After, broken());
    assert_eq!(put(&db, "a").await, Err("InternalServerError".to_owned()));
    assert!(is_there(&db, "a").await);
    once(&cloud, "PutItem", Moment::Before, Fault::Throttle);
    assert_eq!(put(&db, "b").await, Err("ProvisionedThroughputExceededException".to_owned()));
    assert_eq!(put(&db, "b").await, Ok(()));
}

#[tokio::test]
async fn lost_response_keeps_the_effect() {
    let (cloud, _) = cloud();
    table(&cloud);
    let db = dynamodb(&cloud);
    once(&cloud, "PutItem", Moment::Before, Fault::LoseResponse);
    assert_eq!(put(&db, "a").await, Err("no answer".to_owned()));
    assert!(is_there(&db, "a").await);
}

#[tokio::test]
async fn late_call_takes_effect_on_the_state_of_then() {
    let (cloud, _) = cloud();
    table(&cloud);
    let db = dynamodb(&cloud);
    let once_only = || {
        let put = db.put_item().table_name("main").set_item(Some(item("b", "1", [])));
        put.condition_expression("attribute_not_exists(pk)").send()
    };
    for meanwhile in [false, true] {
        once(&cloud, "PutItem", Moment::Before, Fault::DoneLater);
        assert_eq!(put(&db, "a").await, Err("no answer".to_owned()));
        if meanwhile {
            db.delete_item().table_name("main").set_key(Some(item("a", "1", []))).send().await.unwrap();
        }
        assert!(!is_there(&db, "a").await, "not yet");
        assert!(cloud.run_deferred_call() && !cloud.run_deferred_call());
        assert!(is_there(&db, "a").await);
    }
    once(&cloud, "PutItem", Moment::Before, Fault::DoneLater);
    once_only().await.unwrap_err();
    once_only().await.unwrap();
    let changes = cloud.stream_end("main").unwrap();
    assert!(cloud.run_deferred_call());
    assert_eq!(cloud.stream_end("main").unwrap(), changes, "its condition holds no more");
}

#[tokio::test]
async fn transaction_is_cancelled_by_a_conflict() {
    let (cloud, _) = cloud();
    table(&cloud);
    let db = dynamodb(&cloud);
    once(&cloud, "TransactWriteItems", Moment::Before, Fault::TransactionCancelled(Cancellation::Conflict));
    let write = || {
        let put = Put::builder().table_name("main").set_item(Some(item("a", "1", []))).build().unwrap();
        db.transact_write_items().transact_items(TransactWriteItem::builder().put(put).build()).send()
    };
    let lost = write().await.unwrap_err().into_service_error();
    match lost {
        aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError::TransactionCanceledException(
            cancelled,
        ) => {
            let reasons = cancelled.cancellation_reasons.unwrap();
            assert_eq!(reasons[0].code.as_deref(), Some("TransactionConflict"));
        }
        other => panic!("{other:?}"),
    }
    write().await.unwrap();
}

#[tokio::test]
async fn delayed_message_becomes_visible_later() {
    let (cloud, clock) = cloud();
    let url = cloud.create_queue("send", &[]).unwrap();
    once(&cloud, "SendMessage", Moment::Before, Fault::DelayVisibility(Duration::from_secs(90)));
    sqs(&cloud).send_message().queue_url(&url).message_body("x").send().await.unwrap();
    assert_eq!(cloud.queues().receive("send", 10, None).unwrap().len(), 0);
    let next = cloud.queues().next_visible_at(&["send"]).unwrap().unwrap();
    assert_eq!(next.duration_since(cloud.clock().now()).as_secs(), 90);
    clock.advance(90);
    assert_eq!(cloud.queues().receive("send", 10, None).unwrap().len(), 1);
}

#[tokio::test]
async fn injector_sees_principal_operation_and_resource() {
    let (cloud, _) = cloud();
    table(&cloud);
    let seen = Arc::new(Mutex::new(Vec::new()));
    let log = seen.clone();
    cloud.faults().inject(move |moment, call| {
        let line = (moment, call.service, call.principal.to_owned(), call.resource.to_owned());
        log.lock().unwrap().push(line);
        None
    });
    put(&dynamodb(&cloud), "a").await.unwrap();
    let line = |moment| (moment, Service::DynamoDb, "root".to_owned(), crate::names::table_arn("main"));
    assert_eq!(*seen.lock().unwrap(), [line(Moment::Before), line(Moment::After)]);
}

#[tokio::test]
async fn half_batch_names_the_unprocessed_rest() {
    let (cloud, _) = cloud();
    table(&cloud);
    let db = dynamodb(&cloud);
    let write = |pk: &str| {
        let put = aws_sdk_dynamodb::types::PutRequest::builder().set_item(Some(item(pk, "1", [])));
        WriteRequest::builder().put_request(put.build().unwrap()).build()
    };
    let requests: Vec<_> = ["a", "b", "c"].map(write).into();
    once(&cloud, "BatchWriteItem", Moment::Before, Fault::Unprocessed);
    let answer = db.batch_write_item().request_items("main", requests).send().await.unwrap();
    let left = answer.unprocessed_items.unwrap();
    assert_eq!(left["main"], [write("c")]);
    assert!(is_there(&db, "b").await && !is_there(&db, "c").await);
    let keys = ["a", "b"].map(|pk| item(pk, "1", []));
    let wanted = KeysAndAttributes::builder().set_keys(Some(keys.clone().into())).consistent_read(true);
    let wanted = wanted.build().unwrap();
    once(&cloud, "BatchGetItem", Moment::Before, Fault::Unprocessed);
    let answer = db.batch_get_item().request_items("main", wanted).send().await.unwrap();
    assert_eq!(answer.responses.unwrap()["main"], [keys[0].clone()]);
    let left = &answer.unprocessed_keys.unwrap()["main"];
    assert_eq!((left.keys(), left.consistent_read()), (&keys[1..], Some(true)));
}

#[tokio::test]
async fn eventually_consistent_read_lags_behind_writes() {
    let (cloud, clock) = cloud();
    table(&cloud);
    let db = dynamodb(&cloud);
    let put = async |pk: &str, group: &str| {
        let item = item(pk, "1", [("gpk", group), ("gsk", pk)]);
        db.put_item().table_name("main").set_item(Some(item)).send().await.unwrap();
    };
    let delete =
        async |pk| db.delete_item().table_name("main").set_key(Some(item(pk, "1", []))).send().await.unwrap();
    let behind = |operation| {
        once(&cloud, operation, Moment::Before, Fault::Behind(Duration::from_secs(5)));
    };
    let query = |group| {
        let query = db.query().table_name("main").index_name("roster").key_condition_expression("gpk = :g");
        query.expression_attribute_values(":g", s(group)).limit(2).send()
    };
    let listed = async |group| {
        behind("Query");
        let answer = query(group).await.unwrap();
        let names = answer.items().iter().map(|item| item["pk"].as_s().unwrap().clone());
        names.collect::<Vec<_>>()
    };
    let group_of = async |pk, strong| {
        behind("GetItem");
        let get = db.get_item().table_name("main").set_key(Some(item(pk, "1", []))).consistent_read(strong);
        get.send().await.unwrap().item.map(|item| item["gpk"].as_s().unwrap().clone())
    };
    put("a", "g").await;
    assert_eq!((listed("g").await, group_of("a", false).await), (vec![], None));
    assert_eq!(group_of("a", true).await.as_deref(), Some("g"), "a strong read has the newest");
    clock.advance(10);
    put("b", "g").await;
    put("a", "h").await;
    put("a", "i").await;
    assert_eq!(listed("g").await, ["a"], "not yet moved to another group, and nobody came into this one");
    assert!(listed("i").await.is_empty());
    assert_eq!(group_of("a", false).await.as_deref(), Some("g"));
    clock.advance(10);
    delete("b").await;
    assert_eq!((listed("g").await, listed("i").await), (vec!["b".to_owned()], vec!["a".to_owned()]));
    cloud.faults().clear();
    assert_eq!(query("g").await.unwrap().count, 0, "what was looked at is as it was");
    clock.advance(10);
    assert!(listed("g").await.is_empty());
}

#[tokio::test]
async fn caller_is_held_up_before_and_after_the_effect() {
    let (cloud, _) = cloud();
    table(&cloud);
    let db = dynamodb(&cloud);
    for (moment, pk) in [(Moment::Before, "a"), (Moment::After, "b")] {
        cloud.faults().hold_up(move |now, call| {
            let here = now == moment && call.operation == "PutItem";
            here.then(|| -> crate::Pause { Box::pin(std::future::pending()) })
        });
        let mut call = Box::pin(put(&db, pk));
        for _ in 0..3 {
            let polled = std::future::poll_fn(|context| Poll::Ready(call.as_mut().poll(context))).await;
            assert!(polled.is_pending());
        }
        drop(call);
        cloud.faults().clear();
        assert_eq!(is_there(&db, pk).await, moment == Moment::After);
    }
}

#[tokio::test]
async fn queue_bodies_are_read_without_a_delivery() {
    let (cloud, _) = cloud();
    cloud.create_queue("send", &[]).unwrap();
    let queues = cloud.queues();
    for body in ["one", "two"] {
        queues.send("send", body).unwrap();
    }
    assert_eq!(queues.receive("send", 1, None).unwrap().len(), 1);
    assert_eq!(queues.bodies("send").unwrap(), ["one", "two"]);
    assert_eq!(queues.receive("send", 10, None).unwrap()[0].receive_count(), 1);
}

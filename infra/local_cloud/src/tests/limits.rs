//! The size limits of AWS, apart from those of items, batches and messages, which the contract checks.

use aws_sdk_dynamodb::error::ProvideErrorMetadata;
use aws_sdk_dynamodb::types::{Put, TransactWriteItem};

use super::*;

#[tokio::test]
async fn transaction_above_4_mb_is_refused() {
    let (cloud, _) = cloud();
    table(&cloud);
    let dynamodb = dynamodb(&cloud);
    let write = |count: usize| {
        let body = "x".repeat(390_000);
        let puts = (0..count).map(|number| {
            let item = item("large", &number.to_string(), [("body", &body)]);
            let put = Put::builder().table_name("main").set_item(Some(item)).build().unwrap();
            TransactWriteItem::builder().put(put).build()
        });
        dynamodb.transact_write_items().set_transact_items(Some(puts.collect())).send()
    };
    let refused = write(11).await.unwrap_err();
    assert_eq!(refused.code(), Some("ValidationException"));
    assert_eq!(cloud.items("main").unwrap().len(), 0);
    write(10).await.unwrap();
    assert_eq!(cloud.items("main").unwrap().len(), 10);
}

#[tokio::test]
async fn message_carries_the_chain_of_its_sender() {
    let (cloud, _) = cloud();
    let url = cloud_queue(&cloud);
    let sqs = sqs(&cloud);
    let send = |body: &str| sqs.send_message().queue_url(&url).message_body(body).send();
    crate::trace::scope("Root=1-0-0;Lineage=a:3", send("inside")).await.unwrap();
    send("outside").await.unwrap();
    let received = cloud.queues().receive("work", 10, None).unwrap();
    let chains: Vec<Option<&str>> =
        received.iter().map(|m| m.attributes.get(crate::TRACE_HEADER).map(String::as_str)).collect();
    assert_eq!(chains, [Some("Root=1-0-0;Lineage=a:3"), None]);
    let handles: Vec<&str> = received.iter().map(|m| m.receipt_handle.as_str()).collect();
    cloud.queues().set_aside("work", &handles[..1]).unwrap();
    assert_eq!(cloud.queues().bodies("work").unwrap(), ["outside"]);
    let dead = cloud.queues().receive("work-dead", 10, None).unwrap().remove(0);
    assert_eq!(dead.body, "inside");
    assert_eq!(dead.attributes[crate::TRACE_HEADER], "Root=1-0-0;Lineage=a:3");
    assert!(dead.attributes["DeadLetterQueueSourceArn"].ends_with(":work"));
}

fn cloud_queue(cloud: &LocalCloud) -> String {
    cloud.create_queue("work-dead", &[]).unwrap();
    let policy = crate::redrive_attribute(&crate::names::queue_arn("work-dead"), 5);
    cloud.create_queue("work", &[("RedrivePolicy", &policy)]).unwrap();
    crate::names::queue_url("work")
}

use super::*;

#[tokio::test]
async fn message_is_sent_and_received() {
    let (cloud, clock) = cloud();
    let sqs = sqs(&cloud);
    let url = sqs.create_queue().queue_name("send").send().await.unwrap().queue_url.unwrap();
    sqs.send_message().queue_url(&url).message_body("hello").delay_seconds(5).send().await.unwrap();
    let none = sqs.receive_message().queue_url(&url).send().await.unwrap();
    assert!(none.messages.is_none());
    clock.advance(5);
    let one = sqs.receive_message().queue_url(&url).send().await.unwrap().messages.unwrap();
    assert_eq!(one[0].body.as_deref(), Some("hello"));
}

#[tokio::test]
async fn item_is_put_read_and_streamed() {
    use aws_sdk_dynamodb::types::AttributeValue::{N, S};
    let (cloud, clock) = cloud();
    table(&cloud);
    let db = dynamodb(&cloud);
    for _ in 0..2 {
        db.put_item()
            .table_name("main")
            .item("pk", S("W#1#L#2".into()))
            .item("sk", S("LEAD".into()))
            .item("expires", N((clock.now().as_second() + 60).to_string()))
            .send()
            .await
            .unwrap();
    }
    let got = db
        .get_item()
        .table_name("main")
        .key("pk", S("W#1#L#2".into()))
        .key("sk", S("LEAD".into()))
        .send()
        .await
        .unwrap();
    assert_eq!(got.item.unwrap().len(), 3);
    let batch = cloud.stream_records("main", 0, 10).unwrap();
    assert_eq!(batch.records.len(), 1, "the second put changed nothing");
    assert_eq!(batch.records[0].event["eventName"], "INSERT");
    assert_eq!(cloud.sweep_expired().unwrap(), 0);
    clock.advance(61);
    assert_eq!(cloud.sweep_expired().unwrap(), 1);
    let rest = cloud.stream_records("main", batch.last, 10).unwrap();
    assert_eq!(rest.records.len(), 1);
    assert_eq!(rest.records[0].event["eventName"], "REMOVE");
    assert_eq!(rest.records[0].event["userIdentity"]["principalId"], "dynamodb.amazonaws.com");
    let total = cloud.ledger().snapshot().total();
    assert_eq!((total.write_units, total.read_units), (2.0, 0.5));
}

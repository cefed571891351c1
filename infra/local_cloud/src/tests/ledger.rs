use aws_sdk_dynamodb::types::{Delete, Put, ReturnConsumedCapacity, TransactWriteItem, Update, WriteRequest};

use super::*;
use crate::ledger::Snapshot;
use crate::purpose;

struct Books {
    cloud: LocalCloud,
    db: aws_sdk_dynamodb::Client,
    last: Snapshot,
}

impl Books {
    fn new() -> Self {
        let (cloud, _) = cloud();
        table(&cloud);
        Self { db: dynamodb(&cloud), last: Snapshot::default(), cloud }
    }

    /// Write and read units since the last call.
    fn used(&mut self) -> (f64, f64) {
        let used = self.cloud.ledger().since(&self.last);
        self.last = self.cloud.ledger().snapshot();
        (used.write_units(), used.read_units())
    }

    async fn put(&self, item: Item) {
        self.db.put_item().table_name("main").set_item(Some(item)).send().await.unwrap();
    }

    async fn update(&self, pk: &str, expression: &str, value: &str) {
        let update = self.db.update_item().table_name("main").set_key(Some(item(pk, "LEAD", [])));
        let update = update.update_expression(expression).expression_attribute_values(":v", s(value));
        update.send().await.unwrap();
    }
}

const INDEXED: [(&str, &str); 2] = [("gpk", "W#1"), ("gsk", "a")];

#[tokio::test]
async fn writes_cost_kilobytes_and_index_changes() {
    let mut books = Books::new();
    books.put(item("a", "LEAD", [])).await;
    assert_eq!(books.used(), (1.0, 0.0));
    books.put(item("b", "LEAD", INDEXED)).await;
    assert_eq!(books.used(), (2.0, 0.0), "a new index entry");
    books.update("b", "SET v = :v", "x").await;
    assert_eq!(books.used(), (1.0, 0.0), "the index carries keys only");
    books.update("b", "SET gsk = :v", "b").await;
    assert_eq!(books.used(), (3.0, 0.0), "the entry moved");
    books.update("b", "SET v = :v REMOVE gpk", &"x".repeat(1_500)).await;
    assert_eq!(books.used(), (3.0, 0.0), "2 KB, and the entry is gone");
    books.put(item("b", "LEAD", [])).await;
    assert_eq!(books.used(), (2.0, 0.0), "the larger of before and after");
}

#[tokio::test]
async fn failed_conditions_cost_a_write() {
    let mut books = Books::new();
    books.put(item("a", "LEAD", [("v", &"x".repeat(2_500))])).await;
    books.used();
    let put = books.db.put_item().table_name("main").set_item(Some(item("a", "LEAD", [])));
    put.condition_expression("attribute_not_exists(pk)").send().await.unwrap_err();
    assert_eq!(books.used(), (3.0, 0.0));
    let delete = books.db.delete_item().table_name("main").set_key(Some(item("none", "LEAD", [])));
    delete.condition_expression("attribute_exists(pk)").send().await.unwrap_err();
    assert_eq!(books.used(), (1.0, 0.0));
    assert_eq!(books.cloud.ledger().snapshot().total().failed_conditions, 2);
}

#[tokio::test]
async fn eventual_reads_cost_half_and_queries_cost_by_page() {
    let mut books = Books::new();
    for sk in ["M#1", "M#2", "M#3"] {
        books.put(item("a", sk, [("v", &"x".repeat(1_000))])).await;
    }
    books.used();
    let get = |strong| {
        let get = books.db.get_item().table_name("main").set_key(Some(item("a", "M#1", [])));
        get.consistent_read(strong).send()
    };
    get(false).await.unwrap();
    get(true).await.unwrap();
    assert_eq!(books.used(), (0.0, 1.5));
    let query = books.db.query().table_name("main").key_condition_expression("pk = :pk");
    query.expression_attribute_values(":pk", s("a")).send().await.unwrap();
    assert_eq!(books.used(), (0.0, 0.5), "3 kB in one page");
    let keys = aws_sdk_dynamodb::types::KeysAndAttributes::builder()
        .keys(item("a", "M#1", []))
        .keys(item("a", "M#2", []))
        .keys(item("a", "missing", []))
        .build()
        .unwrap();
    books.db.batch_get_item().request_items("main", keys).send().await.unwrap();
    assert_eq!(books.used(), (0.0, 1.5), "each item by itself");
}

#[tokio::test]
async fn transaction_costs_double_as_reported() {
    let mut books = Books::new();
    books.put(item("a", "LEAD", INDEXED)).await;
    books.put(item("c", "LEAD", [])).await;
    books.used();
    let put = Put::builder().table_name("main").set_item(Some(item("b", "LEAD", INDEXED))).build().unwrap();
    let update = Update::builder()
        .table_name("main")
        .set_key(Some(item("a", "LEAD", [])))
        .update_expression("SET gsk = :v")
        .expression_attribute_values(":v", s("z"))
        .build()
        .unwrap();
    let delete = Delete::builder().table_name("main").set_key(Some(item("c", "LEAD", []))).build().unwrap();
    let told = books
        .db
        .transact_write_items()
        .transact_items(TransactWriteItem::builder().put(put).build())
        .transact_items(TransactWriteItem::builder().update(update).build())
        .transact_items(TransactWriteItem::builder().delete(delete).build())
        .return_consumed_capacity(ReturnConsumedCapacity::Total)
        .send()
        .await
        .unwrap();
    let told = told.consumed_capacity.unwrap()[0].capacity_units.unwrap();
    assert_eq!(books.used(), (told, 0.0));
    assert_eq!(told, 9.0, "three items doubled, one entry made, one moved");
}

#[tokio::test]
async fn batch_costs_as_reported() {
    let mut books = Books::new();
    books.put(item("a", "LEAD", INDEXED)).await;
    books.used();
    let put = |item: Item| {
        let put = aws_sdk_dynamodb::types::PutRequest::builder().set_item(Some(item)).build().unwrap();
        WriteRequest::builder().put_request(put).build()
    };
    let requests =
        vec![put(item("a", "LEAD", [])), put(item("b", "LEAD", INDEXED)), put(item("c", "LEAD", []))];
    let write = books.db.batch_write_item().request_items("main", requests);
    let told = write.return_consumed_capacity(ReturnConsumedCapacity::Total).send().await.unwrap();
    let told = told.consumed_capacity.unwrap()[0].capacity_units.unwrap();
    assert_eq!(books.used(), (told, 0.0));
}

#[tokio::test]
async fn usage_is_split_by_purpose_key_kind_and_partition() {
    let books = Books::new();
    purpose::scope("claim", books.put(item("W#1#L#2", "N#3", []))).await;
    purpose::scope("outcome", books.put(item("W#1#L#2", "M#3", []))).await;
    purpose::scope("outcome", books.put(item("W#1#L#2", "M#4", []))).await;
    let used = books.cloud.ledger().snapshot();
    assert_eq!(used.by_purpose()["outcome"].write_units, 2.0);
    assert_eq!(used.by_keys()["W#L/M"].write_units, 2.0);
    assert_eq!(used.by_keys()["W#L/N"].write_units, 1.0);
    assert_eq!(used.by_principal()["root"].calls, 3);
    assert_eq!(books.cloud.ledger().peak_partition_writes(), 3.0);
}

#[tokio::test]
async fn queue_requests_are_billed_by_64_kb() {
    let (cloud, _) = cloud();
    let url = cloud.create_queue("send", &[]).unwrap();
    let sqs = sqs(&cloud);
    sqs.send_message().queue_url(&url).message_body("x").send().await.unwrap();
    sqs.send_message().queue_url(&url).message_body("x".repeat(100_000)).send().await.unwrap();
    let sent =
        cloud.ledger().snapshot().sum(|line| line.resource == "send" && line.operation == "SendMessage");
    assert_eq!((sent.calls, sent.requests), (2, 3));
}

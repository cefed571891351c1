use aws_sdk_dynamodb::error::ProvideErrorMetadata;
use aws_sdk_dynamodb::types::{ConditionCheck, TransactWriteItem};

use super::*;
use crate::names::{index_arn, queue_arn, table_arn};
use crate::{Permission, Statement};

fn limited(cloud: &LocalCloud, policy: Vec<Statement>) -> aws_config::SdkConfig {
    cloud.sdk_config_for(Principal::with_policy("due_steps", policy))
}

fn permission(action: &str, resource: String) -> Permission {
    (action.to_owned(), resource)
}

#[tokio::test]
async fn call_outside_the_policy_is_denied() {
    let (cloud, _) = cloud();
    table(&cloud);
    let config = limited(&cloud, vec![Statement::new(["dynamodb:GetItem"], [table_arn("main")])]);
    let db = aws_sdk_dynamodb::Client::new(&config);
    db.get_item().table_name("main").set_key(Some(item("a", "b", []))).send().await.unwrap();
    let put = db.put_item().table_name("main").set_item(Some(item("a", "b", []))).send().await;
    assert_eq!(put.unwrap_err().code(), Some("AccessDeniedException"));
    let used = cloud.used_permissions();
    assert_eq!(used["due_steps"], [permission("dynamodb:GetItem", table_arn("main"))].into());
}

#[tokio::test]
async fn query_of_an_index_needs_its_own_resource() {
    let (cloud, _) = cloud();
    table(&cloud);
    let query = |policy| {
        let db = aws_sdk_dynamodb::Client::new(&limited(&cloud, policy));
        db.query()
            .table_name("main")
            .index_name("roster")
            .key_condition_expression("gpk = :g")
            .expression_attribute_values(":g", s("x"))
            .send()
    };
    let table_only = query(vec![Statement::new(["dynamodb:Query"], [table_arn("main")])]).await;
    assert_eq!(table_only.unwrap_err().code(), Some("AccessDeniedException"));
    query(vec![Statement::new(["dynamodb:Query"], [index_arn("main", "*")])]).await.unwrap();
}

#[tokio::test]
async fn transaction_needs_the_permission_of_each_part() {
    let (cloud, _) = cloud();
    table(&cloud);
    let check = ConditionCheck::builder()
        .table_name("main")
        .set_key(Some(item("a", "b", [])))
        .condition_expression("attribute_not_exists(pk)")
        .build()
        .unwrap();
    let check = TransactWriteItem::builder().condition_check(check).build();
    let write = |action: &str| {
        let policy = vec![Statement::new([action], [table_arn("main")])];
        let db = aws_sdk_dynamodb::Client::new(&limited(&cloud, policy));
        db.transact_write_items().transact_items(check.clone()).send()
    };
    write("dynamodb:PutItem").await.unwrap_err();
    write("dynamodb:ConditionCheckItem").await.unwrap();
}

#[tokio::test]
async fn message_batch_needs_the_permission_of_its_single_form() {
    let (cloud, _) = cloud();
    let url = cloud.create_queue("send", &[]).unwrap();
    let config = limited(&cloud, vec![Statement::new(["sqs:SendMessage"], [queue_arn("send")])]);
    let sqs = aws_sdk_sqs::Client::new(&config);
    let entry = aws_sdk_sqs::types::SendMessageBatchRequestEntry::builder();
    let entry = entry.id("1").message_body("x").build().unwrap();
    sqs.send_message_batch().queue_url(&url).entries(entry).send().await.unwrap();
    let receive = sqs.receive_message().queue_url(&url).send().await.unwrap_err();
    assert_eq!(receive.code(), Some("AccessDeniedException"));
}

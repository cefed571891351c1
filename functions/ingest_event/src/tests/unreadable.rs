//! Events that cannot be read: a workspace's own garbage gives the operator no dead letter, and its users hear of it.

use crate::handler;
use application::Ports;
use application::ports::inbound_records::InboundFilter;
use application::ports::store::PageRequest;
use application::queue_messages::{IngestEvent, Payload};
use domain::message::inbound_outcome::InboundOutcome;
use domain::workspace::account::AccountKind;
use jiff::SignedDuration;
use serde_json::json;
use test_stage::Stage;

#[tokio::test]
async fn unreadable_events_are_kept_and_told_once_a_day_without_a_dead_letter() {
    let stage = Stage::new().await;
    let (workspace, user) = stage.workspace("northquay").await;
    let account = stage.inbound_mail(&workspace).await;
    let handler = handler(&stage.ports);
    let told = async || {
        let page = PageRequest::first(50);
        let list = stage.ports.notifications().list(&workspace, &user, page).await.unwrap();
        list.items.into_iter().map(|notification| notification.title).collect::<Vec<_>>()
    };
    let garbage = ["no JSON", r#"{"type": 7}"#, r#"{"type":"email.received","data":{"upload":"x"}}"#];
    for (number, body) in garbage.into_iter().enumerate() {
        let event = IngestEvent::Webhook {
            workspace: workspace.clone(),
            account: account.clone(),
            kind: AccountKind::InboundEmail,
            settings: None,
            received_at: stage.ports.clock().now(),
            event_id: format!("e-{number}"),
            body: Payload::Inline(body.to_owned()),
        };
        let record = json!({ "messageId": "1", "receiptHandle": "r", "attributes": {},
            "body": serde_json::to_string(&event).unwrap() });
        let answer = handler(json!({ "Records": [record] })).await.unwrap();
        assert_eq!(answer["batchItemFailures"].as_array().map_or(0, Vec::len), 0, "{body}");
        stage.advance(SignedDuration::from_mins(1));
    }
    let kept = stage
        .ports
        .inbound_records()
        .list(&workspace, &InboundFilter::default(), PageRequest::first(50))
        .await
        .unwrap();
    let outcomes: Vec<InboundOutcome> = kept.items.iter().map(|record| record.outcome).collect();
    assert_eq!(outcomes, [InboundOutcome::Unreadable; 3]);
    assert_eq!(told().await.len(), 1, "{:?}", told().await);
}

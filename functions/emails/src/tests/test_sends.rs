//! Test mails to our own mailboxes.

use super::suite;
use application::Ports;
use application::queue_messages::Queue;
use domain::workspace::user::Role;
use jiff::SignedDuration;
use serde_json::json;

#[tokio::test]
async fn test_mail_goes_at_once_to_own_mailboxes_only() {
    let (suite, lead) = suite().await;
    let body = json!({"lead_id": lead.id, "subject": "For {{ company | default('you') }}", "body": "Hello"});
    let none = suite.post("/api/emails/test", body.clone()).await.expect(422);
    assert_eq!(none["field"], "account_id");
    let mailbox = suite.stage.mailbox(&suite.workspace).await;
    let own = suite.stage.ports.accounts().get(&suite.workspace, &mailbox).await.unwrap();
    let address = own.settings.mailbox().unwrap().address.to_string();
    let sent = suite.post("/api/emails/test", body.clone()).await.expect(202);
    assert_eq!((&sent["to"], &sent["test"]), (&json!(address), &json!(true)));
    assert_eq!(suite.stage.messages(Queue::Send)[0]["message"], sent["id"], "nobody calls it back");
    let mut elsewhere = body.clone();
    for other in ["elena@linden.example", "me@private.example"] {
        elsewhere["to"] = json!(other);
        assert_eq!(suite.post("/api/emails/test", elsewhere.clone()).await.expect(422)["field"], "to");
    }
    elsewhere["to"] = json!(address);
    suite.post("/api/emails/test", elsewhere).await.expect(202);
    let missing_values = json!({"lead_id": lead.id, "body": "Dear {{ first_name }}"});
    let refused = suite.post("/api/emails/test", missing_values).await.expect(422);
    assert_eq!(refused["field"], "body");
    assert!(refused["detail"].as_str().unwrap().contains("first_name"), "{refused}");
}

#[tokio::test]
async fn test_mails_are_limited_to_twenty_an_hour() {
    let (mut suite, lead) = suite().await;
    suite.stage.mailbox(&suite.workspace).await;
    let body = json!({"lead_id": lead.id, "body": "Hello"});
    for _ in 0..20 {
        suite.post("/api/emails/test", body.clone()).await.expect(202);
    }
    suite.post("/api/emails/test", body.clone()).await.expect(429);
    suite.stage.advance(SignedDuration::from_mins(61));
    suite.sign_in(Role::Owner);
    suite.post("/api/emails/test", body).await.expect(202);
}

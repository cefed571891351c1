//! An uncertain message on the timeline: until when its last attempt is checked.

use super::suite;
use application::{Clock, Ports};
use domain::contact::channel::Channel;
use domain::event::{Event, EventKind};
use domain::lead::Lead;
use domain::message::{Direction, Message, MessageClaim, MessageState};
use domain::{AccountId, LeadId, MessageId};
use jiff::SignedDuration;
use serde_json::{Value, json};

#[tokio::test]
async fn uncertain_message_says_until_when_it_is_checked_and_then_takes_an_answer() {
    let suite = suite().await;
    let (ports, now) = (&suite.stage.ports, suite.stage.clock.now());
    let lead = Lead::blank(LeadId::derived(now, &["ana"]), suite.workspace.clone(), now);
    ports.leads().create(&lead, &Event::system(EventKind::LeadCreated, now)).await.unwrap();
    let account = AccountId::derived(now, &["mailbox"]);
    let until = now + SignedDuration::from_mins(2);
    let id = MessageId::derived(&lead.id, &["by hand"]);
    let message = Message {
        state: MessageState::Uncertain,
        account: Some(account.clone()),
        claim: Some(MessageClaim { token: "one".to_owned(), until }),
        ..Message::blank(id, suite.workspace.clone(), Direction::Out, Channel::Email, now)
    };
    ports.messages().create(&message, &Event::system(EventKind::MessageUncertain, now)).await.unwrap();
    let told = async || -> Value {
        let timeline = suite.get(&format!("/api/leads/{}/timeline", lead.id)).await.expect(200);
        let items = timeline["items"].as_array().unwrap();
        items.iter().find(|item| item["kind"] == "message").unwrap()["message"].clone()
    };
    let shown = told().await;
    assert_eq!((&shown["checking_until"], &shown["account_id"]), (&json!(until), &json!(account)));
    suite.stage.advance(SignedDuration::from_mins(3));
    assert_eq!(told().await["checking_until"], Value::Null);
}

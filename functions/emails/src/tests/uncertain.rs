//! Messages whose delivery is uncertain: their list, and a user's answer while an attempt is under way or after it is known.

use super::*;
use domain::message::{Message, MessageClaim};
use serde_json::Value;

/// A message written by hand, as `change` makes it.
async fn written(suite: &Suite, lead: &Lead, subject: &str, change: impl FnOnce(&mut Message)) -> MessageId {
    let body = json!({"lead_id": lead.id, "subject": subject, "body": "Are you open on Sundays?"});
    let sent = suite.post("/api/emails/send", body).await.expect(202);
    let id: MessageId = serde_json::from_value(sent["id"].clone()).unwrap();
    let messages = suite.stage.ports.messages();
    let mut message = messages.get(&suite.workspace, &id).await.unwrap();
    change(&mut message);
    let event = Event::system(EventKind::MessageUncertain, suite.stage.clock.now());
    messages.save(&message, &event).await.unwrap();
    id
}

async fn listed(suite: &Suite) -> Vec<Value> {
    suite.get("/api/emails/uncertain").await.expect(200)["items"].as_array().unwrap().clone()
}

#[tokio::test]
async fn uncertain_message_written_by_hand_is_listed_with_its_lead_until_it_is_answered() {
    let (suite, lead) = suite().await;
    let id = written(&suite, &lead, "Hello", |message| message.state = MessageState::Uncertain).await;
    written(&suite, &lead, "Sent", |message| message.state = MessageState::Accepted).await;
    let items = listed(&suite).await;
    let [only] = items.as_slice() else { panic!("{items:?}") };
    assert_eq!(
        (&only["id"], &only["lead_id"], &only["subject"]),
        (&json!(id), &json!(lead.id), &json!("Hello"))
    );
    assert_eq!((&only["lead_name"], &only["channel"]), (&json!("elena@linden.example"), &json!("email")));
    assert_eq!((&only["campaign_id"], &only["checking_until"]), (&Value::Null, &Value::Null));
    assert!(!only["author"].is_null() && !only["tried_at"].is_null());
    suite.post(&format!("/api/emails/{id}/settle"), json!({ "answer": "sent" })).await.expect(200);
    assert!(listed(&suite).await.is_empty());
}

#[tokio::test]
async fn uncertain_message_of_a_lead_that_a_rep_does_not_see_is_not_listed() {
    let (mut suite, lead) = suite().await;
    written(&suite, &lead, "Hello", |message| message.state = MessageState::Uncertain).await;
    assert_eq!(listed(&suite).await.len(), 1);
    suite.stage.reps_see_own_leads(&suite.workspace).await;
    suite.user = suite.stage.add_user(&suite.workspace, "eve", Role::Rep).await;
    suite.sign_in(Role::Rep);
    assert!(listed(&suite).await.is_empty());
}

/// A function that broke off leaves its claim; after the question it tells nothing any more.
#[tokio::test]
async fn message_whose_sender_broke_off_is_listed_once_a_user_is_asked() {
    let (suite, lead) = suite().await;
    let until = suite.stage.clock.now() + SignedDuration::from_mins(2);
    let id = written(&suite, &lead, "Hello", |message| {
        message.state = MessageState::Uncertain;
        message.claim = Some(MessageClaim { token: "broken".to_owned(), until });
    })
    .await;
    assert!(listed(&suite).await.is_empty(), "its sender may still tell");
    let path = format!("/api/emails/{id}/settle");
    let refused = suite.post(&path, json!({ "answer": "send_again" })).await.expect(409);
    assert_eq!(refused["code"], "under_way");
    assert!(refused["detail"].as_str().unwrap().contains("still being checked"), "{refused}");
    suite.stage.advance(SignedDuration::from_mins(3));
    let (ports, now) = (&suite.stage.ports, suite.stage.clock.now());
    let message = ports.messages().get(&suite.workspace, &id).await.unwrap();
    ask_user(&*ports.messages(), &*ports.tasks(), &lead, &message, now).await.unwrap();
    assert_eq!(listed(&suite).await[0]["id"], json!(id));
    assert_eq!(suite.post(&path, json!({ "answer": "send_again" })).await.expect(200)["state"], "queued");
}

#[tokio::test]
async fn answer_about_a_message_whose_fate_is_known_is_told_what_it_is() {
    let (suite, lead) = suite().await;
    let told = [
        (MessageState::Delivered, "was sent"),
        (MessageState::Bounced, "did not arrive"),
        (MessageState::Queued, "already being sent again"),
        (MessageState::Cancelled, "was cancelled"),
    ];
    for (state, words) in told {
        let id = written(&suite, &lead, "Hello", |message| message.state = state).await;
        for answer in ["sent", "send_again"] {
            let path = format!("/api/emails/{id}/settle");
            let known = suite.post(&path, json!({ "answer": answer })).await.expect(409);
            assert_eq!(known["code"], "not_uncertain");
            assert!(known["detail"].as_str().unwrap().contains(words), "{known}");
        }
    }
}

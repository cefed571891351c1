//! A lead that is held for a possible opt-out: what is refused meanwhile, and the two answers that end it.

use super::suite;
use application::queue_messages::Queue;
use application::{Clock, Ports};
use domain::MessageId;
use domain::contact::channel::Channel;
use domain::enrolment::reasons::EndReason;
use domain::event::{Event, EventKind};
use domain::lead::Lead;
use domain::lead::opt_out_hold::Doubt;
use domain::message::understanding::{CLASSIFIER, ReplyKind, Understanding};
use serde_json::{Value, json};
use test_stage::Suite;

/// Elena's message may be an opt-out, and she is held for it.
async fn held() -> (Suite, Lead, MessageId) {
    let (suite, lead) = suite().await;
    let message = MessageId::derived(&lead.id, &["in", "1"]);
    is_held_for(&suite, &lead, &message).await;
    let (messages, now) = (suite.stage.ports.messages(), suite.stage.clock.now());
    let mut known = messages.get(&suite.workspace, &message).await.unwrap();
    known.understood = Some(Understanding::by_rule(ReplyKind::PossibleOptOut, CLASSIFIER, "How much is it?"));
    messages.save(&known, &Event::system(EventKind::MessageReceived, now)).await.unwrap();
    (suite, lead, message)
}

async fn is_held_for(suite: &Suite, lead: &Lead, message: &MessageId) {
    let at = suite.stage.clock.now();
    let doubt = Doubt { message, channel: Channel::Email, sentence: "How much is it?", at };
    let mut hold = |lead: &mut Lead| lead.hold_for(doubt);
    let event = Event::system(EventKind::LeadAnswered, at);
    let enrolments = suite.stage.ports.enrolments();
    enrolments.stop_and(&suite.workspace, &lead.id, EndReason::Replied, &event, &mut hold).await.unwrap();
}

fn path(lead: &Lead) -> String {
    format!("/api/inbox/{}", lead.id)
}

async fn shown(suite: &Suite, lead: &Lead) -> Value {
    suite.get(&path(lead)).await.expect(200)
}

async fn decide(suite: &Suite, lead: &Lead, opted_out: bool, message: &MessageId) -> test_stage::Reply {
    let body = json!({ "opted_out": opted_out, "message_id": message });
    suite.post(&format!("{}/possible-opt-out", path(lead)), body).await
}

#[tokio::test]
async fn held_lead_is_shown_as_such_and_no_answer_goes_out() {
    let (suite, lead, message) = held().await;
    let thread = shown(&suite, &lead).await;
    assert_eq!(thread["lead"]["possible_opt_out"]["messages"], json!([message]));
    for channel in thread["channels"].as_array().unwrap() {
        assert_eq!(
            (&channel["open"], &channel["closed_because"]),
            (&json!(false), &json!("possible_opt_out"))
        );
        assert!(channel["told"].as_str().unwrap().starts_with("Elena may have opted out on"), "{channel}");
    }
    for channel in ["email", "sms"] {
        let body = json!({ "text": "79 a month.", "channel": channel });
        let refused = suite.post(&format!("{}/answer", path(&lead)), body).await.expect(422);
        assert_eq!(refused["code"], "left_alone", "{channel}");
    }
    assert!(suite.stage.messages(Queue::Send).is_empty());
}

#[tokio::test]
async fn lead_that_has_not_opted_out_is_free_at_once_and_its_message_is_a_reply() {
    let (suite, lead, message) = held().await;
    for _ in 0..2 {
        let answer = decide(&suite, &lead, false, &message).await.expect(200);
        assert_eq!(answer["possible_opt_out"], Value::Null);
    }
    let thread = shown(&suite, &lead).await;
    assert_eq!(thread["channels"][0]["open"], true);
    let read = &thread["messages"][0]["understood"];
    assert_eq!((&read["kind"], &read["by"]), (&json!("person"), &json!("user")));
    assert_eq!(suite.stage.messages(Queue::Inbound).len(), 1, "its effects are queued once");
}

#[tokio::test]
async fn lead_that_has_opted_out_stays_held_until_the_list_has_it() {
    let (suite, lead, message) = held().await;
    for _ in 0..2 {
        let answer = decide(&suite, &lead, true, &message).await.expect(200);
        assert_eq!(answer["possible_opt_out"]["messages"], json!([message]));
    }
    assert_eq!(shown(&suite, &lead).await["messages"][0]["understood"]["kind"], "opt_out");
    let queued = suite.stage.messages(Queue::Inbound);
    assert_eq!(queued.len(), 1, "{queued:?}");
    // A colleague who takes it for none comes too late.
    let late = decide(&suite, &lead, false, &message).await.expect(200);
    assert_eq!(late["possible_opt_out"]["messages"], json!([message]));
}

#[tokio::test]
async fn answer_to_a_hold_that_has_grown_since_is_refused() {
    let (suite, lead, message) = held().await;
    is_held_for(&suite, &lead, &MessageId::derived(&lead.id, &["in", "2"])).await;
    let refused = decide(&suite, &lead, false, &message).await.expect(409);
    assert_eq!(refused["code"], "newer_message");
}

#[tokio::test]
async fn lead_whose_doubtful_message_is_gone_is_decided_all_the_same() {
    let gone = MessageId::derived(&suite().await.1.id, &["in", "gone"]);
    for opted_out in [false, true] {
        let (suite, lead) = suite().await;
        is_held_for(&suite, &lead, &gone).await;
        let answer = decide(&suite, &lead, opted_out, &gone).await.expect(200);
        assert_eq!(answer["possible_opt_out"], Value::Null);
        assert_eq!(shown(&suite, &lead).await["lead"]["do_not_contact"], opted_out);
    }
}

#[tokio::test]
async fn usual_correction_of_the_message_ends_the_hold_too() {
    let (suite, lead, message) = held().await;
    let path = format!("/api/messages/{message}/understanding");
    let doubt = suite.put(&path, json!({"kind": "possible_opt_out"})).await.expect(422);
    assert_eq!(doubt["field"], "kind");
    suite.put(&path, json!({"kind": "person", "intent": "question"})).await.expect(200);
    assert_eq!(shown(&suite, &lead).await["lead"]["possible_opt_out"], Value::Null);
}

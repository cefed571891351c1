//! The routes of one-off messages and drafts.
mod ai;
mod bulk_messages;
mod prompts;
mod senders;
mod sequence;
mod test_sends;
mod try_prompt;
mod uncertain;

use crate::{App, routes};
use application::Clock;
use application::PageRequest;
use application::Ports;
use application::queue_messages::Queue;
use application::sending::due_tick::{DuePorts, enqueue_due};
use application::sending::uncertain::ask_user;
use domain::contact::email_address::EmailAddress;
use domain::event::{Event, EventKind};
use domain::lead::Lead;
use domain::message::MessageState;
use domain::workspace::user::Role;
use domain::{LeadId, MessageId};
use jiff::SignedDuration;
use local_cloud::{Fault, Moment};
use serde_json::json;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use test_stage::Suite;

async fn suite() -> (Suite, Lead) {
    let suite = Suite::new(routes(), App::new).await;
    let now = suite.stage.clock.now();
    let mut lead = Lead::blank(LeadId::derived(now, &["elena"]), suite.workspace.clone(), now);
    lead.email = EmailAddress::parse("elena@linden.example").ok();
    suite.stage.ports.leads().create(&lead, &Event::system(EventKind::LeadChanged, now)).await.unwrap();
    (suite, lead)
}

#[tokio::test]
async fn one_off_message_is_queued_once_per_idempotency_key() {
    let (suite, lead) = suite().await;
    let body = json!({"lead_id": lead.id, "subject": "Hello", "body": "Are you open on Sundays?"});
    let key = [("idempotency-key", "1")];
    let send = || suite.send(http::Method::POST, "/api/emails/send", Some(body.clone()), &key);
    let sent = send().await.expect(202);
    assert_eq!(send().await.expect(202)["id"], sent["id"]);
    assert_eq!((&sent["state"], &sent["to"]), (&json!("queued"), &json!("elena@linden.example")));
    assert_eq!(suite.stage.messages(Queue::Send).len(), 0, "it can still be called back");
    suite.stage.advance(SignedDuration::from_secs(11));
    let queued = suite.stage.messages(Queue::Send);
    assert_eq!(queued.len(), 1);
    assert_eq!(queued[0]["send"], "one_off");
    let id = sent["id"].as_str().unwrap();
    assert_eq!(suite.get(&format!("/api/emails/{id}")).await.expect(200)["body"], "Are you open on Sundays?");
}

#[tokio::test]
async fn send_succeeds_though_its_answer_cannot_be_stored() {
    let (suite, lead) = suite().await;
    let body = json!({"lead_id": lead.id, "subject": "Hello", "body": "Are you open on Sundays?"});
    let writes = AtomicUsize::new(0);
    suite.stage.cloud.faults().inject(move |moment, call| {
        let is_it = moment == Moment::Before && String::from_utf8_lossy(call.body).contains("ANSWER#");
        let dead = Fault::Fail { status: 400, code: "Gone".to_owned(), message: String::new() };
        (is_it && writes.fetch_add(1, Ordering::Relaxed) > 0).then_some(dead)
    });
    let key = [("idempotency-key", "1")];
    suite.send(http::Method::POST, "/api/emails/send", Some(body), &key).await.expect(202);
}

/// The order is queued and the message stored, but the request learns of neither.
#[tokio::test]
async fn repeated_request_after_a_lost_response_sends_once() {
    let (suite, lead) = suite().await;
    let body = json!({"lead_id": lead.id, "subject": "Hello", "body": "Are you open on Sundays?"});
    let key = [("idempotency-key", "1")];
    let send = || suite.send(http::Method::POST, "/api/emails/send", Some(body.clone()), &key);
    suite.stage.cloud.faults().inject(|moment, call| {
        let is_it = moment == Moment::Before && String::from_utf8_lossy(call.body).contains("message_queued");
        is_it.then_some(Fault::LoseResponse)
    });
    send().await.expect(503);
    suite.stage.cloud.faults().clear();
    let sent = send().await.expect(202);
    assert_eq!(send().await.expect(202)["id"], sent["id"]);
    let file = suite.stage.ports.leads().file(&suite.workspace, &lead.id).await.unwrap();
    assert_eq!(file.messages.len(), 1);
    suite.stage.advance(SignedDuration::from_secs(11));
    let orders = suite.stage.messages(Queue::Send);
    assert!(orders.iter().all(|order| order["message"] == sent["id"]), "{orders:?}");
}

#[tokio::test]
async fn sms_over_1600_characters_is_refused() {
    let (suite, lead) = suite().await;
    let sms = |length| json!({"lead_id": lead.id, "channel": "sms", "body": "x".repeat(length)});
    assert_eq!(suite.post("/api/emails/send", sms(1_601)).await.expect(422)["field"], "body");
    // Elena has no number.
    assert_eq!(suite.post("/api/emails/send", sms(1_600)).await.expect(422)["field"], "channel");
    // With this lead's address the text is longer than its template.
    let filled = |length| {
        let body = format!("{{{{ email }}}}{}", "x".repeat(length));
        json!({"lead_id": lead.id, "channel": "sms", "body": body})
    };
    let address = "elena@linden.example".len();
    let refused = suite.post("/api/emails/send", filled(1_601 - address)).await.expect(422);
    assert_eq!(refused["field"], "body", "{refused}");
    assert_eq!(suite.post("/api/emails/send", filled(1_600 - address)).await.expect(422)["field"], "channel");
    let missing_values = json!({"lead_id": lead.id, "channel": "sms", "body": "Hi {{ first_name }}"});
    assert_eq!(suite.post("/api/emails/send", missing_values).await.expect(422)["field"], "channel");
    let mail = json!({"lead_id": lead.id, "subject": "a", "body": "x".repeat(20_000)});
    suite.post("/api/emails/send", mail).await.expect(202);
}

#[tokio::test]
async fn send_at_is_limited_to_ninety_days() {
    let (suite, lead) = suite().await;
    let at = |minutes| suite.stage.clock.now().checked_add(SignedDuration::from_mins(minutes)).unwrap();
    let body = |minutes| json!({"lead_id": lead.id, "subject": "a", "body": "b", "send_at": at(minutes)});
    let soon = suite.post("/api/emails/send", body(10)).await.expect(202);
    assert_eq!(soon["planned_for"], json!(at(10)));
    let late = suite.post("/api/emails/send", body(90 * 24 * 60)).await.expect(202);
    let refused = suite.post("/api/emails/send", body(90 * 24 * 60 + 1)).await.expect(422);
    assert_eq!(refused["field"], "send_at");
    assert_eq!(suite.stage.messages(Queue::Send).len(), 0);
    suite.stage.advance(SignedDuration::from_secs(601));
    assert_eq!(suite.stage.messages(Queue::Send).len(), 1);
    let ports = &suite.stage.ports;
    let due = DuePorts::new(ports);
    enqueue_due(&due).await.unwrap();
    assert_eq!(suite.stage.messages(Queue::Send).len(), 0, "not before its time");
    suite.stage.advance(SignedDuration::from_hours(90 * 24));
    enqueue_due(&due).await.unwrap();
    let found = suite.stage.messages(Queue::Send);
    assert!(found.iter().any(|order| order["message"] == late["id"]), "{found:?}");
}

#[tokio::test]
async fn user_settles_uncertain_messages() {
    let (suite, lead) = suite().await;
    let body = json!({"lead_id": lead.id, "subject": "Hello", "body": "Are you open on Sundays?"});
    let orders = || suite.stage.messages(Queue::Send).len();
    let mut settled = Vec::new();
    for answer in ["sent", "send_again"] {
        let sent = suite.post("/api/emails/send", body.clone()).await.expect(202);
        let id: MessageId = serde_json::from_value(sent["id"].clone()).unwrap();
        let path = format!("/api/emails/{id}/settle");
        let known = suite.post(&path, json!({ "answer": answer })).await.expect(409);
        assert_eq!(known["code"], "not_uncertain");
        let mut message = suite.stage.ports.messages().get(&suite.workspace, &id).await.unwrap();
        message.state = MessageState::Uncertain;
        let event = Event::system(EventKind::MessageUncertain, suite.stage.clock.now());
        suite.stage.ports.messages().save(&message, &event).await.unwrap();
        suite.post(&path, json!({ "answer": "perhaps" })).await.expect(422);
        settled.push(suite.post(&path, json!({ "answer": answer })).await.expect(200)["state"].clone());
    }
    assert_eq!(settled, ["accepted", "queued"]);
    suite.stage.advance(SignedDuration::from_secs(11));
    assert_eq!(orders(), 3, "two were asked for, one of them again");
}

/// The request may fail at any of its calls: then the task that asks a user stays open.
#[tokio::test]
async fn uncertain_task_stays_open_until_the_message_is_settled() {
    for last in 0.. {
        let (suite, lead) = suite().await;
        let (ports, now) = (&suite.stage.ports, suite.stage.clock.now());
        let body = json!({"lead_id": lead.id, "subject": "Hello", "body": "Are you open on Sundays?"});
        let sent = suite.post("/api/emails/send", body).await.expect(202);
        let id: MessageId = serde_json::from_value(sent["id"].clone()).unwrap();
        let mut message = ports.messages().get(&suite.workspace, &id).await.unwrap();
        message.state = MessageState::Uncertain;
        ports.messages().save(&message, &Event::system(EventKind::MessageUncertain, now)).await.unwrap();
        ask_user(&*ports.messages(), &*ports.tasks(), &lead, &message, now).await.unwrap();
        let calls = Arc::new(AtomicUsize::new(0));
        let counted = calls.clone();
        suite.stage.cloud.faults().inject(move |moment, _| {
            let dead = Fault::Fail { status: 400, code: "Dead".to_owned(), message: String::new() };
            let here = moment == Moment::Before && counted.fetch_add(1, Ordering::Relaxed) >= last;
            here.then_some(dead)
        });
        drop(suite.post(&format!("/api/emails/{id}/settle"), json!({ "answer": "sent" })).await);
        suite.stage.cloud.faults().clear();
        let message = ports.messages().get(&suite.workspace, &id).await.unwrap();
        let open = ports.tasks().open(&suite.workspace, None, PageRequest::first(9)).await.unwrap().items;
        assert_eq!(open.is_empty(), message.state == MessageState::Accepted, "call {last}");
        if calls.load(Ordering::Relaxed) <= last {
            assert!(last > 3 && open.is_empty(), "{last}");
            return;
        }
    }
}

#[tokio::test]
async fn queued_message_is_cancelled() {
    let (suite, lead) = suite().await;
    let body = json!({"lead_id": lead.id, "subject": "Hello", "body": "Are you open on Sundays?"});
    let sent = suite.post("/api/emails/send", body).await.expect(202);
    let id: MessageId = serde_json::from_value(sent["id"].clone()).unwrap();
    let path = format!("/api/emails/{id}/cancel");
    assert_eq!(suite.post(&path, json!({})).await.expect(200)["state"], "cancelled");
    assert_eq!(
        suite.post(&path, json!({})).await.expect(200)["state"],
        "cancelled",
        "asked again, as after a lost answer"
    );
    for state in [MessageState::Uncertain, MessageState::Accepted, MessageState::Failed] {
        let mut message = suite.stage.ports.messages().get(&suite.workspace, &id).await.unwrap();
        message.state = state;
        let event = Event::system(EventKind::LeadChanged, suite.stage.clock.now());
        suite.stage.ports.messages().save(&message, &event).await.unwrap();
        assert_eq!(suite.post(&path, json!({})).await.expect(409)["code"], "too_late");
    }
}

#[tokio::test]
async fn invalid_message_is_refused_with_the_field() {
    let (suite, lead) = suite().await;
    let post = |body| suite.post("/api/emails/send", body);
    assert_eq!(post(json!({"lead_id": lead.id, "body": "b"})).await.expect(422)["field"], "subject");
    assert_eq!(post(json!({"lead_id": lead.id, "subject": "a"})).await.expect(422)["field"], "body");
    assert_eq!(
        post(json!({"lead_id": "x", "subject": "a", "body": "b"})).await.expect(422)["field"],
        "lead_id"
    );
    let other = LeadId::derived(suite.stage.clock.now(), &["nobody"]);
    let refused = post(json!({"lead_id": other, "subject": "a", "body": "b"})).await.expect(422);
    assert_eq!(refused["field"], "lead_id");
    let sms = post(json!({"lead_id": lead.id, "channel": "sms", "body": "b"})).await.expect(422);
    assert_eq!(sms["field"], "channel");
    let account = domain::AccountId::derived(suite.stage.clock.now(), &["x"]);
    let refused = post(json!({"lead_id": lead.id, "subject": "a", "body": "b", "account_id": account})).await;
    assert_eq!(refused.expect(422)["field"], "account");
    assert!(suite.stage.messages(Queue::Send).is_empty());
}

#[tokio::test]
async fn draft_is_kept_per_lead_and_visible_to_its_author_only() {
    let (mut suite, lead) = suite().await;
    let first = suite.put("/api/emails/draft", json!({"lead_id": lead.id, "body": "Dear"})).await.expect(200);
    let again = json!({"lead_id": lead.id, "subject": "Hello", "body": "Dear Elena"});
    let second = suite.put("/api/emails/draft", again).await.expect(200);
    assert_eq!(first["id"], second["id"]);
    let path = format!("/api/emails/draft/{}", second["id"].as_str().unwrap());
    let of_lead = format!("/api/emails/draft/of/{}", lead.id);
    assert_eq!(suite.get(&of_lead).await.expect(200)["id"], second["id"]);
    assert_eq!(suite.get(&path).await.expect(200)["body"], "Dear Elena");
    let author = suite.user.clone();
    suite.user = domain::UserId::derived(suite.stage.clock.now(), &["colleague"]);
    suite.sign_in(Role::Owner);
    suite.get(&path).await.expect(404);
    suite.delete(&path).await.expect(404);
    suite.put("/api/emails/draft", json!({"id": second["id"], "body": "Mine"})).await.expect(404);
    suite.user = author;
    suite.sign_in(Role::Rep);
    suite.delete(&path).await.expect(204);
    suite.get(&path).await.expect(404);
}

#[tokio::test]
async fn missing_draft_of_a_lead_is_204() {
    let (suite, lead) = suite().await;
    suite.get(&format!("/api/emails/draft/of/{}", lead.id)).await.expect(204);
    let nobody = domain::LeadId::derived(suite.stage.clock.now(), &["nobody"]);
    suite.get(&format!("/api/emails/draft/of/{nobody}")).await.expect(404);
}

#[tokio::test]
async fn email_routes_refuse_strangers_weaker_roles_and_other_workspaces() {
    let (mut suite, lead) = suite().await;
    let rows = routes().rows().to_vec();
    suite.refuses_those_who_may_not(&rows).await;
    let body = json!({"lead_id": lead.id, "subject": "Hello", "body": "b"});
    let sent = suite.post("/api/emails/send", body).await.expect(202);
    let of_messages: Vec<_> = rows.iter().filter(|row| row.path == "/api/emails/{id}").cloned().collect();
    suite.hides_from_others(&of_messages, &[("id", sent["id"].as_str().unwrap())], &[]).await;
    let draft = suite.put("/api/emails/draft", json!({"body": "Dear"})).await.expect(200);
    let of_drafts: Vec<_> = rows.iter().filter(|row| row.path == "/api/emails/draft/{id}").cloned().collect();
    suite.hides_from_others(&of_drafts, &[("id", draft["id"].as_str().unwrap())], &[]).await;
}

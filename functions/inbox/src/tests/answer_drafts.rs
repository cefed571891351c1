//! Drafts of answers: listed while they wait, sent once and only when a user approves, refused, taken back, replaced.

use super::suite;
use application::inbox::compose_by_hand::{WritePorts, cancel_message};
use application::ports::accounts::SecretFields;
use application::queue_messages::Queue;
use application::{Clock, Ports};
use domain::MessageId;
use domain::ai_prompt::WrittenWith;
use domain::campaign::{Campaign, CampaignState};
use domain::contact::channel::Channel;
use domain::event::{Actor, Event, EventKind};
use domain::lead::Lead;
use domain::lead::opt_out_hold::Doubt;
use domain::message::answer_draft::{AnswerDraft, AnswerDraftState, WhyNotDrafted};
use domain::message::conversation::end_of;
use domain::message::understanding::{ReplyKind, Understanding};
use domain::message::{Direction, Message};
use domain::spend::Usd;
use domain::workspace::account::{AccountSettings, ApiKeyHeader};
use http::Response;
use jiff::SignedDuration;
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use test_stage::Suite;

const TEXT: &str = "Hi Elena, I will find out. Maya";

/// Elena's message has a draft that waits.
async fn drafted() -> (Suite, Lead, Value) {
    drafted_as(AnswerDraftState::Waiting {}).await
}

async fn drafted_as(state: AnswerDraftState) -> (Suite, Lead, Value) {
    let (suite, lead) = suite().await;
    let (conversations, now) = (suite.stage.ports.conversations(), suite.stage.clock.now());
    let mut conversation = conversations.get(&suite.workspace, &lead.id).await.unwrap().unwrap();
    let message = MessageId::derived(&lead.id, &["in", "1"]);
    let waits = state == AnswerDraftState::Waiting {};
    conversation.draft = waits.then(|| end_of(&message).to_owned());
    let draft = AnswerDraft {
        workspace: suite.workspace.clone(),
        lead: lead.id.clone(),
        message: message.clone(),
        text: if waits { TEXT.to_owned() } else { String::new() },
        state,
        written_with: Some(WrittenWith { model: "small".to_owned(), prompt: "2.3".to_owned() }),
        cost: Usd::micros(120),
        tokens: Default::default(),
        reservation: None,
        made_at: now,
        asked_by: None,
        rev: 0,
    };
    let event = Event::system(EventKind::AnswerDrafted, now);
    conversations.save_answer_draft(&draft, &conversation, &event).await.unwrap();
    (suite, lead, json!({ "message_id": message }))
}

fn path(lead: &Lead, what: &str) -> String {
    format!("/api/inbox/drafts/{}/{what}", lead.id)
}

fn with(mut body: Value, text: &str) -> Value {
    body["text"] = json!(text);
    body
}

async fn waiting(suite: &Suite) -> Vec<Value> {
    suite.get("/api/inbox/drafts").await.expect(200)["items"].as_array().unwrap().clone()
}

async fn state(suite: &Suite, lead: &Lead) -> Value {
    suite.get(&format!("/api/inbox/{}", lead.id)).await.expect(200)["draft"].clone()
}

/// What will be sent, and with which text.
async fn queued(suite: &Suite) -> Vec<Value> {
    suite.stage.advance(SignedDuration::from_secs(11));
    let mut ids: Vec<String> =
        suite.stage.messages(Queue::Send).iter().map(|m| m["message"].to_string()).collect();
    ids.dedup();
    let mut texts = Vec::new();
    for id in ids {
        texts.push(
            suite.get(&format!("/api/messages/{}", id.trim_matches('"'))).await.expect(200)["text"].clone(),
        );
    }
    texts
}

#[tokio::test]
async fn waiting_draft_is_listed_and_shown_in_its_conversation() {
    let (suite, lead, seen) = drafted().await;
    let listed = waiting(&suite).await;
    assert_eq!(listed.len(), 1);
    assert_eq!(
        (&listed[0]["conversation"]["lead_name"], &listed[0]["draft"]["text"]),
        (&json!("Elena"), &json!(TEXT))
    );
    let shown = state(&suite, &lead).await;
    assert_eq!((&shown["state"], &shown["message_id"]), (&json!("waiting"), &seen["message_id"]));
    assert_eq!(
        (&shown["written_with"], &shown["cost"], &shown["reason"]),
        (&json!({ "model": "small", "prompt": "2.3" }), &json!(120), &Value::Null)
    );
    let inbox = suite.get("/api/inbox").await.expect(200);
    assert_eq!(inbox["items"][0]["draft_waits"], true);
    assert_eq!(queued(&suite).await, Vec::<Value>::new(), "nothing is sent automatically");
}

#[tokio::test]
async fn approved_draft_sends_the_edited_text_once() {
    let (suite, lead, seen) = drafted().await;
    let edited = with(seen.clone(), "Hi Elena, it is 79 a month. Maya");
    let sent = suite.post(&path(&lead, "approve"), edited.clone()).await.expect(202);
    assert_eq!((&sent["author"], &sent["state"]), (&json!(suite.user), &json!("queued")));
    let again = suite.post(&path(&lead, "approve"), edited.clone()).await.expect(202);
    assert_eq!(again["id"], sent["id"]);
    let other = suite.post(&path(&lead, "approve"), with(seen.clone(), "Another text.")).await.expect(409);
    assert_eq!(other["code"], "draft_sent");
    assert_eq!(queued(&suite).await, [edited["text"].clone()]);
    let shown = state(&suite, &lead).await;
    assert_eq!((&shown["state"], &shown["sent_message_id"]), (&json!("sent"), &sent["id"]));
    assert_eq!(waiting(&suite).await, Vec::<Value>::new());
    for what in ["refuse", "restore", "again"] {
        assert_eq!(
            suite.post(&path(&lead, what), seen.clone()).await.expect(409)["code"],
            "draft_sent",
            "{what}"
        );
    }
}

#[tokio::test]
async fn draft_that_was_sent_and_called_back_is_not_sent_again() {
    let (suite, lead, seen) = drafted().await;
    let approved = with(seen, TEXT);
    let sent = suite.post(&path(&lead, "approve"), approved.clone()).await.expect(202);
    let id: MessageId = serde_json::from_value(sent["id"].clone()).unwrap();
    let writing = WritePorts::new(&suite.stage.ports);
    assert!(cancel_message(&writing, &suite.workspace, &id, Actor::System).await.unwrap());
    let refused = suite.post(&path(&lead, "approve"), approved).await.expect(409);
    assert_eq!(refused["code"], "draft_sent");
    assert_eq!(suite.get("/api/inbox").await.expect(200)["items"][0]["draft_waits"], false);
}

#[tokio::test]
async fn outdated_draft_is_not_sent_and_the_reason_is_told() {
    let (suite, lead, seen) = drafted().await;
    let approved = with(seen.clone(), TEXT);
    let conversations = suite.stage.ports.conversations();
    let event = Event::system(EventKind::ConversationAnswered, suite.stage.clock.now());
    let mut conversation = conversations.get(&suite.workspace, &lead.id).await.unwrap().unwrap();
    assert!(conversation.add_inbound(&MessageId::derived(&lead.id, &["in", "2"])));
    conversation.rev = conversations.save(&conversation, &event).await.unwrap();
    for what in ["approve", "refuse", "again"] {
        let body = if what == "approve" { approved.clone() } else { seen.clone() };
        let refused = suite.post(&path(&lead, what), body).await.expect(409);
        assert_eq!(refused["code"], "draft_outdated", "{what}");
        assert_eq!(refused["detail"], "This draft is outdated. The lead has written again since.");
    }
    let shown = state(&suite, &lead).await;
    assert_eq!((&shown["state"], &shown["reason"]), (&json!("outdated"), &json!("newer_message")));
    conversation.understood = Some(Understanding::by_rule(ReplyKind::OptOut, "opt_out_wording", ""));
    conversations.save(&conversation, &event).await.unwrap();
    let refused = suite.post(&path(&lead, "approve"), approved).await.expect(409);
    assert_eq!(refused["detail"], "This draft is outdated. The lead has opted out.");
    assert_eq!((waiting(&suite).await, queued(&suite).await), (Vec::new(), Vec::new()));
}

#[tokio::test]
async fn draft_to_a_lead_that_is_left_alone_is_refused_like_any_answer() {
    let (suite, mut lead, seen) = drafted().await;
    let event = Event::system(EventKind::LeadChanged, suite.stage.clock.now());
    lead.rev = 1;
    lead.do_not_contact = true;
    suite.stage.ports.leads().save(&lead, &event).await.unwrap();
    let refused = suite.post(&path(&lead, "approve"), with(seen, TEXT)).await.expect(422);
    assert_eq!(refused["code"], "left_alone");
    assert_eq!(queued(&suite).await, Vec::<Value>::new());
    assert_eq!(state(&suite, &lead).await["state"], "waiting");
}

#[tokio::test]
async fn draft_to_a_lead_that_may_have_opted_out_is_refused() {
    let (suite, mut lead, seen) = drafted().await;
    let (message, at) = (MessageId::derived(&lead.id, &["in", "2"]), suite.stage.clock.now());
    lead.rev = 1;
    assert!(lead.hold_for(Doubt { message: &message, channel: Channel::Sms, sentence: "", at }));
    let event = Event::system(EventKind::LeadAnswered, at);
    suite.stage.ports.leads().save(&lead, &event).await.unwrap();
    let refused = suite.post(&path(&lead, "approve"), with(seen, TEXT)).await.expect(422);
    assert_eq!(refused["code"], "left_alone");
    assert_eq!(queued(&suite).await, Vec::<Value>::new());
}

#[tokio::test]
async fn refusal_of_a_draft_can_be_taken_back() {
    let (suite, lead, seen) = drafted().await;
    for _ in 0..2 {
        let refused = suite.post(&path(&lead, "refuse"), seen.clone()).await.expect(200);
        assert_eq!(refused["state"], "refused");
    }
    assert_eq!(waiting(&suite).await, Vec::<Value>::new());
    let approved = suite.post(&path(&lead, "approve"), with(seen.clone(), TEXT)).await.expect(409);
    assert_eq!(approved["code"], "draft_refused");
    let restored = suite.post(&path(&lead, "restore"), seen).await.expect(200);
    assert_eq!((&restored["state"], &restored["text"]), (&json!("waiting"), &json!(TEXT)));
    assert_eq!(waiting(&suite).await.len(), 1);
}

/// A model that gives these texts in turn, and the last of them from then on.
async fn model(suite: &Suite, texts: &'static [&'static str]) -> Arc<AtomicUsize> {
    let settings = AccountSettings::ChatModel {
        base_url: "https://model.example/v1".to_owned(),
        model: "large".to_owned(),
        api_key_header: ApiKeyHeader::Bearer,
    };
    suite.stage.account(&suite.workspace, settings, SecretFields::one("api_key", "k3y")).await;
    let asked = Arc::new(AtomicUsize::new(0));
    let counts = asked.clone();
    suite.stage.providers_answer(move |_| {
        let turn = counts.fetch_add(1, Ordering::Relaxed).min(texts.len() - 1);
        let content = json!({ "text": texts[turn] }).to_string();
        let message = json!({ "role": "assistant", "content": content });
        let usage = json!({ "prompt_tokens": 500, "completion_tokens": 50 });
        let body = json!({ "choices": [{ "message": message, "finish_reason": "stop" }], "usage": usage });
        Ok(Response::new(body.to_string().into_bytes()))
    });
    asked
}

#[tokio::test]
async fn another_draft_takes_the_place_of_one_that_waits_was_refused_or_not_made() {
    let why = AnswerDraftState::NotMade { why: WhyNotDrafted::CapReached };
    for before in [AnswerDraftState::Waiting {}, AnswerDraftState::Refused {}, why] {
        let (suite, lead, seen) = drafted_as(before.clone()).await;
        let asked = model(&suite, &["Hello Elena, I will get back to you soon."]).await;
        let other = suite.post(&path(&lead, "again"), seen.clone()).await.expect(200);
        let by_large = json!({ "model": "large", "prompt": "2.0" });
        assert_eq!((&other["state"], &other["written_with"]), (&json!("waiting"), &by_large), "{before:?}");
        assert_eq!(other["text"], "Hello Elena, I will get back to you soon.");
        assert_eq!((&other["asked_by"], asked.load(Ordering::Relaxed)), (&json!(suite.user), 1));
        assert_eq!(waiting(&suite).await.len(), 1);
        let sent = suite.post(&path(&lead, "approve"), with(seen, "Hello Elena.")).await.expect(202);
        assert_eq!(queued(&suite).await, [sent["text"].clone()]);
    }
}

#[tokio::test]
async fn draft_before_stays_where_the_model_gives_no_other() {
    let (suite, lead, seen) = drafted().await;
    model(&suite, &["Hi Elena, we do this for Microsoft."]).await;
    let refused = suite.post(&path(&lead, "again"), seen).await.expect(409);
    assert_eq!(refused["code"], "turned_down");
    assert_eq!(waiting(&suite).await[0]["draft"]["text"], TEXT);
}

#[tokio::test]
async fn draft_of_another_message_or_of_none_is_not_found_or_outdated() {
    let (suite, lead, _) = drafted().await;
    let other = json!({ "message_id": MessageId::derived(&lead.id, &["in", "9"]) });
    assert_eq!(suite.post(&path(&lead, "refuse"), other).await.expect(409)["code"], "draft_outdated");
    let (suite, lead) = super::suite().await;
    let seen = json!({ "message_id": MessageId::derived(&lead.id, &["in", "1"]) });
    suite.post(&path(&lead, "refuse"), seen).await.expect(404);
    assert_eq!(state(&suite, &lead).await, Value::Null);
}

#[tokio::test]
async fn conversation_belongs_to_our_last_campaign_before_the_lead_wrote_whatever_came_by_hand_since() {
    let (suite, lead) = suite().await;
    let path = format!("/api/inbox/{}", lead.id);
    assert_eq!(suite.get(&path).await.expect(200)["campaign"], Value::Null);
    let sequence = suite.stage.sequence(&suite.workspace, Channel::Email, &["first"]).await;
    let warm = |campaign: &mut Campaign| campaign.writing.tone = "warm".to_owned();
    let campaign = suite.stage.campaign("Warm", &sequence, CampaignState::Active, warm).await;
    let now = suite.stage.clock.now();
    for (name, hours, campaign) in [("step", 2, Some(campaign.id.clone())), ("hand", 1, None)] {
        let (id, at) = (MessageId::derived(&lead.id, &[name]), now - SignedDuration::from_hours(hours));
        let ours = Message::blank(id, suite.workspace.clone(), Direction::Out, Channel::Email, at);
        let event = Event::system(EventKind::MessageQueued, at);
        suite.stage.ports.messages().create(&Message { campaign, ..ours }, &event).await.unwrap();
    }
    let shown = suite.get(&path).await.expect(200)["campaign"].clone();
    assert_eq!(shown, json!({ "id": campaign.id, "sets_tone": true }));
}

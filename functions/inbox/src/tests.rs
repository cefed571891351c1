//! The routes of the inbox.

use crate::{App, routes};
use application::Clock;
use application::Ports;
use application::inbox::compose_by_hand::{WritePorts, Written, cancel_message, write};
use application::queue_messages::Queue;
use domain::contact::channel::Channel;
use domain::contact::email_address::EmailAddress;
use domain::contact::phone_number::PhoneNumber;
use domain::event::{Actor, Event, EventKind};
use domain::lead::Lead;
use domain::lead::suppression::{Suppression, SuppressionReason, SuppressionScope};
use domain::message::conversation::{Conversation, Folder, Seen, UnmatchedReply};
use domain::message::understanding::{ReplyKind, Understanding};
use domain::message::{Direction, Message};
use domain::{LeadId, MessageId};
use jiff::SignedDuration;
use serde_json::json;
use test_stage::Suite;

/// Elena has replied to our mail and waits for an answer.
async fn suite() -> (Suite, Lead) {
    let suite = Suite::new(routes(), App::new).await;
    let (ports, now) = (&suite.stage.ports, suite.stage.clock.now());
    let mut lead = Lead::blank(LeadId::derived(now, &["elena"]), suite.workspace.clone(), now);
    lead.first_name = Some("Elena".to_owned());
    lead.email = EmailAddress::parse("elena@linden.example").ok();
    lead.phone = PhoneNumber::try_from("+447400123456".to_owned()).ok();
    let event = Event::system(EventKind::LeadChanged, now);
    ports.leads().create(&lead, &event).await.unwrap();
    let reply = Message {
        from: "elena@linden.example".to_owned(),
        to: "maya@northquay.example".to_owned(),
        subject: "Re: Bookings".to_owned(),
        text: "How much is it?".to_owned(),
        internet_id: Some("1@linden.example".to_owned()),
        understood: Some(Understanding::by_rule(ReplyKind::Person, "no_sign", "How much is it?")),
        ..Message::blank(
            MessageId::derived(&lead.id, &["in", "1"]),
            suite.workspace.clone(),
            Direction::In,
            Channel::Email,
            now,
        )
    };
    ports.messages().create(&reply, &event).await.unwrap();
    let mut conversation = Conversation {
        workspace: suite.workspace.clone(),
        lead: lead.id.clone(),
        lead_name: "Elena".to_owned(),
        folder: Folder::Open,
        channel: Channel::Email,
        last_direction: Direction::In,
        last_at: now,
        snippet: "How much is it?".to_owned(),
        unread: 1,
        understood: reply.understood.clone(),
        assignee: None,
        taken_in: Vec::new(),
        rev: 0,
    };
    assert!(conversation.add_inbound(&reply.id));
    ports.conversations().save(&conversation, &event).await.unwrap();
    (suite, lead)
}

#[tokio::test]
async fn conversation_is_read_answered_in_its_thread_and_closed() {
    let (suite, lead) = suite().await;
    let list = suite.get("/api/inbox").await.expect(200);
    assert_eq!(list["items"][0]["lead_name"], "Elena");
    assert_eq!(list["items"][0]["unread"], 1);
    let path = format!("/api/inbox/{}", lead.id);
    let thread = suite.get(&path).await.expect(200);
    assert_eq!(thread["messages"][0]["text"], "How much is it?");
    let open = json!({"channel": "email", "open": true, "closed_because": null, "told": null});
    assert_eq!(thread["channels"][0], open);
    assert_eq!(suite.post(&format!("{path}/read"), json!({})).await.expect(200)["unread"], 0);

    let body = json!({"text": "{{ first_name }}, it is 79 a month."});
    let answer = suite.post(&format!("{path}/answer"), body).await.expect(202);
    assert_eq!(answer["state"], "queued");
    assert_eq!(answer["channel"], "email");
    suite.stage.advance(SignedDuration::from_secs(11));
    let queued = suite.stage.messages(Queue::Send);
    assert_eq!(queued.len(), 1);
    assert_eq!(queued[0]["message"], answer["id"]);
    let id = answer["id"].as_str().unwrap();
    assert_eq!(suite.get(&format!("/api/messages/{id}")).await.expect(200)["author"], suite.user.as_str());

    // The conversation is answered, so it is no longer open.
    assert_eq!(suite.get("/api/inbox").await.expect(200)["items"], json!([]));
    let done = suite.get("/api/inbox?folder=done").await.expect(200);
    assert_eq!(done["items"][0]["last_direction"], "out");
    assert_eq!(suite.post(&format!("{path}/reopen"), json!({})).await.expect(200)["folder"], "open");
    assert_eq!(suite.post(&format!("{path}/done"), json!({})).await.expect(200)["folder"], "done");
    let messages = suite.get(&format!("/api/messages?lead={}", lead.id)).await.expect(200);
    assert_eq!(messages["total"], 2);
}

#[tokio::test]
async fn cancelled_reply_leaves_the_conversation_open() {
    let (suite, lead) = suite().await;
    let path = format!("/api/inbox/{}", lead.id);
    let text = json!({"text": "It is 79 a month."});
    let answer = suite.post(&format!("{path}/answer"), text).await.expect(202);
    let id: MessageId = serde_json::from_value(answer["id"].clone()).unwrap();
    let writing = WritePorts::new(&suite.stage.ports);
    assert!(cancel_message(&writing, &suite.workspace, &id, Actor::System).await.unwrap());
    let open = suite.get("/api/inbox").await.expect(200);
    assert_eq!(open["items"][0]["snippet"], "How much is it?");
    assert_eq!(open["items"][0]["last_direction"], "in");
}

/// The page that the user sees may be a few seconds old.
#[tokio::test]
async fn message_that_came_in_unseen_keeps_the_conversation_open() {
    let (suite, lead) = suite().await;
    let path = format!("/api/inbox/{}", lead.id);
    let shown = suite.get(&path).await.expect(200)["conversation"]["latest_answer"].clone();
    assert!(shown.is_string());
    let conversations = suite.stage.ports.conversations();
    let mut conversation = conversations.get(&suite.workspace, &lead.id).await.unwrap().unwrap();
    assert!(conversation.add_inbound(&MessageId::derived(&lead.id, &["in", "2"])));
    conversation.unread = 1;
    conversation.snippet = "And by the month?".to_owned();
    conversations
        .save(&conversation, &Event::system(EventKind::LeadChanged, suite.stage.clock.now()))
        .await
        .unwrap();

    let seen = format!("seen={}", shown.as_str().unwrap());
    let done = suite.post(&format!("{path}/done?{seen}"), json!({})).await.expect(409);
    assert_eq!(done["code"], "answered_meanwhile");
    assert_eq!(suite.post(&format!("{path}/read?{seen}"), json!({})).await.expect(200)["unread"], 1);
    let answer = json!({"text": "It is 79 a month.", "seen": shown});
    suite.post(&format!("{path}/answer"), answer).await.expect(202);
    let open = suite.get("/api/inbox").await.expect(200);
    assert_eq!(open["items"][0]["snippet"], "And by the month?");
    assert_eq!(open["items"][0]["unread"], 1);

    let now = suite.get(&path).await.expect(200)["conversation"]["latest_answer"].clone();
    let done = format!("{path}/done?seen={}", now.as_str().unwrap());
    assert_eq!(suite.post(&done, json!({})).await.expect(200)["folder"], "done");
}

/// The lead's page does not show what has just come in.
#[tokio::test]
async fn one_off_message_does_not_close_an_unread_conversation() {
    let (suite, lead) = suite().await;
    let write_to_them = async || {
        let written = Written {
            channel: Channel::Email,
            subject: "By the way".to_owned(),
            text: "We are open on Monday.".to_owned(),
            account: None,
            author: suite.user.clone(),
            send_at: None,
            seen: Seen::WhatWasRead,
            request: None,
        };
        write(&WritePorts::new(&suite.stage.ports), &lead, written).await.unwrap().unwrap();
        suite.get("/api/inbox").await.expect(200)["items"].as_array().unwrap().len()
    };
    assert_eq!(write_to_them().await, 1);
    suite.post(&format!("/api/inbox/{}/read", lead.id), json!({})).await.expect(200);
    assert_eq!(write_to_them().await, 0);
}

#[tokio::test]
async fn reply_with_the_same_key_is_sent_once() {
    let (suite, lead) = suite().await;
    let path = format!("/api/inbox/{}/answer", lead.id);
    let key = [("idempotency-key", "once")];
    let send = || suite.send(http::Method::POST, &path, Some(json!({"text": "Gladly."})), &key);
    let first = send().await.expect(202);
    assert_eq!(send().await.expect(202)["id"], first["id"]);
    suite.stage.advance(SignedDuration::from_secs(11));
    assert_eq!(suite.stage.messages(Queue::Send).len(), 1);
}

/// The limit also holds if the request names no channel: this conversation goes on by SMS.
#[tokio::test]
async fn sms_reply_over_1600_characters_is_refused() {
    let (suite, lead) = suite().await;
    let path = format!("/api/inbox/{}/answer", lead.id);
    let long = "x".repeat(1_601);
    let sms = json!({"channel": "sms", "text": long});
    assert_eq!(suite.post(&path, sms).await.expect(422)["field"], "text");
    let conversations = suite.stage.ports.conversations();
    let mut conversation = conversations.get(&suite.workspace, &lead.id).await.unwrap().unwrap();
    conversation.channel = Channel::Sms;
    let event = Event::system(EventKind::LeadChanged, suite.stage.clock.now());
    conversations.save(&conversation, &event).await.unwrap();
    assert_eq!(suite.post(&path, json!({ "text": long })).await.expect(422)["field"], "text");
    let mail = json!({"channel": "email", "text": long});
    suite.post(&path, mail).await.expect(202);
}

#[tokio::test]
async fn reply_to_an_opted_out_lead_is_refused() {
    let (suite, lead) = suite().await;
    let now = suite.stage.clock.now();
    let listed = Suppression {
        workspace: suite.workspace.clone(),
        scope: SuppressionScope::Email("elena@linden.example".to_owned()),
        reason: SuppressionReason::OptedOut,
        source: None,
        created_by: None,
        created_at: now,
        expires_at: None,
    };
    suite.stage.ports.suppressions().put(&listed, &Event::system(EventKind::LeadChanged, now)).await.unwrap();
    let path = format!("/api/inbox/{}", lead.id);
    let refused = suite.post(&format!("{path}/answer"), json!({"text": "But"})).await.expect(422);
    assert_eq!((&refused["field"], &refused["code"]), (&json!("channel"), &json!("left_alone")));
    let thread = suite.get(&path).await.expect(200);
    assert_eq!(thread["channels"][0]["closed_because"], "address_suppressed");
    // A lead who unsubscribed from mail is not texted instead.
    assert_eq!(thread["channels"][1]["open"], false);
    let told = thread["channels"][1]["told"].as_str().unwrap();
    assert!(told.contains(" unsubscribed on ") && told.ends_with("You can't text them."), "{told}");
    let sms = json!({"channel": "sms", "text": "May I call?"});
    let refused = suite.post(&format!("{path}/answer"), sms).await.expect(422);
    assert_eq!(refused["detail"], told);
    suite.stage.advance(SignedDuration::from_secs(11));
    assert_eq!(suite.stage.messages(Queue::Send).len(), 0);
}

#[tokio::test]
async fn invalid_reply_is_refused_with_the_field() {
    let (suite, lead) = suite().await;
    let path = format!("/api/inbox/{}", lead.id);
    let refused = suite.post(&format!("{path}/answer"), json!({"text": " "})).await.expect(422);
    assert_eq!(refused["field"], "text");
    let refused = suite.post(&format!("{path}/answer"), json!({"text": "{{ broken"})).await.expect(422);
    assert_eq!(refused["field"], "text");
    assert_eq!(suite.post(&format!("{path}/answer"), json!({})).await.expect(422)["field"], "text");
    let nobody = json!({"assignee": domain::UserId::derived(suite.stage.clock.now(), &["x"])});
    assert_eq!(suite.post(&format!("{path}/assign"), nobody).await.expect(422)["field"], "assignee");
    let me = json!({"assignee": suite.user});
    assert_eq!(suite.post(&format!("{path}/assign"), me).await.expect(200)["assignee"], suite.user.as_str());
    suite.get("/api/inbox?folder=junk").await.expect(422);
    suite.get("/api/inbox/nobody").await.expect(404);
}

#[tokio::test]
async fn messages_of_unknown_senders_are_listed_as_unmatched() {
    let (suite, _) = suite().await;
    let now = suite.stage.clock.now();
    let reply = UnmatchedReply {
        workspace: suite.workspace.clone(),
        channel: Channel::Sms,
        from: "+447400999999".to_owned(),
        subject: String::new(),
        text: "Who is this?".to_owned(),
        blob: None,
        received_at: now,
        external_id: "SM1".to_owned(),
    };
    suite
        .stage
        .ports
        .conversations()
        .put_unmatched(&reply, &Event::system(EventKind::LeadChanged, now))
        .await
        .unwrap();
    assert_eq!(suite.get("/api/inbox/unmatched").await.expect(200)["items"][0]["text"], "Who is this?");
}

#[tokio::test]
async fn inbox_routes_refuse_strangers_weaker_roles_and_other_workspaces() {
    let (mut suite, lead) = suite().await;
    let rows = routes().rows().to_vec();
    suite.refuses_those_who_may_not(&rows).await;
    let message = MessageId::derived(&lead.id, &["in", "1"]);
    let ids = [("lead_id", lead.id.as_str()), ("id", message.as_str())];
    let bodies = [
        ("answer_conversation", json!({"text": "Hello"})),
        ("assign_conversation", json!({"assignee": null})),
    ];
    suite.hides_from_others(&rows, &ids, &bodies).await;
}

#[tokio::test]
async fn corrected_understanding_is_shown_and_its_effects_are_queued_once() {
    let (suite, lead) = suite().await;
    let thread = suite.get(&format!("/api/inbox/{}", lead.id)).await.expect(200);
    let message = &thread["messages"][0];
    assert_eq!(
        (&message["understood"]["kind"], &message["understood"]["by"]),
        (&json!("person"), &json!("rules"))
    );
    let path = format!("/api/messages/{}/understanding", message["id"].as_str().unwrap());

    let corrected = suite.put(&path, json!({"kind": "opt_out"})).await.expect(200);
    assert_eq!(corrected["understood"]["kind"], "opt_out");
    assert_eq!(
        (&corrected["understood"]["by"], &corrected["understood"]["sentence"]),
        (&json!("user"), &json!("How much is it?"))
    );
    let list = suite.get("/api/inbox").await.expect(200);
    assert_eq!(
        list["items"][0]["understood"]["kind"], "opt_out",
        "the conversation shows its latest message"
    );
    suite.put(&path, json!({"kind": "opt_out"})).await.expect(200);
    let queued = suite.stage.messages(Queue::Inbound);
    assert_eq!(queued.len(), 1, "the same again is no correction: {queued:?}");

    suite.put(&path, json!({"kind": "bounce"})).await.expect(422);
    let sent = suite.post(&format!("/api/inbox/{}/answer", lead.id), json!({"text": "79"})).await.expect(202);
    let ours = format!("/api/messages/{}/understanding", sent["id"].as_str().unwrap());
    suite.put(&ours, json!({"kind": "person"})).await.expect(404);
}

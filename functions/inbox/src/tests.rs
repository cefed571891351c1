//! The routes of the inbox.

mod addresses;
mod answer_drafts;
mod possible_opt_out;
mod quotations;
mod senders;

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
use domain::message::conversation::{Conversation, Folder, Seen};
use domain::message::understanding::{ReplyKind, Understanding};
use domain::message::unmatched::{UnmatchedReply, UnmatchedState};
use domain::message::{Direction, Message};
use domain::{AccountId, LeadId, MessageId};
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
        lead_deleted: false,
        folder: Folder::Open,
        channel: Channel::Email,
        last_direction: Direction::In,
        last_at: now,
        snippet: "How much is it?".to_owned(),
        unread: 1,
        understood: reply.understood.clone(),
        assignee: None,
        lead_owner: None,
        taken_in: Vec::new(),
        draft: None,
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
            reply_address: None,
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
        sign: None,
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
    let path = unmatched(&suite, "kim@other.example").await;
    let page = suite.get("/api/inbox/unmatched").await.expect(200);
    let shown = &page["items"][0];
    assert_eq!((&shown["text"], &shown["from_name"]), (&json!("Who is this?"), &json!("Kim Lund")));
    assert_eq!(shown["understood"]["kind"], "person");
    assert!(path.ends_with(shown["id"].as_str().unwrap()));
}

/// Stores a message that matches no lead. Returns its path.
async fn unmatched(suite: &Suite, from: &str) -> String {
    let now = suite.stage.clock.now();
    let reply = UnmatchedReply {
        id: UnmatchedReply::id_of(from),
        workspace: suite.workspace.clone(),
        account: AccountId::derived(now, &["inbound"]),
        channel: Channel::Email,
        from: from.to_owned(),
        from_name: "Kim Lund".to_owned(),
        chat_user: None,
        to: "maya@northquay.example".to_owned(),
        wrote_to: None,
        subject: "Re: Bookings".to_owned(),
        text: "Who is this?".to_owned(),
        understood: Understanding::by_rule(ReplyKind::Person, "no_sign", "Who is this?"),
        blob: None,
        received_at: now,
        external_id: from.to_owned(),
        record: None,
        state: UnmatchedState::Waiting {},
        rev: 0,
    };
    let event = Event::system(EventKind::ReplyUnmatched, now);
    suite.stage.ports.conversations().put_unmatched(&reply, &event).await.unwrap();
    format!("/api/inbox/unmatched/{}", reply.id)
}

async fn listed(suite: &Suite) -> usize {
    suite.get("/api/inbox/unmatched").await.expect(200)["items"].as_array().unwrap().len()
}

#[tokio::test]
async fn linked_message_leaves_the_list_and_its_ingestion_is_queued() {
    let (suite, lead) = suite().await;
    let path = unmatched(&suite, "kim@other.example").await;
    let body = json!({ "lead_id": lead.id });
    let linked = suite.post(&format!("{path}/link"), body.clone()).await.expect(202);
    assert_eq!(linked["lead_name"], "Elena");
    assert_eq!(linked["message_id"], MessageId::of_inbound(&lead.id, "kim@other.example").as_str());
    assert_eq!(listed(&suite).await, 0);
    let queued = suite.stage.messages(Queue::Inbound);
    let link = &queued[0]["link"];
    assert_eq!((&link["lead"], &link["learns_address"]), (&json!(lead.id), &json!(true)));
    // A repeat of the request orders the very same.
    suite.post(&format!("{path}/link"), body).await.expect(202);
    assert_eq!(&suite.stage.messages(Queue::Inbound)[0]["link"], link);
}

#[tokio::test]
async fn message_that_a_colleague_has_linked_or_dismissed_is_refused_with_who_did_it() {
    let (suite, lead) = suite().await;
    let path = unmatched(&suite, "kim@other.example").await;
    suite.post(&format!("{path}/dismiss"), json!({})).await.expect(200);
    let body = json!({ "lead_id": lead.id });
    let refused = suite.post(&format!("{path}/link"), body.clone()).await.expect(409);
    assert_eq!(refused["code"], "decided_before");
    let told = refused["detail"].as_str().unwrap();
    assert!(told.ends_with("has dismissed this message."), "{told}");
    assert!(suite.stage.messages(Queue::Inbound).is_empty());

    suite.post(&format!("{path}/restore"), json!({})).await.expect(200);
    suite.post(&format!("{path}/link"), body).await.expect(202);
    for action in ["dismiss", "restore"] {
        let refused = suite.post(&format!("{path}/{action}"), json!({})).await.expect(409);
        let told = refused["detail"].as_str().unwrap();
        assert!(told.ends_with("has linked this message to Elena."), "{told}");
    }
}

#[tokio::test]
async fn dismissed_message_is_restored() {
    let (suite, _) = suite().await;
    let path = unmatched(&suite, "kim@other.example").await;
    suite.post(&format!("{path}/dismiss"), json!({})).await.expect(200);
    suite.post(&format!("{path}/dismiss"), json!({})).await.expect(200);
    assert_eq!(listed(&suite).await, 0);
    suite.post(&format!("{path}/restore"), json!({})).await.expect(200);
    assert_eq!(listed(&suite).await, 1);
}

#[tokio::test]
async fn link_to_no_lead_and_of_no_message_is_refused() {
    let (suite, lead) = suite().await;
    let path = unmatched(&suite, "kim@other.example").await;
    let nobody = json!({ "lead_id": LeadId::derived(suite.stage.clock.now(), &["nobody"]) });
    assert_eq!(suite.post(&format!("{path}/link"), nobody).await.expect(422)["field"], "lead_id");
    let unknown = format!("/api/inbox/unmatched/{}", UnmatchedReply::id_of("unknown"));
    suite.post(&format!("{unknown}/link"), json!({ "lead_id": lead.id })).await.expect(404);
    suite.get(&format!("{unknown}/suggestions")).await.expect(404);
    assert_eq!(listed(&suite).await, 1);
}

#[tokio::test]
async fn leads_at_the_company_and_with_the_name_are_suggested() {
    let (suite, elena) = suite().await;
    let mut named = Lead::blank(
        LeadId::derived(suite.stage.clock.now(), &["named"]),
        suite.workspace.clone(),
        suite.stage.clock.now(),
    );
    (named.first_name, named.last_name) = (Some("Kim".to_owned()), Some("Lund".to_owned()));
    named.email = EmailAddress::parse("kl@elsewhere.example").ok();
    let event = Event::system(EventKind::LeadChanged, suite.stage.clock.now());
    suite.stage.ports.leads().create(&named, &event).await.unwrap();
    let path = unmatched(&suite, "kim@linden.example").await;
    let suggested = suite.get(&format!("{path}/suggestions")).await.expect(200);
    let fits: Vec<_> =
        suggested["leads"].as_array().unwrap().iter().map(|one| (&one["id"], &one["fits"])).collect();
    assert_eq!(fits, [(&json!(elena.id), &json!("company")), (&json!(named.id), &json!("name"))]);
}

/// Stores an inbound mail with this HTML, and its text alone where there is none. Returns its address in the thread.
async fn shown_html(suite: &Suite, lead: &Lead, html: &str) -> serde_json::Value {
    let key = "html-of-a-mail";
    let mail = json!({
        "from": "elena@linden.example", "to": [], "internet_id": null, "in_reply_to": null, "references": [],
        "mail": { "headers": [], "from": "", "from_name": "", "to": [], "subject": "", "date": null, "text": "",
            "html": html, "parts": [] },
    });
    suite.stage.ports.blobs().put(key, "application/json", mail.to_string().into_bytes()).await.unwrap();
    let now = suite.stage.clock.now();
    let id = MessageId::derived(&lead.id, &["in", "html"]);
    let message = Message {
        blob: Some(key.to_owned()),
        has_html: !html.is_empty(),
        ..Message::blank(id.clone(), suite.workspace.clone(), Direction::In, Channel::Email, now)
    };
    let event = Event::system(EventKind::MessageReceived, now);
    suite.stage.ports.messages().create(&message, &event).await.unwrap();
    suite.get(&format!("/api/messages/{id}")).await.expect(200)["html_url"].clone()
}

#[tokio::test]
async fn html_of_a_mail_is_served_to_a_frame_that_may_do_nothing() {
    let (mut suite, lead) = suite().await;
    let url =
        shown_html(&suite, &lead, "<p onclick=alert(1)>Hi <b>you</b></p><script>alert(1)</script>").await;
    let url = url.as_str().unwrap();
    suite.sign_out();
    let page = suite.get(url).await;
    let policy = page.headers["content-security-policy"].to_str().unwrap().to_owned();
    assert!(policy.starts_with("sandbox allow-popups") && policy.contains("default-src 'none'"), "{policy}");
    assert!(policy.contains("img-src data:;") && policy.contains("frame-ancestors 'self'"), "{policy}");
    assert!(!policy.contains("allow-scripts") && !policy.contains("allow-same-origin"), "{policy}");
    assert_eq!(page.headers["x-frame-options"], "SAMEORIGIN");
    assert_eq!(page.headers["referrer-policy"], "no-referrer");
    let body = String::from_utf8_lossy(&page.body).into_owned();
    assert!(body.contains("<p>Hi <b>you</b></p>") && !body.contains("alert"), "{body}");

    let with_images = suite.get(&format!("{url}&images=true")).await;
    let policy = with_images.headers["content-security-policy"].to_str().unwrap().to_owned();
    assert!(policy.contains("img-src data: https:;"), "{policy}");
}

#[tokio::test]
async fn html_is_not_served_to_a_changed_or_an_old_address() {
    let (suite, lead) = suite().await;
    let url = shown_html(&suite, &lead, "<p>Hi</p>").await;
    let url = url.as_str().unwrap();
    let other = MessageId::derived(&lead.id, &["in", "1"]);
    let (_, query) = url.split_once('?').unwrap();
    suite.get(&format!("/api/messages/{other}/html?{query}")).await.expect(401);
    let later = url.replace("until=", "until=9");
    suite.get(&later).await.expect(401);
    suite.stage.advance(SignedDuration::from_hours(3));
    suite.get(url).await.expect(401);
}

#[tokio::test]
async fn mail_of_text_alone_has_no_html_version() {
    let (suite, lead) = suite().await;
    assert_eq!(shown_html(&suite, &lead, "").await, json!(null));
}

#[tokio::test]
async fn inbox_routes_refuse_strangers_weaker_roles_and_other_workspaces() {
    let (mut suite, lead) = suite().await;
    let rows = routes().rows().to_vec();
    suite.refuses_those_who_may_not(&rows).await;
    let message = MessageId::derived(&lead.id, &["in", "1"]);
    let path = unmatched(&suite, "kim@other.example").await;
    let unmatched = path.rsplit('/').next().unwrap();
    let ids = [("lead_id", lead.id.as_str()), ("id", message.as_str()), ("unmatched_id", unmatched)];
    let bodies = [
        ("link_unmatched", json!({ "lead_id": lead.id })),
        ("answer_conversation", json!({"text": "Hello"})),
        ("assign_conversation", json!({"assignee": null})),
        ("remember_address", json!({"address": "elena@linden.example"})),
        ("answer_possible_opt_out", json!({"opted_out": false, "message_id": message})),
        ("approve_answer_draft", json!({"message_id": message, "text": "Hello"})),
        ("refuse_answer_draft", json!({"message_id": message})),
        ("restore_answer_draft", json!({"message_id": message})),
        ("redraft_answer", json!({"message_id": message})),
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
    let waiting = suite.get("/api/inbox").await.expect(200);
    assert_eq!(waiting["items"], json!([]), "an opt-out waits for no answer");
    let done = suite.get("/api/inbox?folder=done").await.expect(200);
    let shown = &done["items"][0]["understood"];
    assert_eq!(shown["kind"], "opt_out", "the conversation shows its latest message");
    suite.put(&path, json!({"kind": "opt_out"})).await.expect(200);
    let queued = suite.stage.messages(Queue::Inbound);
    assert_eq!(queued.len(), 1, "the same again is no correction: {queued:?}");

    suite.put(&path, json!({"kind": "bounce"})).await.expect(422);
    let sent = suite.post(&format!("/api/inbox/{}/answer", lead.id), json!({"text": "79"})).await.expect(202);
    let ours = format!("/api/messages/{}/understanding", sent["id"].as_str().unwrap());
    suite.put(&ours, json!({"kind": "person"})).await.expect(404);
}

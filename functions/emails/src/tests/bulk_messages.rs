//! Bulk messages: checked, started once, written page by page, cancelled.

use super::suite;
use application::bulk_messages::page::write_page;
use application::bulk_messages::start::BulkMessagePorts;
use application::ports::accounts::SecretFields;
use application::queue_messages::{CampaignJob, Queue};
use application::sending::{DAY, workspace_bucket};
use application::{Clock, Ports};
use domain::capacity::contact_caps::Caps;
use domain::capacity::quota::SendingLimits;
use domain::contact::channel::Channel;
use domain::contact::email_address::EmailAddress;
use domain::contact::phone_number::PhoneNumber;
use domain::event::{Event, EventKind};
use domain::lead::Lead;
use domain::lead::custom_field::{CustomField, CustomFields, FieldKind};
use domain::lead::stage::StageId;
use domain::lead::suppression::{Ends, Suppression, SuppressionReason, SuppressionScope};
use domain::message::{Direction, Message, MessageState};
use domain::time::time_zone::ZoneName;
use domain::workspace::account::AccountSettings;
use domain::{BulkMessageId, CustomFieldId, LeadId, MessageId};
use jiff::SignedDuration;
use local_cloud::{Fault, Moment, Pause, Service};
use serde_json::{Value, json};
use std::future::pending;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering::Relaxed;
use test_stage::Suite;
use tokio::sync::Notify;

async fn crowd(suite: &Suite) -> Vec<LeadId> {
    let mut ids = Vec::new();
    for name in ["ana", "ben", "cleo", "dan"] {
        let known = |lead: &mut Lead| {
            lead.first_name = (name != "ben").then(|| name.to_owned());
            lead.do_not_contact = name == "cleo";
            if name == "dan" {
                lead.email = None;
                lead.phone_unparsed = Some("12".to_owned());
            }
            lead.tags = ["spring".to_owned()].into();
            lead.phone = (name == "ana").then(|| PhoneNumber::try_from("+447400123456".to_owned()).unwrap());
        };
        ids.push(suite.stage.lead(&suite.workspace, name, known).await.id);
    }
    ids
}

fn words(ids: &[LeadId]) -> Value {
    json!({"ids": ids, "subject": "News", "body": "Dear {{ first_name }}"})
}

/// Runs the job's messages from the queue as their consumer does; each of them twice if `twice`.
async fn work(suite: &Suite, twice: bool) {
    let ports = BulkMessagePorts::new(&suite.stage.ports);
    while let [message] = &suite.stage.messages(Queue::Enrolments)[..] {
        let CampaignJob::Write { workspace, bulk_message, cursor, counts } =
            serde_json::from_value(message.clone()).unwrap()
        else {
            panic!("{message}");
        };
        for _ in 0..1 + usize::from(twice) {
            write_page(&ports, (&workspace, &bulk_message), cursor.clone(), counts.clone()).await.unwrap();
        }
    }
}

#[tokio::test]
async fn bulk_check_reports_left_out_leads_and_previews() {
    let (suite, _) = suite().await;
    let ids = crowd(&suite).await;
    let refused = suite.post("/api/emails/bulk/check", words(&ids)).await.expect(422);
    assert_eq!(refused["field"], "account");
    suite.stage.mailbox(&suite.workspace).await;
    let mut body = words(&ids);
    let check = suite.post("/api/emails/bulk/check", body.clone()).await.expect(200);
    assert_eq!((&check["people"], &check["reached"]), (&json!(4), &json!(1)));
    assert_eq!(check["left_out"], json!({"do_not_contact": 1, "missing_value": 1, "no_email": 1}));
    assert_eq!(check["previews"][0]["text"], "Dear ana");
    let ben =
        check["examples"].as_array().unwrap().iter().find(|one| one["reason"] == "missing_value").unwrap();
    assert!(ben["detail"].as_str().unwrap().contains("first_name"), "{ben}");
    assert_eq!(suite.stage.messages(Queue::Enrolments).len(), 0, "nothing is sent");
    body["channel"] = json!("whatsapp");
    assert_eq!(suite.post("/api/emails/bulk", body).await.expect(422)["field"], "channel");
    let mut filtered = json!({"filter": {"tag": ["spring"]}, "subject": "News", "body": "Hello"});
    assert_eq!(suite.post("/api/emails/bulk", filtered.clone()).await.expect(422)["field"], "expected_count");
    filtered["expected_count"] = json!(3);
    assert_eq!(suite.post("/api/emails/bulk", filtered.clone()).await.expect(409)["code"], "count_differs");
    filtered["expected_count"] = json!(4);
    assert_eq!(suite.post("/api/emails/bulk", filtered).await.expect(202)["people"], 4);
    assert_eq!(
        suite.post("/api/emails/bulk", json!({"subject": "a", "body": "b"})).await.expect(422)["field"],
        "ids"
    );
}

/// The length is checked for the text as given, and with the lead's values.
#[tokio::test]
async fn bulk_sms_over_1600_characters_is_refused_or_left_out() {
    let (suite, _) = suite().await;
    suite.stage.text_account(&suite.workspace).await;
    let mut ids = Vec::new();
    for (name, number) in [("Ana", "+447400123456"), (&*"a".repeat(90), "+447400123457")] {
        let known = |lead: &mut Lead| {
            lead.first_name = Some(name.to_owned());
            lead.phone = PhoneNumber::try_from(number.to_owned()).ok();
        };
        ids.push(suite.stage.lead(&suite.workspace, number, known).await.id);
    }
    let sms = |length| {
        let body = format!("{} {{{{ first_name }}}}", "x".repeat(length));
        json!({"ids": ids, "channel": "sms", "body": body})
    };
    assert_eq!(suite.post("/api/emails/bulk", sms(1_600)).await.expect(422)["field"], "body");
    let check = suite.post("/api/emails/bulk/check", sms(1_550)).await.expect(200);
    assert_eq!((&check["reached"], &check["left_out"]), (&json!(1), &json!({"too_large": 1})));
}

#[tokio::test]
async fn bulk_message_starts_once_per_key_and_repeated_pages_change_nothing() {
    let (suite, _) = suite().await;
    let ids = crowd(&suite).await;
    suite.stage.mailbox(&suite.workspace).await;
    let key = [("idempotency-key", "1")];
    let start = || suite.send(http::Method::POST, "/api/emails/bulk", Some(words(&ids)), &key);
    let bulk_message = start().await.expect(202);
    assert_eq!(start().await.expect(202)["id"], bulk_message["id"]);
    work(&suite, true).await;
    let path = format!("/api/emails/bulk/{}", bulk_message["id"].as_str().unwrap());
    let done = suite.get(&path).await.expect(200);
    assert_eq!((&done["queued"], &done["people"]), (&json!(1), &json!(4)));
    assert_eq!(done["left_out"], json!({"do_not_contact": 1, "missing_value": 1, "no_email": 1}));
    assert!(done["finished_at"].is_string());
    let id: BulkMessageId = serde_json::from_value(bulk_message["id"].clone()).unwrap();
    let message = MessageId::derived(&ids[0], &["bulk_message", id.as_str()]);
    let message = suite.stage.ports.messages().get(&suite.workspace, &message).await.unwrap();
    assert_eq!((message.bulk_message, message.text.as_str()), (Some(id), "Dear {{ first_name }}"));
    let list = suite.get("/api/emails/bulk").await.expect(200);
    assert_eq!(list["items"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn bulk_message_over_the_daily_limit_is_spread_over_days() {
    let (suite, _) = suite().await;
    let mailbox = suite.stage.mailbox(&suite.workspace).await;
    let accounts = suite.stage.ports.accounts();
    let mut account = accounts.get(&suite.workspace, &mailbox).await.unwrap();
    account.limits = Some(SendingLimits { per_day: 2, ..SendingLimits::of_a_mailbox(ZoneName::utc()) });
    let event = Event::system(EventKind::AccountChanged, suite.stage.clock.now());
    accounts.save(&account, &event).await.unwrap();
    let mut ids = Vec::new();
    for n in 0..6 {
        let name = |lead: &mut Lead| lead.first_name = Some(format!("N{n}"));
        ids.push(suite.stage.lead(&suite.workspace, &format!("n{n}"), name).await.id);
    }
    let bulk_message = suite.post("/api/emails/bulk", words(&ids)).await.expect(202);
    let before = suite.stage.cloud.ledger().snapshot();
    work(&suite, false).await;
    let spent = suite.stage.cloud.ledger().since(&before).write_units();
    assert!(spent <= 6.0 * 2.5 + 3.0, "{spent} write units for six messages");
    let mut days = std::collections::BTreeMap::<String, u32>::new();
    for lead in &ids {
        let id = MessageId::derived(lead, &["bulk_message", bulk_message["id"].as_str().unwrap()]);
        let message = suite.stage.ports.messages().get(&suite.workspace, &id).await.unwrap();
        *days.entry(message.planned_for.unwrap().to_string()[..10].to_owned()).or_default() += 1;
    }
    assert_eq!(days.into_values().collect::<Vec<_>>(), [2, 2, 2]);
}

#[tokio::test]
async fn bulk_message_cancelled_before_its_job_sends_nothing() {
    let (suite, _) = suite().await;
    let ids = crowd(&suite).await;
    suite.stage.mailbox(&suite.workspace).await;
    let bulk_message = suite.post("/api/emails/bulk", words(&ids)).await.expect(202);
    let path = format!("/api/emails/bulk/{}", bulk_message["id"].as_str().unwrap());
    let cancelled = suite.post(&format!("{path}/cancel"), json!({})).await.expect(200);
    assert!(cancelled["cancelled_at"].is_string());
    work(&suite, false).await;
    suite.stage.advance(SignedDuration::from_mins(1));
    assert_eq!(suite.stage.messages(Queue::Send).len(), 0);
}

#[tokio::test]
async fn opt_out_by_sms_stops_mail_unless_the_workspace_keeps_channels_apart() {
    let (suite, _) = suite().await;
    let ids = crowd(&suite).await;
    suite.stage.mailbox(&suite.workspace).await;
    let lead = suite.stage.ports.leads().get(&suite.workspace, &ids[0]).await.unwrap();
    let now = suite.stage.clock.now();
    let stop = Suppression {
        workspace: suite.workspace.clone(),
        scope: SuppressionScope::of_lead(&lead, Channel::Sms).unwrap(),
        reason: SuppressionReason::OptedOut,
        source: None,
        created_by: None,
        created_at: now,
        expires_at: None,
        sign: None,
    };
    suite
        .stage
        .ports
        .suppressions()
        .put(&stop, &Event::system(EventKind::AddressSuppressed, now))
        .await
        .unwrap();
    let check = suite.post("/api/emails/bulk/check", words(&ids)).await.expect(200);
    assert_eq!((&check["reached"], &check["left_out"]["address_suppressed"]), (&json!(0), &json!(1)));
    let alone = json!({"lead_id": ids[0], "subject": "As you asked", "body": "Hello"});
    let refused = suite.post("/api/emails/send", alone.clone()).await.expect(422);
    assert_eq!((&refused["code"], &refused["field"]), (&json!("left_alone"), &json!("channel")));
    let told = refused["detail"].as_str().unwrap();
    assert!(told.starts_with("ana texted STOP on ") && told.ends_with("You can't e-mail them."), "{told}");
    let workspaces = suite.stage.ports.workspaces();
    let mut workspace = workspaces.get(&suite.workspace).await.unwrap();
    workspace.endings.text_stop = Ends::Channel;
    workspaces.save(&workspace, &Event::system(EventKind::SettingsChanged, now)).await.unwrap();
    let check = suite.post("/api/emails/bulk/check", words(&ids)).await.expect(200);
    assert_eq!(check["reached"], 1, "the workspace lets the other channels go on");
    suite.post("/api/emails/send", alone).await.expect(202);
}

#[tokio::test]
async fn mail_without_a_postal_address_is_refused() {
    let (suite, _) = suite().await;
    let ids = crowd(&suite).await;
    suite.stage.mailbox(&suite.workspace).await;
    let workspaces = suite.stage.ports.workspaces();
    let mut workspace = workspaces.get(&suite.workspace).await.unwrap();
    workspace.company.postal_address = String::new();
    workspaces
        .save(&workspace, &Event::system(EventKind::SettingsChanged, suite.stage.clock.now()))
        .await
        .unwrap();
    let alone = json!({"lead_id": ids[0], "subject": "News", "body": "Hello"});
    let refused = suite.post("/api/emails/send", alone).await.expect(422);
    assert_eq!(refused["code"], "no_postal_address");
    let check = suite.post("/api/emails/bulk/check", words(&ids)).await.expect(200);
    assert_eq!((&check["reached"], &check["left_out"]["no_postal_address"]), (&json!(0), &json!(2)));
    let text = json!({"lead_id": ids[0], "channel": "sms", "body": "Hello"});
    suite.post("/api/emails/send", text).await.expect(202);
}

/// The order reached the queue but its answer was lost: a request with the same key starts another bulk
/// message in its place.
#[tokio::test]
async fn bulk_message_with_a_lost_queue_answer_sends_once() {
    let (suite, _) = suite().await;
    let ids = crowd(&suite).await;
    suite.stage.mailbox(&suite.workspace).await;
    let first = AtomicBool::new(true);
    suite.stage.cloud.faults().inject(move |moment, call| {
        let lost = moment == Moment::After && call.service == Service::Sqs && first.swap(false, Relaxed);
        lost.then(|| Fault::Fail { status: 400, code: "Gone".to_owned(), message: String::new() })
    });
    let key = [("idempotency-key", "1")];
    let start = || suite.send(http::Method::POST, "/api/emails/bulk", Some(words(&ids)), &key);
    start().await.expect(503);
    let bulk_message = start().await.expect(202);
    let ports = BulkMessagePorts::new(&suite.stage.ports);
    let orders = suite.stage.messages(Queue::Enrolments);
    assert_eq!(orders.len(), 2, "the first is there after all");
    for order in orders {
        let CampaignJob::Write { workspace, bulk_message, cursor, counts } =
            serde_json::from_value(order).unwrap()
        else {
            panic!("no page");
        };
        write_page(&ports, (&workspace, &bulk_message), cursor, counts).await.unwrap();
    }
    let file = suite.stage.ports.leads().file(&suite.workspace, &ids[0]).await.unwrap();
    let of: Vec<_> = file.messages.iter().filter_map(|message| message.bulk_message.as_ref()).collect();
    assert_eq!(json!(of), json!([bulk_message["id"]]));
}

/// The answer needs no read once the order is queued: a read that fails would have the bulk message started
/// again.
#[tokio::test]
async fn start_reads_nothing_after_queueing() {
    let (suite, _) = suite().await;
    let ids = crowd(&suite).await;
    suite.stage.mailbox(&suite.workspace).await;
    let queued = AtomicBool::new(false);
    suite.stage.cloud.faults().inject(move |moment, call| {
        if call.service == Service::Sqs {
            queued.store(true, Relaxed);
        }
        let reads = moment == Moment::Before && queued.load(Relaxed) && call.operation == "Query";
        reads.then(|| Fault::Fail { status: 400, code: "Gone".to_owned(), message: String::new() })
    });
    suite.post("/api/emails/bulk", words(&ids)).await.expect(202);
}

#[tokio::test]
async fn bulk_filter_is_evaluated_once_for_all_pages() {
    let (suite, _) = suite().await;
    suite.stage.mailbox(&suite.workspace).await;
    let mut ids = Vec::new();
    for n in 0..130 {
        let tagged = |lead: &mut Lead| {
            lead.first_name = Some(format!("N{n}"));
            lead.tags = ["spring".to_owned()].into();
        };
        ids.push(suite.stage.lead(&suite.workspace, &format!("n{n}"), tagged).await.id);
    }
    let ledger = suite.stage.cloud.ledger();
    let mut filtered =
        json!({"filter": {"tag": ["spring"]}, "expected_count": 1, "subject": "News", "body": "Hello"});
    let before = ledger.snapshot();
    suite.post("/api/emails/bulk", filtered.clone()).await.expect(409);
    let looked_once = ledger.since(&before).read_units();
    (filtered["expected_count"], filtered["except"]) = (json!(130), json!([ids[0]]));
    let mut spent = Vec::new();
    for body in [words(&ids[1..]), filtered] {
        let bulk_message = suite.post("/api/emails/bulk", body).await.expect(202);
        let before = ledger.snapshot();
        work(&suite, false).await;
        spent.push(ledger.since(&before).read_units());
        let path = format!("/api/emails/bulk/{}", bulk_message["id"].as_str().unwrap());
        assert_eq!(suite.get(&path).await.expect(200)["queued"], 129);
    }
    assert!(spent[1] - spent[0] <= looked_once, "{spent:?}, {looked_once} for a look");
}

#[tokio::test]
async fn bulk_message_of_several_mailboxes_needs_a_choice_for_leads_that_know_none() {
    let (suite, _) = suite().await;
    let ids = crowd(&suite).await;
    suite.stage.mailbox(&suite.workspace).await;
    let settings = AccountSettings::Resend {
        base_url: "https://api.resend.example".to_owned(),
        from_address: EmailAddress::parse("zoe@northquay.example").unwrap(),
        from_name: "Zoe".to_owned(),
        reply_to: None,
    };
    suite.stage.account(&suite.workspace, settings, SecretFields::one("api_key", "re_key")).await;
    let listed = suite.stage.ports.accounts().list(&suite.workspace).await.unwrap();
    assert_eq!(suite.post("/api/emails/bulk", words(&ids)).await.expect(422)["field"], "account");
    for field in ["account", "account_id"] {
        let mut body = words(&ids);
        body[field] = json!(listed[1].id);
        let bulk_message = suite.post("/api/emails/bulk", body).await.expect(202);
        assert_eq!(bulk_message["account_id"], json!(listed[1].id));
    }
}

async fn caps(suite: &Suite, caps: Caps) {
    let workspaces = suite.stage.ports.workspaces();
    let mut workspace = workspaces.get(&suite.workspace).await.unwrap();
    workspace.caps = caps;
    workspaces
        .save(&workspace, &Event::system(EventKind::SettingsChanged, suite.stage.clock.now()))
        .await
        .unwrap();
}

#[tokio::test]
async fn bulk_check_reports_leads_deferred_by_caps() {
    let (suite, _) = suite().await;
    suite.stage.mailbox(&suite.workspace).await;
    let now = suite.stage.clock.now();
    let mut ids = Vec::new();
    for name in ["ana", "ben", "cleo", "dan", "eve"] {
        let known = |lead: &mut Lead| {
            lead.first_name = Some(name.to_owned());
            if name == "ana" {
                lead.status = StageId::CONTACTED;
            }
            if name == "eve" {
                lead.email = EmailAddress::parse("eve@two.example").ok();
            }
        };
        ids.push(suite.stage.lead(&suite.workspace, name, known).await.id);
    }
    let id = MessageId::derived(&ids[0], &["before"]);
    let before = Message {
        state: MessageState::Accepted,
        accepted_at: Some(now),
        ..Message::blank(id, suite.workspace.clone(), Direction::Out, Channel::Email, now)
    };
    suite
        .stage
        .ports
        .messages()
        .create(&before, &Event::system(EventKind::MessageAccepted, now))
        .await
        .unwrap();
    let waits = async || {
        let check = suite.post("/api/emails/bulk/check", words(&ids)).await.expect(200);
        assert_eq!(check["reached"], 5, "nobody is left out");
        check["waits"].clone()
    };
    assert_eq!(waits().await, json!({}));
    caps(&suite, Caps { hours_apart: Some(20), ..Caps::default() }).await;
    assert_eq!(waits().await, json!({"too_soon": 1}));
    caps(&suite, Caps { domain_per_day: Some(2), messages_per_day: Some(4), ..Caps::default() }).await;
    assert_eq!(waits().await, json!({"domain_full": 2}));
    let whole = workspace_bucket(&suite.workspace);
    suite.stage.ports.limits().take(&whole, 4, DAY, now).await.unwrap().unwrap();
    suite.stage.ports.limits().take(&whole, 4, DAY, now).await.unwrap().unwrap();
    assert_eq!(waits().await, json!({"domain_full": 2, "workspace_full": 1}));
}

/// The function is killed right before the queue gets the order, or right after.
#[tokio::test]
async fn start_killed_at_the_queue_is_repeated_and_sends_once() {
    for when in [Moment::Before, Moment::After] {
        let (suite, _) = suite().await;
        let ids = crowd(&suite).await;
        suite.stage.mailbox(&suite.workspace).await;
        let key = [("idempotency-key", "1")];
        let start = || suite.send(http::Method::POST, "/api/emails/bulk", Some(words(&ids)), &key);
        let there = Arc::new(Notify::new());
        let (tell, first) = (there.clone(), AtomicBool::new(true));
        suite.stage.cloud.faults().hold_up(move |moment, call| {
            let is_it = moment == when && call.service == Service::Sqs;
            (is_it && first.swap(false, Relaxed)).then(|| {
                tell.notify_one();
                Box::pin(pending()) as Pause
            })
        });
        tokio::select! {
            () = there.notified() => {}
            _ = start() => panic!("it is killed on its way"),
        }
        assert_eq!(start().await.expect(409)["code"], "request_running");
        suite.stage.advance(SignedDuration::from_secs(60));
        let bulk_message = start().await.expect(202);
        assert_eq!(start().await.expect(202)["id"], bulk_message["id"]);
        let ports = BulkMessagePorts::new(&suite.stage.ports);
        let orders = suite.stage.messages(Queue::Enrolments);
        assert_eq!(orders.len(), if when == Moment::Before { 1 } else { 2 });
        for order in orders {
            let CampaignJob::Write { workspace, bulk_message, cursor, counts } =
                serde_json::from_value(order).unwrap()
            else {
                panic!("no page");
            };
            write_page(&ports, (&workspace, &bulk_message), cursor, counts).await.unwrap();
        }
        let list = suite.get("/api/emails/bulk").await.expect(200);
        assert_eq!(list["items"].as_array().unwrap().len(), 1);
        let file = suite.stage.ports.leads().file(&suite.workspace, &ids[0]).await.unwrap();
        let of: Vec<_> = file.messages.iter().filter_map(|message| message.bulk_message.as_ref()).collect();
        assert_eq!(json!(of), json!([bulk_message["id"]]));
    }
}

#[tokio::test]
async fn bulk_message_leaves_out_leads_without_the_consent_that_the_law_asks_for() {
    let (suite, _) = suite().await;
    suite.stage.mailbox(&suite.workspace).await;
    let mut ids = Vec::new();
    for (name, agreed) in [("ana", true), ("ben", false)] {
        let in_germany = |lead: &mut Lead| {
            lead.first_name = Some(name.to_owned());
            lead.country = domain::contact::country::Country::parse("DE");
            if !agreed {
                lead.consents = Default::default();
            }
        };
        ids.push(suite.stage.lead(&suite.workspace, name, in_germany).await.id);
    }
    let check = suite.post("/api/emails/bulk/check", words(&ids)).await.expect(200);
    assert_eq!((&check["reached"], &check["left_out"]), (&json!(1), &json!({"no_consent": 1})));
    suite.post("/api/emails/bulk", words(&ids)).await.expect(202);
    work(&suite, false).await;
    // A user may still write to the one lead.
    let one = json!({"lead_id": ids[1], "subject": "Your question", "body": "Here you are"});
    let key = [("idempotency-key", "one")];
    suite.send(http::Method::POST, "/api/emails/send", Some(one), &key).await.expect(202);
}

#[tokio::test]
async fn bulk_message_by_a_segment_that_is_not_there_is_refused() {
    let (suite, _) = suite().await;
    suite.stage.mailbox(&suite.workspace).await;
    let filter = json!({"segment": "segment_01M7HSBBM0YEW9W2K9Z1FK586Z"});
    let body = json!({"filter": filter, "expected_count": 0, "subject": "News", "body": "Hello"});
    for path in ["/api/emails/bulk/check", "/api/emails/bulk"] {
        assert_eq!(suite.post(path, body.clone()).await.expect(422)["field"], "filter.segment");
    }
}

#[tokio::test]
async fn bulk_message_whose_field_is_deleted_before_its_first_page_is_cancelled() {
    let (suite, _) = suite().await;
    crowd(&suite).await;
    suite.stage.mailbox(&suite.workspace).await;
    let ports = &suite.stage.ports;
    let (id, now) = (CustomFieldId::new(ports.ids().next()), suite.stage.clock.now());
    let seats =
        CustomField { id, key: "Seats".to_owned(), label: "Seats".to_owned(), kind: FieldKind::Number };
    let mut fields = CustomFields::none(suite.workspace.clone());
    fields.fields.push(seats);
    let event = Event::system(EventKind::CustomFieldChanged, now);
    fields.rev = ports.custom_fields().save(&fields, &event).await.unwrap();
    let rule = json!({"none": [{"if": {"field": "custom.Seats", "at_least": "9"}}]});
    let body = json!({"filter": {"rule": rule}, "expected_count": 5, "subject": "News", "body": "Hello"});
    let sent = suite.post("/api/emails/bulk", body).await.expect(202);
    fields.fields.clear();
    ports.custom_fields().save(&fields, &event).await.unwrap();
    work(&suite, false).await;
    let told = suite.get(&format!("/api/emails/bulk/{}", sent["id"].as_str().unwrap())).await.expect(200);
    assert!(told["cancelled_at"].is_string() && told["finished_at"].is_null(), "{told}");
}

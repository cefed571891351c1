//! What arrived is kept, with what became of it, and reading all of it again changes nothing; also not what users have
//! changed since.

mod meetings;
mod opt_outs;

use crate::App;
use crate::tests::{relayed_mail, webhook};
use application::ingesting::ingest;
use application::lead::change::erase_blobs;
use application::ports::accounts::SecretFields;
use application::ports::inbound_records::{InboundFilter, InboundRecord};
use application::queue_messages::{IngestEvent, Payload};
use application::{Clock, PageRequest, Ports};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use domain::campaign::CampaignState;
use domain::contact::channel::Channel;
use domain::contact::email_address::EmailAddress;
use domain::contact::phone_number::PhoneNumber;
use domain::event::{Event, EventKind};
use domain::lead::Lead;
use domain::lead::suppression::SuppressionScope;
use domain::message::conversation::Folder;
use domain::message::identity::internet_id;
use domain::message::inbound_outcome::{Became, InboundOutcome};
use domain::message::{Direction, Message, MessageState};
use domain::workspace::account::{AccountKind, AccountSettings};
use domain::{AccountId, LeadId, MessageId, UserId, WorkspaceId};
use jiff::SignedDuration;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use test_stage::Stage;

struct World {
    stage: Stage,
    workspace: WorkspaceId,
    user: UserId,
    mail: AccountId,
    texts: AccountId,
    chats: AccountId,
    payments: AccountId,
    app: App,
}

impl World {
    async fn new() -> Self {
        let stage = Stage::new().await;
        let (workspace, user) = stage.workspace("northquay").await;
        let mail = stage.inbound_mail(&workspace).await;
        let texts = stage.text_account(&workspace).await;
        let chats = stage.whatsapp_account(&workspace).await;
        let stripe = AccountSettings::Stripe { account_id: None, livemode: false };
        let payments =
            stage.account(&workspace, stripe, SecretFields::one("signing_secret", "whsec_x")).await;
        let app = App::new(&stage.ports);
        Self { stage, workspace, user, mail, texts, chats, payments, app }
    }

    fn webhook(&self, (account, kind): (&AccountId, AccountKind), id: &str, body: &Value) -> IngestEvent {
        webhook(&self.stage, (&self.workspace, account), kind, id, body)
    }

    async fn takes_in(&self, event: IngestEvent) {
        ingest(&self.app.ports, &event).await.unwrap();
        self.stage.advance(SignedDuration::from_mins(1));
    }

    /// Takes in a mail with these headers and words.
    async fn mail(&self, name: &str, from: &str, headers: &str, body: &str) {
        let raw = format!(
            "From: {from}\r\nTo: replies@northquay.example\r\nMessage-ID: <{name}@one.example>\r\n{headers}\r\n{body}"
        );
        let mail = relayed_mail(&self.stage, (&self.workspace, &self.mail), name, from, &raw);
        self.takes_in(mail).await;
    }

    async fn text(&self, id: &str, fields: Value) {
        let body = json!({ "url": "https://leadflow.example/api/webhooks/twilio", "form": fields });
        self.takes_in(self.webhook((&self.texts, AccountKind::Twilio), id, &body)).await;
    }

    async fn chat(&self, id: &str, mut value: Value) {
        value["messaging_product"] = json!("whatsapp");
        value["metadata"] =
            json!({ "display_phone_number": "15005550006", "phone_number_id": "106540352242922" });
        let body = json!({ "entry": [{ "changes": [{ "field": "messages", "value": value }] }] });
        self.takes_in(self.webhook((&self.chats, AccountKind::Whatsapp), id, &body)).await;
    }

    async fn stripe(&self, kind: &str, object: Value) {
        let id = format!("evt_{kind}_{}", object["status"]);
        let body = json!({
            "id": id, "object": "event", "type": kind, "livemode": false,
            "created": self.stage.clock.now().as_second(), "data": { "object": object },
        });
        self.takes_in(self.webhook((&self.payments, AccountKind::Stripe), &id, &body)).await;
    }

    /// Makes a lead with this address and number in an active enrolment, who was sent a mail, and a text.
    async fn lead(&self, name: &str, phone: Option<&str>) -> (Lead, MessageId) {
        let change = |lead: &mut Lead| {
            lead.email = EmailAddress::parse(&format!("{name}@one.example")).ok();
            lead.phone = phone.and_then(|phone| PhoneNumber::try_from(phone.to_owned()).ok());
        };
        let lead = self.stage.lead(&self.workspace, name, change).await;
        let sequence = self.stage.sequence(&self.workspace, Channel::Email, &["first", "second"]).await;
        let campaign = self.stage.campaign(name, &sequence, CampaignState::Active, |_| {}).await;
        self.stage.enrolment(&campaign, &sequence, &lead.id).await;
        let sent = self.sent(&lead.id, Channel::Email, &format!("{name}@one.example"), false).await;
        (lead, sent)
    }

    async fn sent(&self, lead: &LeadId, channel: Channel, to: &str, test: bool) -> MessageId {
        let now = self.stage.clock.now();
        let id = MessageId::derived(lead, &["sent", channel.as_str(), if test { "test" } else { "" }]);
        let message = Message {
            test,
            state: MessageState::Accepted,
            to: to.to_owned(),
            subject: "Hello".to_owned(),
            accepted_at: Some(now),
            ..Message::blank(id.clone(), self.workspace.clone(), Direction::Out, channel, now)
        };
        let event = Event::system(EventKind::MessageAccepted, now);
        self.stage.ports.messages().create(&message, &event).await.unwrap();
        id
    }

    async fn records(&self) -> Vec<InboundRecord> {
        let (store, filter) = (self.stage.ports.inbound_records(), InboundFilter::default());
        let (mut all, mut page) = (Vec::new(), PageRequest::first(20));
        loop {
            let found = store.list(&self.workspace, &filter, page.clone()).await.unwrap();
            all.extend(found.items);
            match found.next_cursor {
                Some(cursor) => page.cursor = Some(cursor),
                None => return all,
            }
        }
    }

    async fn replay(&self, record: &InboundRecord) {
        let event = IngestEvent::Replay {
            workspace: self.workspace.clone(),
            record: record.id.clone(),
            user: self.user.clone(),
            at: self.stage.clock.now(),
        };
        ingest(&self.app.ports, &event).await.unwrap();
    }

    async fn replay_all(&self) {
        for record in self.records().await {
            self.replay(&record).await;
        }
    }

    /// The whole table, without what a replay notes of itself.
    fn table(&self) -> Vec<Value> {
        let mut items = self.stage.cloud.items("test").unwrap();
        for item in &mut items {
            if item["entity"]["S"] == "inbound_record" {
                let item = item.as_object_mut().unwrap();
                item.remove("replay");
                item.remove("rev");
            }
        }
        items
    }

    /// Lets one event of every kind happen.
    async fn everything_arrives(&self) {
        self.meetings_arrive().await;
        let answers = |id: &MessageId| format!("In-Reply-To: <{}>\r\n", internet_id(id, "northquay.example"));
        let plain = |id: &MessageId| answers(id) + "Subject: Re: Hello\r\n";
        let (_, sent) = self.lead("reply", None).await;
        self.mail("reply", "reply@one.example", &plain(&sent), "Yes, please call me tomorrow.\r\n").await;
        let (_, sent) = self.lead("stop", None).await;
        self.mail("stop", "stop@one.example", &plain(&sent), "Please stop writing to me.\r\n").await;
        let (_, sent) = self.lead("away", None).await;
        let auto = format!("{}Subject: Out of office\r\nAuto-Submitted: auto-replied\r\n", answers(&sent));
        self.mail("away", "away@one.example", &auto, "I am out of office until 14 December 2026.\r\n").await;
        let (_, sent) = self.lead("ticket", None).await;
        let auto =
            format!("{}Subject: [Ticket 77] Hello\r\nAuto-Submitted: auto-replied\r\n", answers(&sent));
        self.mail("ticket", "ticket@one.example", &auto, "We have received your request. Ticket 77.\r\n")
            .await;
        let (_, sent) = self.lead("left", None).await;
        let auto = format!("{}Subject: No longer here\r\nAuto-Submitted: auto-replied\r\n", answers(&sent));
        self.mail("left", "left@one.example", &auto, "I no longer work at One Dental.\r\n").await;
        let (_, sent) = self.lead("bounce", None).await;
        let (headers, body) = report(&sent, "bounce@one.example");
        self.mail("bounce", "MAILER-DAEMON@mx.example", &headers, &body).await;
        let (_, sent) = self.lead("spam", None).await;
        let (headers, body) = complaint(&sent);
        self.mail("spam", "fbl@provider.example", &headers, &body).await;
        self.mail("stranger", "sam@elsewhere.example", "Subject: Hi\r\n", "Please remove me.\r\n").await;
        let (ann, _) = self.lead("test", None).await;
        let test = self.sent(&ann.id, Channel::Email, "kim@northquay.example", true).await;
        self.mail("test", "kim@private.example", &plain(&test), "Looks good.\r\n").await;
        let own = self.stage.mailbox(&self.workspace).await;
        let own = self.stage.ports.accounts().get(&self.workspace, &own).await.unwrap();
        let own = own.settings.mailbox().unwrap().address.to_string();
        self.mail("own", &own, "Subject: Hello\r\n", "A copy.\r\n").await;

        let (texted, _) = self.lead("texted", Some("+12065550101")).await;
        let sms = self.sent(&texted.id, Channel::Sms, "+12065550101", false).await;
        let url = format!("https://leadflow.example/api/webhooks/twilio?message={sms}");
        for (status, code) in [("delivered", ""), ("undelivered", "30005")] {
            let body = json!({ "url": url, "form": [["MessageSid", "SM1"], ["MessageStatus", status], ["ErrorCode", code]] });
            self.takes_in(self.webhook((&self.texts, AccountKind::Twilio), status, &body)).await;
        }
        let text = |id: &str, from: &str, body: &str| {
            json!([["MessageSid", id], ["From", from], ["To", "+15005550006"], ["Body", body]])
        };
        self.text("SM2", text("SM2", "+12065550101", "Call me")).await;
        self.text("SM3", text("SM3", "+12065550101", "STOP")).await;
        self.text("SM4", text("SM4", "+12065550101", "START")).await;
        self.text("SM5", text("SM5", "+12065550999", "STOP")).await;

        self.lead("chatted", Some("+12065550102")).await;
        let at = self.stage.clock.now().as_second();
        let words = json!({ "from": "12065550102", "id": "wamid.1", "timestamp": at.to_string(), "type": "text", "text": { "body": "Hello" } });
        self.chat("wamid.1", json!({ "messages": [words] })).await;
        let system = json!({ "from": "12065550102", "id": "wamid.2", "timestamp": at.to_string(), "type": "system",
            "system": { "type": "user_changed_number", "wa_id": "12065550177" } });
        self.chat("wamid.2", json!({ "messages": [system] })).await;
        for (id, value) in [("stop", "stop"), ("resume", "resume")] {
            let preference = json!({ "wa_id": "12065550177", "category": "marketing_messages", "value": value,
                "detail": "User requested it", "timestamp": self.stage.clock.now().as_second() });
            self.chat(id, json!({ "user_preferences": [preference] })).await;
        }
        self.lead("called", Some("+12065550103")).await;
        let echo = json!({ "from": "15005550006", "to": "12065550103", "id": "wamid.e", "timestamp": at.to_string(),
            "type": "text", "text": { "body": "We come on Thursday." } });
        self.chat("echo", json!({ "message_echoes": [echo] })).await;

        let (buyer, _) = self.lead("buyer", None).await;
        self.stripe("checkout.session.completed", json!({
            "id": "cs_1", "mode": "subscription", "payment_status": "paid", "client_reference_id": buyer.id.as_str(),
            "customer": "cus_1", "customer_details": { "email": "billing@corp.example", "name": "Corp" },
            "amount_total": 4900, "currency": "usd", "payment_intent": null, "invoice": null,
        })).await;
        self.stripe("invoice.paid", json!({
            "id": "in_1", "customer": "cus_1", "customer_email": "billing@corp.example", "customer_name": "Corp",
            "amount_paid": 4900, "currency": "usd", "payment_intent": "pi_1",
        })).await;
        self.stripe(
            "charge.succeeded",
            json!({ "id": "ch_1", "customer": "cus_1", "payment_intent": "pi_1" }),
        )
        .await;
        self.stripe("charge.refunded", json!({
            "id": "ch_1", "customer": "cus_1", "amount_refunded": 900, "currency": "usd", "payment_intent": "pi_1",
        })).await;
        for status in ["needs_response", "lost"] {
            self.stripe(
                "charge.dispute.created",
                json!({ "id": "dp_1", "amount": 4000, "currency": "usd",
                "charge": "ch_1", "reason": "fraudulent", "status": status }),
            )
            .await;
        }
        self.stripe("customer.subscription.updated", json!({
            "id": "sub_1", "customer": "cus_1", "status": "active", "currency": "usd", "created": 1_795_000_000,
            "cancel_at": 1_798_675_200, "cancel_at_period_end": false, "discounts": [],
            "items": {"data": [{"quantity": 1, "price": {"currency": "usd", "unit_amount": 4900,
                "recurring": {"interval": "month", "interval_count": 1, "usage_type": "licensed"}}}]},
        })).await;
        self.stripe("checkout.session.async_payment_failed", json!({
            "id": "cs_2", "mode": "payment", "payment_status": "unpaid", "client_reference_id": buyer.id.as_str(),
            "customer": "cus_1", "amount_total": 4900, "currency": "eur", "payment_intent": "pi_2", "invoice": null,
        })).await;
        let thin = json!({ "id": "evt_thin", "object": "v2.core.event", "type": "v1.invoice.paid", "livemode": false,
            "created": "2026-11-27T08:14:05.000Z" });
        self.takes_in(self.webhook((&self.payments, AccountKind::Stripe), "evt_thin", &thin)).await;
        self.stripe("tax_id.updated", json!({ "id": "txi_1" })).await;
    }
}

/// The headers and the body of a report that this mail came back.
fn report(id: &MessageId, to: &str) -> (String, String) {
    let headers = "Subject: Undeliverable\r\nMIME-Version: 1.0\r\n\
        Content-Type: multipart/report; report-type=delivery-status; boundary=\"b\"\r\n";
    let body = format!(
        "--b\r\nContent-Type: text/plain\r\n\r\nIt came back.\r\n\
         --b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example\r\n\r\n\
         Final-Recipient: rfc822; {to}\r\nAction: failed\r\nStatus: 5.1.1\r\nDiagnostic-Code: smtp; 550 5.1.1 unknown\r\n\
         --b\r\nContent-Type: text/rfc822-headers\r\n\r\nX-Leadflow-Message: {id}\r\n--b--\r\n"
    );
    (headers.to_owned(), body)
}

fn complaint(id: &MessageId) -> (String, String) {
    let headers = "Subject: FW: Hello\r\nMIME-Version: 1.0\r\n\
        Content-Type: multipart/report; report-type=feedback-report; boundary=\"b\"\r\n";
    let body = format!(
        "--b\r\nContent-Type: text/plain\r\n\r\nAn abuse report.\r\n\
         --b\r\nContent-Type: message/feedback-report\r\n\r\nFeedback-Type: abuse\r\nVersion: 1\r\n\r\n\
         --b\r\nContent-Type: text/rfc822-headers\r\n\r\nX-Leadflow-Message: {id}\r\n--b--\r\n"
    );
    (headers.to_owned(), body)
}

#[tokio::test]
async fn replaying_everything_changes_nothing() {
    let world = World::new().await;
    world.everything_arrives().await;
    let records = world.records().await;
    let became: BTreeSet<Became> = records.iter().flat_map(|record| record.became.clone()).collect();
    // What the classifier makes of words changes with its training: `held` has its repeats.
    let known = Became::ALL.iter().filter(|kind| **kind != Became::PossibleOptOut);
    let missing: Vec<_> = known.filter(|kind| !became.contains(kind)).collect();
    assert!(missing.is_empty(), "the test has none of {missing:?}");
    assert!(records.iter().all(|record| record.outcome.is_handled()), "{records:?}");
    world.stage.advance(SignedDuration::from_hours(24 * 20));
    let before = world.table();
    for _ in 0..2 {
        world.replay_all().await;
        let after = world.table();
        for (before, after) in before.iter().zip(&after) {
            assert_eq!(before, after);
        }
        assert_eq!(before.len(), after.len());
    }
    for record in world.records().await {
        let replay = record.replay.unwrap();
        assert!(!replay.has_changed && replay.done_at.is_some(), "{:?}", record.became);
    }
}

/// Addresses are taken off the suppression list, the conversation is finished, the client is enrolled anew.
#[tokio::test]
async fn changes_by_users_stay_after_a_replay() {
    let world = World::new().await;
    world.everything_arrives().await;
    let (ports, now) = (&world.stage.ports, world.stage.clock.now());
    let scopes = ["stop", "left", "bounce", "spam"].map(|name| format!("{name}@one.example"));
    let mut scopes: Vec<_> = scopes.into_iter().map(SuppressionScope::Email).collect();
    scopes.push(SuppressionScope::Email("sam@elsewhere.example".to_owned()));
    scopes.push(SuppressionScope::Phone("+12065550999".to_owned()));
    scopes.push(SuppressionScope::Phone("+12065550101".to_owned()));
    let event = Event::system(EventKind::LeadChanged, now);
    let listed = ports.suppressions().find(&world.workspace, &scopes).await.unwrap();
    assert!(listed.len() >= 5, "{listed:?}");
    for entry in listed {
        ports.suppressions().lift(&entry, &event).await.unwrap();
    }
    let open =
        ports.conversations().list(&world.workspace, Folder::Open, PageRequest::first(50)).await.unwrap();
    for mut conversation in open.items {
        (conversation.folder, conversation.unread) = (Folder::Done, 0);
        conversation.taken_in.clear();
        ports.conversations().save(&conversation, &event).await.unwrap();
    }
    let sequence = world.stage.sequence(&world.workspace, Channel::Email, &["again"]).await;
    let campaign = world.stage.campaign("Again", &sequence, CampaignState::Active, |_| {}).await;
    let mut again = Vec::new();
    for name in ["buyer", "reply", "stop", "spam"] {
        let address = EmailAddress::parse(&format!("{name}@one.example")).unwrap();
        let lead = ports.leads().find_by_email(&world.workspace, &address).await.unwrap().unwrap();
        again.push(world.stage.enrolment(&campaign, &sequence, &lead).await.key().clone());
    }
    let before = world.table();
    world.replay_all().await;
    for (before, after) in before.iter().zip(&world.table()) {
        assert_eq!(before, after);
    }
    for key in again {
        assert!(ports.enrolments().get(&key).await.unwrap().is_active());
    }
}

#[tokio::test]
async fn replay_of_a_filed_mail_that_matches_no_lead_by_now_ends_and_keeps_the_mail() {
    let world = World::new().await;
    let (lead, _) = world.lead("ann", None).await;
    let mailbox = world.stage.mailbox_with_imap(&world.workspace).await;
    let blobs = world.stage.ports.blobs();
    let blob = application::ingesting::large_payloads::payload(&world.workspace, &mailbox, "1");
    let raw = "From: ann@one.example\r\nMessage-ID: <1@one.example>\r\nSubject: Hello\r\n\r\nCall me.\r\n";
    blobs.put(&blob, "message/rfc822", raw.as_bytes().to_vec()).await.unwrap();
    let mail = IngestEvent::Mail {
        workspace: world.workspace.clone(),
        account: mailbox,
        event_id: "1".to_owned(),
        received_at: world.stage.clock.now(),
        is_by_hand: false,
        blob: blob.clone(),
    };
    world.takes_in(mail).await;
    let [filed] = <[_; 1]>::try_from(world.records().await).unwrap();
    assert_eq!((filed.outcome.is_handled(), &filed.leads), (true, &vec![lead.id.clone()]));
    // As when the address is taken away from the lead.
    let now = world.stage.clock.now();
    let event = Event::system(EventKind::LeadChanged, now);
    world.stage.ports.leads().erase(&world.workspace, &lead.id, &event).await.unwrap();
    world
        .stage
        .ports
        .inbound_records()
        .save(&InboundRecord { leads: Vec::new(), rev: 0, ..filed })
        .await
        .unwrap();
    let [filed] = <[_; 1]>::try_from(world.records().await).unwrap();
    world.replay(&filed).await;
    blobs.get(&blob).await.expect("the message in the timeline names it");
    let [again] = <[_; 1]>::try_from(world.records().await).unwrap();
    let replay = again.replay.expect("it is noted");
    assert!(replay.done_at.is_some() && replay.has_changed);
}

#[tokio::test]
async fn record_of_a_delayed_mail_and_of_a_named_payment_is_about_its_lead() {
    let world = World::new().await;
    let (lead, sent) = world.lead("ann", None).await;
    let (headers, body) = report(&sent, "ann@one.example");
    let delayed = body.replace("Action: failed\r\nStatus: 5.1.1", "Action: delayed\r\nStatus: 4.4.1");
    world.mail("delayed", "MAILER-DAEMON@mx.example", &headers, &delayed).await;
    world.stripe("checkout.session.completed", json!({
        "id": "cs_1", "mode": "payment", "payment_status": "paid", "client_reference_id": lead.id.as_str(),
        "customer": "cus_1", "amount_total": 4900, "currency": "usd", "payment_intent": "pi_1", "invoice": null,
    })).await;
    let named = json!({ "id": "ch_1", "customer": "cus_1", "payment_intent": "pi_1" });
    world.stripe("charge.succeeded", named).await;
    let records = world.records().await;
    assert_eq!(records.len(), 3);
    for record in records {
        assert_eq!(record.leads, std::slice::from_ref(&lead.id), "{:?}", record.became);
    }
}

#[tokio::test]
async fn unreadable_event_is_kept_with_the_reason_and_filed_by_a_replay_once_it_is_read() {
    let world = World::new().await;
    let broken = world.webhook((&world.mail, AccountKind::InboundEmail), "e-1", &json!({"type": 7}));
    ingest(&world.app.ports, &broken).await.unwrap_err();
    let [record] = <[_; 1]>::try_from(world.records().await).unwrap();
    assert_eq!(record.outcome, InboundOutcome::Unreadable);
    assert!(record.detail.is_some() && record.provider == "inbound_email");
    world.replay(&record).await;
    let [again] = <[_; 1]>::try_from(world.records().await).unwrap();
    assert_eq!(again.outcome, InboundOutcome::Unreadable);
    // As a later version, which reads it, would find it.
    let mail = "From: a@b.example\r\n\r\nHello";
    let event = relayed_mail(&world.stage, (&world.workspace, &world.mail), "e-1", "a@b.example", mail);
    let readable = InboundRecord { event, ..again };
    world.stage.ports.inbound_records().save(&readable).await.unwrap();
    world.stage.advance(SignedDuration::from_mins(1));
    world.replay(&record).await;
    let [filed] = <[_; 1]>::try_from(world.records().await).unwrap();
    assert_eq!(
        (filed.outcome, filed.became.as_slice()),
        (InboundOutcome::Unmatched, [Became::Unmatched].as_slice())
    );
    assert!(filed.replay.unwrap().has_changed);
}

#[tokio::test]
async fn inbound_record_is_deleted_with_its_lead() {
    let world = World::new().await;
    let (lead, sent) = world.lead("ann", None).await;
    let ports = &world.stage.ports;
    let raw = format!(
        "From: ann@one.example\r\nMessage-ID: <1@one.example>\r\nIn-Reply-To: <{}>\r\n\r\nYes please.",
        internet_id(&sent, "northquay.example")
    );
    let body = json!({ "type": "email.received", "data": {
        "from": "ann@one.example", "to": [], "raw_base64": STANDARD.encode(raw) }});
    let key = application::ingesting::large_payloads::payload(&world.workspace, &world.mail, "large");
    ports.blobs().put(&key, "application/octet-stream", body.to_string().into_bytes()).await.unwrap();
    let large = IngestEvent::Webhook {
        workspace: world.workspace.clone(),
        account: world.mail.clone(),
        kind: AccountKind::InboundEmail,
        settings: None,
        received_at: world.stage.clock.now(),
        event_id: "large".to_owned(),
        body: Payload::Blob(key.clone()),
    };
    ingest(&world.app.ports, &large).await.unwrap();
    ports.blobs().get(&key).await.unwrap();
    let records = world.records().await;
    assert_eq!((records.len(), &records[0].leads), (1, &vec![lead.id.clone()]));
    let now = world.stage.clock.now();
    let event = Event::system(EventKind::LeadChanged, now);
    let named = ports.leads().erase(&world.workspace, &lead.id, &event).await.unwrap();
    erase_blobs(&*ports.leads(), &*ports.blobs(), (&world.workspace, &lead.id), named).await.unwrap();
    assert_eq!(world.records().await, Vec::new());
    ports.blobs().get(&key).await.unwrap_err();
    // A repeat that comes later leaves nothing of it either.
    ports.blobs().put(&key, "application/octet-stream", body.to_string().into_bytes()).await.unwrap();
    world.replay(&records[0]).await;
}

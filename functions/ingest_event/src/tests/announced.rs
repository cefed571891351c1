//! Resend's webhook: received mail is only announced and is fetched with the account's key, once; events name our mails by
//! the tag that these bear.

use crate::App;
use application::ingesting::context::IngestError;
use application::ingesting::ingest;
use application::lead::suppression_lookup::scopes_of;
use application::ports::accounts::SecretFields;
use application::ports::inbound_records::{InboundFilter, InboundRecord};
use application::queue_messages::{IngestEvent, Payload};
use application::{Clock, PageRequest, Ports};
use domain::campaign::CampaignState;
use domain::contact::channel::Channel;
use domain::contact::email_address::EmailAddress;
use domain::enrolment::key::EnrolmentKey;
use domain::event::{Event, EventKind};
use domain::lead::Lead;
use domain::lead::suppression::{SuppressionReason, SuppressionScope};
use domain::message::inbound_outcome::{Became, InboundOutcome};
use domain::message::{Direction, Message, MessageState};
use domain::workspace::account::{AccountKind, AccountSettings};
use domain::{AccountId, MessageId, StepId, WorkspaceId};
use http::Response;
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use test_stage::Stage;

const MAIL: &str =
    "From: ann@one.example\r\nTo: maya@northquay.example\r\nMessage-ID: <1@one.example>\r\n\r\nYes, call me.";

struct World {
    stage: Stage,
    workspace: WorkspaceId,
    account: AccountId,
    lead: Lead,
    key: EnrolmentKey,
    sent: MessageId,
    app: App,
}

impl World {
    async fn new() -> Self {
        let stage = Stage::new().await;
        let (workspace, _) = stage.workspace("northquay").await;
        let settings = AccountSettings::Resend {
            base_url: "https://api.resend.com".to_owned(),
            from_address: EmailAddress::parse("maya@northquay.example").unwrap(),
            from_name: "Maya".to_owned(),
            reply_to: None,
        };
        let secret = SecretFields::one("api_key", "re_key");
        let account = stage.account(&workspace, settings, secret).await;
        let sequence = stage.sequence(&workspace, Channel::Email, &["first", "second"]).await;
        let campaign = stage.campaign("Autumn", &sequence, CampaignState::Active, |_| {}).await;
        let ann = |lead: &mut Lead| lead.email = EmailAddress::parse("ann@one.example").ok();
        let lead = stage.lead(&workspace, "ann", ann).await;
        let key = stage.enrolment(&campaign, &sequence, &lead.id).await.key().clone();
        let now = stage.clock.now();
        let sent = MessageId::derived(&lead.id, &["sent"]);
        let message = Message {
            state: MessageState::Accepted,
            to: "ann@one.example".to_owned(),
            step: Some(StepId::derived(now, &["first"])),
            provider_id: Some("49a3999c".to_owned()),
            accepted_at: Some(now),
            ..Message::blank(sent.clone(), workspace.clone(), Direction::Out, Channel::Email, now)
        };
        let event = Event::system(EventKind::MessageAccepted, now);
        stage.ports.messages().create(&message, &event).await.unwrap();
        let app = App::new(&stage.ports);
        Self { stage, workspace, account, lead, key, sent, app }
    }

    async fn told(&self, kind: &str, more: Value) -> Result<(), IngestError> {
        let (from, to) = match kind {
            "email.received" => ("ann@one.example", "maya@northquay.example"),
            _ => ("maya@northquay.example", "Ann <ann@one.example>"),
        };
        let mut data = json!({ "email_id": "49a3999c", "from": from, "to": [to] });
        data.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let event = IngestEvent::Webhook {
            workspace: self.workspace.clone(),
            account: self.account.clone(),
            kind: AccountKind::Resend,
            settings: None,
            received_at: self.stage.clock.now(),
            event_id: kind.to_owned(),
            body: Payload::Inline(json!({ "type": kind, "data": data }).to_string()),
        };
        ingest(&self.app.ports, &event).await
    }

    async fn records(&self) -> Vec<InboundRecord> {
        let (store, page) = (self.stage.ports.inbound_records(), PageRequest::first(9));
        store.list(&self.workspace, &InboundFilter::default(), page).await.unwrap().items
    }

    async fn sent_now(&self) -> Message {
        self.stage.ports.messages().get(&self.workspace, &self.sent).await.unwrap()
    }

    async fn is_active(&self) -> bool {
        self.stage.ports.enrolments().get(&self.key).await.unwrap().is_active()
    }
}

#[tokio::test]
async fn received_mail_is_fetched_once_and_stops_the_sequence() {
    let world = World::new().await;
    let asked = Arc::new(AtomicUsize::new(0));
    let count = asked.clone();
    world.stage.providers_answer(move |request| {
        let body = match count.fetch_add(1, Ordering::Relaxed) {
            // The first attempt finds Resend out of order.
            0 => return Ok(Response::builder().status(503).body(Vec::new()).unwrap()),
            1 => json!({ "raw": { "download_url": "https://mail.example/1" } }).to_string(),
            _ => MAIL.to_owned(),
        };
        assert_eq!(request.headers().contains_key("authorization"), body != MAIL);
        Ok(Response::builder().status(200).body(body.into_bytes()).unwrap())
    });
    let lost = world.told("email.received", json!({})).await;
    assert!(matches!(lost, Err(IngestError::Store(_))), "{lost:?}");
    assert_eq!(world.records().await[0].outcome, InboundOutcome::Waiting);
    assert!(world.is_active().await);
    for _ in 0..2 {
        world.told("email.received", json!({})).await.unwrap();
    }
    assert_eq!(asked.load(Ordering::Relaxed), 3, "a repeat finds the mail in the bucket");
    assert!(!world.is_active().await);
    let [record] = <[_; 1]>::try_from(world.records().await).unwrap();
    assert_eq!(
        (record.outcome, record.became.as_slice()),
        (InboundOutcome::Filed, [Became::Reply].as_slice())
    );
    assert_eq!((record.leads, record.blobs.len()), (vec![world.lead.id.clone()], 1));
}

#[tokio::test]
async fn events_of_our_mail_are_applied_by_its_tag() {
    let world = World::new().await;
    let tags = json!({ "tags": { "leadflow_message": world.sent } });
    world.told("email.delivery_delayed", tags.clone()).await.unwrap();
    assert_eq!(world.sent_now().await.state, MessageState::Accepted);
    world.told("email.delivered", tags.clone()).await.unwrap();
    assert_eq!(world.sent_now().await.state, MessageState::Delivered);
    world.told("email.opened", json!({ "tags": { "other": "x" } })).await.unwrap();
    assert!(world.is_active().await);
    let mut bounce = tags.clone();
    bounce["bounce"] = json!({ "type": "Permanent", "subType": "General", "message": "550 5.1.1 unknown" });
    world.told("email.bounced", bounce).await.unwrap();
    assert_eq!(world.sent_now().await.state, MessageState::Bounced);
    let listed = || async {
        world.stage.ports.suppressions().find(&world.workspace, &scopes_of(&world.lead)).await.unwrap()
    };
    assert_eq!(listed().await[0].reason, SuppressionReason::HardBounce);
    assert!(!world.is_active().await);
}

#[tokio::test]
async fn complaint_that_resend_reports_ends_everything() {
    let world = World::new().await;
    let tags = json!({ "tags": [{ "name": "leadflow_message", "value": world.sent }] });
    world.told("email.complained", tags).await.unwrap();
    assert!(world.sent_now().await.complained && !world.is_active().await);
    assert!(world.records().await.iter().any(|record| record.became == [Became::Complaint]));
    let scopes = scopes_of(&world.lead);
    let listed = world.stage.ports.suppressions().find(&world.workspace, &scopes).await.unwrap();
    assert_eq!(listed[0].reason, SuppressionReason::Complaint);
}

/// The id of one message and the address of another.
#[tokio::test]
async fn event_about_another_address_than_the_message_had_lists_nobody() {
    let world = World::new().await;
    let other = json!({ "tags": { "leadflow_message": world.sent }, "to": ["ben@one.example"],
        "bounce": { "type": "Permanent", "subType": "General", "message": "550 5.1.1 unknown" } });
    world.told("email.bounced", other.clone()).await.unwrap();
    world.told("email.complained", other).await.unwrap();
    let mut scopes = scopes_of(&world.lead);
    scopes.push(SuppressionScope::Email("ben@one.example".to_owned()));
    let listed = world.stage.ports.suppressions().find(&world.workspace, &scopes).await.unwrap();
    assert_eq!((listed, world.is_active().await), (Vec::new(), true));
}

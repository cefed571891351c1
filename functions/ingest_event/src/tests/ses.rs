//! What SES tells: mail that it has put into the bucket, and what became of mails that went out by it.

use crate::App;
use application::ingesting::context::IngestError;
use application::ingesting::ingest;
use application::ingesting::large_payloads::mail_folder;
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
use domain::lead::suppression::SuppressionReason;
use domain::message::inbound_outcome::{Became, InboundOutcome};
use domain::message::{Direction, Message, MessageState};
use domain::workspace::account::{AccountKind, AccountSettings, InboundVia};
use domain::workspace::topic_arn::TopicArn;
use domain::{AccountId, MessageId, StepId, WorkspaceId};
use jiff::SignedDuration;
use serde_json::{Value, json};
use test_stage::Stage;

const MAIL: &str = "From: ann@one.example\r\nTo: replies@northquay.example\r\nMessage-ID: <1@one.example>\r\n\r\nYes, call me.";

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
        let settings = AccountSettings::InboundEmail {
            addresses: vec![EmailAddress::parse("replies@northquay.example").unwrap()],
            via: InboundVia::Ses,
            topic_arn: Some(TopicArn::parse("arn:aws:sns:eu-west-1:123456789012:mail").unwrap()),
            public_keys: Vec::new(),
        };
        let account = stage.account(&workspace, settings, SecretFields::default()).await;
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
            provider_id: Some("0102018d@email.amazonses.com".to_owned()),
            accepted_at: Some(now),
            ..Message::blank(sent.clone(), workspace.clone(), Direction::Out, Channel::Email, now)
        };
        let event = Event::system(EventKind::MessageAccepted, now);
        stage.ports.messages().create(&message, &event).await.unwrap();
        let app = App::new(&stage.ports);
        Self { stage, workspace, account, lead, key, sent, app }
    }

    async fn told(&self, id: &str, notice: Value) -> Result<(), IngestError> {
        let event = IngestEvent::Webhook {
            workspace: self.workspace.clone(),
            account: self.account.clone(),
            kind: AccountKind::InboundEmail,
            settings: None,
            received_at: self.stage.clock.now(),
            event_id: id.to_owned(),
            body: Payload::Inline(notice.to_string()),
        };
        ingest(&self.app.ports, &event).await
    }

    async fn put(&self, key: &str) {
        let bytes = MAIL.as_bytes().to_vec();
        self.stage.ports.blobs().put(key, "application/octet-stream", bytes).await.unwrap();
    }

    async fn records(&self) -> Vec<InboundRecord> {
        let (store, page) = (self.stage.ports.inbound_records(), PageRequest::first(9));
        store.list(&self.workspace, &InboundFilter::default(), page).await.unwrap().items
    }

    async fn is_active(&self) -> bool {
        self.stage.ports.enrolments().get(&self.key).await.unwrap().is_active()
    }

    async fn fault(&self) -> Option<String> {
        let account = self.stage.ports.accounts().get(&self.workspace, &self.account).await.unwrap();
        account.last_error.filter(|last| last.over_at.is_none()).map(|last| last.detail)
    }
}

fn received(key: &str) -> Value {
    json!({
        "notificationType": "Received",
        "receipt": { "recipients": ["replies@northquay.example"],
                     "action": { "type": "S3", "bucketName": "leadflow", "objectKey": key } },
        "mail": { "source": "ann@one.example", "messageId": "d6ii", "headers": [] },
    })
}

fn report(kind: &str, message: &MessageId, part: Value) -> Value {
    let headers = json!([{ "name": "X-Leadflow-Message", "value": message.as_str() }]);
    let mut event = json!({ "eventType": kind, "mail": { "messageId": "0102018d", "headers": headers } });
    event.as_object_mut().unwrap().extend(part.as_object().unwrap().clone());
    event
}

#[tokio::test]
async fn mail_in_the_accounts_folder_stops_the_sequence_and_is_kept_by_its_key() {
    let world = World::new().await;
    let key = format!("{}d6iitobk75ur44p8kdnnp7g2n800", mail_folder(&world.workspace, &world.account));
    world.put(&key).await;
    for _ in 0..2 {
        world.told("n-1", received(&key)).await.unwrap();
    }
    assert!(!world.is_active().await);
    let [record] = <[_; 1]>::try_from(world.records().await).unwrap();
    assert_eq!(
        (record.outcome, record.became.as_slice()),
        (InboundOutcome::Filed, [Became::Reply].as_slice())
    );
    assert_eq!((record.leads, record.blobs), (vec![world.lead.id.clone()], vec![key]));
}

#[tokio::test]
async fn key_outside_the_accounts_folder_is_never_read() {
    let world = World::new().await;
    let other = AccountId::derived(world.stage.clock.now(), &["other"]);
    let stranger = WorkspaceId::derived(world.stage.clock.now(), &["stranger"]);
    let folder = mail_folder(&world.workspace, &world.account);
    let keys = [
        format!("{}d6ii", mail_folder(&world.workspace, &other)),
        format!("{}d6ii", mail_folder(&stranger, &world.account)),
        format!("{}/inbound/{}/d6ii", world.workspace, world.account),
        format!("{folder}../d6ii"),
        "d6ii".to_owned(),
    ];
    for key in keys {
        world.put(&key).await;
        let refused = world.told(&key, received(&key)).await;
        let Err(IngestError::Unreadable(why)) = refused else { panic!("{key}: {refused:?}") };
        assert!(why.contains(&folder), "{why}: it says what the prefix must be");
    }
    let elsewhere = world.told("n-2", received(&format!("{folder}d6ii"))).await;
    assert!(matches!(elsewhere, Err(IngestError::Unreadable(_))), "{elsewhere:?}: it is not in our bucket");
    assert!(world.is_active().await);
}

#[tokio::test]
async fn hard_bounce_that_ses_reports_suppresses_and_a_transient_one_does_not() {
    let world = World::new().await;
    let bounce = |kind: &str, sub: &str| {
        let part = json!({ "bounce": { "bounceType": kind, "bounceSubType": sub, "bouncedRecipients": [] } });
        report("Bounce", &world.sent, part)
    };
    let listed = || async {
        world.stage.ports.suppressions().find(&world.workspace, &scopes_of(&world.lead)).await.unwrap()
    };
    world.told("e-1", report("Delivery", &world.sent, json!({}))).await.unwrap();
    let sent = world.stage.ports.messages().get(&world.workspace, &world.sent).await.unwrap();
    assert_eq!(sent.state, MessageState::Delivered);
    world.told("e-2", bounce("Transient", "MailboxFull")).await.unwrap();
    assert!(listed().await.is_empty() && world.is_active().await);
    world.told("e-3", bounce("Permanent", "General")).await.unwrap();
    assert_eq!(listed().await[0].reason, SuppressionReason::HardBounce);
    assert!(!world.is_active().await);
}

#[tokio::test]
async fn complaint_that_ses_reports_ends_everything_and_one_about_another_workspace_nothing() {
    let world = World::new().await;
    let stranger = MessageId::derived(&domain::LeadId::derived(world.stage.clock.now(), &["x"]), &["m"]);
    world.told("e-1", report("Complaint", &stranger, json!({ "complaint": {} }))).await.unwrap();
    assert!(world.is_active().await);
    world.told("e-2", report("Complaint", &world.sent, json!({ "complaint": {} }))).await.unwrap();
    assert!(!world.is_active().await);
    let scopes = scopes_of(&world.lead);
    let listed = world.stage.ports.suppressions().find(&world.workspace, &scopes).await.unwrap();
    assert_eq!(listed[0].reason, SuppressionReason::Complaint);
}

#[tokio::test]
async fn account_says_what_is_missing_until_a_notice_is_of_use() {
    let world = World::new().await;
    let bare = json!({ "notificationType": "Delivery", "mail": { "messageId": "0102018d" } });
    world.told("e-1", bare).await.unwrap();
    assert!(world.fault().await.unwrap().contains("Include original email headers"));
    world.stage.advance(SignedDuration::from_mins(1));
    world.told("e-2", report("Delivery", &world.sent, json!({}))).await.unwrap();
    assert_eq!(world.fault().await, None);
    let ended = json!({ "notificationType": "UnsubscribeConfirmation", "token": "t" });
    world.told("e-3", ended).await.unwrap();
    assert!(world.fault().await.unwrap().contains("ended the subscription"));
}

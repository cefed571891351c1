//! Bounces and complaints count only for a mail of ours that they return or name, and for the address that it went to:
//! anybody can write a report about anybody.

use crate::App;
use crate::tests::relayed_mail;
use application::ingesting::ingest;
use application::ports::leads::ActivityKind;
use application::{Clock, Ports};
use domain::campaign::CampaignState;
use domain::contact::channel::Channel;
use domain::contact::email_address::EmailAddress;
use domain::enrolment::key::EnrolmentKey;
use domain::event::{Event, EventKind};
use domain::lead::Lead;
use domain::lead::suppression::{SuppressionReason, SuppressionScope};
use domain::message::identity::{internet_id, reply_address};
use domain::message::{Direction, Message, MessageState};
use domain::{AccountId, MessageId, WorkspaceId};
use jiff::SignedDuration;
use test_stage::Stage;

const ANN: &str = "ann@lindt.example";
const BEN: &str = "ben@lindt.example";

struct Scene {
    stage: Stage,
    workspace: WorkspaceId,
    inbound: AccountId,
    lead: Lead,
    key: EnrolmentKey,
    app: App,
}

impl Scene {
    /// An active enrolment of a lead with this address; Ben is another lead.
    async fn with(address: &str) -> Self {
        let stage = Stage::new().await;
        let (workspace, _) = stage.workspace("northquay").await;
        let inbound = stage.inbound_mail(&workspace).await;
        let sequence = stage.sequence(&workspace, Channel::Email, &["first", "second"]).await;
        let campaign = stage.campaign("Autumn", &sequence, CampaignState::Active, |_| {}).await;
        let email = |address: &str| EmailAddress::parse(address).ok();
        let lead = stage.lead(&workspace, "ann", |lead| lead.email = email(address)).await;
        stage.lead(&workspace, "ben", |lead| lead.email = email(BEN)).await;
        let key = stage.enrolment(&campaign, &sequence, &lead.id).await.key().clone();
        let app = App::new(&stage.ports);
        Self { stage, workspace, inbound, lead, key, app }
    }

    async fn sent(&self, name: &str, id_of_provider: Option<&str>) -> Message {
        let now = self.stage.clock.now();
        let id = MessageId::derived(&self.lead.id, &[name]);
        let sent = Message {
            state: MessageState::Accepted,
            to: self.lead.email.clone().unwrap().to_string(),
            internet_id: id_of_provider.map(str::to_owned),
            accepted_at: Some(now),
            ..Message::blank(id, self.workspace.clone(), Direction::Out, Channel::Email, now)
        };
        let event = Event::system(EventKind::MessageAccepted, now);
        self.stage.ports.messages().create(&sent, &event).await.unwrap();
        sent
    }

    async fn reports(&self, raw: &str) {
        let id = format!("e-{}", self.stage.clock.now().as_second());
        let inbound = (&self.workspace, &self.inbound);
        let event = relayed_mail(&self.stage, inbound, &id, "MAILER-DAEMON@mx.example", raw);
        for _ in 0..2 {
            ingest(&self.app.ports, &event).await.unwrap();
        }
        self.stage.advance(SignedDuration::from_hours(1));
    }

    async fn listed(&self, address: &str) -> Option<SuppressionReason> {
        let scope = SuppressionScope::Email(address.to_owned());
        let found = self.stage.ports.suppressions().find(&self.workspace, &[scope]).await.unwrap();
        found.first().map(|entry| entry.reason)
    }

    async fn goes_on(&self) -> bool {
        self.stage.ports.enrolments().get(&self.key).await.unwrap().is_active()
    }

    async fn notes(&self) -> Vec<String> {
        let file = self.stage.ports.leads().file(&self.workspace, &self.lead.id).await.unwrap();
        let text = |kind| if let ActivityKind::Note { text } = kind { Some(text) } else { None };
        file.activities.into_iter().filter_map(|activity| text(activity.kind)).collect()
    }
}

/// A bounce report with these fields about the recipient and these headers of the returned mail.
fn bounce(to: &str, recipient: &str, returned: &str) -> String {
    let returned = match returned {
        "" => String::new(),
        headers => format!("--b\r\nContent-Type: text/rfc822-headers\r\n\r\n{headers}\r\n"),
    };
    format!(
        "From: Mail Delivery System <MAILER-DAEMON@mx.example>\r\nTo: {to}\r\nSubject: Undelivered Mail\r\n\
         Return-Path: <>\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/report; report-type=delivery-status; boundary=\"b\"\r\n\r\n\
         --b\r\nContent-Type: text/plain\r\n\r\nYour message could not be delivered.\r\n\
         --b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example\r\n\r\n\
         {recipient}Action: failed\r\nStatus: 5.1.1\r\nDiagnostic-Code: smtp; 550 5.1.1 user unknown\r\n\
         {returned}--b--\r\n"
    )
}

fn complaint(to: &str, about: &str, returned: &str) -> String {
    format!(
        "From: abuse@isp.example\r\nTo: {to}\r\nSubject: Abuse report\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/report; report-type=feedback-report; boundary=\"b\"\r\n\r\n\
         --b\r\nContent-Type: text/plain\r\n\r\nThis is an abuse report.\r\n\
         --b\r\nContent-Type: message/feedback-report\r\n\r\nFeedback-Type: abuse\r\nVersion: 1\r\n\
         Original-Rcpt-To: {about}\r\n\
         --b\r\nContent-Type: text/rfc822-headers\r\n\r\n{returned}\r\n--b--\r\n"
    )
}

fn last(address: &str) -> String {
    format!("Final-Recipient: rfc822; {address}\r\n")
}

#[tokio::test]
async fn report_that_returns_no_mail_of_ours_lists_nobody() {
    let scene = Scene::with(ANN).await;
    let sent = scene.sent("first", None).await;
    // A message of another workspace is none here.
    let theirs = MessageId::derived(&scene.lead.id, &["theirs"]);
    let base = EmailAddress::parse("replies@northquay.example").unwrap();
    let with_token = reply_address(&base, &sent.id).unwrap().to_string();
    for to in ["replies@northquay.example", &with_token] {
        for returned in [
            String::new(),
            format!("Message-ID: <never-sent@elsewhere.example>\r\nTo: {ANN}"),
            format!("X-Leadflow-Message: {theirs}\r\nTo: {ANN}"),
        ] {
            scene.reports(&bounce(to, &last(ANN), &returned)).await;
            let returned = if returned.is_empty() { format!("To: {ANN}") } else { returned };
            scene.reports(&complaint(to, ANN, &returned)).await;
            assert_eq!((scene.listed(ANN).await, scene.goes_on().await), (None, true), "{to} {returned}");
        }
    }
}

#[tokio::test]
async fn report_that_returns_our_mail_by_any_of_its_ids_counts() {
    const OF_PROVIDER: &str = "0102018d-000000@eu-west-1.amazonses.com";
    for (by_provider, of) in [(false, "tag"), (false, "id"), (true, "provider")] {
        let scene = Scene::with(ANN).await;
        let sent = scene.sent("first", by_provider.then_some(OF_PROVIDER)).await;
        let returned = match of {
            "tag" => format!("X-Leadflow-Message: {}", sent.id),
            "id" => format!("Message-ID: <{}>", internet_id(&sent.id, "northquay.example")),
            _ => format!("Message-ID: <{OF_PROVIDER}>\r\nTo: {ANN}"),
        };
        scene.reports(&bounce("replies@northquay.example", &last(ANN), &returned)).await;
        let told = (scene.listed(ANN).await, scene.goes_on().await);
        assert_eq!(told, (Some(SuppressionReason::HardBounce), false), "{of}");
        assert!(scene.notes().await.is_empty());
    }
}

/// A recipient of one mail of ours knows its id, and can name any address beside it.
#[tokio::test]
async fn report_about_one_mail_lists_no_other_address() {
    let scene = Scene::with(ANN).await;
    let sent = scene.sent("first", None).await;
    let returned = format!("X-Leadflow-Message: {}\r\nTo: {BEN}", sent.id);
    scene.reports(&complaint("replies@northquay.example", BEN, &returned)).await;
    assert_eq!(scene.listed(ANN).await, Some(SuppressionReason::Complaint));
    assert_eq!(scene.listed(BEN).await, None);
}

#[tokio::test]
async fn dead_member_of_a_shared_address_lists_it_only_with_the_second_mail() {
    const INFO: &str = "info@lindt.example";
    let recipient = format!("Original-Recipient: rfc822;{INFO}\r\n{}", last("tom@lindt.example"));
    for recipient in [recipient, last("tom@lindt.example"), last("tom@gmail.com")] {
        let scene = Scene::with(INFO).await;
        for (name, listed) in [("first", None), ("second", Some(SuppressionReason::HardBounce))] {
            let sent = scene.sent(name, None).await;
            let returned = format!("X-Leadflow-Message: {}\r\nTo: {INFO}", sent.id);
            scene.reports(&bounce("replies@northquay.example", &recipient, &returned)).await;
            assert_eq!(
                (scene.listed(INFO).await, scene.goes_on().await),
                (listed, listed.is_none()),
                "{name}"
            );
            let known = scene.stage.ports.messages().get(&scene.workspace, &sent.id).await.unwrap();
            assert_eq!(known.state, MessageState::Bounced);
        }
        assert!(scene.notes().await[0].contains("tom@"), "the timeline names the mailbox");
    }
}

#[tokio::test]
async fn dead_mailbox_behind_a_personal_forward_ends_the_sequence_and_is_named() {
    let scene = Scene::with(ANN).await;
    let sent = scene.sent("first", None).await;
    let returned = format!("X-Leadflow-Message: {}\r\nTo: {ANN}", sent.id);
    scene
        .reports(&bounce("replies@northquay.example", &last("ann.private@mailbox.example"), &returned))
        .await;
    let told = (scene.listed(ANN).await, scene.goes_on().await);
    assert_eq!(told, (Some(SuppressionReason::HardBounce), false));
    assert!(scene.notes().await[0].contains("ann.private@mailbox.example"));
}

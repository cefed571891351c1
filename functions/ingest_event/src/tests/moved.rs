//! Replies, opt-outs, complaints and bounces that come from or concern a lead's former address.

use crate::App;
use crate::tests::relayed_mail;
use application::ingesting::ingest;
use application::queue_messages::IngestEvent;
use application::{Clock, PageRequest, Ports};
use domain::campaign::CampaignState;
use domain::contact::channel::Channel;
use domain::contact::email_address::EmailAddress;
use domain::enrolment::EnrolmentState;
use domain::enrolment::key::EnrolmentKey;
use domain::enrolment::reasons::EndReason;
use domain::event::{Event, EventKind};
use domain::lead::Lead;
use domain::lead::suppression::SuppressionScope;
use domain::message::identity::internet_id;
use domain::message::{Direction, Message, MessageState};
use domain::{AccountId, MessageId, WorkspaceId};
use test_stage::Stage;

const FORMER: &str = "ann@one.example";
const PRESENT: &str = "ann@two.example";

struct Scene {
    stage: Stage,
    workspace: WorkspaceId,
    inbound: AccountId,
    key: EnrolmentKey,
    /// A message to the former address, unless a test says otherwise; the lead has another address by now.
    sent: MessageId,
    app: App,
}

impl Scene {
    async fn new() -> Self {
        Self::sent_to(FORMER).await
    }

    async fn sent_to(to: &str) -> Self {
        let stage = Stage::new().await;
        let (workspace, _) = stage.workspace("northquay").await;
        let inbound = stage.inbound_mail(&workspace).await;
        let sequence = stage.sequence(&workspace, Channel::Email, &["first", "second"]).await;
        let campaign = stage.campaign("Autumn", &sequence, CampaignState::Active, |_| {}).await;
        let ann = stage.lead(&workspace, "ann", |lead| lead.email = EmailAddress::parse(FORMER).ok()).await;
        let key = stage.enrolment(&campaign, &sequence, &ann.id).await.key().clone();
        let now = stage.clock.now();
        let sent = MessageId::derived(&ann.id, &["sent"]);
        let message = Message {
            state: MessageState::Accepted,
            campaign: Some(campaign.id.clone()),
            to: to.to_owned(),
            accepted_at: Some(now),
            ..Message::blank(sent.clone(), workspace.clone(), Direction::Out, Channel::Email, now)
        };
        let event = Event::system(EventKind::LeadChanged, now);
        stage.ports.messages().create(&message, &event).await.unwrap();
        let ann = stage.ports.leads().get(&workspace, &ann.id).await.unwrap();
        let elsewhere = Lead { email: EmailAddress::parse(PRESENT).ok(), ..ann.clone() };
        stage.ports.leads().change_identity(&ann, &elsewhere, &event).await.unwrap();
        let app = App::new(&stage.ports);
        Self { stage, workspace, inbound, key, sent, app }
    }

    async fn arrives(&self, headers: &str, body: &str) {
        let answers = internet_id(&self.sent, "northquay.example");
        self.comes(FORMER, &format!("In-Reply-To: <{answers}>\r\n{headers}"), body).await;
    }

    async fn comes(&self, from: &str, headers: &str, body: &str) {
        let raw = format!(
            "From: {from}\r\nTo: replies@northquay.example\r\nMessage-ID: <1@one.example>\r\n\
             {headers}\r\n\r\n{body}\r\n"
        );
        let event = relayed_mail(&self.stage, (&self.workspace, &self.inbound), "e", from, &raw);
        ingest(&self.app.ports, &event).await.unwrap();
    }

    /// Opts out by the button of the message; the link may name the address that it was sent to.
    async fn leaves(&self, to: Option<EmailAddress>) {
        self.leaves_by(to, "u").await;
    }

    async fn leaves_by(&self, to: Option<EmailAddress>, click: &str) {
        let event = IngestEvent::Unsubscribed {
            workspace: self.workspace.clone(),
            lead: self.key.lead.clone(),
            message: Some(self.sent.clone()),
            to,
            event_id: click.to_owned(),
            at: self.stage.clock.now(),
        };
        ingest(&self.app.ports, &event).await.unwrap();
    }

    async fn goes_on(&self) -> bool {
        *self.stage.ports.enrolments().get(&self.key).await.unwrap().state() == EnrolmentState::Scheduled
    }

    async fn listed(&self) -> Vec<&'static str> {
        let all = [FORMER, PRESENT];
        let scopes = all.map(|address| SuppressionScope::Email(address.to_owned()));
        let found = self.stage.ports.suppressions().find(&self.workspace, &scopes).await.unwrap();
        let is = |scope: &SuppressionScope| found.iter().any(|entry| entry.scope == *scope);
        all.into_iter().zip(&scopes).filter(|(_, scope)| is(scope)).map(|(address, _)| address).collect()
    }
}

#[tokio::test]
async fn opt_out_from_a_former_address_suppresses_both_addresses() {
    let scene = Scene::new().await;
    scene.arrives("Subject: Re: Hello", "Please take me off your list and unsubscribe me.").await;
    assert_eq!((scene.listed().await, scene.goes_on().await), (vec![FORMER, PRESENT], false));
}

#[tokio::test]
async fn opt_out_counts_though_its_account_was_deleted() {
    let scene = Scene::new().await;
    let event = Event::system(EventKind::LeadChanged, scene.stage.clock.now());
    scene.stage.ports.accounts().delete(&scene.workspace, &scene.inbound, &event).await.unwrap();
    scene.arrives("Subject: Re: Hello", "Please take me off your list and unsubscribe me.").await;
    assert_eq!((scene.listed().await, scene.goes_on().await), (vec![FORMER, PRESENT], false));
}

/// A message without a record: where it went is unknown until its claim has expired.
#[tokio::test]
async fn opt_out_that_replies_to_no_known_message_suppresses_both_addresses() {
    let scene = Scene::new().await;
    scene.comes("Ann@One.example", "Subject: Re: Hello", "Please remove me from your list.").await;
    assert_eq!((scene.listed().await, scene.goes_on().await), (vec![FORMER, PRESENT], false));
}

/// The message went to the former address first, was uncertain, and a user had it sent again.
#[tokio::test]
async fn opt_out_after_a_resend_to_the_new_address_suppresses_both_addresses() {
    let scene = Scene::sent_to(PRESENT).await;
    scene.arrives("Subject: Re: Hello", "Please remove me from your list.").await;
    assert_eq!((scene.listed().await, scene.goes_on().await), (vec![FORMER, PRESENT], false));
}

#[tokio::test]
async fn unsubscribe_click_in_the_first_of_two_sends_suppresses_both_addresses() {
    let scene = Scene::sent_to(PRESENT).await;
    scene.leaves(EmailAddress::parse(FORMER).ok()).await;
    assert_eq!((scene.listed().await, scene.goes_on().await), (vec![FORMER, PRESENT], false));
}

#[tokio::test]
async fn repeated_unsubscribe_changes_nothing_and_a_new_click_suppresses_again() {
    let scene = Scene::new().await;
    scene.leaves(None).await;
    assert_eq!(scene.listed().await, vec![FORMER, PRESENT]);
    let (suppressions, event) =
        (scene.stage.ports.suppressions(), Event::system(EventKind::LeadChanged, scene.stage.clock.now()));
    let scopes = [FORMER, PRESENT].map(|address| SuppressionScope::Email(address.to_owned()));
    for entry in suppressions.find(&scene.workspace, &scopes).await.unwrap() {
        suppressions.lift(&entry, &event).await.unwrap();
    }
    scene.stage.advance(jiff::SignedDuration::from_hours(72));
    scene.leaves(None).await;
    assert_eq!(scene.listed().await, Vec::<&str>::new());
    scene.leaves_by(None, "another").await;
    assert_eq!(scene.listed().await, vec![FORMER, PRESENT]);
}

#[tokio::test]
async fn complaint_about_the_first_of_two_sends_suppresses_both_addresses() {
    let scene = Scene::sent_to(PRESENT).await;
    let report = format!(
        "--b\r\nContent-Type: text/plain\r\n\r\nAn abuse report.\r\n\
         --b\r\nContent-Type: message/feedback-report\r\n\r\nFeedback-Type: abuse\r\n\
         User-Agent: Feedback/1.0\r\nVersion: 1\r\n\r\n\
         --b\r\nContent-Type: text/rfc822-headers\r\n\r\nTo: Ann <{FORMER}>\r\n\
         X-Leadflow-Message: {}\r\n--b--\r\n",
        scene.sent
    );
    let kind = "Content-Type: multipart/report; report-type=feedback-report; boundary=\"b\"";
    scene.arrives(&format!("Subject: Complaint\r\nMIME-Version: 1.0\r\n{kind}"), &report).await;
    assert_eq!((scene.listed().await, scene.goes_on().await), (vec![FORMER, PRESENT], false));
}

#[tokio::test]
async fn unsubscribe_click_in_a_mail_to_a_former_address_suppresses_both_addresses() {
    let scene = Scene::new().await;
    scene.leaves(None).await;
    assert_eq!((scene.listed().await, scene.goes_on().await), (vec![FORMER, PRESENT], false));
}

#[tokio::test]
async fn bounce_of_a_former_address_suppresses_it_and_ends_nothing() {
    let scene = Scene::new().await;
    let report = format!(
        "--b\r\nContent-Type: text/plain\r\n\r\nIt came back.\r\n\
         --b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example\r\n\r\n\
         Final-Recipient: rfc822; {FORMER}\r\nAction: failed\r\nStatus: 5.1.1\r\n\
         Diagnostic-Code: smtp; 550 5.1.1 no such user\r\n\
         --b\r\nContent-Type: text/rfc822-headers\r\n\r\nX-Leadflow-Message: {}\r\n--b--\r\n",
        scene.sent
    );
    let kind = "Content-Type: multipart/report; report-type=delivery-status; boundary=\"b\"";
    scene.arrives(&format!("Subject: Undeliverable\r\nMIME-Version: 1.0\r\n{kind}"), &report).await;
    assert_eq!((scene.listed().await, scene.goes_on().await), (vec![FORMER], true));
}

#[tokio::test]
async fn left_company_note_from_a_former_address_ends_nothing() {
    let scene = Scene::new().await;
    let headers = "Subject: Automatic reply\r\nAuto-Submitted: auto-replied";
    scene.arrives(headers, "Ann is no longer with the company. Please contact our office.").await;
    assert_eq!((scene.listed().await, scene.goes_on().await), (vec![FORMER], true));
}

#[tokio::test]
async fn left_company_note_suppresses_the_address_however_it_is_spelled() {
    let scene = Scene::new().await;
    let headers = "Subject: Automatic reply\r\nAuto-Submitted: auto-replied";
    scene.comes("Ann@Two.example", headers, "Ann is no longer with the company.").await;
    assert_eq!((scene.listed().await, scene.goes_on().await), (vec![PRESENT], false));
}

impl Scene {
    async fn deleted() -> Self {
        let scene = Self::new().await;
        let (ports, lead) = (&scene.stage.ports, &scene.key.lead);
        let event = Event::system(EventKind::LeadDeleted, scene.stage.clock.now());
        ports.enrolments().stop(&scene.workspace, lead, EndReason::Removed, &event).await.unwrap();
        ports.leads().erase(&scene.workspace, lead, &event).await.unwrap();
        scene
    }
}

/// The address must stay suppressed: the lead may be imported again.
#[tokio::test]
async fn unsubscribe_of_a_deleted_lead_suppresses_the_address() {
    let scene = Scene::deleted().await;
    let event = IngestEvent::Unsubscribed {
        workspace: scene.workspace.clone(),
        lead: scene.key.lead.clone(),
        message: Some(scene.sent.clone()),
        to: EmailAddress::parse(FORMER).ok(),
        event_id: "u".to_owned(),
        at: scene.stage.clock.now(),
    };
    ingest(&scene.app.ports, &event).await.unwrap();
    assert_eq!(scene.listed().await, [FORMER]);
}

#[tokio::test]
async fn opt_out_reply_of_a_deleted_lead_suppresses_the_address() {
    for (words, listed) in [("Please remove me from your list.", vec![FORMER]), ("Call me tomorrow.", vec![])]
    {
        let scene = Scene::deleted().await;
        let ports = &scene.stage.ports;
        scene.arrives("Subject: Re: Hello", words).await;
        assert_eq!(scene.listed().await, listed, "{words}");
        let unmatched = ports.conversations().unmatched(&scene.workspace, PageRequest::first(5)).await;
        assert_eq!(unmatched.unwrap().items.len(), 1, "somebody may read it");
    }
}

#[tokio::test]
async fn opt_out_from_a_second_address_is_the_leads_and_covers_both() {
    const SECOND: &str = "ann@home.example";
    let scene = Scene::new().await;
    let leads = scene.stage.ports.leads();
    let ann = leads.get(&scene.workspace, &scene.key.lead).await.unwrap();
    let after = Lead { second_email: EmailAddress::parse(SECOND).ok(), ..ann.clone() };
    let event = Event::system(EventKind::LeadChanged, scene.stage.clock.now());
    leads.change_identity(&ann, &after, &event).await.unwrap();
    scene.comes(SECOND, "Subject: Re: Hello", "STOP").await;
    let enrolment = scene.stage.ports.enrolments().get(&scene.key).await.unwrap();
    assert_eq!(*enrolment.state(), EnrolmentState::Ended { reason: EndReason::OptedOut });
    let scopes = [SECOND, PRESENT].map(|address| SuppressionScope::Email(address.to_owned()));
    let listed = scene.stage.ports.suppressions().find(&scene.workspace, &scopes).await.unwrap();
    assert_eq!(listed.len(), 2, "{listed:?}");
}

//! Bounces and complaints: a dead address is suppressed, a full mailbox is retried a few times, and a lead
//! who reports spam gets nothing more.

use crate::App;
use crate::tests::relayed_mail;
use application::ingesting::ingest;
use application::lead::suppression_lookup::scopes_of;
use application::queue_messages::IngestEvent;
use application::sending::CLAIM_LASTS;
use application::{Clock, PageRequest, Ports};
use domain::campaign::CampaignState;
use domain::contact::channel::Channel;
use domain::contact::phone_number::PhoneNumber;
use domain::enrolment::reasons::{EndReason, HoldReason};
use domain::enrolment::{ClaimToken, EnrolmentState};
use domain::event::{Event, EventKind};
use domain::lead::Lead;
use domain::lead::suppression::{Endings, Ends, Suppression, SuppressionReason};
use domain::message::{Direction, Message, MessageState};
use domain::sequence::Step;
use domain::sequence::step_kind::{StepKind, StepTask};
use domain::workspace::notification::NotificationKind;
use domain::{AccountId, MessageId, StepId, UserId, WorkspaceId};
use jiff::SignedDuration;
use local_cloud::Moment;
use std::sync::Mutex;
use test_stage::Stage;

struct Scene {
    stage: Stage,
    workspace: WorkspaceId,
    mailbox: AccountId,
    lead: Lead,
    app: App,
}

impl Scene {
    async fn new() -> Self {
        let stage = Stage::new().await;
        let (workspace, _) = stage.workspace("northquay").await;
        let mailbox = stage.inbound_mail(&workspace).await;
        let lead = stage.lead(&workspace, "ann", |_| {}).await;
        let app = App::new(&stage.ports);
        Self { stage, workspace, mailbox, lead, app }
    }

    /// Sends a mail of this step and takes in a bounce of it.
    async fn comes_back(&self, step: &str, status: &str, diagnostic: &str) {
        let sent = self.mail_of(step);
        let report = came_back(&sent.id, status, diagnostic);
        assert_eq!(self.reports(&sent, &report).await.state, MessageState::Bounced);
        self.stage.advance(SignedDuration::from_hours(48));
    }

    fn mail_of(&self, step: &str) -> Message {
        let now = self.stage.clock.now();
        let step = StepId::derived(now, &[step]);
        let id = MessageId::derived(&self.lead.id, &[step.as_str()]);
        Message {
            state: MessageState::Accepted,
            step: Some(step),
            to: "ann@one.example".to_owned(),
            accepted_at: Some(now),
            ..Message::blank(id, self.workspace.clone(), Direction::Out, Channel::Email, now)
        }
    }

    fn event(&self, id: &MessageId, report: &str) -> IngestEvent {
        relayed_mail(
            &self.stage,
            (&self.workspace, &self.mailbox),
            id.as_str(),
            "MAILER-DAEMON@mx.example",
            report,
        )
    }

    /// Takes in the report before the mail is recorded, then twice, and returns the mail.
    async fn reports(&self, sent: &Message, report: &str) -> Message {
        let (now, id) = (self.stage.clock.now(), &sent.id);
        let event = self.event(id, report);
        let accepted = Event::system(EventKind::MessageAccepted, now);
        self.stage.ports.messages().create(sent, &accepted).await.unwrap();
        for _ in 0..2 {
            ingest(&self.app.ports, &event).await.unwrap();
        }
        self.stage.ports.messages().get(&self.workspace, id).await.unwrap()
    }

    async fn listed(&self) -> Vec<Suppression> {
        let scopes = scopes_of(&self.lead);
        self.stage.ports.suppressions().find(&self.workspace, &scopes).await.unwrap()
    }
}

/// The bounce report of this message.
fn came_back(id: &MessageId, status: &str, diagnostic: &str) -> String {
    format!(
        "From: MAILER-DAEMON@mx.example\r\nTo: replies@northquay.example\r\nSubject: Undeliverable\r\n\
         MIME-Version: 1.0\r\nContent-Type: multipart/report; report-type=delivery-status; boundary=\"b\"\r\n\r\n\
         --b\r\nContent-Type: text/plain\r\n\r\nIt came back.\r\n\
         --b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example\r\n\r\n\
         Final-Recipient: rfc822; ann@one.example\r\nAction: failed\r\nStatus: {status}\r\n\
         Diagnostic-Code: smtp; {diagnostic}\r\n\
         --b\r\nContent-Type: text/rfc822-headers\r\n\r\nX-Leadflow-Message: {}\r\n--b--\r\n",
        id
    )
}

/// The spam complaint about this message.
fn taken_for_spam(id: &MessageId) -> String {
    format!(
        "From: fbl@provider.example\r\nTo: replies@northquay.example\r\nSubject: FW: Hello\r\n\
         MIME-Version: 1.0\r\nContent-Type: multipart/report; report-type=feedback-report; boundary=\"b\"\r\n\r\n\
         --b\r\nContent-Type: text/plain\r\n\r\nAn abuse report.\r\n\
         --b\r\nContent-Type: message/feedback-report\r\n\r\nFeedback-Type: abuse\r\nVersion: 1\r\n\r\n\
         --b\r\nContent-Type: text/rfc822-headers\r\n\r\nX-Leadflow-Message: {id}\r\n--b--\r\n",
    )
}

/// A user has removed the address from the suppression list and enrolled the lead again.
#[tokio::test]
async fn report_repeated_days_later_changes_nothing_but_a_new_one_counts() {
    for spam in [false, true] {
        let scene = Scene::new().await;
        let report = |sent: &Message| match spam {
            true => taken_for_spam(&sent.id),
            false => came_back(&sent.id, "5.1.1", "550 5.1.1 no such user"),
        };
        let first = scene.mail_of("first");
        scene.reports(&first, &report(&first)).await;
        let listed = scene.listed().await;
        assert_eq!(listed.len(), 1);
        let event = Event::system(EventKind::LeadChanged, scene.stage.clock.now());
        scene.stage.ports.suppressions().lift(&listed[0], &event).await.unwrap();
        let sequence = scene.stage.sequence(&scene.workspace, Channel::Email, &["first"]).await;
        let campaign = scene.stage.campaign("Spring", &sequence, CampaignState::Active, |_| ()).await;
        let key = scene.stage.enrolment(&campaign, &sequence, &scene.lead.id).await.key().clone();
        scene.stage.advance(SignedDuration::from_hours(72));
        ingest(&scene.app.ports, &scene.event(&first.id, &report(&first))).await.unwrap();
        let enrolment = scene.stage.ports.enrolments().get(&key).await.unwrap();
        assert_eq!((scene.listed().await, enrolment.is_active()), (Vec::new(), true), "spam: {spam}");
        let second = scene.mail_of("second");
        scene.reports(&second, &report(&second)).await;
        let enrolment = scene.stage.ports.enrolments().get(&key).await.unwrap();
        assert_eq!((scene.listed().await.len(), enrolment.is_active()), (1, false), "spam: {spam}");
    }
}

#[tokio::test]
async fn full_mailbox_is_suppressed_for_ninety_days_after_the_third_step() {
    let scene = Scene::new().await;
    for step in ["first", "second"] {
        scene.comes_back(step, "5.2.2", "552 5.2.2 mailbox full").await;
        assert!(scene.listed().await.is_empty());
    }
    let third = scene.stage.clock.now();
    scene.comes_back("third", "4.2.2", "452 4.2.2 out of storage space").await;
    let listed = scene.listed().await;
    assert_eq!(listed.len(), 1);
    assert_eq!(listed[0].expires_at, Some(third + SignedDuration::from_hours(90 * 24)));
}

#[tokio::test]
async fn dead_address_is_suppressed_for_good_and_a_blocked_sender_is_not() {
    let scene = Scene::new().await;
    for step in ["first", "second", "third"] {
        scene.comes_back(step, "5.7.1", "550 5.7.1 looks like spam").await;
    }
    assert!(scene.listed().await.is_empty());
    scene.comes_back("fourth", "5.1.1", "550 5.1.1 no such user").await;
    let listed = scene.listed().await;
    assert_eq!((listed.len(), listed[0].expires_at), (1, None));
}

#[tokio::test]
async fn blocked_mailbox_is_notified_once_an_hour() {
    let scene = Scene::new().await;
    let mailbox = scene.stage.mailbox(&scene.workspace).await;
    let user = UserId::derived(scene.stage.clock.now(), &["maya"]);
    let told = async || {
        let told = scene.stage.ports.notifications();
        let told = told.list(&scene.workspace, &user, PageRequest::first(5)).await.unwrap().items;
        told.into_iter().map(|told| (told.kind, told.title, told.detail)).collect::<Vec<_>>()
    };
    let title = "Messages from An account are blocked".to_owned();
    let blocked = (NotificationKind::Health, title, "550 5.7.1 looks like spam".to_owned());
    for (step, status, hours, times) in [
        ("first", "5.1.1", 0, 0),
        ("second", "5.7.1", 0, 1),
        ("third", "5.7.1", 0, 1),
        ("fourth", "5.7.1", 1, 2),
    ] {
        scene.stage.advance(SignedDuration::from_hours(hours));
        let sent = Message { account: Some(mailbox.clone()), ..scene.mail_of(step) };
        let said = if times > 0 { &*blocked.2 } else { "550 5.1.1 no such user" };
        scene.reports(&sent, &came_back(&sent.id, status, said)).await;
        assert_eq!(told().await, vec![blocked.clone(); times], "{step}");
    }
    assert_eq!(scene.listed().await.len(), 1, "what is dead alone");
}

#[tokio::test]
async fn author_of_a_bounced_one_off_message_is_notified_once() {
    let scene = Scene::new().await;
    let author = UserId::derived(scene.stage.clock.now(), &["maya"]);
    let by_hand = Message { author: Some(author.clone()), step: None, ..scene.mail_of("by hand") };
    scene.reports(&by_hand, &came_back(&by_hand.id, "5.1.1", "550 5.1.1 no such user")).await;
    scene.comes_back("of a campaign", "5.7.1", "550 5.7.1 looks like spam").await;
    let told = scene.stage.ports.notifications();
    let told = told.list(&scene.workspace, &author, PageRequest::first(5)).await.unwrap().items;
    let told: Vec<_> = told.iter().map(|told| (told.kind, &*told.title, &*told.detail)).collect();
    let title = "Your message to ann@one.example bounced";
    assert_eq!(told, [(NotificationKind::NotSent, title, "550 5.1.1 no such user")]);
}

#[tokio::test]
async fn complaint_suppresses_for_good_and_counts_for_the_mail() {
    let scene = Scene::new().await;
    let (workspace, lead) = (&scene.workspace, &scene.lead.id);
    let sequence = scene.stage.sequence(workspace, Channel::Email, &["first"]).await;
    let campaign = scene.stage.campaign("Spring", &sequence, CampaignState::Active, |_| ()).await;
    let enrolment = scene.stage.enrolment(&campaign, &sequence, lead).await.key().clone();
    let sent = scene.mail_of("first");
    let message = scene.reports(&sent, &taken_for_spam(&sent.id)).await;
    assert!(message.complained && message.answered.is_none() && !message.opted_out);
    let listed = scene.listed().await;
    assert_eq!((listed.len(), listed[0].expires_at), (1, None));
    assert_eq!(listed[0].reason, SuppressionReason::Complaint);
    let ended = scene.stage.ports.enrolments().get(&enrolment).await.unwrap();
    assert_eq!(*ended.state(), EnrolmentState::Ended { reason: EndReason::OptedOut });
    let file = scene.stage.ports.leads().file(workspace, lead).await.unwrap();
    assert_eq!(file.messages.len(), 1, "no answer of a person");
}

/// The row of a mail exists before its call, so no report about it comes too early.
#[tokio::test]
async fn report_about_a_mail_under_way_settles_its_row() {
    let scene = Scene::new().await;
    let (ports, now) = (&scene.stage.ports, scene.stage.clock.now());
    let sequence = scene.stage.sequence(&scene.workspace, Channel::Email, &["first"]).await;
    let campaign = scene.stage.campaign("Spring", &sequence, CampaignState::Active, |_| ()).await;
    let mut enrolment = scene.stage.enrolment(&campaign, &sequence, &scene.lead.id).await;
    let id = enrolment.present_message().unwrap();
    let row = Message {
        id: id.clone(),
        state: MessageState::Sending,
        accepted_at: None,
        campaign: Some(campaign.id.clone()),
        ..scene.mail_of("first")
    };
    ports.messages().create(&row, &Event::system(EventKind::MessageRowWritten, now)).await.unwrap();
    enrolment.claim(&ClaimToken::new(enrolment.rev(), "token"), now + CLAIM_LASTS).unwrap();
    ports.enrolments().save(&enrolment, &Event::system(EventKind::LeadChanged, now)).await.unwrap();
    let event = scene.event(&id, &came_back(&id, "5.1.1", "550 5.1.1 no such user"));
    ingest(&scene.app.ports, &event).await.unwrap();
    let told = ports.messages().get(&scene.workspace, &id).await.unwrap();
    assert_eq!((told.state, told.accepted_at), (MessageState::Bounced, Some(now)));
    assert_eq!(scene.listed().await.len(), 1);
}

#[tokio::test]
async fn report_about_nobodys_mail_is_ignored() {
    let scene = Scene::new().await;
    let nobodys = MessageId::derived(&scene.lead.id, &["nobody's"]);
    let event = scene.event(&nobodys, &came_back(&nobodys, "5.1.1", "550 5.1.1 no such user"));
    ingest(&scene.app.ports, &event).await.unwrap();
    assert!(scene.listed().await.is_empty());
}

/// The report has found the row; just then its sender, whose answer was lost, writes that delivery is
/// uncertain.
#[tokio::test]
async fn bounce_that_overtakes_its_sender_settles_the_uncertain_message() {
    let scene = Scene::new().await;
    let (ports, now) = (&scene.stage.ports, scene.stage.clock.now());
    let sequence = scene.stage.sequence(&scene.workspace, Channel::Email, &["first", "second"]).await;
    let campaign = scene.stage.campaign("Spring", &sequence, CampaignState::Active, |_| ()).await;
    let mut enrolment = scene.stage.enrolment(&campaign, &sequence, &scene.lead.id).await;
    let (key, id) = (enrolment.key().clone(), enrolment.present_message().unwrap());
    let lost = Message {
        id: id.clone(),
        state: MessageState::Uncertain,
        campaign: Some(campaign.id.clone()),
        step: enrolment.step().clone(),
        accepted_at: None,
        ..scene.mail_of("first")
    };
    enrolment
        .rebuild_with(|it| it.state = EnrolmentState::Held { reason: HoldReason::Uncertain, until: None });
    let (messages, enrolments) = (ports.messages(), ports.enrolments());
    let row = Message { state: MessageState::Sending, ..lost.clone() };
    messages.create(&row, &Event::system(EventKind::MessageRowWritten, now)).await.unwrap();
    let written = Mutex::new(Some(async move {
        let lost = Message { rev: 1, ..lost };
        messages.save(&lost, &Event::system(EventKind::MessageUncertain, now)).await.unwrap();
        enrolments.save(&enrolment, &Event::system(EventKind::StepWaits, now)).await.unwrap();
    }));
    // Part of the message's id, which the key contains; the lead's part is in the partition key.
    let sought = id.as_str()[id.as_str().len() - 20..].to_owned();
    scene.stage.cloud.faults().hold_up(move |moment, call| {
        let names_it = String::from_utf8_lossy(call.body).contains(&sought);
        let has_read = moment == Moment::After && call.operation == "GetItem" && names_it;
        let once = if has_read { written.lock().unwrap().take() } else { None };
        once.map(|happens| Box::pin(happens) as _)
    });
    let report = came_back(&id, "5.7.1", "550 5.7.1 looks like spam");
    ingest(&scene.app.ports, &scene.event(&id, &report)).await.unwrap();
    let told = ports.messages().get(&scene.workspace, &id).await.unwrap();
    assert_eq!((told.state, told.accepted_at), (MessageState::Bounced, Some(now)));
    let goes_on = ports.enrolments().get(&key).await.unwrap();
    assert_eq!((goes_on.state().clone(), goes_on.generation()), (EnrolmentState::Scheduled, 1));
}

/// Takes in a hard bounce of a mail while the enrolment stands at a step of this channel. Returns the reason
/// why the enrolment ended, and its generation.
async fn bounced_at(channel: Channel, bounce: Ends, phone: Option<&str>) -> (Option<EndReason>, u16) {
    let scene = Scene::new().await;
    let ports = &scene.stage.ports;
    let mut workspace = ports.workspaces().get(&scene.workspace).await.unwrap();
    workspace.endings = Endings { bounce, ..Endings::default() };
    let event = Event::system(EventKind::LeadChanged, scene.stage.clock.now());
    ports.workspaces().save(&workspace, &event).await.unwrap();
    let mut lead = scene.lead.clone();
    lead.phone = phone.and_then(|phone| PhoneNumber::parse(phone, None).ok());
    ports.leads().save(&lead, &event).await.unwrap();
    let first = scene.stage.sequence(&scene.workspace, channel, &["first"]).await;
    let visit =
        StepKind::Task { task: StepTask::Generic, title: "Visit them".to_owned(), body: String::new() };
    let visit = Step {
        id: StepId::derived(scene.stage.clock.now(), &["visit"]),
        kind: visit,
        ..first.steps[0].clone()
    };
    let mixed = scene.stage.steps(&first, vec![first.steps[0].clone(), visit]).await;
    let campaign = scene.stage.campaign("Mixed", &mixed, CampaignState::Active, |_| {}).await;
    let key = scene.stage.enrolment(&campaign, &mixed, &scene.lead.id).await.key().clone();
    scene.comes_back("fourth", "5.1.1", "550 5.1.1 no such user").await;
    let enrolment = ports.enrolments().get(&key).await.unwrap();
    let ended = match *enrolment.state() {
        EnrolmentState::Ended { reason } => Some(reason),
        _ => None,
    };
    (ended, enrolment.generation())
}

#[tokio::test]
async fn bounce_ends_the_enrolment_or_voids_the_plan_as_configured() {
    const PHONE: Option<&str> = Some("+1 206 555 0101");
    let bounced = Some(EndReason::Bounced);
    assert_eq!(bounced_at(Channel::Email, Ends::Everything, PHONE).await, (bounced, 0));
    // The bounce is delivered twice; each delivery makes earlier plans void.
    let (ended, generation) = bounced_at(Channel::Email, Ends::Channel, PHONE).await;
    assert!(ended.is_none() && generation > 0, "{ended:?}, generation {generation}");
    assert_eq!(bounced_at(Channel::Sms, Ends::Channel, PHONE).await, (None, 0));
    // A lead without a number cannot have had a text planned.
    assert_eq!(bounced_at(Channel::Sms, Ends::Channel, None).await, (None, 0));
}

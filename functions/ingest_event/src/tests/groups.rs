//! Answers that come through a group or a mailing list are those of the person who wrote, and our own addresses are neither
//! suppressed nor answered to. Mails of different people with the same Message-ID are different mails.

use crate::App;
use crate::tests::relayed_mail;
use application::ingesting::ingest;
use application::ports::store::PageRequest;
use application::{Clock, Ports};
use domain::campaign::CampaignState;
use domain::contact::channel::Channel;
use domain::enrolment::EnrolmentState;
use domain::enrolment::key::EnrolmentKey;
use domain::enrolment::reasons::EndReason;
use domain::event::{Event, EventKind};
use domain::lead::Lead;
use domain::lead::suppression::SuppressionScope;
use domain::message::identity::internet_id;
use domain::message::understanding::{ReplyKind, Understanding};
use domain::message::{Direction, Message, MessageState};
use domain::{AccountId, MessageId, WorkspaceId};
use test_stage::Stage;

const ANN: &str = "ann@one.example";
const BEN: &str = "ben@one.example";
const GROUP: &str = "sales@northquay.example";

struct Scene {
    stage: Stage,
    workspace: WorkspaceId,
    inbound: AccountId,
    lead: Lead,
    key: EnrolmentKey,
    sent: MessageId,
    app: App,
}

impl Scene {
    async fn new() -> Self {
        let stage = Stage::new().await;
        let (workspace, _) = stage.workspace("northquay").await;
        stage.mailbox(&workspace).await;
        let inbound = stage.inbound_mail(&workspace).await;
        let sequence = stage.sequence(&workspace, Channel::Email, &["first", "second"]).await;
        let campaign = stage.campaign("Autumn", &sequence, CampaignState::Active, |_| {}).await;
        let lead = stage.lead(&workspace, "ann", |_| {}).await;
        let key = stage.enrolment(&campaign, &sequence, &lead.id).await.key().clone();
        let now = stage.clock.now();
        let sent = MessageId::derived(&lead.id, &["sent"]);
        let message = Message {
            state: MessageState::Accepted,
            subject: "Quick question".to_owned(),
            to: ANN.to_owned(),
            accepted_at: Some(now),
            ..Message::blank(sent.clone(), workspace.clone(), Direction::Out, Channel::Email, now)
        };
        let event = Event::system(EventKind::MessageAccepted, now);
        stage.ports.messages().create(&message, &event).await.unwrap();
        let app = App::new(&stage.ports);
        Self { stage, workspace, inbound, lead, key, sent, app }
    }

    async fn arrives(&self, event_id: &str, from: &str, raw: &str) {
        let event = relayed_mail(&self.stage, (&self.workspace, &self.inbound), event_id, from, raw);
        for _ in 0..2 {
            ingest(&self.app.ports, &event).await.unwrap();
        }
    }

    /// An answer through our own group: to our message, or a new mail.
    async fn through_the_group(&self, answers: bool, words: &str) {
        let references = match answers {
            true => format!("In-Reply-To: <{}>\r\n", internet_id(&self.sent, "northquay.example")),
            false => String::new(),
        };
        let raw = format!(
            "From: \"'Ann Lindt' via Sales\" <{GROUP}>\r\nReply-To: Ann Lindt <{ANN}>\r\n\
             X-Original-Sender: {ANN}\r\nTo: Sales <{GROUP}>\r\nSubject: Re: Quick question\r\n\
             Message-ID: <1@one.example>\r\n{references}Precedence: list\r\nList-ID: <sales.northquay.example>\r\n\
             X-Google-Group-Id: 100000000001\r\n\r\n{words}\r\n"
        );
        self.arrives("e-1", &format!("sales+bncBC0@northquay.example {answers}"), &raw).await;
    }

    async fn received(&self) -> Vec<Message> {
        let file = self.stage.ports.leads().file(&self.workspace, &self.lead.id).await.unwrap();
        file.messages.into_iter().filter(|message| message.direction == Direction::In).collect()
    }

    async fn listed(&self) -> Vec<String> {
        let scopes = [ANN, BEN, GROUP, "maya@northquay.example", "replies@northquay.example"];
        let scopes = scopes.map(|address| SuppressionScope::Email(address.to_owned()));
        let found = self.stage.ports.suppressions().find(&self.workspace, &scopes).await.unwrap();
        let value = |scope| if let SuppressionScope::Email(value) = scope { value } else { String::new() };
        found.into_iter().map(|entry| value(entry.scope)).collect()
    }

    async fn ended(&self) -> Option<EndReason> {
        match *self.stage.ports.enrolments().get(&self.key).await.unwrap().state() {
            EnrolmentState::Ended { reason } => Some(reason),
            _ => None,
        }
    }
}

#[tokio::test]
async fn answer_through_our_own_group_is_the_persons() {
    for answers in [true, false] {
        let scene = Scene::new().await;
        scene.through_the_group(answers, "Yes, Tuesday at 10 is fine. Please call me.").await;
        let [received] = scene.received().await.try_into().unwrap();
        assert_eq!(received.from, ANN, "what an answer goes to");
        assert_eq!(received.reply_kind(), Some(ReplyKind::Person));
        assert_eq!((scene.ended().await, scene.listed().await.len()), (Some(EndReason::Replied), 0));
    }
}

#[tokio::test]
async fn opt_out_through_our_own_group_lists_the_person_alone() {
    for answers in [true, false] {
        let scene = Scene::new().await;
        scene.through_the_group(answers, "Please remove me from your list.").await;
        assert_eq!(scene.ended().await, Some(EndReason::OptedOut));
        assert_eq!(scene.listed().await, [ANN]);
    }
}

#[tokio::test]
async fn opt_out_that_names_only_our_group_as_its_sender_lists_none_of_ours() {
    let scene = Scene::new().await;
    for from in [GROUP, "maya@northquay.example"] {
        let raw = format!(
            "From: {from}\r\nTo: replies@northquay.example\r\nSubject: Re: Quick question\r\n\
             Message-ID: <1-{from}>\r\n\r\nPlease remove me from your list.\r\n"
        );
        scene.arrives(from, from, &raw).await;
    }
    assert_eq!((scene.ended().await, scene.listed().await.len()), (None, 0));
}

fn answer(from: &str, words: &str, scene: &Scene) -> String {
    let answers = internet_id(&scene.sent, "northquay.example");
    format!(
        "From: {from}\r\nTo: replies@northquay.example\r\nSubject: Re: Quick question\r\n\
         Message-ID: <one-and-the-same@one.example>\r\nIn-Reply-To: <{answers}>\r\n\r\n{words}\r\n"
    )
}

#[tokio::test]
async fn same_mail_twice_is_one_answer_and_the_same_id_of_another_sender_is_another() {
    let scene = Scene::new().await;
    let yes = answer(&format!("Ann Lindt <{ANN}>"), "Yes, Tuesday at ten is fine.", &scene);
    scene.arrives("d1", ANN, &yes).await;
    scene.arrives("d2", "maya@northquay.example", &format!("Received: from mx2 by inbox\r\n{yes}")).await;
    assert_eq!(scene.received().await.len(), 1);
    let jan = answer("Jan Voss <jan@hafen.example>", "This is Jan, please call me instead.", &scene);
    scene.arrives("d3", "jan@hafen.example", &jan).await;
    let mut from: Vec<String> = scene.received().await.into_iter().map(|message| message.from).collect();
    from.sort();
    assert_eq!(from, [ANN, "jan@hafen.example"]);
    // Nor does it hide among the mails that belong to nobody.
    for from in ["eva@else.example", "tom@else.example"] {
        let raw = format!(
            "From: {from}\r\nSubject: Hello\r\nMessage-ID: <same@else.example>\r\n\r\nHow much is it?"
        );
        scene.arrives(from, from, &raw).await;
        scene.arrives(&format!("again {from}"), from, &raw).await;
    }
    let unmatched = scene.stage.ports.conversations();
    let unmatched = unmatched.unmatched(&scene.workspace, PageRequest::first(5)).await.unwrap();
    assert_eq!(unmatched.items.len(), 2);
}

#[tokio::test]
async fn opt_out_under_the_message_id_of_an_earlier_answer_is_heard_once() {
    let scene = Scene::new().await;
    scene.arrives("d1", ANN, &answer(ANN, "How much is it?", &scene)).await;
    let opt_out = answer(ANN, "Please remove me from your list.", &scene);
    scene.arrives("d2", ANN, &opt_out).await;
    scene.arrives("d3", "maya@northquay.example", &format!("Received: from mx2 by inbox\r\n{opt_out}")).await;
    assert_eq!((scene.received().await.len(), scene.listed().await), (2, vec![ANN.to_owned()]));
}

#[tokio::test]
async fn opt_out_by_another_lead_lists_that_one_and_asks_about_the_one_we_wrote_to() {
    let scene = Scene::new().await;
    let ben = scene.stage.lead(&scene.workspace, "ben", |_| {}).await;
    scene.arrives("d1", BEN, &answer(BEN, "Please unsubscribe me.", &scene)).await;
    assert_eq!((scene.ended().await, scene.listed().await), (Some(EndReason::Replied), vec![BEN.to_owned()]));
    let held =
        async |id| scene.stage.ports.leads().get(&scene.workspace, id).await.unwrap().opt_out_hold.is_some();
    assert_eq!((held(&scene.lead.id).await, held(&ben.id).await), (true, false));
}

/// An earlier version told mails by their Message-ID alone.
#[tokio::test]
async fn answer_that_an_earlier_version_recorded_is_not_recorded_again() {
    let scene = Scene::new().await;
    let now = scene.stage.clock.now();
    let id = MessageId::of_inbound(&scene.lead.id, "one-and-the-same@one.example");
    let recorded = Message {
        from: ANN.to_owned(),
        understood: Some(Understanding::by_rule(ReplyKind::Person, "no_sign", "")),
        ..Message::blank(id, scene.workspace.clone(), Direction::In, Channel::Email, now)
    };
    let event = Event::system(EventKind::MessageReceived, now);
    scene.stage.ports.messages().create(&recorded, &event).await.unwrap();
    scene.arrives("d1", ANN, &answer(ANN, "Yes, Tuesday at ten is fine.", &scene)).await;
    assert_eq!(scene.received().await.len(), 1);
}

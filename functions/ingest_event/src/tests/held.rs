//! What a model alone takes for an opt-out: the lead is stopped and held, nobody is listed, and a user decides.

use crate::App;
use crate::tests::relayed_mail;
use application::ingesting::ingest;
use application::lead::merging::{MergeOutcome, MergePorts, merge_leads};
use application::ports::due::DueWork;
use application::queue_messages::IngestEvent;
use application::{Clock, PageRequest, Ports};
use domain::campaign::CampaignState;
use domain::contact::channel::Channel;
use domain::contact::email_address::EmailAddress;
use domain::contact::phone_number::PhoneNumber;
use domain::enrolment::reasons::EndReason;
use domain::enrolment::{Enrolment, EnrolmentState};
use domain::event::{Event, EventKind};
use domain::lead::Lead;
use domain::lead::merging::MergeChoices;
use domain::message::conversation::Folder;
use domain::message::understanding::{CLASSIFIER, Intent, ReplyKind, Understanding};
use domain::message::unmatched::{Link, UnmatchedReply, UnmatchedState};
use domain::message::{Direction, Message};
use domain::sequence::Sequence;
use domain::workspace::task::{Task, TaskKind};
use domain::{AccountId, LeadId, MessageId, UserId, WorkspaceId};
use jiff::SignedDuration;
use test_stage::Stage;

/// What may hold a lead: a model's reading, and a rule's of a misspelt word.
const HOLDING_RULES: [&str; 2] = [CLASSIFIER, "opt_out_misspelt"];
/// Words that no rule knows.
const UNSURE: &str = "The partners sat down with it on Monday.";
const PHONE: &str = "+447400123456";

struct Scene {
    stage: Stage,
    workspace: WorkspaceId,
    inbound: AccountId,
    user: UserId,
    sequence: Sequence,
    ann: Lead,
    enrolment: Enrolment,
    app: App,
}

impl Scene {
    async fn new() -> Self {
        let stage = Stage::new().await;
        let (workspace, user) = stage.workspace("northquay").await;
        let inbound = stage.inbound_mail(&workspace).await;
        let phone = PhoneNumber::try_from(PHONE.to_owned()).ok();
        let ann = stage.lead(&workspace, "ann", |lead| lead.phone = phone).await;
        let sequence = stage.sequence(&workspace, Channel::Email, &["first", "second"]).await;
        let enrolment = enrolled(&stage, &sequence, "Autumn", &ann.id).await;
        let app = App::new(&stage.ports);
        Self { stage, workspace, inbound, user, sequence, ann, enrolment, app }
    }

    async fn takes_in(&self, event: IngestEvent) {
        // Twice, as events come.
        for _ in 0..2 {
            ingest(&self.app.ports, &event).await.unwrap();
        }
    }

    async fn writes(&self, from: &str, id: &str, body: &str) {
        let raw = format!(
            "From: {from}\r\nTo: kim@northquay.example\r\nSubject: Re: Hello\r\n\
             Message-ID: <{id}@one.example>\r\n\r\n{body}\r\n"
        );
        self.takes_in(relayed_mail(&self.stage, (&self.workspace, &self.inbound), id, from, &raw)).await;
    }

    /// A text that the classifier alone took for an opt-out came from this number and is linked to Ann.
    async fn is_linked_to_a_text(&self, from: &str, kind: ReplyKind) -> MessageId {
        self.is_linked_to_a_text_by(CLASSIFIER, from, kind).await
    }

    /// The same for a text that this rule has read.
    async fn is_linked_to_a_text_by(&self, rule: &str, from: &str, kind: ReplyKind) -> MessageId {
        let (at, external_id) = (self.stage.clock.now(), format!("text-{from}"));
        let reply = UnmatchedReply {
            id: UnmatchedReply::id_of(&external_id),
            workspace: self.workspace.clone(),
            account: self.inbound.clone(),
            channel: Channel::Sms,
            from: from.to_owned(),
            from_name: String::new(),
            chat_user: None,
            to: String::new(),
            wrote_to: None,
            subject: String::new(),
            text: UNSURE.to_owned(),
            understood: Understanding::by_rule(kind, rule, UNSURE),
            blob: None,
            received_at: at,
            external_id: external_id.clone(),
            record: None,
            state: UnmatchedState::Waiting {},
            rev: 0,
        };
        let event = Event::system(EventKind::ReplyUnmatched, at);
        self.stage.ports.conversations().put_unmatched(&reply, &event).await.unwrap();
        let link = Link { lead: self.ann.id.clone(), learns_address: false, by: self.user.clone(), at };
        self.takes_in(IngestEvent::Linked { workspace: self.workspace.clone(), reply: reply.id, link }).await;
        MessageId::of_inbound(&self.ann.id, &external_id)
    }

    async fn is_read_by_a_model(&self, message: &MessageId, kind: ReplyKind) {
        let rules = Understanding::by_rule(ReplyKind::Person, "no_sign", UNSURE);
        self.takes_in(IngestEvent::ReadByModel {
            workspace: self.workspace.clone(),
            message: message.clone(),
            understood: Box::new(rules.read_by_model(kind, None, "language_model", UNSURE)),
            at: self.stage.clock.now(),
        })
        .await;
    }

    /// A user corrects the reading; the route has changed the message before.
    async fn is_corrected(&self, message: &MessageId, kind: ReplyKind) {
        let mut known = self.message(message).await;
        let understood = known.understood.clone().unwrap().corrected(kind, None);
        known.understood = Some(understood.clone());
        let (at, event) = (self.stage.clock.now(), EventKind::UnderstandingCorrected);
        self.stage.ports.messages().save(&known, &Event::system(event, at)).await.unwrap();
        self.takes_in(IngestEvent::Corrected {
            workspace: self.workspace.clone(),
            message: message.clone(),
            understood: Box::new(understood),
            user: self.user.clone(),
            at,
        })
        .await;
    }

    async fn message(&self, id: &MessageId) -> Message {
        self.stage.ports.messages().get(&self.workspace, id).await.unwrap()
    }

    async fn lead(&self, id: &LeadId) -> Lead {
        self.stage.ports.leads().get(&self.workspace, id).await.unwrap()
    }

    async fn is_held(&self) -> bool {
        self.lead(&self.ann.id).await.opt_out_hold.is_some()
    }

    async fn listed(&self) -> usize {
        let page = PageRequest::first(10);
        self.stage.ports.suppressions().list(&self.workspace, page).await.unwrap().items.len()
    }

    async fn ended(&self, enrolment: &Enrolment) -> Option<EndReason> {
        match *self.stage.ports.enrolments().get(enrolment.key()).await.unwrap().state() {
            EnrolmentState::Ended { reason } => Some(reason),
            _ => None,
        }
    }

    async fn tasks(&self) -> Vec<Task> {
        self.stage.ports.leads().file(&self.workspace, &self.ann.id).await.unwrap().tasks
    }

    async fn latest_answer(&self) -> MessageId {
        let file = self.stage.ports.leads().file(&self.workspace, &self.ann.id).await.unwrap();
        let inbound = file.messages.into_iter().filter(|message| message.direction == Direction::In);
        inbound.max_by_key(|message| message.created_at).unwrap().id
    }
}

async fn enrolled(stage: &Stage, sequence: &Sequence, name: &str, lead: &LeadId) -> Enrolment {
    let campaign = stage.campaign(name, sequence, CampaignState::Active, |_| {}).await;
    stage.enrolment(&campaign, sequence, lead).await
}

#[tokio::test]
async fn opt_out_of_the_classifier_stops_and_holds_and_lists_nobody() {
    // One that was stored when it still listed people, too.
    for kind in [ReplyKind::PossibleOptOut, ReplyKind::OptOut] {
        let scene = Scene::new().await;
        let message = scene.is_linked_to_a_text(PHONE, kind).await;
        let lead = scene.lead(&scene.ann.id).await;
        let hold = lead.opt_out_hold.expect("she is held");
        assert_eq!((hold.messages, hold.sentence.as_str()), (vec![message.clone()], UNSURE));
        assert!(lead.engagement.heat.is_none(), "it warms nobody");
        assert_eq!(scene.ended(&scene.enrolment).await, Some(EndReason::Replied));
        assert_eq!(scene.listed().await, 0);
        assert_eq!(scene.message(&message).await.understood.unwrap().kind, ReplyKind::PossibleOptOut);
        let conversation =
            scene.stage.ports.conversations().get(&scene.workspace, &scene.ann.id).await.unwrap().unwrap();
        assert_eq!((conversation.folder, conversation.unread), (Folder::Open, 1));
    }
}

#[tokio::test]
async fn owner_is_told_at_once_and_asked_again_after_a_day() {
    let scene = Scene::new().await;
    let began = scene.stage.clock.now();
    scene.is_linked_to_a_text(PHONE, ReplyKind::PossibleOptOut).await;
    let notices =
        scene.stage.ports.notifications().list(&scene.workspace, &scene.user, PageRequest::first(10)).await;
    let titles: Vec<String> = notices.unwrap().items.into_iter().map(|notice| notice.title).collect();
    assert_eq!(titles, [format!("{} may have opted out", scene.ann.display_name())]);
    let [task] = scene.tasks().await.try_into().expect("one task, however often the event comes");
    let tomorrow = began + SignedDuration::from_hours(24);
    assert_eq!((task.kind, task.due_at, task.body.as_str()), (TaskKind::PossibleOptOut, tomorrow, UNSURE));
    let due = scene.stage.ports.due().due(tomorrow, 100).await.unwrap();
    let reminds = |what: &DueWork| matches!(what, DueWork::RemindTask { task: id, .. } if *id == task.id);
    assert!(due.iter().flat_map(|packed| &packed.hints).any(|hint| reminds(&hint.what)), "{due:?}");
}

#[tokio::test]
async fn opt_out_of_a_language_model_holds_and_lists_nobody() {
    for kind in [ReplyKind::PossibleOptOut, ReplyKind::OptOut] {
        let scene = Scene::new().await;
        scene.writes("ann@one.example", "1", UNSURE).await;
        let again = enrolled(&scene.stage, &scene.sequence, "Winter", &scene.ann.id).await;
        let message = scene.latest_answer().await;
        scene.is_read_by_a_model(&message, kind).await;
        assert!(scene.is_held().await);
        assert_eq!((scene.listed().await, scene.ended(&again).await), (0, Some(EndReason::Replied)));
        assert_eq!(scene.message(&message).await.understood.unwrap().kind, ReplyKind::PossibleOptOut);
        let asked = scene.tasks().await.into_iter().filter(|task| task.kind == TaskKind::PossibleOptOut);
        assert_eq!(asked.count(), 1);
    }
}

#[tokio::test]
async fn user_who_was_faster_than_the_model_is_not_asked() {
    let scene = Scene::new().await;
    scene.writes("ann@one.example", "1", UNSURE).await;
    let message = scene.latest_answer().await;
    scene.is_corrected(&message, ReplyKind::Person).await;
    scene.is_read_by_a_model(&message, ReplyKind::PossibleOptOut).await;
    assert!(!scene.is_held().await && scene.listed().await == 0);
}

#[tokio::test]
async fn user_who_says_that_it_is_an_opt_out_lists_the_lead_and_ends_the_hold() {
    for rule in HOLDING_RULES {
        let scene = Scene::new().await;
        let message = scene.is_linked_to_a_text_by(rule, PHONE, ReplyKind::PossibleOptOut).await;
        assert!(scene.is_held().await, "{rule}");
        scene.is_corrected(&message, ReplyKind::OptOut).await;
        assert!(!scene.is_held().await, "{rule}");
        assert_eq!(scene.listed().await, 1);
        assert!(scene.tasks().await.iter().all(|task| task.done_at.is_some()), "{rule}");
    }
}

#[tokio::test]
async fn user_who_says_that_it_is_none_ends_the_hold_and_lists_nobody() {
    for rule in HOLDING_RULES {
        let scene = Scene::new().await;
        let message = scene.is_linked_to_a_text_by(rule, PHONE, ReplyKind::PossibleOptOut).await;
        assert!(scene.is_held().await, "{rule}");
        scene.is_corrected(&message, ReplyKind::Person).await;
        assert!(!scene.is_held().await, "{rule}");
        assert_eq!(scene.listed().await, 0);
        assert_eq!(scene.message(&message).await.understood.unwrap().intent, Some(Intent::Neutral));
        assert!(scene.tasks().await.iter().all(|task| task.done_at.is_some()), "{rule}");
    }
}

#[tokio::test]
async fn time_and_a_later_answer_lift_no_hold() {
    let scene = Scene::new().await;
    scene.is_linked_to_a_text(PHONE, ReplyKind::PossibleOptOut).await;
    scene.stage.advance(SignedDuration::from_hours(24 * 60));
    scene.writes("ann@one.example", "2", "Yes, please call me tomorrow.").await;
    assert!(scene.is_held().await);
}

#[tokio::test]
async fn hold_lasts_until_each_of_its_messages_is_decided() {
    let scene = Scene::new().await;
    let first = scene.is_linked_to_a_text(PHONE, ReplyKind::PossibleOptOut).await;
    let second = scene.is_linked_to_a_text("+447400999999", ReplyKind::PossibleOptOut).await;
    assert_eq!(
        scene.lead(&scene.ann.id).await.opt_out_hold.unwrap().messages,
        [first.clone(), second.clone()]
    );
    scene.is_corrected(&second, ReplyKind::Person).await;
    assert!(scene.is_held().await);
    scene.is_corrected(&first, ReplyKind::Person).await;
    assert!(!scene.is_held().await);
}

#[tokio::test]
async fn everybody_at_the_number_is_held_and_freed_together() {
    for rule in HOLDING_RULES {
        let scene = Scene::new().await;
        let shared = |lead: &mut Lead| {
            lead.phone = PhoneNumber::try_from(PHONE.to_owned()).ok();
            lead.email = EmailAddress::parse("bea@one.example").ok();
        };
        let bea = scene.stage.lead(&scene.workspace, "bea", shared).await.id;
        let theirs = enrolled(&scene.stage, &scene.sequence, "Winter", &bea).await;
        let message = scene.is_linked_to_a_text_by(rule, PHONE, ReplyKind::PossibleOptOut).await;
        assert_eq!(scene.ended(&theirs).await, Some(EndReason::Replied));
        assert!(scene.is_held().await && scene.lead(&bea).await.opt_out_hold.is_some(), "{rule}");
        scene.is_corrected(&message, ReplyKind::Person).await;
        assert!(!scene.is_held().await && scene.lead(&bea).await.opt_out_hold.is_none(), "{rule}");
    }
}

#[tokio::test]
async fn merge_with_a_held_lead_stops_and_holds_the_survivor() {
    let scene = Scene::new().await;
    let email = |lead: &mut Lead| lead.email = EmailAddress::parse("bea@one.example").ok();
    let bea = scene.stage.lead(&scene.workspace, "bea", email).await.id;
    let message = scene.is_linked_to_a_text(PHONE, ReplyKind::PossibleOptOut).await;
    let running = enrolled(&scene.stage, &scene.sequence, "Winter", &bea).await;
    let (ports, choices) = (MergePorts::new(&scene.stage.ports), MergeChoices::new());
    let merged = merge_leads(&ports, &scene.workspace, (&bea, &scene.ann.id), &choices, None).await.unwrap();
    assert!(matches!(merged, MergeOutcome::Merged(_)), "{merged:?}");
    assert!(scene.ended(&running).await.is_some());
    assert!(scene.lead(&bea).await.opt_out_hold.is_some());
    scene.is_corrected(&message, ReplyKind::Person).await;
    assert!(scene.lead(&bea).await.opt_out_hold.is_none());
}

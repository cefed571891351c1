//! What comes from a lead that was merged into another one acts on that one.

use crate::App;
use crate::tests::relayed_mail;
use application::ingesting::ingest;
use application::lead::merging::{MergeOutcome, MergePorts, UnmergeOutcome, merge_leads, unmerge_leads};
use application::queue_messages::IngestEvent;
use application::{Clock, PageRequest, Ports};
use domain::campaign::CampaignState;
use domain::contact::channel::Channel;
use domain::contact::email_address::EmailAddress;
use domain::enrolment::reasons::EndReason;
use domain::enrolment::{Enrolment, EnrolmentState};
use domain::event::{Event, EventKind};
use domain::lead::merging::MergeChoices;
use domain::lead::suppression::SuppressionScope;
use domain::message::Direction;
use domain::message::conversation::Folder;
use domain::{AccountId, LeadId, WorkspaceId};
use jiff::SignedDuration;
use std::pin::Pin;
use std::sync::Mutex;
use test_stage::Stage;

/// The address of the lead that stays, and that of the one that is merged into it.
const ANN: &str = "ann@one.example";
const BEA: &str = "bea@one.example";

struct Scene {
    stage: Stage,
    workspace: WorkspaceId,
    inbound: AccountId,
    ann: LeadId,
    bea: LeadId,
    /// The survivor's enrolment.
    enrolment: Enrolment,
}

impl Scene {
    async fn new() -> Self {
        let stage = Stage::new().await;
        let (workspace, _) = stage.workspace("northquay").await;
        let inbound = stage.inbound_mail(&workspace).await;
        let sequence = stage.sequence(&workspace, Channel::Email, &["first", "second"]).await;
        let campaign = stage.campaign("Autumn", &sequence, CampaignState::Active, |_| {}).await;
        let ann = stage.lead(&workspace, "ann", |_| {}).await.id;
        let bea = stage.lead(&workspace, "bea", |lead| lead.email = EmailAddress::parse(BEA).ok()).await.id;
        let enrolment = stage.enrolment(&campaign, &sequence, &ann).await;
        Self { stage, workspace, inbound, ann, bea, enrolment }
    }

    async fn merge(&self) {
        merge(&MergePorts::new(&self.stage.ports), &self.workspace, &self.ann, &self.bea).await;
    }

    async fn unmerge(&self) {
        let ports = MergePorts::new(&self.stage.ports);
        let done = unmerge_leads(&ports, &self.workspace, (&self.ann, &self.bea), None).await.unwrap();
        assert!(matches!(done, UnmergeOutcome::Unmerged(_)), "{done:?}");
    }

    async fn writes(&self, from: &str, id: &str, body: &str) {
        let raw = format!(
            "From: {from}\r\nTo: joe@northquay.example\r\nSubject: Re: Hello\r\nMessage-ID: <{id}@one.example>\r\n\
             \r\n{body}\r\n"
        );
        let mail = relayed_mail(&self.stage, (&self.workspace, &self.inbound), id, from, &raw);
        ingest(&App::new(&self.stage.ports).ports, &mail).await.unwrap();
    }

    /// The event of the link in a mail to the absorbed lead, by which it unsubscribes.
    fn unsubscribing(&self) -> IngestEvent {
        IngestEvent::Unsubscribed {
            workspace: self.workspace.clone(),
            lead: self.bea.clone(),
            message: None,
            to: EmailAddress::parse(BEA).ok(),
            event_id: "unsub".to_owned(),
            at: self.stage.clock.now(),
        }
    }

    async fn is_suppressed(&self, address: &str) -> bool {
        let scope = SuppressionScope::Email(address.to_owned());
        !self.stage.ports.suppressions().find(&self.workspace, &[scope]).await.unwrap().is_empty()
    }

    /// Returns the leads whose conversations the inbox shows.
    async fn in_inbox(&self) -> Vec<LeadId> {
        let mut all = Vec::new();
        for folder in [Folder::Open, Folder::Done] {
            let page = PageRequest { limit: 10, cursor: None };
            let found = self.stage.ports.conversations().list(&self.workspace, folder, page).await.unwrap();
            all.extend(found.items.into_iter().map(|conversation| conversation.lead));
        }
        all
    }

    async fn answers(&self, lead: &LeadId) -> usize {
        let file = self.stage.ports.leads().file(&self.workspace, lead).await.unwrap();
        file.messages.iter().filter(|message| message.direction == Direction::In).count()
    }

    async fn state(&self) -> EnrolmentState {
        self.stage.ports.enrolments().get(self.enrolment.key()).await.unwrap().state().clone()
    }

    /// The leads are merged just before the first write that says these words.
    fn merge_just_before(&self, words: &'static str) {
        let ports = MergePorts::new(&self.stage.ports);
        let (workspace, ann, bea) = (self.workspace.clone(), self.ann.clone(), self.bea.clone());
        let happens: Pin<Box<dyn Future<Output = ()> + Send>> =
            Box::pin(async move { merge(&ports, &workspace, &ann, &bea).await });
        let once = Mutex::new(Some(happens));
        self.stage.cloud.faults().hold_up(move |moment, call| {
            let says_so = String::from_utf8_lossy(call.body).contains(words);
            let is_it = moment == local_cloud::Moment::Before && says_so;
            if is_it { once.lock().unwrap().take() } else { None }
        });
    }
}

async fn merge(ports: &MergePorts, workspace: &WorkspaceId, survivor: &LeadId, absorbed: &LeadId) {
    let done = merge_leads(ports, workspace, (survivor, absorbed), &MergeChoices::new(), None).await.unwrap();
    assert!(matches!(done, MergeOutcome::Merged(_)), "{done:?}");
}

#[tokio::test]
async fn answer_from_the_absorbed_address_stops_the_survivor_and_is_in_its_conversation() {
    let scene = Scene::new().await;
    scene.merge().await;
    scene.writes(BEA, "late", "Please tell me more.").await;
    assert_eq!(scene.state().await, EnrolmentState::Ended { reason: EndReason::Replied });
    assert_eq!(scene.in_inbox().await, std::slice::from_ref(&scene.ann));
    for lead in [&scene.ann, &scene.bea] {
        assert_eq!(scene.answers(lead).await, 1);
    }
}

#[tokio::test]
async fn opt_out_from_either_address_after_the_merge_suppresses_both() {
    for from in [ANN, BEA] {
        let scene = Scene::new().await;
        scene.merge().await;
        scene.writes(from, "stop", "Please remove me from your list.").await;
        assert!(!matches!(scene.state().await, EnrolmentState::Scheduled), "{from}");
        assert!(scene.is_suppressed(ANN).await && scene.is_suppressed(BEA).await, "{from}");
        scene.unmerge().await;
        assert!(scene.is_suppressed(ANN).await && scene.is_suppressed(BEA).await, "{from}");
    }
}

#[tokio::test]
async fn opt_out_that_was_read_before_the_merge_reaches_the_survivor() {
    // Before anything of it is written, after the suppression, after the stop.
    for words in ["address_suppressed", "lead_opted_out", "message_received"] {
        let scene = Scene::new().await;
        scene.merge_just_before(words);
        scene.writes(BEA, "stop", "Please remove me from your list.").await;
        assert!(scene.is_suppressed(ANN).await && scene.is_suppressed(BEA).await, "{words}");
    }
}

#[tokio::test]
async fn unsubscribe_link_of_the_absorbed_lead_stops_the_survivor() {
    let scene = Scene::new().await;
    scene.merge().await;
    let event = scene.unsubscribing();
    ingest(&App::new(&scene.stage.ports).ports, &event).await.unwrap();
    assert_eq!(scene.state().await, EnrolmentState::Ended { reason: EndReason::OptedOut });
    assert!(scene.is_suppressed(ANN).await && scene.is_suppressed(BEA).await);
}

#[tokio::test]
async fn answer_that_was_handled_before_the_merge_stops_nothing_when_it_comes_again() {
    let scene = Scene::new().await;
    scene.writes(BEA, "early", "Please tell me more.").await;
    scene.merge().await;
    scene.writes(BEA, "early", "Please tell me more.").await;
    assert_eq!(scene.state().await, EnrolmentState::Scheduled);
    assert_eq!(scene.answers(&scene.ann).await, 1);
    assert_eq!(scene.in_inbox().await, std::slice::from_ref(&scene.ann));
}

#[tokio::test]
async fn opt_out_that_was_handled_before_the_merge_and_lifted_is_not_applied_again() {
    let scene = Scene::new().await;
    let event = scene.unsubscribing();
    ingest(&App::new(&scene.stage.ports).ports, &event).await.unwrap();
    let ports = &scene.stage.ports;
    let scope = SuppressionScope::Email(BEA.to_owned());
    let entry = ports.suppressions().find(&scene.workspace, &[scope]).await.unwrap().remove(0);
    let lifted = Event::system(EventKind::SuppressionLifted, scene.stage.clock.now());
    ports.suppressions().lift(&entry, &lifted).await.unwrap();
    scene.merge().await;
    ingest(&App::new(ports).ports, &event).await.unwrap();
    assert_eq!(scene.state().await, EnrolmentState::Scheduled);
    assert!(!scene.is_suppressed(ANN).await && !scene.is_suppressed(BEA).await);
}

#[tokio::test]
async fn answer_that_overtakes_the_merge_is_shown_in_the_inbox() {
    for words in ["lead_answered", "message_received", "conversation_answered"] {
        let scene = Scene::new().await;
        scene.writes(BEA, "first", "Please tell me more.").await;
        scene.merge_just_before(words);
        scene.writes(BEA, "second", "Are you there?").await;
        assert_eq!(scene.in_inbox().await, std::slice::from_ref(&scene.ann), "{words}");
        let conversation =
            scene.stage.ports.conversations().get(&scene.workspace, &scene.ann).await.unwrap().unwrap();
        assert_eq!((conversation.snippet.as_str(), conversation.unread), ("Are you there?", 2), "{words}");
        assert_eq!(scene.answers(&scene.ann).await, 2, "{words}");
    }
}

#[tokio::test]
async fn answer_after_undoing_is_that_of_the_lead_that_wrote_it() {
    let scene = Scene::new().await;
    scene.merge().await;
    scene.stage.advance(SignedDuration::from_hours(1));
    scene.unmerge().await;
    scene.writes(BEA, "later", "Please tell me more.").await;
    assert_eq!(scene.state().await, EnrolmentState::Scheduled);
    assert_eq!((scene.answers(&scene.ann).await, scene.answers(&scene.bea).await), (0, 1));
    assert_eq!(scene.in_inbox().await, std::slice::from_ref(&scene.bea));
}

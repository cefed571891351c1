//! What comes from a deleted lead has its effect, is recorded, and is shown only once the lead is restored.

use crate::App;
use crate::tests::relayed_mail;
use application::ingesting::ingest;
use application::lead::deletion::{DeletionPorts, delete_lead, restore_lead};
use application::queue_messages::IngestEvent;
use application::{Clock, PageRequest, Ports};
use domain::campaign::CampaignState;
use domain::contact::channel::Channel;
use domain::contact::email_address::EmailAddress;
use domain::enrolment::reasons::EndReason;
use domain::enrolment::{Enrolment, EnrolmentState};
use domain::lead::Lead;
use domain::lead::suppression::SuppressionScope;
use domain::message::Direction;
use domain::message::conversation::Folder;
use domain::{AccountId, LeadId, UserId, WorkspaceId};
use test_stage::Stage;

const ANN: &str = "ann@one.example";

struct Scene {
    stage: Stage,
    workspace: WorkspaceId,
    user: UserId,
    inbound: AccountId,
    lead: LeadId,
    enrolment: Enrolment,
}

impl Scene {
    async fn new() -> Self {
        let stage = Stage::new().await;
        let (workspace, user) = stage.workspace("northquay").await;
        let inbound = stage.inbound_mail(&workspace).await;
        let sequence = stage.sequence(&workspace, Channel::Email, &["first", "second"]).await;
        let campaign = stage.campaign("Autumn", &sequence, CampaignState::Active, |_| {}).await;
        let lead = stage.lead(&workspace, "ann", |_| {}).await.id;
        let enrolment = stage.enrolment(&campaign, &sequence, &lead).await;
        Self { stage, workspace, user, inbound, lead, enrolment }
    }

    fn deletion(&self) -> DeletionPorts {
        DeletionPorts::new(&self.stage.ports)
    }

    async fn delete(&self) {
        self.delete_one(&self.lead).await;
    }

    async fn delete_one(&self, lead: &LeadId) {
        delete_lead(&self.deletion(), (&self.workspace, lead), None).await.unwrap();
    }

    async fn restore(&self) -> Lead {
        restore_lead(&self.deletion(), (&self.workspace, &self.lead), None).await.unwrap()
    }

    async fn writes(&self, id: &str, body: &str) {
        self.writes_from(ANN, id, body).await;
    }

    async fn writes_from(&self, from: &str, id: &str, body: &str) {
        let raw = format!(
            "From: {from}\r\nTo: joe@northquay.example\r\nSubject: Re: Hello\r\nMessage-ID: <{id}@one.example>\r\n\
             \r\n{body}\r\n"
        );
        let mail = relayed_mail(&self.stage, (&self.workspace, &self.inbound), id, from, &raw);
        ingest(&App::new(&self.stage.ports).ports, &mail).await.unwrap();
    }

    async fn is_suppressed(&self) -> bool {
        let scope = SuppressionScope::Email(ANN.to_owned());
        !self.stage.ports.suppressions().find(&self.workspace, &[scope]).await.unwrap().is_empty()
    }

    async fn in_inbox(&self) -> usize {
        let (ports, mut all) = (&self.stage.ports, 0);
        for folder in [Folder::Open, Folder::Done] {
            let page = PageRequest { limit: 10, cursor: None };
            all += ports.conversations().list(&self.workspace, folder, page).await.unwrap().items.len();
        }
        all
    }

    async fn notifications(&self) -> usize {
        let page = PageRequest { limit: 10, cursor: None };
        let told = self.stage.ports.notifications().list(&self.workspace, &self.user, page).await.unwrap();
        told.items.len()
    }

    async fn unmatched(&self) -> usize {
        let page = PageRequest { limit: 10, cursor: None };
        self.stage.ports.conversations().unmatched(&self.workspace, page).await.unwrap().items.len()
    }

    /// Returns the number of messages that have come from the lead.
    async fn answers(&self, lead: &LeadId) -> usize {
        let file = self.stage.ports.leads_with_deleted().file(&self.workspace, lead).await.unwrap();
        file.messages.iter().filter(|message| message.direction == Direction::In).count()
    }

    async fn state(&self) -> EnrolmentState {
        self.stage.ports.enrolments().get(self.enrolment.key()).await.unwrap().state().clone()
    }
}

#[tokio::test]
async fn reply_of_a_deleted_lead_is_recorded_and_shown_only_after_its_restoration() {
    let scene = Scene::new().await;
    scene.delete().await;
    scene.writes("late", "Please tell me more.").await;
    assert_eq!((scene.in_inbox().await, scene.notifications().await, scene.unmatched().await), (0, 0, 0));
    let lead = scene.restore().await;
    assert_eq!(lead.engagement.messages, 1);
    assert_eq!(scene.in_inbox().await, 1);
    assert_eq!(scene.answers(&scene.lead).await, 1);
    assert_eq!(scene.state().await, EnrolmentState::Ended { reason: EndReason::Removed });
}

#[tokio::test]
async fn reply_before_the_deletion_is_hidden_with_the_lead() {
    let scene = Scene::new().await;
    scene.writes("early", "Please tell me more.").await;
    assert_eq!(scene.in_inbox().await, 1);
    scene.delete().await;
    assert_eq!(scene.in_inbox().await, 0);
    scene.writes("late", "Are you there?").await;
    assert_eq!(scene.in_inbox().await, 0);
    scene.restore().await;
    assert_eq!(scene.in_inbox().await, 1);
    assert_eq!(scene.state().await, EnrolmentState::Ended { reason: EndReason::Replied });
}

#[tokio::test]
async fn opt_out_of_a_deleted_lead_by_mail_suppresses_its_address() {
    let scene = Scene::new().await;
    scene.delete().await;
    scene.writes("stop", "Please unsubscribe me from your list.").await;
    assert!(scene.is_suppressed().await);
    let lead = scene.restore().await;
    assert!(scene.is_suppressed().await);
    let consent = lead.consents.get(Channel::Email).unwrap();
    assert!(consent.withdrawn_at.is_some(), "{consent:?}");
}

#[tokio::test]
async fn answer_from_a_second_address_of_two_leads_is_of_the_one_that_is_not_deleted() {
    let scene = Scene::new().await;
    let second = EmailAddress::parse("club@one.example").ok();
    let mut both = Vec::new();
    for name in ["bea", "cy"] {
        let lead = scene.stage.lead(&scene.workspace, name, |lead| lead.second_email = second.clone()).await;
        both.push(lead.id);
    }
    for (deleted, other) in [(0, 1), (1, 0)] {
        scene.delete_one(&both[deleted]).await;
        scene.writes_from("club@one.example", &format!("answer-{deleted}"), "Please tell me more.").await;
        assert_eq!(scene.answers(&both[other]).await, 1);
        restore_lead(&scene.deletion(), (&scene.workspace, &both[deleted]), None).await.unwrap();
    }
}

#[tokio::test]
async fn opt_out_of_a_deleted_lead_by_link_suppresses_its_address() {
    let scene = Scene::new().await;
    scene.delete().await;
    let event = IngestEvent::Unsubscribed {
        workspace: scene.workspace.clone(),
        lead: scene.lead.clone(),
        message: None,
        to: None,
        event_id: "click".to_owned(),
        at: scene.stage.clock.now(),
    };
    ingest(&App::new(&scene.stage.ports).ports, &event).await.unwrap();
    assert!(scene.is_suppressed().await);
}

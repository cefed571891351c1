//! A job that takes several pages, people who may not be enrolled, and a launch that comes in between.

use application::connections::SecretFields;
use application::enrol_jobs::{EnrolJob, Whom, start_enrol_job};
use application::enrolments::EnrolmentFilter;
use application::lead_filter::LeadFilter;
use application::outbox::send_all;
use application::queue_messages::{EnrolLeads, Queue};
use application::{Clock, PageRequest, Ports};
use aws_platform::Connected;
use domain::campaign::{Campaign, CampaignState};
use domain::connection::ConnectionSettings;
use domain::email_address::EmailAddress;
use domain::event::Event;
use domain::pace::SendingLimits;
use domain::sequence::Channel;
use domain::suppression::{Suppression, SuppressionReason, SuppressionScope};
use domain::time_zone::ZoneName;
use domain::{CampaignId, LeadId, WorkspaceId};
use std::collections::BTreeMap;
use test_stage::Stage;

struct World {
    stage: Stage,
    workspace: WorkspaceId,
    campaign: CampaignId,
}

impl World {
    async fn new(leads: usize) -> Self {
        let stage = Stage::new().await;
        let (workspace, _) = stage.workspace("northquay").await;
        let sequence = stage.sequence(&workspace, Channel::Email, &["first"]).await;
        let tag = |campaign: &mut Campaign| campaign.lead_tag = Some("autumn".to_owned());
        let campaign = stage.campaign("Autumn", &sequence, CampaignState::Draft, tag).await;
        for n in 0..leads {
            stage.lead(&workspace, &format!("lead{n}"), |_| {}).await;
        }
        Self { stage, workspace, campaign: campaign.id }
    }

    fn ports(&self) -> &Connected {
        &self.stage.ports
    }

    async fn start(&self) {
        let job = EnrolJob { by: None, whom: Whom::Filter(LeadFilter::default()) };
        let ports = self.ports();
        let (blobs, outbox, ids) = (&*ports.blobs(), &*ports.outbox(), &*ports.ids());
        start_enrol_job(blobs, outbox, ids, &self.workspace, &self.campaign, &job).await.unwrap();
    }

    async fn launch(&self) {
        let now = self.stage.clock.now();
        let mut campaign = self.ports().campaigns().get(&self.workspace, &self.campaign).await.unwrap();
        campaign.move_to(CampaignState::Active, now).unwrap();
        self.ports().campaigns().save(&campaign, &Event::system("campaign_launched", now)).await.unwrap();
        let (workspace, campaign) = (self.workspace.clone(), self.campaign.clone());
        let schedule = EnrolLeads::Schedule { workspace, campaign, cursor: None };
        send_all(&*self.ports().outbox(), &[schedule], 0).await.unwrap();
    }

    async fn run(&self) -> usize {
        self.stage.drain(Queue::Enrolments, &crate::handler(self.ports())).await
    }

    /// With everybody in it; answers what that wrote.
    async fn launched(&self) -> f64 {
        self.start().await;
        self.run().await;
        let before = self.stage.cloud.ledger().snapshot();
        self.launch().await;
        self.run().await;
        self.stage.cloud.ledger().since(&before).write_units()
    }

    async fn people(&self, state: EnrolmentFilter) -> usize {
        let page = PageRequest::first(200);
        let enrolments = &self.ports().enrolments();
        enrolments.of_campaign(&self.workspace, &self.campaign, Some(state), page).await.unwrap().items.len()
    }

    async fn due_hints(&self) -> usize {
        let later = self.stage.clock.now() + jiff::SignedDuration::from_hours(24 * 7);
        let packs = self.ports().due().due(later, 1000).await.unwrap();
        packs.iter().map(|pack| pack.hints.len()).sum()
    }
}

#[tokio::test]
async fn a_job_goes_on_page_by_page_and_again_changes_nothing() {
    let world = World::new(60).await;
    world.start().await;
    assert_eq!(world.run().await, 3);
    assert_eq!(world.people(EnrolmentFilter::Pending).await, 60);
    world.start().await;
    world.run().await;
    assert_eq!(world.people(EnrolmentFilter::Pending).await, 60);
    let now = world.stage.clock.now();
    let lead = world.ports().leads().get(&world.workspace, &LeadId::derived(now, &["lead7"])).await.unwrap();
    assert!(lead.tags.contains("autumn"));
}

#[tokio::test]
async fn a_launch_gives_everybody_a_time_once() {
    let world = World::new(60).await;
    world.start().await;
    world.run().await;
    assert_eq!(world.due_hints().await, 0);
    world.launch().await;
    world.run().await;
    assert_eq!((world.people(EnrolmentFilter::Moving).await, world.due_hints().await), (60, 60));
}

#[tokio::test]
async fn a_launch_spreads_more_people_than_a_mailbox_may_write_to_over_its_days() {
    let world = World::new(60).await;
    let ports = world.ports();
    let settings = ConnectionSettings::Resend {
        base_url: "https://api.resend.example".to_owned(),
        from_address: EmailAddress::parse("maya@northquay.example").unwrap(),
        from_name: "Maya".to_owned(),
        reply_to: None,
    };
    let id = world.stage.connection(&world.workspace, settings, SecretFields::one("api_key", "k")).await;
    let mut mailbox = ports.connections().get(&world.workspace, &id).await.unwrap();
    let limits = SendingLimits { new_per_day: Some(25), ..SendingLimits::of_a_mailbox(ZoneName::utc()) };
    mailbox.limits = Some(limits.clone());
    let event = Event::system("connection_changed", world.stage.clock.now());
    ports.connections().save(&mailbox, &event).await.unwrap();
    let spent = world.launched().await;
    let unlimited = World::new(60).await.launched().await;
    assert!(
        spent <= unlimited + 8.0,
        "{spent}, not {unlimited}: a write a page, and hints of three days for one"
    );
    let page = PageRequest::first(200);
    let people = ports.enrolments().of_campaign(&world.workspace, &world.campaign, None, page).await.unwrap();
    let mut days = BTreeMap::new();
    for enrolment in people.items {
        *days.entry(limits.day_of(enrolment.due.unwrap()).to_string()).or_insert(0) += 1;
    }
    // It is Friday.
    let counts: Vec<i32> = days.values().copied().collect();
    assert_eq!(counts, [25, 25, 10], "{days:?}");
    assert_eq!(world.due_hints().await, 60);
}

#[tokio::test]
async fn who_is_enrolled_while_the_campaign_is_launched_is_not_left_behind() {
    let world = World::new(60).await;
    world.start().await;
    world.launch().await;
    // Its pages and the job's lie in the queue together.
    world.run().await;
    assert_eq!(world.people(EnrolmentFilter::Moving).await, 60);
    assert!(world.due_hints().await >= 60);
}

#[tokio::test]
async fn who_asked_not_to_be_written_to_is_passed_over() {
    let world = World::new(5).await;
    let now = world.stage.clock.now();
    let entry = Suppression {
        workspace: world.workspace.clone(),
        scope: SuppressionScope::Email("lead3@one.example".to_owned()),
        reason: SuppressionReason::OptedOut,
        source: None,
        created_by: None,
        created_at: now,
        expires_at: None,
    };
    let event = Event::system("address_suppressed", now);
    world.ports().suppressions().put(&entry, &event).await.unwrap();
    world.start().await;
    world.run().await;
    assert_eq!(world.people(EnrolmentFilter::Pending).await, 4);
}

#[tokio::test]
async fn a_job_of_a_campaign_that_is_gone_is_put_away() {
    let world = World::new(1).await;
    let (workspace, campaign) =
        (world.workspace.clone(), CampaignId::derived(world.stage.clock.now(), &["gone"]));
    let schedule = EnrolLeads::Schedule { workspace, campaign, cursor: None };
    send_all(&*world.ports().outbox(), &[schedule], 0).await.unwrap();
    assert_eq!(world.run().await, 1);
}

//! Evergreen campaigns: who matches comes in once, so many a day; who may not is counted by reason.

use super::*;
use domain::campaign::auto_enrol::{Intake, Look};
use domain::campaign::auto_enrol_rule::Evergreen;
use domain::campaign::enrol_progress::EnrolOutcome;
use domain::lead::Lead;
use domain::lead::enrichment::Deliverability;
use jiff::SignedDuration;
use std::sync::atomic::{AtomicBool, Ordering};

const DAY: SignedDuration = SignedDuration::from_hours(24);

impl World {
    /// Active, and takes in whoever is tagged "webinar".
    async fn evergreen(leads: usize, per_day: u32) -> Self {
        let world = Self::new(leads).await.with_mailbox().await;
        let filter = LeadFilter { tag: vec!["webinar".to_owned()], ..LeadFilter::default() };
        world
            .change(|campaign| {
                campaign.state = CampaignState::Active;
                campaign.evergreen = Some(Evergreen { filter, per_day });
            })
            .await;
        world
    }

    async fn change(&self, change: impl FnOnce(&mut Campaign)) {
        let campaigns = self.ports().campaigns();
        let mut campaign = campaigns.get(&self.workspace, &self.campaign).await.unwrap();
        change(&mut campaign);
        campaigns.save(&campaign, &self.event()).await.unwrap();
    }

    fn event(&self) -> Event {
        Event::system("test", self.stage.clock.now())
    }

    async fn tag(&self, names: &[&str]) {
        let leads = self.ports().leads();
        for name in names {
            let id = self.lead(name);
            let mut lead = leads.get(&self.workspace, &id).await.unwrap();
            lead.tags.insert("webinar".to_owned());
            leads.save(&lead, &self.event()).await.unwrap();
        }
    }

    /// The stage's first instant is when all of them were made.
    fn lead(&self, name: &str) -> LeadId {
        LeadId::derived("2026-11-20T09:00:00Z".parse().unwrap(), &[name])
    }

    async fn look(&self) -> Look {
        self.begin_to_look().await;
        self.intake().await.look.unwrap()
    }

    /// It may break off.
    async fn begin_to_look(&self) {
        let (workspace, campaign) = (self.workspace.clone(), self.campaign.clone());
        send_all(&*self.ports().outbox(), &[EnrolLeads::TakeIn { workspace, campaign }], 0).await.unwrap();
        self.run().await;
    }

    async fn intake(&self) -> Intake {
        self.ports().intakes().get(&self.workspace, &self.campaign).await.unwrap().unwrap()
    }
}

#[tokio::test]
async fn who_begins_to_match_comes_in_once_and_so_many_a_day() {
    let world = World::evergreen(6, 2).await;
    assert_eq!(world.look().await.matched, 0);
    world.tag(&["lead0", "lead1", "lead2", "lead3", "lead4"]).await;
    let look = world.look().await;
    assert_eq!((look.matched, look.inside, look.waiting), (5, 2, 3));
    assert_eq!((world.people(EnrolmentFilter::Moving).await, world.due_hints().await), (2, 2));
    // The day is full, whoever asks.
    assert_eq!(world.look().await.inside, 2);
    let ports = world.ports();
    let (enrolments, page) = (ports.enrolments(), PageRequest::first(9));
    let people = enrolments.of_campaign(&world.workspace, &world.campaign, None, page).await.unwrap();
    let first = &people.items[0];
    assert_eq!(first.enrolled_by, None);
    // Whoever has been through it is not taken in again.
    enrolments.stop(&world.workspace, &first.key.lead, EndReason::Replied, &world.event()).await.unwrap();
    for inside in [4, 5, 5] {
        world.stage.advance(DAY);
        assert_eq!(world.look().await.inside, inside);
    }
    assert_eq!(world.people(EnrolmentFilter::Moving).await, 4);
    assert_eq!(world.people(EnrolmentFilter::Ended).await, 1);
    let untagged = ports.leads().get(&world.workspace, &world.lead("lead5")).await.unwrap();
    assert!(untagged.active.is_empty());
}

#[tokio::test]
async fn who_may_not_come_in_is_counted_by_reason_and_comes_in_when_the_reason_is_gone() {
    let world = World::evergreen(4, 50).await;
    let ports = world.ports();
    world.tag(&["lead0", "lead1", "lead2", "lead3"]).await;
    let entry = suppressed(&world, "lead0@one.example");
    ports.suppressions().put(&entry, &world.event()).await.unwrap();
    let leads = ports.leads();
    let mut blind = leads.get(&world.workspace, &world.lead("lead1")).await.unwrap();
    let seeing = blind.clone();
    blind.email = None;
    leads.change_identity(&seeing, &blind, &world.event()).await.unwrap();
    let sequence = ports.campaigns().get(&world.workspace, &world.campaign).await.unwrap().sequence;
    let sequence = ports.sequences().get(&world.workspace, &sequence).await.unwrap();
    let other = world.stage.campaign("Other", &sequence, CampaignState::Active, |_| {}).await;
    world.stage.enrolment(&other, &sequence, &world.lead("lead2")).await;
    let look = world.look().await;
    let left_out = [EnrolOutcome::Suppressed, EnrolOutcome::Unreachable, EnrolOutcome::InOtherCampaign];
    assert_eq!(look.left_out, left_out.map(|why| (why, 1)).into());
    assert_eq!((look.matched, look.inside, look.waiting), (4, 1, 0));
    ports
        .enrolments()
        .stop(&world.workspace, &world.lead("lead2"), EndReason::Removed, &world.event())
        .await
        .unwrap();
    let look = world.look().await;
    assert_eq!((look.inside, look.left_out.contains_key(&EnrolOutcome::InOtherCampaign)), (2, false));
}

#[tokio::test]
async fn a_campaign_that_is_not_active_or_not_evergreen_takes_nobody_in() {
    let world = World::evergreen(1, 50).await;
    world.tag(&["lead0"]).await;
    world.look_in_vain(|campaign| campaign.state = CampaignState::Paused).await;
    world
        .look_in_vain(|campaign| {
            campaign.state = CampaignState::Active;
            campaign.evergreen = None;
        })
        .await;
}

impl World {
    async fn look_in_vain(&self, change: impl FnOnce(&mut Campaign)) {
        self.change(change).await;
        let (workspace, campaign) = (self.workspace.clone(), self.campaign.clone());
        send_all(&*self.ports().outbox(), &[EnrolLeads::TakeIn { workspace, campaign }], 0).await.unwrap();
        assert_eq!(self.run().await, 1);
        assert!(self.ports().intakes().list(&self.workspace).await.unwrap().is_empty());
        assert_eq!(self.people(EnrolmentFilter::Moving).await, 0);
    }
}

#[tokio::test]
async fn a_look_that_broke_off_has_had_its_places() {
    let world = World::evergreen(3, 2).await;
    world.tag(&["lead0", "lead1", "lead2"]).await;
    let mut broken = Intake::unused(world.workspace.clone(), world.campaign.clone());
    let today = world.stage.clock.now().to_zoned(jiff::tz::TimeZone::UTC).date();
    assert_eq!(broken.reserve(today, 2, 1), 1);
    world.ports().intakes().save(&broken, &world.event()).await.unwrap();
    assert_eq!((world.look().await.waiting, world.intake().await.taken_on(today)), (2, 2));
    assert_eq!(world.people(EnrolmentFilter::Moving).await, 1);
}

#[tokio::test]
async fn who_came_in_by_a_write_whose_answer_was_lost_has_had_a_place() {
    let world = World::evergreen(3, 1).await;
    world.tag(&["lead0", "lead1", "lead2"]).await;
    let first = AtomicBool::new(true);
    world.stage.cloud.faults().inject(move |moment, call| {
        let is_it = moment == Moment::Before && call.operation == "TransactWriteItems";
        let lost = is_it && first.swap(false, Ordering::Relaxed);
        lost.then_some(Fault::LoseResponse)
    });
    world.begin_to_look().await;
    assert_eq!(world.intake().await.look, None, "it has broken off");
    let today = world.stage.clock.now().to_zoned(jiff::tz::TimeZone::UTC).date();
    for _ in 0..2 {
        let look = world.look().await;
        assert_eq!((look.inside, look.waiting, world.intake().await.taken_on(today)), (1, 2, 1));
    }
    assert_eq!(world.people(EnrolmentFilter::Moving).await, 1);
}

#[tokio::test]
async fn more_than_one_message_takes_come_in_by_several() {
    let world = World::evergreen(130, 120).await;
    let names: Vec<String> = (0..130).map(|n| format!("lead{n}")).collect();
    world.tag(&names.iter().map(String::as_str).collect::<Vec<_>>()).await;
    let look = world.look().await;
    assert_eq!((look.inside, look.waiting), (120, 10));
}

#[tokio::test]
async fn who_waits_behind_a_full_day_is_not_asked() {
    let world = World::evergreen(230, 5).await;
    let names: Vec<String> = (0..230).map(|n| format!("lead{n}")).collect();
    world.tag(&names.iter().map(String::as_str).collect::<Vec<_>>()).await;
    let before = world.stage.cloud.ledger().snapshot();
    let look = world.look().await;
    assert_eq!((look.inside, look.waiting), (5, 225));
    let first = world.stage.cloud.ledger().since(&before).read_units();
    let before = world.stage.cloud.ledger().snapshot();
    world.look().await;
    let second = world.stage.cloud.ledger().since(&before).read_units();
    // A hundred are asked, three reads each, whatever waits behind them.
    assert!(first <= 500.0 && second <= 450.0, "{first} and {second} read units");
}

#[tokio::test]
async fn a_look_of_a_closed_campaign_reads_nothing_else() {
    let world = World::evergreen(1, 5).await;
    world.tag(&["lead0"]).await;
    world.look().await;
    assert_eq!(world.people(EnrolmentFilter::Moving).await, 1);
    for state in [CampaignState::Paused, CampaignState::Completed, CampaignState::Archived] {
        world.change(|campaign| campaign.state = state).await;
        let (workspace, campaign) = (world.workspace.clone(), world.campaign.clone());
        let messages = [EnrolLeads::TakeIn { workspace, campaign }];
        let before = world.stage.cloud.ledger().snapshot();
        send_all(&*world.ports().outbox(), &messages, 0).await.unwrap();
        world.run().await;
        let spent = world.stage.cloud.ledger().since(&before);
        assert!(spent.read_units() <= 1.0 && spent.write_units() == 0.0, "the campaign alone is read");
    }
}

#[tokio::test]
async fn who_comes_in_while_the_campaign_is_closed_leaves_again() {
    let world = World::evergreen(3, 5).await;
    world.tag(&["lead0", "lead1", "lead2"]).await;
    let (campaigns, event) = (world.ports().campaigns(), world.event());
    let mut closed = campaigns.get(&world.workspace, &world.campaign).await.unwrap();
    closed.state = CampaignState::Completed;
    let first = AtomicBool::new(true);
    world.stage.cloud.faults().hold_up(move |moment, call| {
        let enrols = moment == Moment::Before && call.operation == "TransactWriteItems";
        if !enrols || !first.swap(false, Ordering::Relaxed) {
            return None;
        }
        let (campaigns, closed, event) = (campaigns.clone(), closed.clone(), event.clone());
        Some(Box::pin(async move {
            campaigns.save(&closed, &event).await.unwrap();
        }))
    });
    assert_eq!(world.look().await.inside, 3);
    assert_eq!(world.people(EnrolmentFilter::Moving).await, 0);
    assert_eq!(world.people(EnrolmentFilter::Ended).await, 3);
}

#[tokio::test]
async fn however_many_are_left_out_who_comes_behind_them_comes_in() {
    let world = World::evergreen(0, 5).await;
    let tagged = |lead: &mut Lead| {
        lead.tags.insert("webinar".to_owned());
    };
    for n in 0..520 {
        let blind = |lead: &mut Lead| {
            lead.email = None;
            tagged(lead);
        };
        world.stage.lead(&world.workspace, &format!("blind{n}"), blind).await;
    }
    world.stage.advance(SignedDuration::from_secs(1));
    let seeing = |lead: &mut Lead| {
        lead.first_name = Some("Ana".to_owned());
        tagged(lead);
    };
    world.stage.lead(&world.workspace, "seeing", seeing).await;
    let look = world.look().await;
    assert_eq!((look.matched, look.inside, look.waiting), (521, 1, 0));
    assert_eq!(look.left_out, [(EnrolOutcome::Unreachable, 520)].into());
}

#[tokio::test]
async fn who_is_under_way_elsewhere_is_left_out_without_being_asked() {
    let world = World::evergreen(120, 200).await;
    let names: Vec<String> = (0..120).map(|n| format!("lead{n}")).collect();
    world.tag(&names.iter().map(String::as_str).collect::<Vec<_>>()).await;
    let sequence = world.ports().campaigns().get(&world.workspace, &world.campaign).await.unwrap().sequence;
    let sequence = world.ports().sequences().get(&world.workspace, &sequence).await.unwrap();
    let other = world.stage.campaign("Other", &sequence, CampaignState::Active, |_| {}).await;
    for name in &names {
        world.stage.enrolment(&other, &sequence, &world.lead(name)).await;
    }
    let before = world.stage.cloud.ledger().snapshot();
    let look = world.look().await;
    assert_eq!(look.left_out, [(EnrolOutcome::InOtherCampaign, 120)].into());
    let read = world.stage.cloud.ledger().since(&before).read_units();
    assert!(read <= 30.0, "{read} read units for the summaries of 120");
}

#[tokio::test]
async fn a_look_that_finds_nobody_new_costs_a_write_and_the_summaries() {
    let world = World::evergreen(60, 50).await;
    world.tag(&["lead0", "lead1"]).await;
    world.look().await;
    let before = world.stage.cloud.ledger().snapshot();
    world.look().await;
    let spent = world.stage.cloud.ledger().since(&before);
    // Sixteen shards of leads, eight of people, and what a campaign is read with.
    assert!(spent.read_units() <= 22.0, "{} read units", spent.read_units());
    assert_eq!(spent.write_units(), 1.0);
}

#[tokio::test]
async fn who_could_not_be_written_to_is_left_out_with_the_reason_until_that_is_over() {
    let world = World::evergreen(1, 5).await;
    world.tag(&["lead0"]).await;
    let connections = world.ports().connections();
    let campaigns = world.ports().campaigns();
    let mailbox = campaigns.get(&world.workspace, &world.campaign).await.unwrap().mailboxes.remove(0);
    let switch = async |on: bool| {
        let mut account = connections.get(&world.workspace, &mailbox).await.unwrap();
        account.enabled = on;
        connections.save(&account, &world.event()).await.unwrap();
    };
    switch(false).await;
    world.change(|campaign| campaign.only_verified = true).await;
    assert_eq!(world.look().await.left_out, [(EnrolOutcome::NoMailbox, 1)].into());
    switch(true).await;
    assert_eq!(world.look().await.left_out, [(EnrolOutcome::Unverified, 1)].into());
    world.change(|campaign| campaign.only_verified = false).await;
    let look = world.look().await;
    assert_eq!((look.inside, look.left_out), (1, [].into()));
}

/// An import's people come in while their addresses are looked up.
#[tokio::test]
async fn who_is_being_looked_up_is_waited_for_where_only_verified_addresses_come_in() {
    let world = World::new(2).await.with_mailbox().await;
    world.change(|campaign| campaign.only_verified = true).await;
    let (ports, now) = (world.ports(), world.stage.clock.now());
    let ids: Vec<LeadId> = (0..2).map(|n| LeadId::derived(now, &[&format!("lead{n}")])).collect();
    let whom = Whom::Ids(ids.clone());
    let waits_until = Some(now + SignedDuration::from_hours(2));
    let job = EnrolJob { by: None, at: now, whom, with_missing_values: true, waits_until };
    let (blobs, outbox, makes) = (&*ports.blobs(), &*ports.outbox(), &*ports.ids());
    start_enrol_job(blobs, outbox, makes, &world.workspace, &world.campaign, &job).await.unwrap();
    world.run().await;
    assert_eq!(world.people(EnrolmentFilter::Pending).await, 0);
    let mut lead = ports.leads().get(&world.workspace, &ids[0]).await.unwrap();
    lead.deliverability = Some(Deliverability::Deliverable);
    ports.leads().save(&lead, &world.event()).await.unwrap();
    world.stage.advance(SignedDuration::from_mins(6));
    world.run().await;
    assert_eq!(world.people(EnrolmentFilter::Pending).await, 0, "the other one is not looked up yet");
    world.stage.advance(SignedDuration::from_hours(2));
    world.run().await;
    assert_eq!(world.people(EnrolmentFilter::Pending).await, 1, "nobody is kept waiting for ever");
}

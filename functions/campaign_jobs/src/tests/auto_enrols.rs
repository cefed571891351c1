//! Automatic enrolment: leads that match are enrolled once, so many a day; left-out leads are counted by
//! reason.

use super::*;
use application::lead::list::LeadLists;
use application::ports::leads::LeadQuery;
use domain::SegmentId;
use domain::campaign::auto_enrol::{AutoEnrolState, Look};
use domain::campaign::auto_enrol_rule::AutoEnrolRule;
use domain::campaign::enrol_progress::EnrolOutcome;
use domain::lead::Lead;
use domain::lead::enrichment::Deliverability;
use domain::lead::segment::Segment;
use jiff::SignedDuration;
use serde_json::json;
use std::sync::atomic::{AtomicBool, Ordering};

/// What a look asks by queries besides the campaign's enrolments.
const QUERIES_OF_A_LOOK: u64 = 5;
const DAY: SignedDuration = SignedDuration::from_hours(24);

impl World {
    /// An active campaign that enrols leads with the tag "webinar" automatically.
    async fn auto_enrol(leads: usize, per_day: u32) -> Self {
        let world = Self::new(leads).await.with_mailbox().await;
        let filter = LeadFilter { tag: vec!["webinar".to_owned()], ..LeadFilter::default() };
        world
            .change(|campaign| {
                campaign.state = CampaignState::Active;
                campaign.auto_enrol = Some(AutoEnrolRule { filter, per_day });
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
        Event::system(EventKind::LeadChanged, self.stage.clock.now())
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

    /// Tags the first leads, and returns their names.
    async fn tag_first(&self, count: usize) -> Vec<String> {
        let names: Vec<String> = (0..count).map(|n| format!("lead{n}")).collect();
        self.tag(&names.iter().map(String::as_str).collect::<Vec<_>>()).await;
        names
    }

    /// The id of a lead; all were created at the stage's first instant.
    fn lead(&self, name: &str) -> LeadId {
        LeadId::derived("2026-11-20T09:00:00Z".parse().unwrap(), &[name])
    }

    async fn look(&self) -> Look {
        self.begin_to_look().await;
        self.auto_enrol_state().await.look.unwrap()
    }

    /// Starts a run of automatic enrolment, which may fail.
    async fn begin_to_look(&self) {
        let (workspace, campaign) = (self.workspace.clone(), self.campaign.clone());
        send_all(&*self.ports().outbox(), &[CampaignJob::TakeIn { workspace, campaign }], 0).await.unwrap();
        self.run().await;
    }

    async fn auto_enrol_state(&self) -> AutoEnrolState {
        self.ports().auto_enrols().get(&self.workspace, &self.campaign).await.unwrap().unwrap()
    }
}

#[tokio::test]
async fn auto_enrol_takes_matching_leads_once_and_keeps_to_the_daily_number() {
    let world = World::auto_enrol(6, 2).await;
    assert_eq!(world.look().await.matched, 0);
    world.tag(&["lead0", "lead1", "lead2", "lead3", "lead4"]).await;
    let look = world.look().await;
    assert_eq!((look.matched, look.inside, look.waiting), (5, 2, 3));
    assert_eq!((world.people(EnrolmentFilter::Moving).await, world.due_hints().await), (2, 2));
    // The day's number is reached, however often it runs.
    assert_eq!(world.look().await.inside, 2);
    let ports = world.ports();
    let (enrolments, page) = (ports.enrolments(), PageRequest::first(9));
    let people = enrolments.of_campaign(&world.workspace, &world.campaign, None, page).await.unwrap();
    let first = &people.items[0];
    assert_eq!(*first.enrolled_by(), None);
    // A lead whose enrolment has ended is not enrolled again.
    enrolments.stop(&world.workspace, &first.key().lead, EndReason::Replied, &world.event()).await.unwrap();
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
async fn auto_enrol_counts_left_out_leads_and_takes_them_once_the_reason_is_gone() {
    let world = World::auto_enrol(4, 50).await;
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
async fn auto_enrol_of_a_paused_or_switched_off_campaign_does_nothing() {
    let world = World::auto_enrol(1, 50).await;
    world.tag(&["lead0"]).await;
    world.look_in_vain(|campaign| campaign.state = CampaignState::Paused).await;
    world
        .look_in_vain(|campaign| {
            campaign.state = CampaignState::Active;
            campaign.auto_enrol = None;
        })
        .await;
}

impl World {
    async fn look_in_vain(&self, change: impl FnOnce(&mut Campaign)) {
        self.change(change).await;
        let (workspace, campaign) = (self.workspace.clone(), self.campaign.clone());
        send_all(&*self.ports().outbox(), &[CampaignJob::TakeIn { workspace, campaign }], 0).await.unwrap();
        assert_eq!(self.run().await, 1);
        assert!(self.ports().auto_enrols().list(&self.workspace).await.unwrap().is_empty());
        assert_eq!(self.people(EnrolmentFilter::Moving).await, 0);
    }
}

#[tokio::test]
async fn failed_auto_enrol_run_keeps_its_reserved_places() {
    let world = World::auto_enrol(3, 2).await;
    world.tag(&["lead0", "lead1", "lead2"]).await;
    let mut broken = AutoEnrolState::unused(world.workspace.clone(), world.campaign.clone());
    let today = world.stage.clock.now().to_zoned(jiff::tz::TimeZone::UTC).date();
    assert_eq!(broken.reserve(today, 2, 1), 1);
    world.ports().auto_enrols().save(&broken, &world.event()).await.unwrap();
    assert_eq!((world.look().await.waiting, world.auto_enrol_state().await.enrolled_on(today)), (2, 2));
    assert_eq!(world.people(EnrolmentFilter::Moving).await, 1);
}

#[tokio::test]
async fn lead_enrolled_by_a_lost_response_counts_for_the_day() {
    let world = World::auto_enrol(3, 1).await;
    world.tag(&["lead0", "lead1", "lead2"]).await;
    let first = AtomicBool::new(true);
    world.stage.cloud.faults().inject(move |moment, call| {
        let is_it = moment == Moment::Before && call.operation == "TransactWriteItems";
        let lost = is_it && first.swap(false, Ordering::Relaxed);
        lost.then_some(Fault::LoseResponse)
    });
    world.begin_to_look().await;
    assert_eq!(world.auto_enrol_state().await.look, None, "it has broken off");
    let today = world.stage.clock.now().to_zoned(jiff::tz::TimeZone::UTC).date();
    for _ in 0..2 {
        let look = world.look().await;
        assert_eq!((look.inside, look.waiting, world.auto_enrol_state().await.enrolled_on(today)), (1, 2, 1));
    }
    assert_eq!(world.people(EnrolmentFilter::Moving).await, 1);
}

#[tokio::test]
async fn auto_enrol_of_many_leads_takes_several_messages() {
    let world = World::auto_enrol(130, 120).await;
    world.tag_first(130).await;
    let look = world.look().await;
    assert_eq!((look.inside, look.waiting), (120, 10));
}

/// The campaign's enrolments are listed in eight shards, which the first look reads and the others do not.
#[tokio::test]
async fn looks_that_go_on_read_neither_the_campaign_nor_the_leads_before() {
    let world = World::auto_enrol(420, 400).await;
    world.tag_first(420).await;
    world.stage.record_changes().await;
    let ledger = world.stage.cloud.ledger();
    let before = ledger.snapshot();
    let look = world.look().await;
    assert_eq!((look.matched, look.inside, look.waiting), (420, 400, 20));
    let spent = ledger.since(&before);
    let calls = |operation: &str| -> u64 {
        spent.lines().filter(|(line, _)| line.operation == operation).map(|(_, usage)| usage.calls).sum()
    };
    let of_campaign = calls("Query");
    assert!(of_campaign <= 8 + 4 * QUERIES_OF_A_LOOK, "{of_campaign} queries for four looks");
}

#[tokio::test]
async fn look_that_goes_on_passes_over_leads_that_are_or_were_in_the_campaign() {
    let world = World::auto_enrol(240, 400).await;
    let names = world.tag_first(240).await;
    let ports = world.ports();
    let campaign = ports.campaigns().get(&world.workspace, &world.campaign).await.unwrap();
    let sequence = ports.sequences().get(&world.workspace, &campaign.sequence).await.unwrap();
    let mut last: Vec<LeadId> = names.iter().map(|name| world.lead(name)).collect();
    last.sort();
    for (at, lead) in last.split_off(120).iter().enumerate() {
        world.stage.enrolment(&campaign, &sequence, lead).await;
        if at % 2 == 0 {
            let (reason, event) = (EndReason::Replied, world.event());
            ports.enrolments().stop(&world.workspace, lead, reason, &event).await.unwrap();
        }
    }
    world.stage.record_changes().await;
    let look = world.look().await;
    assert_eq!((look.matched, look.inside, look.waiting), (240, 240, 0));
    assert_eq!((look.left_out, world.people(EnrolmentFilter::Ended).await), ([].into(), 60));
    assert_eq!(world.auto_enrol_state().await.taken, 120, "the others took no place of the day");
}

#[tokio::test]
async fn look_after_the_filter_was_changed_begins_anew() {
    let world = World::auto_enrol(3, 50).await;
    world.tag(&["lead0", "lead1", "lead2"]).await;
    assert_eq!(world.look().await.inside, 3);
    let mut left = world.auto_enrol_state().await;
    let look = Look { at: world.stage.clock.now(), matched: 9, inside: 9, waiting: 9, ..Look::default() };
    let lists = LeadLists::new(world.ports());
    let filter = LeadFilter { tag: vec!["other".to_owned()], ..LeadFilter::default() };
    let query = LeadQuery::of(&filter, 1, None, world.stage.clock.now());
    let cursor = lists.cursor_behind(&world.workspace, &query, &world.lead("lead2")).unwrap();
    (left.goes_on_at, left.look) = (Some(cursor), Some(look));
    world.ports().auto_enrols().save(&left, &world.event()).await.unwrap();
    let look = world.look().await;
    assert_eq!((look.matched, look.inside, look.waiting), (3, 3, 0));
}

#[tokio::test]
async fn auto_enrol_does_not_check_leads_beyond_the_daily_number() {
    let world = World::auto_enrol(230, 5).await;
    world.tag_first(230).await;
    world.stage.record_changes().await;
    let before = world.stage.cloud.ledger().snapshot();
    let look = world.look().await;
    assert_eq!((look.inside, look.waiting), (5, 225));
    let first = world.stage.cloud.ledger().since(&before).read_units();
    let before = world.stage.cloud.ledger().snapshot();
    world.look().await;
    let second = world.stage.cloud.ledger().since(&before).read_units();
    // A hundred leads are checked with three reads each, however many wait behind them.
    assert!(first <= 500.0 && second <= 450.0, "{first} and {second} read units");
}

#[tokio::test]
async fn auto_enrol_of_a_closed_campaign_reads_the_campaign_only() {
    let world = World::auto_enrol(1, 5).await;
    world.tag(&["lead0"]).await;
    world.look().await;
    assert_eq!(world.people(EnrolmentFilter::Moving).await, 1);
    for state in [CampaignState::Paused, CampaignState::Completed, CampaignState::Archived] {
        world.change(|campaign| campaign.state = state).await;
        let (workspace, campaign) = (world.workspace.clone(), world.campaign.clone());
        let messages = [CampaignJob::TakeIn { workspace, campaign }];
        let before = world.stage.cloud.ledger().snapshot();
        send_all(&*world.ports().outbox(), &messages, 0).await.unwrap();
        world.run().await;
        let spent = world.stage.cloud.ledger().since(&before);
        assert!(spent.read_units() <= 1.0 && spent.write_units() == 0.0, "the campaign alone is read");
    }
}

#[tokio::test]
async fn lead_enrolled_while_the_campaign_closes_is_ended() {
    let world = World::auto_enrol(3, 5).await;
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
async fn auto_enrol_reaches_leads_behind_many_left_out_ones() {
    let world = World::auto_enrol(0, 5).await;
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
async fn auto_enrol_leaves_out_leads_of_other_campaigns_by_the_list() {
    let world = World::auto_enrol(120, 200).await;
    let names = world.tag_first(120).await;
    let sequence = world.ports().campaigns().get(&world.workspace, &world.campaign).await.unwrap().sequence;
    let sequence = world.ports().sequences().get(&world.workspace, &sequence).await.unwrap();
    let other = world.stage.campaign("Other", &sequence, CampaignState::Active, |_| {}).await;
    for name in &names {
        world.stage.enrolment(&other, &sequence, &world.lead(name)).await;
    }
    world.stage.record_changes().await;
    let before = world.stage.cloud.ledger().snapshot();
    let look = world.look().await;
    assert_eq!(look.left_out, [(EnrolOutcome::InOtherCampaign, 120)].into());
    let read = world.stage.cloud.ledger().since(&before).read_units();
    assert!(read <= 30.0, "{read} read units for the list of 120");
}

#[tokio::test]
async fn auto_enrol_without_new_leads_costs_one_write() {
    let world = World::auto_enrol(60, 50).await;
    world.tag(&["lead0", "lead1"]).await;
    world.stage.record_changes().await;
    world.look().await;
    world.stage.record_changes().await;
    let before = world.stage.cloud.ledger().snapshot();
    world.look().await;
    let spent = world.stage.cloud.ledger().since(&before);
    // The run reads what is new in the lead list, eight shards of enrolments, and the campaign's surroundings.
    assert!(spent.read_units() <= 22.0, "{} read units", spent.read_units());
    assert_eq!(spent.write_units(), 1.0);
}

#[tokio::test]
async fn auto_enrol_leaves_out_unreachable_leads_until_they_are_reachable() {
    let world = World::auto_enrol(1, 5).await;
    world.tag(&["lead0"]).await;
    let accounts = world.ports().accounts();
    let campaigns = world.ports().campaigns();
    let mailbox = campaigns.get(&world.workspace, &world.campaign).await.unwrap().mailboxes.remove(0);
    let switch = async |on: bool| {
        let mut account = accounts.get(&world.workspace, &mailbox).await.unwrap();
        account.enabled = on;
        accounts.save(&account, &world.event()).await.unwrap();
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

/// Leads of an import are enrolled as soon as their addresses are verified.
#[tokio::test]
async fn only_verified_import_waits_for_the_verifier() {
    let world = World::new(2).await.with_mailbox().await;
    world.change(|campaign| campaign.only_verified = true).await;
    let (ports, now) = (world.ports(), world.stage.clock.now());
    let ids: Vec<LeadId> = (0..2).map(|n| LeadId::derived(now, &[&format!("lead{n}")])).collect();
    let whom = Audience::Ids(ids.clone());
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

#[tokio::test]
async fn auto_enrol_by_segment_follows_its_rule_and_tells_why_a_deleted_one_selects_nobody() {
    let world = World::auto_enrol(3, 50).await;
    let (segments, now) = (world.ports().segments(), world.stage.clock.now());
    let rule = |tag: &str| serde_json::from_value(json!({"if": {"field": "tag", "is": [tag]}})).unwrap();
    let mut segment = Segment {
        id: SegmentId::derived(now, &["webinar"]),
        workspace: world.workspace.clone(),
        name: "Webinar".to_owned(),
        rule: rule("nobody"),
        by: None,
        created_at: now,
        updated_at: now,
        rev: 0,
    };
    let created = Event::system(EventKind::SegmentCreated, now);
    segments.save(&segment, None, &created).await.unwrap();
    let filter = LeadFilter { segment: Some(segment.id.clone()), ..LeadFilter::default() };
    world.change(|campaign| campaign.auto_enrol = Some(AutoEnrolRule { filter, per_day: 50 })).await;
    world.tag(&["lead0", "lead1"]).await;
    assert_eq!(world.look().await.matched, 0);
    segment = Segment { rule: rule("webinar"), rev: 1, ..segment };
    segments.save(&segment, Some("Webinar"), &created).await.unwrap();
    let look = world.look().await;
    assert_eq!((look.matched, look.inside, look.problem), (2, 2, None));
    segments.delete(&Segment { rev: 2, ..segment }, &created).await.unwrap();
    world.tag(&["lead2"]).await;
    let look = world.look().await;
    assert!(look.problem.as_deref().is_some_and(|why| why.contains("does not exist")), "{look:?}");
    assert_eq!((look.matched, world.people(EnrolmentFilter::Moving).await), (0, 2));
    assert_eq!(world.auto_enrol_state().await.taken, 2, "places are given back");
}

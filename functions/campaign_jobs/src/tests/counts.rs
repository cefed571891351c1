//! The counts of an enrolment job: enrolled leads, and left-out leads by reason.

use super::*;
use domain::campaign::enrol_progress::EnrolOutcome::{Already, Enrolled, InOtherCampaign, Suppressed};
use domain::campaign::enrol_progress::{EnrolCount, Outcomes};
use jiff::SignedDuration;

impl World {
    async fn counts(&self) -> Vec<EnrolCount> {
        self.ports().auto_enrols().counts(&self.workspace, &self.campaign).await.unwrap()
    }

    /// A world in which two of the job's leads may not be enrolled.
    async fn with_conflicts(leads: usize) -> Self {
        let world = Self::new(leads).await;
        let ports = world.ports();
        let (now, event) =
            (world.stage.clock.now(), Event::system(EventKind::LeadChanged, world.stage.clock.now()));
        ports.suppressions().put(&suppressed(&world, "lead3@one.example"), &event).await.unwrap();
        let sequence = ports.campaigns().get(&world.workspace, &world.campaign).await.unwrap().sequence;
        let sequence = ports.sequences().get(&world.workspace, &sequence).await.unwrap();
        let other = world.stage.campaign("Other", &sequence, CampaignState::Active, |_| {}).await;
        world.stage.enrolment(&other, &sequence, &LeadId::derived(now, &["lead40"])).await;
        world.stage.clock.advance_to(now + SignedDuration::from_secs(1));
        world
    }
}

#[tokio::test]
async fn enrol_job_counts_enrolled_and_left_out_leads_by_reason() {
    let world = World::with_conflicts(60).await;
    world.start().await;
    world.run().await;
    let counts = world.counts().await;
    assert_eq!(counts[0].outcomes, Outcomes::from([(Enrolled, 58), (Suppressed, 1), (InOtherCampaign, 1)]));
    assert_eq!((counts[0].finished_at.is_some(), counts.len()), (true, 1));
    world.stage.clock.advance_to(world.stage.clock.now() + SignedDuration::from_secs(1));
    world.start().await;
    world.run().await;
    let again = Outcomes::from([(Already, 58), (Suppressed, 1), (InOtherCampaign, 1)]);
    assert_eq!(world.counts().await[0].outcomes, again);
}

#[tokio::test]
async fn repeated_page_counts_every_lead_once() {
    let world = World::with_conflicts(60).await;
    world.start().await;
    let queues = world.stage.cloud.queues();
    let first = queues.bodies("test-enrolments").unwrap().remove(0);
    world.run().await;
    let before = world.counts().await;
    world.stage.clock.advance_to(world.stage.clock.now() + SignedDuration::from_secs(60));
    queues.send("test-enrolments", &first).unwrap();
    assert_eq!(world.run().await, 3);
    assert_eq!(world.counts().await[0].outcomes, before[0].outcomes);
}

#[tokio::test]
async fn job_whose_filter_names_a_deleted_field_enrols_nobody_and_ends() {
    let world = World::new(3).await;
    let ports = world.ports();
    let rule = r#"{"none": [{"if": {"field": "custom.Seats", "at_least": "9"}}]}"#;
    let filter = LeadFilter { rule: serde_json::from_str(rule).ok(), ..LeadFilter::default() };
    assert!(filter.rule.is_some());
    let whom = Audience::Filter { filter: filter.into(), except: Vec::new() };
    let at = ports.clock().now();
    let job = EnrolJob { by: None, at, whom, with_missing_values: false, waits_until: None };
    let (blobs, outbox, ids) = (&*ports.blobs(), &*ports.outbox(), &*ports.ids());
    start_enrol_job(blobs, outbox, ids, &world.workspace, &world.campaign, &job).await.unwrap();
    world.run().await;
    let counts = world.counts().await;
    assert_eq!((counts[0].finished_at.is_some(), &counts[0].outcomes), (true, &Outcomes::new()));
}

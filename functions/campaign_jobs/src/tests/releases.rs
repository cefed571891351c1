//! All leads held for one reason are released together, over an hour, and no others.

use super::*;
use application::campaign::release_held::{Release, start_release};
use domain::enrolment::EnrolmentState;

impl World {
    async fn release(&self, reason: HoldReason) {
        let (workspace, campaign) = (self.workspace.clone(), self.campaign.clone());
        let release = Release { workspace, campaign, reason, at: self.stage.clock.now() };
        start_release(&*self.ports().outbox(), release).await.unwrap();
        self.run().await;
    }
}

async fn held(people: usize, reason: HoldReason) -> World {
    launched_and_held(World::new(people).await.with_mailbox().await, reason).await
}

async fn launched_and_held(world: World, reason: HoldReason) -> World {
    world.start().await;
    world.run().await;
    world.launch().await;
    world.run().await;
    world.stage.advance(SignedDuration::from_mins(60));
    world.hold_all(reason).await;
    world
}

#[tokio::test]
async fn release_spreads_leads_of_the_reason_over_an_hour_once() {
    let world = held(120, HoldReason::MissingValue).await;
    let now = world.stage.clock.now();
    world.release(HoldReason::OwnerChanged).await;
    assert_eq!(world.people(EnrolmentFilter::Held).await, 120, "they are held for another reason");
    world.release(HoldReason::MissingValue).await;
    let all = world.everybody().await;
    assert!(all.iter().all(|one| *one.state() == EnrolmentState::Scheduled));
    let mut due: Vec<i64> = all.iter().map(|one| one.due().unwrap().duration_since(now).as_mins()).collect();
    due.sort_unstable();
    assert!(due[0] < 10 && due[119] > 45 && due[119] <= 60, "{due:?}");
    let before = world.stage.cloud.ledger().snapshot();
    world.release(HoldReason::MissingValue).await;
    assert_eq!(world.stage.cloud.ledger().since(&before).write_units(), 0.0, "nobody is held any more");
}

#[tokio::test]
async fn release_over_the_daily_limit_is_spread_over_days() {
    let world = World::new(30).await;
    let limits = world.limited(10).await;
    let world = launched_and_held(world, HoldReason::PausedByUser).await;
    world.release(HoldReason::PausedByUser).await;
    let days = world.due_days(&limits).await;
    assert!(days.len() >= 3 && days.iter().all(|people| *people <= 10), "{days:?}");
}

#[tokio::test]
async fn release_in_a_paused_campaign_changes_nothing() {
    let world = held(3, HoldReason::MissingValue).await;
    let (campaigns, now) = (world.ports().campaigns(), world.stage.clock.now());
    let mut campaign = campaigns.get(&world.workspace, &world.campaign).await.unwrap();
    campaign.move_to(CampaignState::Paused, now).unwrap();
    campaigns.save(&campaign, &Event::system(EventKind::CampaignPaused, now)).await.unwrap();
    world.release(HoldReason::MissingValue).await;
    assert_eq!(world.people(EnrolmentFilter::Held).await, 3);
}

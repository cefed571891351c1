//! A colleague has replied: a lead that comes due waits, also if no job has held it yet.

use super::scene::World;
use application::{Clock, Ports};
use domain::enrolment::EnrolmentState;
use domain::enrolment::reasons::HoldReason;
use domain::event::{Event, EventKind};
use domain::lead::company_hold::CompanyHold;
use jiff::SignedDuration;

impl World {
    async fn colleague_answers(&self, days: u8) {
        let workspaces = self.ports().workspaces();
        let mut tenant = workspaces.get(&self.workspace).await.unwrap();
        tenant.company_hold_days = days;
        let event = Event::system(EventKind::SettingsChanged, self.stage.clock.now());
        workspaces.save(&tenant, &event).await.unwrap();
        let bob = self.stage.lead(&self.workspace, "bob", |_| {}).await;
        let hold = CompanyHold::from_reply(&bob, 2, self.stage.clock.now()).unwrap();
        self.ports().companies().put(&hold, &event).await.unwrap();
    }
}

#[tokio::test]
async fn company_hold_ends_and_the_step_goes_out() {
    let world = World::new().await;
    world.colleague_answers(2).await;
    world.ask_and_run().await;
    assert_eq!(world.calls(), 0);
    let until = world.stage.clock.now() + SignedDuration::from_hours(48);
    let held = EnrolmentState::Held { reason: HoldReason::CompanyAnswered, until: Some(until) };
    assert_eq!(*world.enrolment().await.state(), held);
    // Asked again it is neither written nor sent.
    let before = world.stage.cloud.ledger().snapshot();
    world.ask_and_run().await;
    assert_eq!(world.stage.cloud.ledger().since(&before).write_units(), 0.0);
    // On Sunday the window is closed.
    for _ in 0..2 {
        world.pass(48 * 3600);
        world.run_due().await;
    }
    assert_eq!(world.calls(), 1);
}

#[tokio::test]
async fn released_colleague_is_written_to() {
    let world = World::new().await;
    world.colleague_answers(2).await;
    world.ask_and_run().await;
    let mut enrolment = world.enrolment().await;
    enrolment.resume(world.stage.clock.now()).unwrap();
    let event = Event::system(EventKind::EnrolmentResumed, world.stage.clock.now());
    world.ports().enrolments().save(&enrolment, &event).await.unwrap();
    world.ask_and_run().await;
    assert_eq!(world.calls(), 1);
}

#[tokio::test]
async fn workspace_without_company_hold_reads_nothing_more() {
    let world = World::new().await;
    world.colleague_answers(0).await;
    world.ask_and_run().await;
    assert_eq!(world.calls(), 1);
}

//! A lead is out of office by its own reply: each of its enrolments waits, also one that no hold reached because it was
//! being sent just then, or began later.

use super::scene::World;
use application::lead::change::change_lead;
use application::{Clock, Ports};
use domain::enrolment::EnrolmentState;
use domain::enrolment::reasons::HoldReason;
use domain::event::{Event, EventKind};
use domain::lead::out_of_office::Absence;
use jiff::SignedDuration;

#[tokio::test]
async fn lead_out_of_office_is_written_to_after_the_return() {
    let world = World::new().await;
    let now = world.stage.clock.now();
    let returns_on = (now + SignedDuration::from_hours(72)).strftime("%F").to_string().parse().ok();
    let away = |lead: &mut domain::lead::Lead| {
        lead.away = Some(Absence { returns_on, noted_at: now });
        Some(Event::system(EventKind::LeadAway, now))
    };
    change_lead(&*world.ports().leads(), &world.workspace, &world.key.lead, away).await.unwrap();
    world.ask_and_run().await;
    assert_eq!(world.calls(), 0);
    let EnrolmentState::Held { reason: HoldReason::OutOfOffice, until: Some(until) } =
        world.enrolment().await.state().clone()
    else {
        panic!("{:?}", world.enrolment().await);
    };
    assert!(until > now + SignedDuration::from_hours(48), "{until}");
    // Asked again it is neither written nor sent.
    let before = world.stage.cloud.ledger().snapshot();
    world.ask_and_run().await;
    assert_eq!(world.stage.cloud.ledger().since(&before).write_units(), 0.0);
    world.pass(until.duration_since(now).as_secs());
    world.run_due().await;
    assert_eq!(world.calls(), 1);
}

//! Somebody is away by their own answer: whoever comes due waits, also where no note came by, as they were just being
//! written to or enrolled only later.

use super::scene::World;
use application::lead::change::change_lead;
use application::{Clock, Ports};
use domain::enrolment::EnrolmentState;
use domain::enrolment::reasons::HoldReason;
use domain::event::Event;
use domain::lead::out_of_office::Absence;
use jiff::SignedDuration;

#[tokio::test]
async fn nothing_goes_out_before_they_are_back_and_then_it_does() {
    let world = World::new().await;
    let now = world.stage.clock.now();
    let returns_on = (now + SignedDuration::from_hours(72)).strftime("%F").to_string().parse().ok();
    let away = |lead: &mut domain::lead::Lead| {
        lead.away = Some(Absence { returns_on, noted_at: now });
        Some(Event::system("lead_away", now))
    };
    change_lead(&*world.ports().leads(), &world.workspace, &world.key.lead, away).await.unwrap();
    world.ask_and_run().await;
    assert_eq!(world.calls(), 0);
    let EnrolmentState::Held { reason: HoldReason::OutOfOffice, until: Some(until) } =
        world.enrolment().await.state
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

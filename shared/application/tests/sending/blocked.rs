//! A mail that is refused for what we are says nothing of whom it was for: its account waits, the lead stays.

use super::scene::World;
use application::lead::suppression_lookup::scopes_of;
use application::{Clock, Ports};
use domain::capacity::circuit_breaker::OPENS_AFTER;
use domain::contact::channel::Channel;
use domain::enrolment::EnrolmentState;
use domain::enrolment::reasons::HoldReason;
use domain::message::MessageState;
use jiff::SignedDuration;
use providers::transport::{SmtpFailure, SmtpReply, SmtpStage};
use test_stage::Stage;

async fn by_mail() -> World {
    let stage = Stage::new().await;
    let (workspace, _) = stage.workspace("northquay").await;
    let mailbox = stage.mailbox(&workspace).await;
    World::over(stage, workspace, Channel::Email, mailbox).await
}

fn banned() -> SmtpFailure {
    SmtpFailure::replied(SmtpStage::FinalDot, 550, "5.7.606 Access denied, banned sending IP")
}

#[tokio::test]
async fn account_blocked_by_all_waits_and_ends_no_enrolment() {
    let world = by_mail().await;
    let keys = world.crowd().await;
    world.stage.mail.take(|_| Err(banned()));
    world.all_are_due(&keys).await;
    assert_eq!(world.stage.mail.calls().0, usize::from(OPENS_AFTER), "then nobody is written to");
    assert_eq!(world.told().await, ["An account does not accept messages"]);
    let accounts = world.ports().accounts().list(&world.workspace).await.unwrap();
    let trouble = accounts[0].failing().unwrap();
    assert_eq!(trouble.since, world.stage.clock.now());
    for enrolment in world.enrolments(&keys).await {
        assert!(enrolment.failed().is_empty(), "{enrolment:?}");
        assert!(enrolment.is_active(), "{enrolment:?}");
    }

    world.stage.mail.take(|_| Ok(SmtpReply { code: 250, text: "2.0.0 taken".to_owned() }));
    let before = world.stage.mail.calls().0;
    for _ in 0..30 {
        world.pass(600);
        world.run_due().await;
    }
    assert_eq!(world.stage.mail.calls().0 - before, keys.len(), "each of them once");
    let enrolments = world.enrolments(&keys).await;
    assert!(enrolments.iter().all(|enrolment| (enrolment.generation(), enrolment.attempts()) == (1, 0)));
    let accounts = world.ports().accounts().list(&world.workspace).await.unwrap();
    assert!(accounts[0].failing().is_none(), "it works");
}

#[tokio::test]
async fn lead_that_alone_blocks_us_is_tried_three_times_more_and_never_listed() {
    let world = by_mail().await;
    // A Monday: what follows two days later is in the same week.
    world.pass(3 * 24 * 3600);
    world.falls_due().await;
    world.stage.mail.take(|_| Err(banned()));
    world.ask_and_run().await;
    for (tries, hours) in [(1, 1), (2, 4), (3, 24)] {
        let enrolment = world.enrolment().await;
        let until = world.stage.clock.now() + SignedDuration::from_hours(hours);
        let held = EnrolmentState::Held { reason: HoldReason::NotTaken, until: Some(until) };
        assert_eq!((enrolment.state().clone(), enrolment.attempts()), (held, tries));
        assert!(world.breaker().await.is_none_or(|breaker| !breaker.is_down()), "others go out");
        world.pass(hours * 3600);
        world.run_due().await;
    }
    assert_eq!(world.stage.mail.calls().0, 4);
    let message = world.message().await.unwrap();
    let failure = message.failure.unwrap();
    assert_eq!((message.state, failure.class.as_str()), (MessageState::Failed, "blocked_reputation"));
    assert_eq!(failure.code.as_deref(), Some("550 5.7.606"));
    let lead = world.ports().leads().get(&world.workspace, &world.key.lead).await.unwrap();
    let listed = world.ports().suppressions().find(&world.workspace, &scopes_of(&lead)).await.unwrap();
    assert_eq!(listed, []);
}

//! One text, and everything that can become of it.

use super::scene::{PHONE, World, accepted, refused};
use application::ports::outbox::send_all;
use application::queue_messages::SendMessage;
use application::{Clock, Ports};
use domain::enrolment::EnrolmentState;
use domain::enrolment::reasons::{EndReason, HoldReason};
use domain::event::{Event, EventKind};
use domain::message::MessageState;
use domain::workspace::Sending;
use jiff::SignedDuration;
use local_cloud::{Fault, Moment};
use providers::transport::TransportError;
use std::sync::atomic::{AtomicBool, Ordering};

#[tokio::test]
async fn step_asked_for_many_times_is_sent_once() {
    let world = World::new().await;
    for _ in 0..3 {
        world.ask().await;
    }
    world.run().await;
    world.ask_and_run().await;
    assert_eq!(world.calls(), 1);
    let message = world.message().await.unwrap();
    assert_eq!((message.state, message.to.as_str()), (MessageState::Accepted, PHONE));
    assert!(message.text.starts_with("Hello Ann, this is the first."), "{}", message.text);
    let enrolment = world.enrolment().await;
    assert_eq!((enrolment.generation(), enrolment.state().clone()), (1, EnrolmentState::Scheduled));
    // A day later is a Saturday: Monday, soon after the window opens.
    let due = enrolment.due().unwrap().to_string();
    assert!(due.starts_with("2026-11-23T09:0"), "{due}");
}

#[tokio::test]
async fn deleted_lead_leaves_no_message_of_a_text_under_way() {
    let world = World::new().await;
    world.overtaken("message_accepted", true);
    world.ask_and_run().await;
    assert_eq!(world.calls(), 1);
    // The hint of the deletion looks again when no function that was at it lives any more.
    let (workspace, lead) = (&world.workspace, &world.key.lead);
    world.ports().leads().finish_erasure(workspace, lead, &[]).await.unwrap();
    assert!(world.message().await.is_none());
    // The same where it broke off before it could tell.
    let world = World::new().await;
    world.ask_and_die_after_the_call().await;
    world.overtaken("message_uncertain", true);
    world.pass(600);
    world.run().await;
    assert!(world.message().await.is_none());
}

/// Its launch put the hint and broke off before it set the enrolment moving: it comes again and does both.
#[tokio::test]
async fn pending_enrolment_is_left_to_its_launch() {
    let world = World::new().await;
    let mut enrolment = world.enrolment().await;
    let now = world.stage.clock.now();
    let due = Some(now + SignedDuration::from_hours(1));
    enrolment.rebuild_with(|it| (it.state, it.due) = (EnrolmentState::Pending, due));
    let event = Event::system(EventKind::LeadEnrolled, now);
    world.ports().enrolments().save(&enrolment, &event).await.unwrap();
    world.ask_and_run().await;
    assert_eq!(world.calls(), 0);
    let left = world.enrolment().await;
    assert_eq!((left.state().clone(), left.generation()), (EnrolmentState::Pending, 0));
}

/// A hint is put before what it is about is written: whoever is slow in between must still be found.
#[tokio::test]
async fn early_queue_message_comes_again() {
    let world = World::new().await;
    let mut enrolment = world.enrolment().await;
    let now = world.stage.clock.now();
    let event = Event::system(EventKind::LeadEnrolled, now);
    let enrolments = world.ports().enrolments();
    enrolment.rebuild_with(|it| it.state = EnrolmentState::Pending);
    let rev = enrolments.save(&enrolment, &event).await.unwrap();
    enrolment.rebuild_with(|it| it.rev = rev);
    world.ask_and_run().await;
    assert_eq!(world.calls(), 0);
    enrolment.rebuild_with(|it| it.state = EnrolmentState::Scheduled);
    let rev = enrolments.save(&enrolment, &event).await.unwrap();
    enrolment.rebuild_with(|it| it.rev = rev);
    let next = SendMessage::Step {
        enrolment: world.key.clone(),
        generation: enrolment.generation() + 1,
        due: now,
        slot: None,
    };
    send_all(&*world.ports().outbox(), &[next], 0).await.unwrap();
    world.run().await;
    assert_eq!(world.calls(), 0);
    enrolment.rebuild_with(|it| it.generation += 1);
    enrolments.save(&enrolment, &event).await.unwrap();
    world.pass(91);
    world.run().await;
    assert_eq!(world.calls(), 1);
}

/// The enrolment is written by a clock that is minutes behind the one it is read by.
#[tokio::test]
async fn early_queue_message_comes_again_for_a_writer_whose_clock_is_behind() {
    let world = World::new().await;
    let mut enrolment = world.enrolment().await;
    let now = world.stage.clock.now();
    let event = Event::system(EventKind::LeadEnrolled, now);
    let enrolments = world.ports().enrolments();
    enrolment.rebuild_with(|it| it.state = EnrolmentState::Pending);
    let rev = enrolments.save(&enrolment, &event).await.unwrap();
    enrolment.rebuild_with(|it| it.rev = rev);
    let early = |minutes| {
        let due = now - SignedDuration::from_mins(minutes);
        SendMessage::Step {
            enrolment: world.key.clone(),
            generation: enrolment.generation(),
            due,
            slot: None,
        }
    };
    send_all(&*world.ports().outbox(), &[early(8), early(0)], 0).await.unwrap();
    world.run().await;
    let received = |queue: &str| world.stage.cloud.queues().receive(queue, 10, None).unwrap().len();
    for _ in 0..40 {
        world.pass(30);
        world.run().await;
    }
    assert_eq!((world.calls(), received("test-send-dead")), (0, 0), "its writer never came");
    send_all(&*world.ports().outbox(), &[early(-12)], 0).await.unwrap();
    world.run().await;
    enrolment.rebuild_with(|it| it.state = EnrolmentState::Scheduled);
    enrolments.save(&enrolment, &event).await.unwrap();
    world.pass(600);
    world.run().await;
    assert_eq!(world.calls(), 1);
}

#[tokio::test]
async fn step_before_its_time_is_not_sent() {
    let world = World::new().await;
    let due = world.stage.clock.now() + SignedDuration::from_mins(5);
    let early = SendMessage::Step { enrolment: world.key.clone(), generation: 0, due, slot: None };
    send_all(&*world.ports().outbox(), &[early], 0).await.unwrap();
    world.run().await;
    assert_eq!(world.calls(), 0);
    world.pass(301);
    world.run().await;
    assert_eq!(world.calls(), 1);
}

#[tokio::test]
async fn message_not_taken_is_tried_three_times_then_later() {
    let world = World::new().await;
    world.provider(|| Err(TransportError::NotSent("refused".into())));
    world.ask_and_run().await;
    assert_eq!(world.calls(), 1);
    world.pass(1);
    world.run().await;
    assert_eq!(world.calls(), 1);
    world.pass(1);
    world.run().await;
    assert_eq!(world.calls(), 2);
    world.pass(4);
    world.run().await;
    assert_eq!(world.calls(), 3);
    let enrolment = world.enrolment().await;
    let quarter = world.stage.clock.now() + SignedDuration::from_mins(15);
    let held = EnrolmentState::Held { reason: HoldReason::NotTaken, until: Some(quarter) };
    assert_eq!(*enrolment.state(), held);
    // The quarter is over and the provider is back.
    world.provider(|| Ok(accepted()));
    world.pass(900);
    world.ask_and_run().await;
    assert_eq!((world.calls(), world.enrolment().await.generation()), (4, 1));
}

/// Written, and told to be in conflict: the store's client lost the first answer, asked again and met its own write.
fn a_write_meets_itself(world: &World, words: &'static str) {
    let left = AtomicBool::new(true);
    world.stage.cloud.faults().inject(move |moment, call| {
        let is_it = moment == Moment::After && String::from_utf8_lossy(call.body).contains(words);
        let conflict = Fault::Fail {
            status: 400,
            code: "ConditionalCheckFailedException".to_owned(),
            message: "The conditional request failed".to_owned(),
        };
        (is_it && left.swap(false, Ordering::Relaxed)).then_some(conflict)
    });
}

#[tokio::test]
async fn ended_hold_is_sent_after_its_write_met_itself() {
    let world = World::new().await;
    world.provider(|| Err(TransportError::NotSent("refused".into())));
    for seconds in [0, 2, 4] {
        world.pass(seconds);
        if seconds == 0 {
            world.ask().await;
        }
        world.run().await;
    }
    assert!(matches!(*world.enrolment().await.state(), EnrolmentState::Held { .. }));
    world.provider(|| Ok(accepted()));
    world.pass(900);
    a_write_meets_itself(&world, "enrolment_resumed");
    world.ask_and_run().await;
    assert_eq!(world.calls(), 3);
    world.pass(10);
    world.run().await;
    assert_eq!((world.calls(), world.enrolment().await.generation()), (4, 1));
}

#[tokio::test]
async fn deferred_try_is_sent_after_its_write_met_itself() {
    let world = World::new().await;
    world.provider(|| Err(TransportError::NotSent("refused".into())));
    a_write_meets_itself(&world, "send_postponed");
    world.ask_and_run().await;
    world.provider(|| Ok(accepted()));
    world.pass(10);
    world.run().await;
    assert_eq!((world.calls(), world.enrolment().await.generation()), (2, 1));
}

#[tokio::test]
async fn crash_after_the_call_leaves_an_uncertain_message_and_no_second_text() {
    let world = World::new().await;
    world.ask_and_die_after_the_call().await;
    assert!(world.message().await.is_none());
    // While the claim lasts nobody else may try; afterwards nobody may guess.
    world.pass(60);
    world.ask_and_run().await;
    assert_eq!(world.row().await.map(|row| row.state), Some(MessageState::Sending));
    world.pass(120);
    world.ask_and_run().await;
    let message = world.message().await.unwrap();
    assert_eq!((message.state, message.to.as_str()), (MessageState::Uncertain, PHONE));
    assert_eq!(world.calls(), 1);
}

#[tokio::test]
async fn opt_out_at_the_provider_suppresses_the_lead() {
    let world = World::new().await;
    world.provider(|| Ok(refused(400, 21610)));
    world.ask_and_run().await;
    assert_eq!(*world.enrolment().await.state(), EnrolmentState::Ended { reason: EndReason::OptedOut });
    assert_eq!(world.message().await.unwrap().state, MessageState::Failed);
    let lead = world.ports().leads().get(&world.workspace, &world.key.lead).await.unwrap();
    let scopes = application::lead::suppression_lookup::scopes_of(&lead);
    assert_eq!(world.ports().suppressions().find(&world.workspace, &scopes).await.unwrap().len(), 1);
}

#[tokio::test]
async fn refused_login_holds_the_step_and_is_shown_at_the_account() {
    let world = World::new().await;
    world.provider(|| Ok(refused(401, 20003)));
    world.ask_and_run().await;
    let enrolment = world.enrolment().await;
    assert!(
        matches!(*enrolment.state(), EnrolmentState::Held { reason: HoldReason::Mailbox, .. }),
        "{enrolment:?}"
    );
    let accounts = world.ports().accounts().list(&world.workspace).await.unwrap();
    let error = accounts[0].last_error.clone().unwrap();
    assert_eq!(error.over_at, None);
    assert_eq!(world.calls(), 1);
    // The key is right again, and the provider says something of a person.
    world.provider(|| Ok(refused(400, 21614)));
    world.pass(3600);
    world.ask_and_run().await;
    assert_eq!(world.calls(), 2);
    let accounts = world.ports().accounts().list(&world.workspace).await.unwrap();
    assert_eq!(accounts[0].last_error.as_ref().unwrap().over_at, Some(world.stage.clock.now()));
}

#[tokio::test]
async fn stopped_lead_gets_no_text() {
    let world = World::new().await;
    let event = Event::system(EventKind::LeadReplied, world.stage.clock.now());
    world
        .ports()
        .enrolments()
        .stop(&world.workspace, &world.key.lead, EndReason::Replied, &event)
        .await
        .unwrap();
    world.ask_and_run().await;
    assert_eq!((world.calls(), world.message().await.is_none()), (0, true));
}

#[tokio::test]
async fn stopped_workspace_sends_nothing() {
    let world = World::new().await;
    let event = Event::system(EventKind::SendingStopped, world.stage.clock.now());
    let mut workspace = world.ports().workspaces().get(&world.workspace).await.unwrap();
    workspace.sending = Sending::Stopped { since: world.stage.clock.now(), until: None };
    world.ports().workspaces().save(&workspace, &event).await.unwrap();
    world.ask_and_run().await;
    assert_eq!(world.calls(), 0);
    assert!(matches!(*world.enrolment().await.state(), EnrolmentState::Held { .. }));
}

//! The ledger row of a step is written before its claim: the tests show what a crash or a stop between the two leaves.

use super::keyed::keyed;
use super::scene::{World, accepted, refused};
use application::sending::uncertain::{SettlePorts, record_sent};
use application::{Clock, Ports};
use domain::contact::phone_number::PhoneNumber;
use domain::enrolment::reasons::EndReason;
use domain::event::{Actor, Event, EventKind};
use domain::lead::Lead;
use domain::message::MessageState;
use providers::transport::TransportError;

impl World {
    async fn broke_off_before_its_claim() -> Self {
        let world = Self::new().await;
        world.provider(|| Ok(accepted()));
        world.ask().await;
        world.run_and_die_after("message_row_written").await;
        assert_eq!(world.row().await.unwrap().state, MessageState::Sending);
        world
    }

    async fn lead_becomes(&self, change: impl FnOnce(&mut Lead)) {
        let leads = self.ports().leads();
        let mut lead = leads.get(&self.workspace, &self.key.lead).await.unwrap();
        change(&mut lead);
        leads.save(&lead, &Event::system(EventKind::LeadChanged, self.stage.clock.now())).await.unwrap();
    }

    async fn comes_again(&self) {
        for _ in 0..3 {
            self.pass(130);
            self.ask_and_run().await;
        }
    }
}

#[tokio::test]
async fn row_without_a_claim_is_shown_to_nobody() {
    let world = World::broke_off_before_its_claim().await;
    let file = world.ports().leads().file(&world.workspace, &world.key.lead).await.unwrap();
    assert_eq!((file.messages.len(), file.attempts.len()), (0, 1));
    assert_eq!((world.calls(), world.tasks().await.len()), (0, 0));
}

#[tokio::test]
async fn row_without_a_claim_is_adopted() {
    let world = World::broke_off_before_its_claim().await;
    let row = world.row().await.unwrap();
    world.comes_again().await;
    let sent = world.message().await.unwrap();
    assert_eq!((sent.state, sent.text, world.calls()), (MessageState::Accepted, row.text, 1));
    assert_eq!((sent.attempt, world.enrolment().await.generation()), (row.attempt, 1));
}

#[tokio::test]
async fn row_in_former_words_is_replaced_without_a_kept_request() {
    let world = World::broke_off_before_its_claim().await;
    let row = world.row().await.unwrap();
    world.lead_becomes(|lead| lead.first_name = Some("Zoe".to_owned())).await;
    world.comes_again().await;
    let sent = world.message().await.unwrap();
    assert!(sent.state == MessageState::Accepted && sent.text != row.text, "{}", sent.text);
    assert!(sent.attempt.unwrap().rev > row.attempt.unwrap().rev, "the row was made void first");
    assert_eq!((sent.frozen, world.calls(), world.enrolment().await.generation()), (None, 1, 1));
}

#[tokio::test]
async fn row_with_its_request_is_adopted_in_its_words() {
    let (world, sent, _) = keyed(0).await;
    world.ask().await;
    world.run_and_die_after("message_row_written").await;
    let row = world.row().await.unwrap();
    world.lead_becomes(|lead| lead.first_name = Some("Zoe".to_owned())).await;
    world.comes_again().await;
    let message = world.message().await.unwrap();
    assert_eq!((message.state, message.text), (MessageState::Accepted, row.text));
    assert_eq!((world.calls(), sent.lock().unwrap().len()), (1, 1));
}

#[tokio::test]
async fn row_to_a_former_number_is_replaced() {
    let world = World::broke_off_before_its_claim().await;
    let number = PhoneNumber::try_from("+12065550188".to_owned()).unwrap();
    world.lead_becomes(|lead| lead.phone = Some(number)).await;
    world.comes_again().await;
    let sent = world.message().await.unwrap();
    assert_eq!((sent.state, sent.to.as_str()), (MessageState::Accepted, "+12065550188"));
    assert_eq!(world.calls(), 1);
}

#[tokio::test]
async fn row_is_cancelled_after_a_stop_before_its_claim() {
    let world = World::new().await;
    world.overtaken("step_claimed", false);
    world.ask_and_run().await;
    assert_eq!((world.calls(), world.tasks().await.len()), (0, 0));
    assert_eq!(world.row().await.unwrap().state, MessageState::Cancelled);
    assert_eq!(world.message().await, None);
}

#[tokio::test]
async fn row_of_a_dead_function_is_cancelled_after_a_stop() {
    let world = World::broke_off_before_its_claim().await;
    let event = Event::system(EventKind::LeadReplied, world.stage.clock.now());
    let enrolments = world.ports().enrolments();
    enrolments.stop(&world.workspace, &world.key.lead, EndReason::Replied, &event).await.unwrap();
    world.comes_again().await;
    assert_eq!(world.row().await.unwrap().state, MessageState::Cancelled);
    assert_eq!((world.calls(), world.tasks().await.len()), (0, 0));
}

#[tokio::test]
async fn row_certainly_not_taken_is_cancelled_after_a_stop() {
    let world = World::new().await;
    world.provider(|| Err(TransportError::NotSent("refused".into())));
    world.overtaken("send_postponed", false);
    world.ask_and_run().await;
    world.comes_again().await;
    assert_eq!(world.row().await.unwrap().state, MessageState::Cancelled);
    assert_eq!((world.calls(), world.tasks().await.len()), (1, 0));
}

#[tokio::test]
async fn row_is_cancelled_when_its_step_has_to_wait() {
    let world = World::broke_off_before_its_claim().await;
    world.pass(12 * 3_600);
    world.ask_and_run().await;
    assert_eq!((world.row().await.unwrap().state, world.calls()), (MessageState::Cancelled, 0));
    // Friday night is over on Monday.
    world.pass(62 * 3_600);
    world.ask_and_run().await;
    assert_eq!((world.message().await.unwrap().state, world.calls()), (MessageState::Accepted, 1));
}

#[tokio::test]
async fn row_that_was_refused_has_failed() {
    let world = World::new().await;
    world.provider(|| Ok(refused(400, 21211)));
    world.ask_and_run().await;
    let row = world.row().await.unwrap();
    assert_eq!((row.state, row.frozen), (MessageState::Failed, None));
}

/// A status may come before its sender could write that the message was taken.
#[tokio::test]
async fn evidence_before_the_answer_settles_the_row_and_keeps_the_providers_id() {
    let world = World::new().await;
    world.provider(|| Ok(accepted()));
    let (ports, workspace) = (SettlePorts::new(world.ports()), world.workspace.clone());
    let id = world.enrolment().await.present_message().unwrap();
    let now = world.stage.clock.now();
    world.just_before("message_accepted", async move {
        assert!(record_sent(&ports, &workspace, &id, Actor::System, now).await.unwrap());
    });
    world.ask_and_run().await;
    let sent = world.message().await.unwrap();
    assert_eq!((sent.state, sent.provider_id.is_some()), (MessageState::Accepted, true));
    assert_eq!((world.calls(), world.enrolment().await.generation()), (1, 1));
}

#[tokio::test]
async fn row_without_a_call_raises_no_question() {
    let world = World::broke_off_before_its_claim().await;
    let ports = SettlePorts::new(world.ports());
    let id = world.enrolment().await.present_message().unwrap();
    let user = Actor::User(domain::UserId::derived(world.stage.clock.now(), &["maya"]));
    let told = record_sent(&ports, &world.workspace, &id, user, world.stage.clock.now()).await.unwrap();
    assert!(!told, "it was not sent, and nobody knows of it");
}

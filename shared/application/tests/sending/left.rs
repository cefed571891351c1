//! An uncertain message whose step is left raises a question, however the step comes to be left.

use super::keyed::keyed;
use super::scene::{World, claims_and_dies};
use application::Ports;
use domain::enrolment::Enrolment;
use domain::enrolment::reasons::EndReason;
use domain::event::{Event, EventKind};
use domain::message::MessageState;
use providers::transport::TransportError;

const ASKED: [&str; 1] = ["Did this mail arrive?"];

impl World {
    async fn a_while_later(&self) {
        for _ in 0..4 {
            self.pass(150);
            self.run().await;
        }
    }

    async fn stop(&self) {
        let event = Event::system(EventKind::LeadReplied, self.now());
        let enrolments = self.ports().enrolments();
        enrolments.stop(&self.workspace, &self.key.lead, EndReason::Replied, &event).await.unwrap();
    }

    async fn becomes(&self, change: impl FnOnce(&mut Enrolment)) {
        let mut enrolment = self.enrolment().await;
        change(&mut enrolment);
        self.ports()
            .enrolments()
            .save(&enrolment, &Event::system(EventKind::LeadChanged, self.now()))
            .await
            .unwrap();
    }

    fn now(&self) -> jiff::Timestamp {
        use application::Clock;
        self.stage.clock.now()
    }

    /// Just before this attempt's claim another one claims, and dies at the provider; then the lead is stopped.
    fn another_claims_and_is_stopped(&self) {
        let (enrolments, messages) = (self.ports().enrolments(), self.ports().messages());
        let (key, now) = (self.key.clone(), self.now());
        self.just_before("step_claimed", async move {
            claims_and_dies((&*enrolments, &*messages), &key, |_| {}, now).await;
            let event = Event::system(EventKind::LeadReplied, now);
            enrolments.stop(&key.workspace, &key.lead, EndReason::Replied, &event).await.unwrap();
        });
    }
}

#[tokio::test]
async fn stop_before_a_keyed_repeat_leaves_a_question() {
    let (world, ..) = keyed(1).await;
    world.ask_and_run().await;
    world.stop().await;
    world.a_while_later().await;
    assert_eq!((world.calls(), world.tasks().await), (1, ASKED.map(str::to_owned).to_vec()));
    assert_eq!(world.message().await.unwrap().state, MessageState::Uncertain);
}

#[tokio::test]
async fn stop_right_before_a_repeats_claim_leaves_a_question() {
    let (world, ..) = keyed(1).await;
    world.ask_and_run().await;
    world.overtaken("step_claimed", false);
    world.a_while_later().await;
    assert_eq!((world.calls(), world.tasks().await), (1, ASKED.map(str::to_owned).to_vec()));
}

#[tokio::test]
async fn stop_right_before_a_repeat_is_scheduled_leaves_a_question() {
    let (world, ..) = keyed(0).await;
    world.ask_and_die_after_the_call().await;
    world.overtaken("send_repeated", false);
    world.a_while_later().await;
    assert_eq!((world.calls(), world.tasks().await), (1, ASKED.map(str::to_owned).to_vec()));
}

#[tokio::test]
async fn stop_while_an_attempt_is_dead_leaves_a_question() {
    let world = World::new().await;
    world.another_claims_and_is_stopped();
    world.ask_and_run().await;
    world.a_while_later().await;
    assert_eq!(world.calls(), 0);
    assert_eq!(world.message().await.unwrap().state, MessageState::Uncertain);
    assert_eq!(world.tasks().await, ["Did this text arrive?"]);
}

#[tokio::test]
async fn rollout_before_a_keyed_repeat_leaves_a_question() {
    let (world, ..) = keyed(1).await;
    world.ask_and_run().await;
    let sequence = world.enrolment().await.sequence().clone();
    let second =
        world.ports().sequences().get(&world.workspace, &sequence).await.unwrap().steps[1].id.clone();
    // As a rollout does.
    world
        .becomes(|enrolment| {
            enrolment.rebuild_with(|it| it.generation += 1);
            enrolment.rebuild_with(|it| it.step = Some(second));
        })
        .await;
    world.a_while_later().await;
    assert_eq!((world.calls(), world.tasks().await), (1, ASKED.map(str::to_owned).to_vec()));
}

#[tokio::test]
async fn pause_before_a_keyed_repeat_is_answered_after_the_resume() {
    let (world, sent, _) = keyed(1).await;
    world.ask_and_run().await;
    let now = world.now();
    world.becomes(|enrolment| enrolment.pause(None, now).unwrap()).await;
    world.a_while_later().await;
    assert_eq!((world.calls(), world.tasks().await), (1, ASKED.map(str::to_owned).to_vec()));
    let now = world.now();
    world.becomes(|enrolment| enrolment.resume(now).unwrap()).await;
    world.ask_and_run().await;
    assert_eq!(world.message().await.unwrap().state, MessageState::Accepted);
    assert_eq!((world.calls(), sent.lock().unwrap().len()), (2, 1));
    assert!(world.tasks().await.is_empty(), "the question is answered");
}

#[tokio::test]
async fn stop_before_the_provider_is_asked_leaves_a_question() {
    let world = World::new().await;
    world.provider(|| Err(TransportError::Ambiguous("reset".into())));
    world.ask_and_run().await;
    assert!(world.tasks().await.is_empty(), "the provider is asked first");
    world.stop().await;
    world.pass(61);
    world.run_due().await;
    assert_eq!((world.calls(), world.tasks().await), (1, vec!["Did this text arrive?".to_owned()]));
}

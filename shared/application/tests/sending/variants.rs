//! A step with several texts: each lead has one of them, once, whatever is tried again or paused meanwhile.

use super::scene::{World, accepted, refused};
use application::Ports;
use domain::VariantId;
use domain::event::{Actor, Event, EventKind};
use domain::message::MessageState;
use domain::sequence::Step;
use domain::sequence::variant::Variant;
use jiff::Timestamp;
use providers::transport::TransportError;
use serde_json::{from_value, json};

impl World {
    /// Two texts for the one step.
    async fn varied() -> Self {
        let step = json!({ "id": domain::StepId::derived(Timestamp::UNIX_EPOCH, &["first"]), "kind": "sms",
            "delay": { "amount": 0, "unit": "minutes" },
            "variants": [{ "body": "Hi {{ first_name }}" }, { "body": "Good morning {{ first_name }}" }] });
        Self::with_steps(vec![from_value(step).unwrap()]).await
    }

    /// Patches the version that the lead is on, so that it reads otherwise.
    async fn patch(&self, change: impl Fn(&mut [Variant])) {
        let enrolment = self.enrolment().await;
        let sequences = self.ports().sequences();
        let record = sequences.version_record(&self.workspace, enrolment.sequence(), enrolment.version());
        let mut record = record.await.unwrap();
        record.version.steps.iter_mut().for_each(|step: &mut Step| change(step.kind.variants_mut()));
        let event = Event::new(EventKind::SequencePatched, Actor::System, Timestamp::UNIX_EPOCH);
        sequences.patch(&record, None, &event).await.unwrap();
    }

    async fn written(&self) -> (MessageState, VariantId, String) {
        let message = self.message().await.unwrap();
        (message.state, message.variant.unwrap(), message.text)
    }
}

fn id(body: &str) -> VariantId {
    VariantId::of_words("", body)
}

/// The one that this lead has drawn, and the other.
async fn drawn(world: &World) -> [VariantId; 2] {
    let enrolment = world.enrolment().await;
    let sequences = world.ports().sequences();
    let version =
        sequences.version(&world.workspace, enrolment.sequence(), enrolment.version()).await.unwrap();
    let ours = version.steps[0].words_for(&world.key, None).variant.unwrap().id.clone();
    let both = [id("Hi {{ first_name }}"), id("Good morning {{ first_name }}")];
    if ours == both[0] { both } else { [both[1].clone(), both[0].clone()] }
}

#[tokio::test]
async fn message_names_its_variant_and_tries_keep_to_it() {
    let world = World::varied().await;
    let [ours, _] = drawn(&world).await;
    world.provider(|| Ok(refused(429, 20429)));
    world.ask_and_run().await;
    world.provider(|| Ok(accepted()));
    world.pass(2);
    world.run().await;
    let (state, variant, text) = world.written().await;
    assert_eq!((state, &variant), (MessageState::Accepted, &ours));
    assert!(text.ends_with("Ann") && id(&text.replace("Ann", "{{ first_name }}")) == ours, "{text}");
}

#[tokio::test]
async fn paused_variant_gets_no_new_message() {
    let world = World::varied().await;
    let [ours, other] = drawn(&world).await;
    world.patch(|all| all.iter_mut().filter(|one| one.id == ours).for_each(|one| one.paused = true)).await;
    world.ask_and_run().await;
    assert_eq!(world.written().await.1, other);
    world.patch(|all| all.iter_mut().for_each(|one| one.paused = one.id == other)).await;
    world.ask_and_run().await;
    assert_eq!((world.written().await.1, world.calls()), (other, 1));
}

/// The claim says which words it was for: it is not what would be drawn by now.
#[tokio::test]
async fn attempt_of_a_dead_function_names_its_variant() {
    let world = World::varied().await;
    let [ours, _] = drawn(&world).await;
    world.ask_and_die_after_the_call().await;
    world.patch(|all| all.iter_mut().filter(|one| one.id == ours).for_each(|one| one.paused = true)).await;
    world.pass(180);
    world.ask_and_run().await;
    let message = world.message().await.unwrap();
    assert_eq!((message.state, message.variant), (MessageState::Uncertain, Some(ours)));
}

#[tokio::test]
async fn uncertain_message_is_repeated_in_the_same_words() {
    let world = World::varied().await;
    let [ours, _] = drawn(&world).await;
    world.provider(|| Err(TransportError::Ambiguous("reset".into())));
    world.ask_and_run().await;
    assert_eq!(world.written().await.1, ours);
    world.patch(|all| all.iter_mut().filter(|one| one.id == ours).for_each(|one| one.paused = true)).await;
    world.provider(|| Ok(accepted()));
    let settle = application::sending::uncertain::SettlePorts::new(world.ports());
    let id = world.message().await.unwrap().id;
    let again = application::sending::uncertain::send_again(&settle, &world.workspace, &id, Actor::System);
    assert!(again.await.unwrap());
    world.run_due().await;
    let (state, variant, _) = world.written().await;
    assert_eq!((state, variant, world.calls()), (MessageState::Accepted, ours, 2));
}

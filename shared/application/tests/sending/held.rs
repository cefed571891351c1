//! While a lead is held for a possible opt-out, nothing goes out to it, whoever sends it and however.

use super::many::many_to;
use super::scene::World;
use application::ports::enrolments::EnrolmentStore;
use application::{Clock, Ports};
use domain::MessageId;
use domain::contact::channel::Channel;
use domain::enrolment::EnrolmentState;
use domain::enrolment::reasons::EndReason;
use domain::event::{Actor, Event, EventKind};
use domain::lead::Lead;
use domain::lead::opt_out_hold::Doubt;
use domain::message::MessageState;
use domain::message::failure_class::FailureClass;
use jiff::{SignedDuration, Timestamp};
use std::sync::Arc;

async fn hold(enrolments: Arc<dyn EnrolmentStore>, lead: Lead, at: Timestamp) {
    let message = MessageId::derived(&lead.id, &["in"]);
    let event = Event::new(EventKind::LeadAnswered, Actor::Lead, at);
    let doubt = Doubt { message: &message, channel: Channel::Email, sentence: "spare us", at };
    let mut held = |lead: &mut Lead| lead.hold_for(doubt);
    let why = EndReason::Replied;
    enrolments.stop_and(&lead.workspace, &lead.id, why, &event, &mut held).await.unwrap();
}

impl World {
    async fn lead_now(&self) -> Lead {
        self.ports().leads().get(&self.workspace, &self.key.lead).await.unwrap()
    }

    async fn is_held(&self) {
        hold(self.ports().enrolments(), self.lead_now().await, self.stage.clock.now()).await;
    }

    async fn is_held_just_before(&self, words: &'static str) {
        self.just_before(
            words,
            hold(self.ports().enrolments(), self.lead_now().await, self.stage.clock.now()),
        );
    }

    async fn is_refused(&self, id: &MessageId) {
        let message = self.one(id).await;
        let class = message.failure.map(|failure| failure.class);
        assert_eq!((message.state, class), (MessageState::Failed, Some(FailureClass::NotAllowed)));
        assert_eq!(self.calls(), 0);
        self.nobody_is_left_in_the_queue();
    }
}

#[tokio::test]
async fn step_is_not_claimed_after_the_hold() {
    let world = World::new().await;
    world.is_held_just_before("step_claimed").await;
    world.ask_and_run().await;
    assert_eq!(world.calls(), 0);
    assert_eq!(*world.enrolment().await.state(), EnrolmentState::Ended { reason: EndReason::Replied });
}

#[tokio::test]
async fn message_of_a_user_is_withheld_from_a_held_lead_on_every_channel() {
    for channel in [Channel::Sms, Channel::Whatsapp] {
        let world = World::new().await;
        let at = world.stage.clock.now() + SignedDuration::from_hours(1);
        let id = world.write(channel, Some(at)).await;
        world.is_held().await;
        world.hours(2).await;
        world.is_refused(&id).await;
    }
}

#[tokio::test]
async fn bulk_message_is_withheld_from_a_held_lead() {
    let world = World::new().await;
    let (_, ids) = many_to(&world, Channel::Sms, "Hello", std::slice::from_ref(&world.key.lead)).await;
    world.is_held().await;
    world.run().await;
    world.is_refused(&ids[0]).await;
}

#[tokio::test]
async fn hold_during_the_claim_withholds_the_message() {
    let world = World::new().await;
    let id = world.write(Channel::Sms, None).await;
    world.is_held_just_before("message_claimed").await;
    world.run().await;
    world.is_refused(&id).await;
}

#[tokio::test]
async fn message_goes_out_once_the_hold_is_lifted() {
    let world = World::new().await;
    world.is_held().await;
    let mut lead = world.lead_now().await;
    lead.opt_out_hold = None;
    let event = Event::system(EventKind::OptOutHoldSettled, world.stage.clock.now());
    world.ports().leads().save(&lead, &event).await.unwrap();
    let id = world.write(Channel::Sms, None).await;
    world.run().await;
    assert_eq!((world.one(&id).await.state, world.calls()), (MessageState::Accepted, 1));
}

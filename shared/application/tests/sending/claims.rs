//! Claims: one attempt claims a step or a one-off message, and recognises its own claim.

use super::scene::World;
use application::sending::uncertain::{SettlePorts, send_again};
use application::{Clock, Ports, StoreError};
use domain::MessageId;
use domain::contact::channel::Channel;
use domain::enrolment::EnrolmentState;
use domain::event::{Actor, Event, EventKind};
use domain::message::{MessageClaim, MessageState};
use jiff::SignedDuration;
use local_cloud::{Fault, Moment};
use std::sync::atomic::{AtomicBool, Ordering};

impl World {
    /// Just before the first write that says these words.
    fn somebody_claims_before(&self, words: &'static str, id: &MessageId) {
        let (messages, workspace, id) = (self.ports().messages(), self.workspace.clone(), id.clone());
        let now = self.stage.clock.now();
        self.just_before(words, async move {
            let mut message = messages.get(&workspace, &id).await.unwrap();
            message.state = MessageState::Uncertain;
            let until = now + SignedDuration::from_mins(2);
            message.claim = Some(MessageClaim { token: "theirs".to_owned(), until });
            messages.save(&message, &Event::system(EventKind::MessageClaimed, now)).await.unwrap();
        });
    }
}

/// It was written, and the connection broke before the answer: nobody else can have sent it.
#[tokio::test]
async fn claim_with_a_lost_answer_is_still_ours() {
    let world = World::new().await;
    let id = world.write(Channel::Sms, None).await;
    let first = AtomicBool::new(true);
    world.stage.cloud.faults().inject(move |moment, call| {
        let claims = String::from_utf8_lossy(call.body).contains("message_claimed");
        let hit = moment == Moment::Before && claims && first.swap(false, Ordering::Relaxed);
        hit.then_some(Fault::LoseResponse)
    });
    world.run().await;
    let message = world.one(&id).await;
    assert_eq!((message.state, message.claim, world.calls()), (MessageState::Accepted, None, 1));
}

/// Claimed in the very moment before the answer was written down.
#[tokio::test]
async fn message_under_way_is_not_sent_again() {
    let world = World::new().await;
    let id = world.text_and_die().await;
    world.somebody_claims_before("message_abandoned", &id);
    let ports = SettlePorts::new(world.ports());
    let told = send_again(&ports, &world.workspace, &id, Actor::System).await;
    assert!(matches!(told, Err(StoreError::Conflict)), "{told:?}");
    assert_eq!(world.one(&id).await.state, MessageState::Uncertain);
}

/// A function that looked before another claimed the message, and found the account gone, does not overwrite the claim.
#[tokio::test]
async fn refusal_does_not_overwrite_a_claim() {
    let world = World::new().await;
    let id = world.write(Channel::Email, None).await;
    world.somebody_claims_before("message_refused", &id);
    world.run().await;
    assert_eq!(world.one(&id).await.state, MessageState::Uncertain);
}

/// Nothing was called: what cannot be read again is no question for a person.
#[tokio::test]
async fn message_unreadable_after_its_claim_is_queued_again() {
    let world = World::new().await;
    let id = world.write(Channel::Sms, None).await;
    let (claimed, broken) = (AtomicBool::new(false), AtomicBool::new(true));
    world.stage.cloud.faults().inject(move |moment, call| {
        let claims = String::from_utf8_lossy(call.body).contains("message_claimed");
        if moment == Moment::After && claims {
            claimed.store(true, Ordering::Relaxed);
            return None;
        }
        let hit = moment == Moment::Before
            && claimed.load(Ordering::Relaxed)
            && broken.swap(false, Ordering::Relaxed);
        hit.then(|| Fault::Fail { status: 400, code: "Gone".to_owned(), message: String::new() })
    });
    world.run().await;
    assert_eq!((world.one(&id).await.state, world.calls()), (MessageState::Queued, 0));
    world.pass(180);
    world.run().await;
    assert_eq!((world.one(&id).await.state, world.calls()), (MessageState::Accepted, 1));
}

/// A function stood still after it had decided; others have tried the step meanwhile and put it off. Nothing but this
/// queue message may find it.
#[tokio::test]
async fn step_deferred_meanwhile_is_not_claimed() {
    let world = World::new().await;
    let until = world.stage.clock.now() + SignedDuration::from_mins(20);
    world.put_off_before_the_claim(until);
    world.ask_and_run().await;
    let there = world.enrolment().await;
    assert_eq!(
        (there.state().clone(), there.due(), world.calls()),
        (EnrolmentState::Scheduled, Some(until), 0)
    );
    for _ in 0..25 {
        world.pass(60);
        world.run_due().await;
    }
    assert_eq!((world.message().await.unwrap().state, world.calls()), (MessageState::Accepted, 1));
}

/// The message is written, the enrolment is not: whoever finds the claim run out goes on by what the message says.
#[tokio::test]
async fn step_moves_on_after_its_sender_broke_off_before_the_next_hint() {
    let world = World::new().await;
    let broken = AtomicBool::new(true);
    world.stage.cloud.faults().inject(move |moment, call| {
        let hint = String::from_utf8_lossy(call.body).contains("\"hints\"");
        let hit = moment == Moment::Before && hint && broken.swap(false, Ordering::Relaxed);
        hit.then(|| Fault::Fail { status: 400, code: "Gone".to_owned(), message: String::new() })
    });
    world.ask_and_run().await;
    let there = world.enrolment().await;
    assert!(there.is_claimed() && there.generation() == 0, "{there:?}");
    assert_eq!((world.message().await.unwrap().state, world.calls()), (MessageState::Accepted, 1));
    assert_eq!(world.ports().due().earliest().await.unwrap(), None);
    world.pass(180);
    world.run().await;
    let there = world.enrolment().await;
    assert_eq!((there.generation(), there.state().clone(), world.calls()), (1, EnrolmentState::Scheduled, 1));
    let found = world.ports().due().earliest().await.unwrap().unwrap();
    let due = there.due().unwrap();
    assert!(found <= due && due.duration_since(found) < SignedDuration::from_mins(15), "{found} {due}");
}

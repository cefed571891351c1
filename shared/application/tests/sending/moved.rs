//! A lead's address or number is changed while something is on its way to them: nothing more goes to the former one, and what may
//! have gone there is not made again elsewhere.

use super::keyed::keyed;
use super::scene::{PHONE, World, accepted};
use application::ports::leads::LeadStore;
use application::{Clock, Ports};
use domain::WorkspaceId;
use domain::contact::channel::Channel;
use domain::contact::email_address::EmailAddress;
use domain::contact::phone_number::PhoneNumber;
use domain::enrolment::EnrolmentState;
use domain::enrolment::reasons::HoldReason;
use domain::event::{Event, EventKind};
use domain::lead::Lead;
use domain::message::MessageState;
use jiff::Timestamp;
use std::sync::{Arc, Mutex};

const ELSEWHERE: &str = "+12065550177";

async fn moves(leads: &dyn LeadStore, workspace: &WorkspaceId, before: &Lead, at: Timestamp) {
    let mut after = before.clone();
    after.phone = PhoneNumber::try_from(ELSEWHERE.to_owned()).ok();
    after.email = EmailAddress::parse("ann@two.example").ok();
    let known = leads.get(workspace, &before.id).await.unwrap();
    let before = Lead { rev: known.rev, ..before.clone() };
    leads.change_identity(&before, &after, &Event::system(EventKind::LeadChanged, at)).await.unwrap();
}

impl World {
    async fn ann(&self) -> Lead {
        self.ports().leads().get(&self.workspace, &self.key.lead).await.unwrap()
    }

    pub async fn ann_moves(&self) {
        let (leads, now) = (self.ports().leads(), self.stage.clock.now());
        moves(&*leads, &self.workspace, &self.ann().await, now).await;
    }

    /// Right before the write that says these words; the sender goes on half a minute later.
    async fn ann_moves_before(&self, words: &'static str) {
        let (leads, clock) = (self.ports().leads(), self.stage.clock.clone());
        let (workspace, ann) = (self.workspace.clone(), self.ann().await);
        self.just_before(words, async move {
            moves(&*leads, &workspace, &ann, clock.now()).await;
            clock.advance_to(clock.now() + jiff::SignedDuration::from_secs(30));
        });
    }

    /// The address that the provider is asked to send to.
    fn recipients(&self) -> Arc<Mutex<Vec<String>>> {
        let asked = Arc::new(Mutex::new(Vec::new()));
        let here = asked.clone();
        self.provider_reading(move |request| {
            let form = String::from_utf8_lossy(request.body()).into_owned();
            let to = form.split('&').find_map(|pair| pair.strip_prefix("To=%2B")).map(|to| format!("+{to}"));
            here.lock().unwrap().extend(to);
            Ok(accepted())
        });
        asked
    }
}

#[tokio::test]
async fn step_read_long_before_its_claim_goes_to_the_present_address() {
    let world = World::new().await;
    let asked = world.recipients();
    world.ann_moves_before("step_claimed").await;
    world.ask_and_run().await;
    assert!(asked.lock().unwrap().is_empty());
    world.pass(2);
    world.run().await;
    assert_eq!(*asked.lock().unwrap(), [ELSEWHERE]);
    assert_eq!(world.message().await.unwrap().to, ELSEWHERE);
}

#[tokio::test]
async fn one_off_read_long_before_its_claim_goes_to_the_present_address() {
    let world = World::new().await;
    let asked = world.recipients();
    world.ann_moves_before("message_claimed").await;
    let id = world.write(Channel::Sms, None).await;
    world.run().await;
    assert!(asked.lock().unwrap().is_empty());
    world.pass(2);
    world.run().await;
    assert_eq!(*asked.lock().unwrap(), [ELSEWHERE]);
    assert_eq!(world.one(&id).await.to, ELSEWHERE);
}

#[tokio::test]
async fn crash_leaves_the_address_that_the_message_may_have_gone_to() {
    let world = World::new().await;
    world.ask_and_die_after_the_call().await;
    world.ann_moves().await;
    world.pass(180);
    world.run().await;
    let message = world.message().await.unwrap();
    assert_eq!((message.to.as_str(), message.text.as_str()), (PHONE, "Hello Ann, this is the first."));
}

#[tokio::test]
async fn uncertain_message_to_a_former_address_is_not_repeated() {
    let (world, sent, _) = keyed(1).await;
    world.ask_and_run().await;
    world.ann_moves().await;
    for _ in 0..3 {
        world.pass(60);
        world.run_due().await;
    }
    assert_eq!((world.calls(), sent.lock().unwrap().len()), (1, 1));
    assert_eq!(world.message().await.unwrap().state, MessageState::Uncertain);
    let state = world.enrolment().await.state().clone();
    assert!(matches!(state, EnrolmentState::Held { reason: HoldReason::Uncertain, .. }), "{state:?}");
    assert_eq!(world.tasks().await.len(), 1, "a person is asked");
}

#[tokio::test]
async fn uncertain_message_is_not_repeated_to_a_lead_that_moved_meanwhile() {
    let (world, sent, _) = keyed(1).await;
    let id = world.write(Channel::Email, None).await;
    world.run().await;
    let lost = world.one(&id).await;
    world.ann_moves_before("message_claimed").await;
    for _ in 0..3 {
        world.pass(60);
        world.run_due().await;
    }
    assert_eq!((world.calls(), sent.lock().unwrap().len()), (1, 1));
    let message = world.one(&id).await;
    assert_eq!((message.state, message.repeated_at), (MessageState::Uncertain, lost.repeated_at));
    assert_eq!(world.tasks().await.len(), 1, "a person is asked");
}

//! A message that a user writes goes out once, waits as long as it must, and is neither lost nor sent twice.

use super::keyed::keyed;
use super::scene::{PHONE, World, answer};
use application::inbox::compose_by_hand::{WritePorts, Written, cancel_message, write};
use application::queue_messages::Queue;
use application::sending::queue_one_off;
use application::sending::uncertain::{SettlePorts, send_again};
use application::{Clock, PageRequest, Ports};
use domain::contact::channel::Channel;
use domain::contact::phone_number::PhoneNumber;
use domain::event::{Actor, Event, EventKind};
use domain::lead::Lead;
use domain::lead::stage::StageId;
use domain::lead::suppression::{Suppression, SuppressionReason, SuppressionScope};
use domain::message::conversation::{Conversation, Folder, Seen};
use domain::message::failure_class::FailureClass;
use domain::message::understanding::{ReplyKind, Understanding};
use domain::message::{Direction, Message, MessageClaim, MessageState};
use domain::workspace::notification::NotificationKind;
use domain::workspace::{Sending, WhenUncertain};
use domain::{MessageId, UserId};
use http::Response;
use jiff::{SignedDuration, Timestamp};
use local_cloud::{Fault, Moment, Service};
use providers::transport::TransportError;
use serde_json::json;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

impl World {
    pub async fn write(&self, channel: Channel, planned_for: Option<Timestamp>) -> MessageId {
        self.write_one("single", channel, planned_for).await
    }

    pub async fn write_one(&self, name: &str, channel: Channel, planned_for: Option<Timestamp>) -> MessageId {
        let id = MessageId::derived(&self.key.lead, &[name]);
        let now = self.stage.clock.now();
        let message = Message {
            to: PHONE.to_owned(),
            subject: "A word".to_owned(),
            text: "Are you there, {{ first_name }}?".to_owned(),
            planned_for,
            ..Message::blank(id.clone(), self.workspace.clone(), Direction::Out, channel, now)
        };
        let ports = self.ports();
        let stores = (&*ports.messages(), &*ports.due(), &*ports.outbox());
        queue_one_off(stores, &message, Actor::System).await.unwrap();
        id
    }

    pub async fn text_and_die(&self) -> MessageId {
        let id = self.write(Channel::Sms, None).await;
        self.run_and_die_after_the_call().await;
        // Its queue message comes again.
        self.pass(180);
        self.run().await;
        id
    }

    pub async fn one(&self, id: &MessageId) -> Message {
        self.ports().messages().get(&self.workspace, id).await.unwrap()
    }

    pub async fn hours(&self, count: usize) {
        for _ in 0..count * 4 {
            self.pass(900);
            self.run_due().await;
        }
    }

    pub async fn sending(&self, sending: Sending) {
        let mut workspace = self.ports().workspaces().get(&self.workspace).await.unwrap();
        workspace.sending = sending;
        let event = Event::system(EventKind::SettingsChanged, self.stage.clock.now());
        self.ports().workspaces().save(&workspace, &event).await.unwrap();
    }

    fn stop_of(&self, address: &str) -> Suppression {
        let channel = if address.contains('@') { Channel::Email } else { Channel::Sms };
        Suppression {
            workspace: self.workspace.clone(),
            scope: SuppressionScope::of_recipient(channel, address).unwrap(),
            reason: SuppressionReason::OptedOut,
            source: None,
            created_by: None,
            created_at: self.stage.clock.now(),
            expires_at: None,
            sign: None,
        }
    }

    pub async fn opts_out(&self, address: &str) {
        let stop = self.stop_of(address);
        let event = Event::system(EventKind::AddressSuppressed, stop.created_at);
        self.ports().suppressions().put(&stop, &event).await.unwrap();
    }

    /// Just before the first write that says these words.
    pub async fn opts_out_before(&self, words: &'static str, address: &str) {
        let (suppressions, stop) = (self.ports().suppressions(), self.stop_of(address));
        self.just_before(words, async move {
            let event = Event::system(EventKind::AddressSuppressed, stop.created_at);
            suppressions.put(&stop, &event).await.unwrap();
        });
    }

    pub fn nobody_is_left_in_the_queue(&self) {
        assert_eq!(self.stage.messages(Queue::Send).len(), 0);
        assert_eq!(self.stage.cloud.queues().depth("test-send-dead").unwrap().total(), 0);
    }
}

#[tokio::test]
async fn crash_after_the_call_is_settled_by_the_provider() {
    let world = World::new().await;
    let id = world.text_and_die().await;
    let message = world.one(&id).await;
    assert_eq!((message.state, world.calls()), (MessageState::Uncertain, 1));
    assert_eq!(message.text, "Are you there, Ann?", "what may have gone out is kept");
    world.list("SM1", &message.text, "delivered", message.created_at);
    world.hours(1).await;
    let message = world.one(&id).await;
    assert_eq!((message.state, message.provider_id.as_deref()), (MessageState::Delivered, Some("SM1")));
    assert_eq!(world.calls(), 1);
    assert!(world.tasks().await.is_empty(), "the question is answered");
    let lead = world.ports().leads().get(&world.workspace, &world.key.lead).await.unwrap();
    assert_eq!(lead.status, StageId::CONTACTED);
}

#[tokio::test]
async fn lost_answer_is_looked_up_at_the_provider() {
    let world = World::new().await;
    world.provider(|| Err(TransportError::Ambiguous("reset".into())));
    let id = world.write(Channel::Sms, None).await;
    world.run().await;
    let message = world.one(&id).await;
    assert_eq!((message.state, world.looks()), (MessageState::Uncertain, 0));
    world.list("SM1", &message.text, "sent", message.created_at);
    world.pass(60);
    world.run_due().await;
    assert_eq!((world.one(&id).await.state, world.calls(), world.looks()), (MessageState::Accepted, 1, 1));
}

/// Written twice, because the first request broke off; the provider has taken one of them.
#[tokio::test]
async fn messages_in_the_same_words_are_not_mistaken_for_each_other() {
    let world = World::new().await;
    world.provider(|| Err(TransportError::Ambiguous("reset".into())));
    let first = world.write(Channel::Sms, None).await;
    world.run().await;
    world.pass(5);
    let second = world.write_one("again", Channel::Sms, None).await;
    world.run().await;
    let text = world.one(&second).await.text;
    world.list("SM1", &text, "delivered", world.stage.clock.now());
    world.hours(1).await;
    for id in [&first, &second] {
        assert_eq!(world.one(id).await.state, MessageState::Uncertain);
    }
    // By its tag the provider tells which one it was; the other one is not there.
    let mut told = world.one(&first).await;
    told.raise_state(MessageState::Delivered, world.stage.clock.now());
    told.provider_id = Some("SM1".to_owned());
    let event = Event::system(EventKind::MessageDelivered, world.stage.clock.now());
    world.ports().messages().save(&told, &event).await.unwrap();
    world.hours(30).await;
    assert_eq!(world.one(&second).await.state, MessageState::Uncertain);
    assert_eq!((world.calls(), world.tasks().await.len()), (2, 1), "of the first it is known by now");
}

#[tokio::test]
async fn message_that_no_provider_knows_is_settled_by_a_user() {
    let world = World::new().await;
    let id = world.text_and_die().await;
    world.hours(30).await;
    assert_eq!((world.one(&id).await.state, world.calls()), (MessageState::Uncertain, 1));
    assert_eq!(world.tasks().await, ["Did this text arrive?"]);
    assert!(world.looks() >= 4, "{} looks", world.looks());
    world.nobody_is_left_in_the_queue();
}

#[tokio::test]
async fn uncertain_one_off_is_sent_again_where_the_workspace_chose_so() {
    let world = World::new().await;
    world.policy(WhenUncertain::Resend).await;
    let id = world.text_and_die().await;
    world.hours(23).await;
    assert_eq!(world.calls(), 1);
    world.hours(3).await;
    assert_eq!((world.one(&id).await.state, world.calls()), (MessageState::Accepted, 2));
    assert!(world.tasks().await.is_empty());
}

#[tokio::test]
async fn mail_with_a_lost_answer_is_repeated_word_for_word_under_its_key() {
    let (world, sent, _) = keyed(1).await;
    let id = world.write(Channel::Email, None).await;
    world.run().await;
    let lost = world.one(&id).await;
    assert_eq!((lost.state, lost.frozen.is_some()), (MessageState::Uncertain, true));
    let written = cancel_message(&WritePorts::new(world.ports()), &world.workspace, &id, Actor::System).await;
    assert!(!written.unwrap(), "it may have gone out");
    world.pass(2);
    world.run().await;
    let message = world.one(&id).await;
    assert_eq!((message.state, message.frozen), (MessageState::Accepted, None));
    assert_eq!((world.calls(), sent.lock().unwrap().len()), (2, 1));
    assert!(world.tasks().await.is_empty());
}

#[tokio::test]
async fn crash_after_the_call_of_a_mail_is_repeated_under_its_key() {
    let (world, sent, _) = keyed(0).await;
    let id = world.write(Channel::Email, None).await;
    world.run_and_die_after_the_call().await;
    let mut lead = world.ports().leads().get(&world.workspace, &world.key.lead).await.unwrap();
    lead.first_name = Some("Zoe".to_owned());
    let event = Event::system(EventKind::LeadChanged, world.stage.clock.now());
    world.ports().leads().save(&lead, &event).await.unwrap();
    world.pass(180);
    world.run().await;
    assert_eq!(world.one(&id).await.state, MessageState::Accepted);
    assert_eq!((world.calls(), sent.lock().unwrap().len()), (2, 1));
}

#[tokio::test]
async fn one_off_waits_while_sending_is_stopped_and_goes_out_afterwards() {
    let world = World::new().await;
    world.sending(Sending::Stopped { since: world.stage.clock.now(), until: None }).await;
    let id = world.write(Channel::Sms, None).await;
    world.run().await;
    world.hours(48).await;
    world.nobody_is_left_in_the_queue();
    assert_eq!((world.one(&id).await.state, world.calls()), (MessageState::Queued, 0));
    world.sending(Sending::Running).await;
    world.hours(1).await;
    assert_eq!((world.one(&id).await.state, world.calls()), (MessageState::Accepted, 1));
}

fn not_yet() -> Result<Response<Vec<u8>>, TransportError> {
    Ok(answer(409, &json!({ "name": "concurrent_idempotent_requests", "message": "not yet" })))
}

#[tokio::test]
async fn one_off_not_taken_is_tried_for_a_day() {
    let (world, _, _) = keyed(0).await;
    world.provider(not_yet);
    let id = world.write(Channel::Email, None).await;
    world.run().await;
    for seconds in [2, 4, 960, 3660] {
        world.pass(seconds);
        world.run_due().await;
    }
    assert_eq!((world.one(&id).await.state, world.calls()), (MessageState::Queued, 5));
    world.provider(|| Ok(answer(200, &json!({ "id": "49a3999c" }))));
    world.hours(5).await;
    assert_eq!((world.one(&id).await.state, world.calls()), (MessageState::Accepted, 6));
}

/// The queue gives a message out a second time, whatever became of the first.
#[tokio::test]
async fn one_off_not_taken_comes_no_sooner_when_delivered_twice() {
    let (world, _, _) = keyed(0).await;
    world.provider(not_yet);
    let id = world.write(Channel::Email, None).await;
    let ports = world.ports();
    let twice = async || {
        let message = world.one(&id).await;
        let stores = (&*ports.messages(), &*ports.due(), &*ports.outbox());
        queue_one_off(stores, &message, Actor::System).await.unwrap();
        world.run().await;
    };
    world.run().await;
    for (seconds, calls) in [(0, 1), (2, 2), (0, 2), (4, 3), (0, 3), (180, 3), (600, 3), (160, 4), (0, 4)] {
        world.pass(seconds);
        twice().await;
        assert_eq!(world.calls(), calls, "after {seconds} s more");
    }
    let hour = world.one(&id).await.retry_at.unwrap();
    assert!(hour > world.stage.clock.now() + SignedDuration::from_mins(55));
    world.provider(|| Ok(answer(200, &json!({ "id": "49a3999c" }))));
    world.hours(2).await;
    assert_eq!((world.one(&id).await.state, world.calls()), (MessageState::Accepted, 5));
    world.nobody_is_left_in_the_queue();
}

/// Functions that died at it have used up its tries, and its key is still good: it is left alone until a person is asked.
#[tokio::test]
async fn one_off_given_up_is_not_tried_again_when_delivered_twice() {
    let (world, _, _) = keyed(0).await;
    world.provider(|| Err(TransportError::Ambiguous("reset".into())));
    let id = world.write(Channel::Email, None).await;
    world.run().await;
    let ports = world.ports();
    let tried = Message { attempts: 6, ..world.one(&id).await };
    ports
        .messages()
        .save(&tried, &Event::system(EventKind::LeadChanged, world.stage.clock.now()))
        .await
        .unwrap();
    world.provider(not_yet);
    world.pass(10);
    world.run().await;
    let message = world.one(&id).await;
    assert_eq!((message.state, message.attempts, world.calls()), (MessageState::Uncertain, 7, 2));
    for _ in 0..2 {
        let stores = (&*ports.messages(), &*ports.due(), &*ports.outbox());
        queue_one_off(stores, &message, Actor::System).await.unwrap();
        world.pass(10);
        world.run().await;
    }
    assert_eq!(world.calls(), 2);
    // A person does not wait for that.
    world.provider(|| Ok(answer(200, &json!({ "id": "49a3999c" }))));
    assert!(send_again(&SettlePorts::new(ports), &world.workspace, &id, Actor::System).await.unwrap());
    world.run().await;
    assert_eq!(world.one(&id).await.state, MessageState::Accepted);
}

/// Our claim had expired by a clock that is minutes ahead.
#[tokio::test]
async fn refusal_leaves_a_message_that_another_function_claims() {
    let (world, _, _) = keyed(0).await;
    world.provider(|| {
        Ok(answer(422, &json!({ "name": "validation_error", "message": "Invalid `to` field." })))
    });
    let id = world.write(Channel::Email, None).await;
    let (messages, workspace, now) =
        (world.ports().messages(), world.workspace.clone(), world.stage.clock.now());
    let theirs = MessageClaim { token: "theirs".to_owned(), until: now + SignedDuration::from_mins(4) };
    let (claim, letter) = (theirs.clone(), id.clone());
    world.just_before("message_refused", async move {
        let message = messages.get(&workspace, &letter).await.unwrap();
        let claimed = Message { claim: Some(claim), ..message };
        messages.save(&claimed, &Event::system(EventKind::MessageClaimed, now)).await.unwrap();
    });
    world.run().await;
    let message = world.one(&id).await;
    assert_eq!(
        (message.state, message.claim, message.failure),
        (MessageState::Uncertain, Some(theirs), None)
    );
    // They died, too.
    world.provider(|| Ok(answer(200, &json!({ "id": "49a3999c" }))));
    world.pass(300);
    world.run().await;
    assert_eq!((world.one(&id).await.state, world.calls()), (MessageState::Accepted, 2));
    world.nobody_is_left_in_the_queue();
}

/// Under the key of the attempt of which nobody knows it was put off; a person does not wait for that.
#[tokio::test]
async fn deferred_one_off_goes_out_at_once_when_a_user_sends_it_again() {
    let (world, _, _) = keyed(0).await;
    world.provider(|| Err(TransportError::Ambiguous("reset".into())));
    let id = world.write(Channel::Email, None).await;
    world.run().await;
    world.provider(not_yet);
    for _ in 0..4 {
        world.pass(5);
        world.run().await;
    }
    let message = world.one(&id).await;
    assert_eq!(message.state, MessageState::Uncertain);
    assert!(message.retry_at.unwrap() > world.stage.clock.now() + SignedDuration::from_mins(10));
    world.provider(|| Ok(answer(200, &json!({ "id": "49a3999c" }))));
    let ports = SettlePorts::new(world.ports());
    assert!(send_again(&ports, &world.workspace, &id, Actor::System).await.unwrap());
    world.run().await;
    assert_eq!(world.one(&id).await.state, MessageState::Accepted);
}

#[tokio::test]
async fn one_off_is_given_up_in_the_end_and_says_so() {
    let (world, _, _) = keyed(0).await;
    world.provider(not_yet);
    let id = world.write(Channel::Email, None).await;
    world.run().await;
    for _ in 0..4 {
        world.pass(2);
        world.run().await;
    }
    world.hours(40).await;
    let message = world.one(&id).await;
    let class = message.failure.map(|failure| failure.class);
    assert_eq!((message.state, class), (MessageState::Failed, Some(FailureClass::ProviderDown)));
    assert_eq!(world.calls(), 7);
    world.nobody_is_left_in_the_queue();
}

#[tokio::test]
async fn planned_one_off_goes_out_at_its_time() {
    let world = World::new().await;
    let at = world.stage.clock.now() + SignedDuration::from_hours(24 * 21);
    let id = world.write(Channel::Sms, Some(at)).await;
    assert_eq!(world.stage.messages(Queue::Send).len(), 0);
    world.pass(3600 * (24 * 21 - 1));
    world.run_due().await;
    assert_eq!((world.one(&id).await.state, world.calls()), (MessageState::Queued, 0));
    world.hours(2).await;
    let message = world.one(&id).await;
    assert_eq!((message.state, world.calls()), (MessageState::Accepted, 1));
    assert!(message.accepted_at.unwrap() >= at);
}

/// Called back in the very moment before, and after, the claim is written: one of both comes first.
#[tokio::test]
async fn one_off_is_recalled_or_goes_out() {
    for moment in [Moment::Before, Moment::After] {
        let world = World::new().await;
        let id = world.write(Channel::Sms, Some(world.stage.clock.now())).await;
        let (writing, workspace, called) =
            (WritePorts::new(world.ports()), world.workspace.clone(), id.clone());
        let first = Arc::new(AtomicBool::new(true));
        let first_is_left = first.clone();
        world.stage.cloud.faults().hold_up(move |at, call| {
            let claims = String::from_utf8_lossy(call.body).contains("message_claimed");
            if at != moment || !claims || !first.swap(false, Ordering::Relaxed) {
                return None;
            }
            let (writing, workspace, called) = (writing.clone(), workspace.clone(), called.clone());
            Some(Box::pin(async move {
                let told = cancel_message(&writing, &workspace, &called, Actor::System).await;
                assert_eq!(told.unwrap(), moment == Moment::Before);
            }))
        });
        world.run().await;
        assert!(!first_is_left.load(Ordering::Relaxed));
        world.pass(10);
        world.run().await;
        let (state, calls) = match moment {
            Moment::Before => (MessageState::Cancelled, 0),
            Moment::After => (MessageState::Accepted, 1),
        };
        assert_eq!((world.one(&id).await.state, world.calls()), (state, calls));
        world.nobody_is_left_in_the_queue();
    }
}

/// The connection broke as the message was written, or the queue could not be told: no second one, and no lost one.
#[tokio::test]
async fn one_off_sent_again_is_found_after_any_crash() {
    let world = World::new().await;
    let id = world.text_and_die().await;
    world.hours(30).await;
    let broken = Arc::new(AtomicBool::new(true));
    let breaks = broken.clone();
    world.stage.cloud.faults().inject(move |moment, call| {
        let hit = moment == Moment::Before && call.service == Service::Sqs && breaks.load(Ordering::Relaxed);
        hit.then(|| Fault::Fail { status: 400, code: "Gone".to_owned(), message: String::new() })
    });
    let ports = SettlePorts::new(world.ports());
    assert!(send_again(&ports, &world.workspace, &id, Actor::System).await.is_err());
    assert_eq!(world.one(&id).await.state, MessageState::Queued);
    broken.store(false, Ordering::Relaxed);
    world.hours(1).await;
    assert_eq!((world.one(&id).await.state, world.calls()), (MessageState::Accepted, 2));
}

#[tokio::test]
async fn author_is_told_that_a_message_cannot_go_out() {
    let world = World::new().await;
    let author = UserId::derived(world.stage.clock.now(), &["maya"]);
    let id = world.write(Channel::Email, None).await;
    let mut message = world.one(&id).await;
    message.author = Some(author.clone());
    let event = Event::system(EventKind::LeadChanged, world.stage.clock.now());
    world.ports().messages().save(&message, &event).await.unwrap();
    world.run().await;
    assert_eq!(world.one(&id).await.failure.map(|failure| failure.class), Some(FailureClass::NoAccount));
    let told = world.ports().notifications();
    let told = told.list(&world.workspace, &author, PageRequest::first(5)).await.unwrap().items;
    let told: Vec<_> = told.iter().map(|told| (told.kind, told.detail.as_str())).collect();
    assert_eq!(told, [(NotificationKind::NotSent, "no account can send this")]);
}

/// A minute ago they asked something.
async fn asked(world: &World) -> Lead {
    let (lead, now) = (
        world.ports().leads().get(&world.workspace, &world.key.lead).await.unwrap(),
        world.stage.clock.now(),
    );
    let event = Event::system(EventKind::LeadChanged, now);
    let question = Message {
        text: "How much is it?".to_owned(),
        ..Message::blank(
            MessageId::derived(&lead.id, &["in"]),
            world.workspace.clone(),
            Direction::In,
            Channel::Sms,
            now,
        )
    };
    world.ports().messages().create(&question, &event).await.unwrap();
    let conversation = Conversation {
        workspace: world.workspace.clone(),
        lead: lead.id.clone(),
        lead_name: lead.display_name(),
        lead_deleted: false,
        folder: Folder::Open,
        channel: Channel::Sms,
        last_direction: Direction::In,
        last_at: now,
        snippet: question.text.clone(),
        unread: 1,
        understood: None,
        assignee: None,
        lead_owner: None,
        taken_in: Vec::new(),
        draft: None,
        rev: 0,
    };
    world.ports().conversations().save(&conversation, &event).await.unwrap();
    world.pass(60);
    lead
}

fn saying(text: &str) -> Written {
    Written {
        reply_address: None,
        channel: Channel::Email,
        subject: "Your question".to_owned(),
        text: text.to_owned(),
        account: None,
        author: UserId::derived(Timestamp::UNIX_EPOCH, &["maya"]),
        send_at: None,
        seen: Seen::All,
        request: None,
    }
}

async fn shown(world: &World) -> (Folder, String) {
    let lead = &world.key.lead;
    let found = world.ports().conversations().get(&world.workspace, lead).await.unwrap().unwrap();
    (found.folder, found.snippet)
}

/// It was put away as answered when the answer was handed over.
#[tokio::test]
async fn conversation_waits_again_after_its_reply_failed() {
    let world = World::new().await;
    let lead = asked(&world).await;
    let ports = WritePorts::new(world.ports());
    let answered = async || write(&ports, &lead, saying("79 a month.")).await.unwrap().unwrap();
    answered().await;
    world.pass(1);
    let last = answered().await;
    assert_eq!(shown(&world).await, (Folder::Done, "79 a month.".to_owned()));
    world.pass(11);
    world.run().await;
    assert_eq!(world.one(&last.id).await.state, MessageState::Failed);
    assert_eq!(shown(&world).await, (Folder::Open, "How much is it?".to_owned()));
}

#[tokio::test]
async fn reply_is_shown_as_it_went_out() {
    let (world, ..) = keyed(0).await;
    let lead = asked(&world).await;
    let written = saying("{{ first_name }}, 79 a month.");
    let last = write(&WritePorts::new(world.ports()), &lead, written).await.unwrap().unwrap();
    world.pass(11);
    world.run().await;
    assert_eq!(world.one(&last.id).await.state, MessageState::Accepted);
    assert_eq!(shown(&world).await, (Folder::Done, "Ann, 79 a month.".to_owned()));
}

/// The mail that goes out with this subject, in a thread in which the lead has asked by mail.
async fn mail_after_a_question(subject: &str) -> serde_json::Value {
    let (world, sent, _) = keyed(0).await;
    let lead = asked(&world).await;
    let now = "2026-11-17T10:00:00Z".parse().unwrap();
    let id = MessageId::derived(&lead.id, &["in", "mail"]);
    let question = Message {
        from: "ann@one.example".to_owned(),
        subject: "Bookings".to_owned(),
        text: "How much is it?\n\n> Two minutes?".to_owned(),
        internet_id: Some("1@one.example".to_owned()),
        understood: Some(Understanding::by_rule(ReplyKind::Person, "no_sign", "How much is it?")),
        ..Message::blank(id, world.workspace.clone(), Direction::In, Channel::Email, now)
    };
    let event = Event::system(EventKind::MessageReceived, now);
    world.ports().messages().create(&question, &event).await.unwrap();
    let written = Written { subject: subject.to_owned(), ..saying("79 a month.") };
    write(&WritePorts::new(world.ports()), &lead, written).await.unwrap().unwrap();
    world.pass(11);
    world.run().await;
    let sent = sent.lock().unwrap();
    serde_json::from_slice(&sent[0].1).unwrap()
}

#[tokio::test]
async fn answer_in_a_thread_quotes_the_mail_and_carries_no_footer() {
    let mail = mail_after_a_question("").await;
    assert_eq!(mail["subject"], "Re: Bookings");
    assert_eq!(
        mail["text"],
        "79 a month.\n\nOn Tue, 17 Nov 2026 at 10:00, Ann <ann@one.example> wrote:\n\
         > How much is it?\n>\n>> Two minutes?\n"
    );
    let whole = mail.to_string();
    assert!(!whole.contains("nsubscribe"), "{whole}");
    assert!(mail["html"].as_str().unwrap().contains("<blockquote"), "{whole}");
    assert_eq!(mail["headers"]["In-Reply-To"], "<1@one.example>");
}

#[tokio::test]
async fn mail_with_a_subject_of_its_own_keeps_the_footer() {
    let mail = mail_after_a_question("Something else").await;
    let text = mail["text"].as_str().unwrap();
    assert!(text.contains("Unsubscribe: ") && !text.contains("wrote:"), "{text}");
    assert!(mail["headers"]["List-Unsubscribe"].is_string(), "{mail}");
}

#[tokio::test]
async fn test_mail_goes_to_the_own_mailbox_marked_and_untracked() {
    let (world, sent, _) = keyed(0).await;
    let id = MessageId::derived(&world.key.lead, &["test"]);
    let message = Message {
        test: true,
        to: "maya@northquay.example".to_owned(),
        subject: "For {{ first_name }}".to_owned(),
        text: "Look: https://northquay.example/offer and {{ preview_url }}".to_owned(),
        ..Message::blank(
            id.clone(),
            world.workspace.clone(),
            Direction::Out,
            Channel::Email,
            world.stage.clock.now(),
        )
    };
    let ports = world.ports();
    queue_one_off((&*ports.messages(), &*ports.due(), &*ports.outbox()), &message, Actor::System)
        .await
        .unwrap();
    world.run().await;
    assert_eq!(world.one(&id).await.state, MessageState::Accepted);
    let mail: serde_json::Value = serde_json::from_slice(&sent.lock().unwrap()[0].1).unwrap();
    assert_eq!(
        (&mail["subject"], &mail["to"]),
        (&json!("[Test] For Ann"), &json!(["maya@northquay.example"]))
    );
    let whole = mail.to_string();
    assert!(whole.contains("https://northquay.example/offer"), "{whole}");
    assert!(
        !whole.contains("/t/c/") && !whole.contains("/t/o/") && !whole.contains("List-Unsubscribe"),
        "{whole}"
    );
    let lead = ports.leads().get(&world.workspace, &world.key.lead).await.unwrap();
    assert_eq!((lead.status, lead.last_contacted_at), (StageId::NEW, None));
    world.nobody_is_left_in_the_queue();
}

/// A lead that opts out in the very moment before the claim is written gets nothing any more.
#[tokio::test]
async fn opt_out_during_a_claim_withholds_the_message() {
    let world = World::new().await;
    let id = world.write(Channel::Sms, None).await;
    world.opts_out_before("message_claimed", PHONE).await;
    world.run().await;
    let message = world.one(&id).await;
    let class = message.failure.map(|failure| failure.class);
    assert_eq!((message.state, class), (MessageState::Failed, Some(FailureClass::NotAllowed)));
    assert_eq!(world.calls(), 0);
    world.nobody_is_left_in_the_queue();
}

/// Asked over one channel, left alone over all of them: also by what a person has planned before.
#[tokio::test]
async fn planned_text_is_not_sent_after_an_unsubscribe_from_mail() {
    let world = World::new().await;
    let at = world.stage.clock.now().checked_add(SignedDuration::from_hours(1)).unwrap();
    let id = world.write(Channel::Sms, Some(at)).await;
    world.opts_out("ann@one.example").await;
    world.hours(2).await;
    let message = world.one(&id).await;
    let class = message.failure.map(|failure| failure.class);
    assert_eq!((message.state, class), (MessageState::Failed, Some(FailureClass::NotAllowed)));
    assert_eq!(world.calls(), 0);
    world.nobody_is_left_in_the_queue();
}

#[tokio::test]
async fn mail_without_a_postal_address_is_refused_and_says_so() {
    let (world, _, _) = keyed(1).await;
    let mut workspace = world.ports().workspaces().get(&world.workspace).await.unwrap();
    workspace.company.postal_address = String::new();
    let event = Event::system(EventKind::SettingsChanged, world.stage.clock.now());
    world.ports().workspaces().save(&workspace, &event).await.unwrap();
    let id = world.write(Channel::Email, None).await;
    world.run().await;
    let message = world.one(&id).await;
    let failure = message.failure.unwrap();
    assert_eq!((message.state, world.calls()), (MessageState::Failed, 0));
    assert!(failure.detail.starts_with("company.postal_address is required"), "{}", failure.detail);
}

/// The lead has another number by now: made again, the text would go to the one that asked to be left alone.
#[tokio::test]
async fn repeat_is_not_sent_to_a_former_address_that_opted_out() {
    let world = World::new().await;
    world.policy(WhenUncertain::Resend).await;
    let id = world.text_and_die().await;
    world.opts_out(PHONE).await;
    let mut lead = world.ports().leads().get(&world.workspace, &world.key.lead).await.unwrap();
    lead.phone = PhoneNumber::try_from("+12065550199".to_owned()).ok();
    let event = Event::system(EventKind::LeadChanged, world.stage.clock.now());
    world.ports().leads().save(&lead, &event).await.unwrap();
    world.hours(30).await;
    assert_eq!((world.one(&id).await.state, world.calls()), (MessageState::Uncertain, 1));
}

/// The first may have arrived: that the second may not go out does not say that it did not.
#[tokio::test]
async fn repeat_that_is_barred_has_not_failed() {
    let world = World::new().await;
    let id = world.text_and_die().await;
    assert_eq!(world.one(&id).await.state, MessageState::Uncertain);
    world.opts_out(PHONE).await;
    let ports = SettlePorts::new(world.ports());
    assert!(send_again(&ports, &world.workspace, &id, Actor::System).await.unwrap());
    world.run().await;
    let message = world.one(&id).await;
    assert_eq!((message.state, world.calls()), (MessageState::Abandoned, 1));
    assert_eq!(message.failure.unwrap().class, FailureClass::NotAllowed);
    world.nobody_is_left_in_the_queue();
}

#[tokio::test]
async fn repeat_barred_while_its_sender_was_suspended_has_not_failed() {
    let (world, sent, _) = keyed(1).await;
    let id = world.write(Channel::Email, None).await;
    world.run().await;
    let to = world.one(&id).await.to;
    world.opts_out_before("message_claimed", &to).await;
    for _ in 0..3 {
        world.pass(60);
        world.run_due().await;
    }
    assert_eq!((world.calls(), sent.lock().unwrap().len()), (1, 1));
    assert_eq!(world.one(&id).await.state, MessageState::Uncertain);
}

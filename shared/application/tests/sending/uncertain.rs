//! Uncertain messages: the provider is asked, then a user, and nothing is sent again unless a user or a policy says so.

use super::scene::{PHONE, World, accepted, refused};
use application::lead::suppression_lookup::scopes_of;
use application::sending::uncertain::{SettlePorts, ask_user, record_sent, send_again};
use application::{Clock, Ports};
use domain::MessageId;
use domain::enrolment::EnrolmentState;
use domain::enrolment::reasons::{EndReason, HoldReason};
use domain::event::{Actor, Event, EventKind};
use domain::message::MessageState;
use domain::message::failure_class::FailureClass;
use domain::workspace::{Sending, WhenUncertain};
use jiff::{SignedDuration, Timestamp};
use local_cloud::Moment;
use providers::transport::TransportError;
use serde_json::json;
use std::sync::atomic::Ordering;

async fn lost() -> World {
    let world = World::new().await;
    world.provider(|| Err(TransportError::Ambiguous("reset".into())));
    world.ask_and_run().await;
    world
}

impl World {
    pub fn looks(&self) -> usize {
        self.looks.load(Ordering::Relaxed)
    }

    /// The message as the provider lists it, created at this moment.
    pub fn list(&self, sid: &str, text: &str, status: &str, at: Timestamp) {
        let made = at.strftime("%a, %d %b %Y %H:%M:%S +0000").to_string();
        let message = json!({ "sid": sid, "body": text, "status": status, "direction": "outbound-api",
            "date_created": made, "to": PHONE });
        self.listed.lock().unwrap().push(message);
    }

    async fn held_until(&self) -> Option<Timestamp> {
        match self.enrolment().await.state().clone() {
            EnrolmentState::Held { reason: HoldReason::Uncertain, until } => until,
            other => panic!("{other:?}"),
        }
    }

    pub async fn policy(&self, policy: WhenUncertain) {
        let mut workspace = self.ports().workspaces().get(&self.workspace).await.unwrap();
        workspace.when_uncertain = policy;
        let event = Event::system(EventKind::SettingsChanged, self.stage.clock.now());
        self.ports().workspaces().save(&workspace, &event).await.unwrap();
    }
}

/// A function whose clock is minutes ahead takes the claim for lapsed while the call is still on its way.
#[tokio::test]
async fn outcome_reported_after_a_question_closes_it() {
    for (told, answer, becomes) in [
        ("message_accepted", accepted(), MessageState::Accepted),
        ("message_refused", refused(400, 21211), MessageState::Failed),
    ] {
        let world = World::new().await;
        world.provider(move || Ok(answer.clone()));
        let lead = world.ports().leads().get(&world.workspace, &world.key.lead).await.unwrap();
        let (messages, tasks) = (world.ports().messages(), world.ports().tasks());
        let (enrolments, key, now) = (world.ports().enrolments(), world.key.clone(), world.stage.clock.now());
        world.just_before(told, async move {
            let step = enrolments.get(&key).await.unwrap().step().clone().unwrap();
            let id = MessageId::for_step(&key.lead, &key.campaign, &step);
            let mut lost = messages.get(&key.workspace, &id).await.unwrap();
            lost.state = MessageState::Uncertain;
            messages.save(&lost, &Event::system(EventKind::MessageUncertain, now)).await.unwrap();
            let lost = messages.get(&key.workspace, &lost.id).await.unwrap();
            assert!(ask_user(&*messages, &*tasks, &lead, &lost, now).await.unwrap());
        });
        world.ask_and_run().await;
        assert_eq!(world.message().await.unwrap().state, becomes);
        let file = world.ports().leads().file(&world.workspace, &world.key.lead).await.unwrap();
        let open: Vec<_> = file.tasks.iter().map(|task| task.done_at.is_some()).collect();
        assert_eq!(open, [true], "{told}");
    }
}

#[tokio::test]
async fn lost_answer_without_a_key_is_never_repeated() {
    let world = lost().await;
    let message = world.message().await.unwrap();
    assert_eq!((message.state, message.to.as_str()), (MessageState::Uncertain, PHONE));
    assert!(message.text.contains("this is the first"), "what may have gone out is kept: {message:?}");
    let began = world.stage.clock.now();
    assert_eq!(world.held_until().await, Some(began + SignedDuration::from_mins(1)));
    for _ in 0..30 {
        world.pass(3600);
        world.ask_and_run().await;
    }
    assert_eq!((world.calls(), world.looks() > 3), (1, true));
    assert_eq!(world.held_until().await, None, "held until a person answers");
    assert_eq!(world.tasks().await, ["Did this text arrive?"]);
    assert_eq!(world.message().await.unwrap().state, MessageState::Uncertain);
}

#[tokio::test]
async fn message_listed_by_the_provider_is_settled() {
    let world = lost().await;
    let sent_at = world.stage.clock.now();
    world.ask_and_run().await;
    assert_eq!(world.looks(), 0, "not before the first look is due");
    let text = world.message().await.unwrap().text;
    world.list("SM1", "Something else", "delivered", sent_at);
    world.list("SM2", &text, "delivered", sent_at - SignedDuration::from_hours(30));
    world.pass(60);
    world.ask_and_run().await;
    assert_eq!(world.message().await.unwrap().state, MessageState::Uncertain, "neither is ours");
    assert_eq!(world.tasks().await, ["Did this text arrive?"]);

    world.list("SM3", &format!("Sent from your trial account - {text}"), "delivered", sent_at);
    world.pass(840);
    world.ask_and_run().await;
    let message = world.message().await.unwrap();
    assert_eq!((message.state, message.provider_id.as_deref()), (MessageState::Delivered, Some("SM3")));
    assert_eq!((world.enrolment().await.generation(), world.calls(), world.looks()), (1, 1, 2));
    assert!(world.tasks().await.is_empty(), "the question is answered");
}

/// The consequences are those of the provider's own report.
#[tokio::test]
async fn message_listed_as_failed_has_the_consequences_of_a_failure() {
    let (ended, next) = (|reason| EnrolmentState::Ended { reason }, EnrolmentState::Scheduled);
    for (code, class, listed, state) in [
        (30005, "hard_unknown_user", 1, next.clone()),
        (21610, "opted_out", 1, ended(EndReason::OptedOut)),
        (30006, "not_mobile", 0, ended(EndReason::Failed)),
        (30008, "unknown", 0, next),
    ] {
        let world = lost().await;
        let text = world.message().await.unwrap().text;
        world.list("SM1", &text, "undelivered", world.stage.clock.now());
        world.listed.lock().unwrap()[0]["error_code"] = json!(code);
        world.pass(60);
        world.ask_and_run().await;
        let message = world.message().await.unwrap();
        let failure = message.failure.unwrap();
        assert_eq!((message.state, failure.class.as_str()), (MessageState::Bounced, class));
        assert_eq!(failure.code, Some(code.to_string()));
        let lead = world.ports().leads().get(&world.workspace, &world.key.lead).await.unwrap();
        let entries = world.ports().suppressions().find(&world.workspace, &scopes_of(&lead)).await.unwrap();
        assert_eq!(entries.len(), listed, "{class}");
        assert_eq!(*world.enrolment().await.state(), state, "{class}");
        assert!(world.tasks().await.is_empty());
    }
}

#[tokio::test]
async fn two_listed_messages_that_match_settle_nothing() {
    let world = lost().await;
    let text = world.message().await.unwrap().text;
    for sid in ["SM1", "SM2"] {
        world.list(sid, &text, "sent", world.stage.clock.now());
    }
    world.pass(60);
    world.ask_and_run().await;
    assert_eq!(world.message().await.unwrap().state, MessageState::Uncertain);
}

#[tokio::test]
async fn uncertain_step_is_sent_again_where_the_workspace_chose_so() {
    let world = lost().await;
    world.policy(WhenUncertain::Resend).await;
    world.provider(|| Ok(accepted()));
    for _ in 0..23 {
        world.pass(3600);
        world.ask_and_run().await;
    }
    assert_eq!(world.calls(), 1);
    world.pass(3600);
    world.ask_and_run().await;
    assert_eq!(world.message().await.unwrap().state, MessageState::Abandoned);
    // It is a Saturday: the window holds for this one too.
    for _ in 0..56 {
        world.pass(3600);
        world.ask_and_run().await;
    }
    assert_eq!((world.calls(), world.message().await.unwrap().state), (2, MessageState::Accepted));
    assert_eq!(world.enrolment().await.generation(), 1);
    assert!(world.tasks().await.is_empty());
}

#[tokio::test]
async fn uncertain_step_moves_on_after_a_user_confirms_it() {
    let world = lost().await;
    world.pass(60);
    world.ask_and_run().await;
    let id = world.message().await.unwrap().id;
    let ports = SettlePorts::new(world.ports());
    let now = world.stage.clock.now();
    assert!(record_sent(&ports, &world.workspace, &id, Actor::System, now).await.unwrap());
    assert!(!record_sent(&ports, &world.workspace, &id, Actor::System, now).await.unwrap());
    assert!(!send_again(&ports, &world.workspace, &id, Actor::System).await.unwrap());
    assert_eq!(world.message().await.unwrap().state, MessageState::Accepted);
    assert_eq!((world.enrolment().await.generation(), world.calls()), (1, 1));
    assert!(world.tasks().await.is_empty());
}

#[tokio::test]
async fn message_sent_again_is_uncertain_anew_after_a_crash() {
    let world = lost().await;
    let id = world.message().await.unwrap().id;
    let ports = SettlePorts::new(world.ports());
    assert!(send_again(&ports, &world.workspace, &id, Actor::System).await.unwrap());
    // Whoever sends it again is killed at the provider.
    let now = world.stage.clock.now();
    world.another_claims_and_dies(|_| {}).await;
    world.pass(180);
    world.ask_and_run().await;
    let message = world.message().await.unwrap();
    assert_eq!((message.state, message.created_at, world.calls()), (MessageState::Uncertain, now, 1));
    assert_eq!(world.tasks().await.len(), 1, "somebody is asked anew");
    assert!(world.held_until().await.is_some());
}

/// Under the first one's key it would be a second message: the one that broke off may have gone out by the other account.
#[tokio::test]
async fn message_sent_again_by_another_account_is_looked_up_there() {
    let world = lost().await;
    let first = world.message().await.unwrap();
    world.pass(1);
    let other = world.stage.text_account(&world.workspace).await;
    assert_ne!(first.account.as_ref(), Some(&other));
    let ports = SettlePorts::new(world.ports());
    assert!(send_again(&ports, &world.workspace, &first.id, Actor::System).await.unwrap());
    let by = other.clone();
    world
        .another_claims_and_dies(|row| {
            row.account = Some(by);
            row.text = "Other words".to_owned();
        })
        .await;
    world.pass(180);
    world.ask_and_run().await;
    let message = world.message().await.unwrap();
    assert_eq!((message.state, message.account), (MessageState::Uncertain, Some(other)));
    assert_eq!((message.text.as_str(), message.given_up), ("Other words", true));
    assert_eq!(world.calls(), 1);
}

/// Neither comes first: each meets what the other has written.
#[tokio::test]
async fn question_asked_as_the_outcome_becomes_known_is_closed() {
    for asked_first in [false, true] {
        let world = lost().await;
        world.pass(60);
        let (id, now) = (world.message().await.unwrap().id, world.stage.clock.now());
        let (ports, workspace) = (SettlePorts::new(world.ports()), world.workspace.clone());
        if asked_first {
            let lead = world.ports().leads().get(&workspace, &world.key.lead).await.unwrap();
            let (messages, tasks) = (world.ports().messages(), world.ports().tasks());
            let message = world.message().await.unwrap();
            world.just_before("message_accepted", async move {
                assert!(ask_user(&*messages, &*tasks, &lead, &message, now).await.unwrap());
            });
            assert!(record_sent(&ports, &workspace, &id, Actor::System, now).await.unwrap());
        } else {
            world.just_before("message_asked_about", async move {
                assert!(record_sent(&ports, &workspace, &id, Actor::System, now).await.unwrap());
            });
        }
        world.ask_and_run().await;
        world.run_due().await;
        assert_eq!((world.message().await.unwrap().state, world.calls()), (MessageState::Accepted, 1));
        assert!(world.tasks().await.is_empty(), "{asked_first}");
        assert_eq!(world.enrolment().await.generation(), 1);
    }
}

#[tokio::test]
async fn uncertain_step_is_sent_again_when_a_user_says_so() {
    let world = lost().await;
    let id = world.message().await.unwrap().id;
    let ports = SettlePorts::new(world.ports());
    assert!(send_again(&ports, &world.workspace, &id, Actor::System).await.unwrap());
    assert_eq!(world.message().await.unwrap().state, MessageState::Abandoned);
    assert!(world.tasks().await.is_empty());
    // Lost once more: it is uncertain again, and asked about again.
    world.pass(60);
    world.ask_and_run().await;
    assert_eq!((world.calls(), world.message().await.unwrap().state), (2, MessageState::Uncertain));
    // After the provider, who does not know it.
    world.pass(60);
    world.run_due().await;
    assert_eq!(world.tasks().await.len(), 1);
    world.provider(|| Ok(accepted()));
    assert!(send_again(&ports, &world.workspace, &id, Actor::System).await.unwrap());
    world.ask_and_run().await;
    assert_eq!((world.calls(), world.message().await.unwrap().state), (3, MessageState::Accepted));
    assert_eq!(world.enrolment().await.generation(), 1);
}

/// The request that said "again" broke off before they closed the question: once the message goes again, nobody is asked about the first
/// any more, or they would be asked about one that has arrived.
#[tokio::test]
async fn message_sent_again_has_one_question_at_most() {
    for dies_at_it in [false, true] {
        let world = lost().await;
        world.pass(60);
        world.run_due().await;
        assert_eq!(world.tasks().await.len(), 1);
        let id = world.message().await.unwrap().id;
        let ports = SettlePorts::new(world.ports());
        let again = send_again(&ports, &world.workspace, &id, Actor::System);
        world.dying(Moment::Before, "task_done", again).await.unwrap_err();
        assert_eq!(world.message().await.unwrap().state, MessageState::Abandoned);
        assert_eq!(world.tasks().await.len(), 1, "it is still there");
        world.ask().await;
        match dies_at_it {
            false => world.run().await,
            true => world.run_and_die_after("step_claimed").await,
        }
        world.pass(180);
        world.ask_and_run().await;
        let again = world.message().await.unwrap();
        assert_eq!(again.state, MessageState::Uncertain, "{dies_at_it}");
        assert_eq!(world.tasks().await.len(), 1, "about the second alone: {dies_at_it}");
        let now = world.stage.clock.now();
        assert!(record_sent(&ports, &world.workspace, &id, Actor::System, now).await.unwrap());
        assert!(world.tasks().await.is_empty(), "{dies_at_it}");
    }
}

/// The first may have arrived: that the second was refused does not say that it did not.
#[tokio::test]
async fn message_sent_again_and_refused_has_not_failed() {
    let world = lost().await;
    let id = world.message().await.unwrap().id;
    let ports = SettlePorts::new(world.ports());
    assert!(send_again(&ports, &world.workspace, &id, Actor::System).await.unwrap());
    world.provider(|| Ok(refused(400, 21610)));
    world.pass(60);
    world.ask_and_run().await;
    let message = world.message().await.unwrap();
    assert_eq!((message.state, world.calls()), (MessageState::Abandoned, 2));
    assert_eq!(message.failure.unwrap().class, FailureClass::OptedOut);
    assert_eq!(*world.enrolment().await.state(), EnrolmentState::Ended { reason: EndReason::OptedOut });
    let now = world.stage.clock.now();
    assert!(
        record_sent(&ports, &world.workspace, &id, Actor::System, now).await.unwrap(),
        "evidence still tells"
    );
    assert_eq!(world.message().await.unwrap().state, MessageState::Accepted);
}

#[tokio::test]
async fn stopped_workspace_leaves_an_uncertain_message_uncertain() {
    let world = lost().await;
    let event = Event::system(EventKind::SendingStopped, world.stage.clock.now());
    let mut workspace = world.ports().workspaces().get(&world.workspace).await.unwrap();
    workspace.sending = Sending::Stopped { since: world.stage.clock.now(), until: None };
    workspace.rev = world.ports().workspaces().save(&workspace, &event).await.unwrap();
    world.pass(60);
    world.ask_and_run().await;
    assert!(world.held_until().await.is_some());
    workspace.sending = Sending::Running;
    world.ports().workspaces().save(&workspace, &event).await.unwrap();
    world.pass(3600);
    world.ask_and_run().await;
    assert_eq!(world.calls(), 1);
}

/// Its sender dies between the claim and what is written of it, having called the provider or not. An hour's looks later.
async fn died(called: bool) -> World {
    let world = World::new().await;
    if called {
        world.ask_and_die_after_the_call().await;
    } else {
        world.ask().await;
        world.stage.providers_answer(|_| panic!("it dies before it calls"));
        world.run_and_die_after("step_claimed").await;
        world.provider(|| Ok(accepted()));
    }
    world.pass(130);
    world
}

#[tokio::test]
async fn text_of_a_dead_sender_is_found_at_the_provider_by_its_words() {
    let world = died(true).await;
    let row = world.row().await.expect("it was written before the claim");
    assert_eq!(row.state, MessageState::Sending);
    let words = row.text;
    world.list("SM1", &words, "sent", world.stage.clock.now() - SignedDuration::from_secs(120));
    world.ask_and_run().await;
    let message = world.message().await.unwrap();
    assert_eq!((message.state, message.provider_id.as_deref()), (MessageState::Accepted, Some("SM1")));
    assert_eq!((message.text, world.calls(), world.enrolment().await.generation()), (words, 1, 1));
}

#[tokio::test]
async fn text_never_accepted_goes_once_more_where_the_workspace_chose_so() {
    let world = died(false).await;
    world.policy(WhenUncertain::Resend).await;
    world.ask_and_run().await;
    let message = world.message().await.unwrap();
    assert!(message.state == MessageState::Uncertain && message.text.contains("this is the first"));
    for _ in 0..96 {
        world.pass(3600);
        world.ask_and_run().await;
    }
    assert_eq!((world.calls(), world.message().await.unwrap().state), (1, MessageState::Accepted));
    assert!(world.tasks().await.is_empty());
}

/// The claim of the first try stands still, as whoever gave that up died: no second one was made that could have broken off.
#[tokio::test]
async fn message_given_up_as_its_sender_died_counts_no_new_try() {
    let world = died(false).await;
    world.policy(WhenUncertain::Resend).await;
    world.pass(25 * 3600);
    world.run_and_die_after("message_abandoned").await;
    world.pass(180);
    world.ask_and_run().await;
    let message = world.message().await.unwrap();
    assert_eq!((message.state, message.attempts), (MessageState::Abandoned, 1));
    assert_eq!(world.enrolment().await.attempts(), 1, "the next is the second");
    for _ in 0..60 {
        world.pass(3600);
        world.ask_and_run().await;
    }
    assert_eq!((world.calls(), world.message().await.unwrap().state), (1, MessageState::Accepted));
    assert!(world.tasks().await.is_empty());
}

#[tokio::test]
async fn lost_text_keeps_its_words_after_later_changes() {
    for changed in [false, true] {
        let stage = test_stage::Stage::new().await;
        let (workspace, _) = stage.workspace("northquay").await;
        let account = stage.text_account(&workspace).await;
        let body = format!("Hi {{{{ first_name }}}}. {}", "We have more to say. ".repeat(20));
        let kind = domain::sequence::step_kind::StepKind::Sms { body, template: None, variants: Vec::new() };
        let step = domain::sequence::Step {
            id: domain::StepId::derived(stage.clock.now(), &["long"]),
            delay: domain::time::delay::Delay::NONE,
            not_before: None,
            not_after: None,
            kind,
        };
        let sms = domain::contact::channel::Channel::Sms;
        let sequence = stage.sequence(&workspace, sms, &[]).await;
        let sequence = stage.steps(&sequence, vec![step]).await;
        let world = World::enrolled(stage, workspace, sms, account, sequence).await;
        world.ask_and_die_after_the_call().await;
        if changed {
            let leads = world.ports().leads();
            let mut ann = leads.get(&world.workspace, &world.key.lead).await.unwrap();
            ann.first_name = Some("Anna".to_owned());
            let event = Event::system(EventKind::LeadChanged, world.stage.clock.now());
            leads.save(&ann, &event).await.unwrap();
        }
        world.pass(130);
        world.ask_and_run().await;
        let text = world.message().await.unwrap().text;
        assert!(text.starts_with("Hi Ann. We have more"), "{changed}: {text}");
    }
}

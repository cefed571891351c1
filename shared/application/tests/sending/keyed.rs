//! A sender that honours a key: what was lost is made again, word for word, while the key is remembered.

use super::scene::{World, answer};
use application::ports::accounts::SecretFields;
use application::queue_messages::SendMessage;
use application::sending::uncertain::ask_user;
use application::sending::{SendPorts, queue_one_off, send_batch};
use application::{Clock, Ports};
use domain::AccountId;
use domain::campaign::WhenMailboxGone;
use domain::contact::channel::Channel;
use domain::contact::email_address::EmailAddress;
use domain::enrolment::EnrolmentState;
use domain::enrolment::key::EnrolmentKey;
use domain::enrolment::reasons::HoldReason;
use domain::event::{Actor, Event, EventKind};
use domain::message::MessageState;
use domain::workspace::account::AccountSettings;
use domain::workspace::{Sending, WhenUncertain};
use jiff::SignedDuration;
use providers::transport::TransportError;
use serde_json::json;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use test_stage::Stage;

pub type Sent = Arc<Mutex<Vec<(String, Vec<u8>)>>>;

/// Like the real one: a key takes one body, for a day. `lost` answers of what was taken never arrive.
pub async fn keyed(lost: usize) -> (World, Sent, Arc<AtomicUsize>) {
    let stage = Stage::new().await;
    let (workspace, _) = stage.workspace("northquay").await;
    let settings = AccountSettings::Resend {
        base_url: "https://api.resend.example".to_owned(),
        from_address: EmailAddress::parse("maya@northquay.example").unwrap(),
        from_name: "Maya".to_owned(),
        reply_to: None,
    };
    let account = stage.account(&workspace, settings, SecretFields::one("api_key", "re_key")).await;
    let world = World::over(stage, workspace, Channel::Email, account).await;
    let (sent, to_lose) = (Sent::default(), Arc::new(AtomicUsize::new(lost)));
    let (taken, losing, clock) = (sent.clone(), to_lose.clone(), world.stage.clock.clone());
    let keys = Mutex::new(Vec::<(String, Vec<u8>, jiff::Timestamp)>::new());
    world.provider_reading(move |request| {
        let key = request.headers()["idempotency-key"].to_str().unwrap().to_owned();
        let mut keys = keys.lock().unwrap();
        let day = SignedDuration::from_hours(24);
        keys.retain(|(_, _, at)| clock.now().duration_since(*at) < day);
        match keys.iter().find(|(known, _, _)| *known == key) {
            Some((_, body, _)) if body != request.body() => {
                let told = json!({ "statusCode": 409, "name": "invalid_idempotent_request", "message": "" });
                return Ok(answer(409, &told));
            }
            Some(_) => {}
            None => {
                keys.push((key.clone(), request.body().clone(), clock.now()));
                taken.lock().unwrap().push((key, request.body().clone()));
            }
        }
        if losing.load(Ordering::Relaxed) > 0 {
            losing.fetch_sub(1, Ordering::Relaxed);
            return Err(TransportError::Ambiguous("reset".into()));
        }
        Ok(answer(200, &json!({ "id": "49a3999c" })))
    });
    (world, sent, to_lose)
}

#[tokio::test]
async fn follow_up_refers_to_no_mail_that_was_not_received() {
    let (world, sent, _) = keyed(0).await;
    world.ask_and_run().await;
    assert_eq!(world.message().await.unwrap().internet_id, None, "the provider gives it an id of its own");
    for _ in 0..5 * 24 {
        world.pass(3_600);
        world.run_due().await;
    }
    let sent = sent.lock().unwrap();
    let headers =
        |n: usize| serde_json::from_slice::<serde_json::Value>(&sent[n].1).unwrap()["headers"].clone();
    assert_eq!(sent.len(), 2);
    assert!(headers(1)["List-Unsubscribe"].is_string(), "{}", headers(1));
    assert_eq!((&headers(1)["In-Reply-To"], &headers(1)["References"]), (&json!(null), &json!(null)));
}

#[tokio::test]
async fn lost_answer_is_repeated_word_for_word_under_its_key() {
    let (world, sent, _) = keyed(1).await;
    world.ask_and_run().await;
    let message = world.message().await.unwrap();
    assert_eq!((message.state, message.frozen.is_some()), (MessageState::Uncertain, true));
    assert!(world.tasks().await.is_empty(), "nobody is asked what the key can tell");
    // What it was made from has changed: the words that went out have not.
    let mut lead = world.ports().leads().get(&world.workspace, &world.key.lead).await.unwrap();
    lead.first_name = Some("Zoe".to_owned());
    let event = Event::system(EventKind::LeadChanged, world.stage.clock.now());
    world.ports().leads().save(&lead, &event).await.unwrap();
    world.pass(2);
    world.run().await;
    let message = world.message().await.unwrap();
    assert_eq!((message.state, message.provider_id.as_deref()), (MessageState::Accepted, Some("49a3999c")));
    assert_eq!(message.frozen, None);
    let step = world.enrolment().await.generation();
    assert_eq!((world.calls(), sent.lock().unwrap().len(), step), (2, 1, 1));
    let (key, body) = sent.lock().unwrap()[0].clone();
    assert_eq!(key, message.id.as_str());
    assert!(String::from_utf8(body).unwrap().contains("Hello Ann"));
}

/// Under its key it was put off for a quarter of an hour; its queue message comes twice.
#[tokio::test]
async fn deferred_repeat_comes_no_sooner_when_delivered_twice() {
    let (world, _, _) = keyed(0).await;
    world.provider(|| Err(TransportError::Ambiguous("reset".into())));
    world.ask_and_run().await;
    let not_yet = json!({ "name": "concurrent_idempotent_requests", "message": "not yet" });
    world.provider(move || Ok(answer(409, &not_yet)));
    for _ in 0..3 {
        world.pass(10);
        world.ask_and_run().await;
    }
    let EnrolmentState::Held { reason: HoldReason::NotTaken, until: Some(until) } =
        world.enrolment().await.state().clone()
    else {
        panic!("{:?}", world.enrolment().await.state().clone())
    };
    assert!(until > world.stage.clock.now() + SignedDuration::from_mins(10));
    let calls = world.calls();
    world.pass(120);
    world.ask_and_run().await;
    world.pass(60);
    world.run_due().await;
    assert_eq!((world.calls(), world.tasks().await), (calls, Vec::new()));
    world.provider(|| Ok(answer(200, &json!({ "id": "49a3999c" }))));
    world.pass(15 * 60);
    world.run_due().await;
    assert_eq!((world.message().await.unwrap().state, world.calls()), (MessageState::Accepted, calls + 1));
}

#[tokio::test]
async fn crash_after_the_call_is_repeated_under_its_key() {
    let (world, sent, _) = keyed(0).await;
    world.ask_and_die_after_the_call().await;
    world.pass(180);
    world.ask_and_run().await;
    world.ask_and_run().await;
    assert_eq!(world.message().await.unwrap().state, MessageState::Accepted);
    let step = world.enrolment().await.generation();
    assert_eq!((world.calls(), sent.lock().unwrap().len(), step), (2, 1, 1));
}

/// The row keeps the request word for word: it is made again under its key, whatever it would say by now.
#[tokio::test]
async fn repeat_after_a_crash_sends_the_request_of_the_row() {
    for renamed in [true, false] {
        let (world, sent, _) = keyed(0).await;
        world.ask_and_die_after_the_call().await;
        let (ports, event) = (world.ports(), Event::system(EventKind::LeadChanged, world.stage.clock.now()));
        if renamed {
            let mut lead = ports.leads().get(&world.workspace, &world.key.lead).await.unwrap();
            lead.first_name = Some("Zoe".to_owned());
            ports.leads().save(&lead, &event).await.unwrap();
        } else {
            let mut workspace = ports.workspaces().get(&world.workspace).await.unwrap();
            workspace.company.postal_address = "2 Low Street, Leeds".to_owned();
            ports.workspaces().save(&workspace, &event).await.unwrap();
        }
        world.pass(180);
        world.ask_and_run().await;
        for _ in 0..3 {
            world.pass(60);
            world.run_due().await;
        }
        let message = world.message().await.unwrap();
        assert_eq!((message.state, message.frozen), (MessageState::Accepted, None));
        let generation = world.enrolment().await.generation();
        assert_eq!((world.calls(), sent.lock().unwrap().len(), generation), (2, 1, 1));
        assert_eq!(world.tasks().await, Vec::<String>::new());
        assert!(message.text.contains("Hello Ann"), "{}", message.text);
        assert!(!message.text.contains("Zoe"));
    }
}

/// A deferred try may have used the key up: nothing tells whether anything went out.
#[tokio::test]
async fn used_key_is_no_evidence_for_a_deferred_message() {
    let (world, sent, _) = keyed(0).await;
    let busy = json!({ "name": "concurrent_idempotent_requests", "message": "in progress" });
    world.provider(move || Ok(answer(409, &busy)));
    world.ask_and_run().await;
    assert!(world.enrolment().await.attempts() > 0);
    let used = json!({ "statusCode": 409, "name": "invalid_idempotent_request", "message": "" });
    world.provider(move || Ok(answer(409, &used)));
    for _ in 0..20 {
        world.pass(60);
        world.run_due().await;
    }
    assert_eq!(world.message().await.unwrap().state, MessageState::Uncertain);
    let generation = world.enrolment().await.generation();
    assert_eq!((sent.lock().unwrap().len(), generation), (0, 0));
}

#[tokio::test]
async fn request_under_way_under_its_key_is_repeated_later() {
    let (world, sent, _) = keyed(1).await;
    world.ask_and_run().await;
    let under_way = json!({ "name": "concurrent_idempotent_requests", "message": "in progress" });
    world.provider(move || Ok(answer(409, &under_way)));
    world.pass(2);
    world.run().await;
    assert_eq!((world.calls(), world.message().await.unwrap().state), (2, MessageState::Uncertain));
    world.provider(|| Ok(answer(200, &json!({ "id": "49a3999c" }))));
    world.pass(4);
    world.run().await;
    assert_eq!((world.calls(), sent.lock().unwrap().len()), (3, 1));
    assert_eq!(world.message().await.unwrap().state, MessageState::Accepted);
    assert!(world.tasks().await.is_empty());
}

/// Two requests a second: what comes in between waits, nobody is told of trouble, and no try of it counts.
#[tokio::test]
async fn message_over_the_rate_comes_again_and_counts_against_nobody() {
    let (world, ..) = keyed(0).await;
    let crowd = world.crowd().await;
    let taken = Arc::new(Mutex::new(Vec::<jiff::Timestamp>::new()));
    let (clock, all) = (world.stage.clock.clone(), taken.clone());
    world.provider(move || {
        let (now, mut taken) = (clock.now(), taken.lock().unwrap());
        if taken.iter().filter(|at| **at == now).count() >= 2 {
            let told = json!({ "name": "rate_limit_exceeded", "message": "2 requests per second" });
            let mut over = answer(429, &told);
            over.headers_mut().insert("retry-after", "1".parse().unwrap());
            return Ok(over);
        }
        taken.push(now);
        Ok(answer(200, &json!({ "id": format!("id-{}", taken.len()) })))
    });
    let due = world.stage.clock.now();
    let order =
        |key: &EnrolmentKey| SendMessage::Step { enrolment: key.clone(), generation: 0, due, slot: None };
    let batch: Vec<SendMessage> = crowd.iter().map(order).collect();
    let sent = send_batch(&SendPorts::new(world.ports()), &batch).await;
    assert!(sent.iter().all(|sent| *sent == application::sending::Sent::Done), "{sent:?}");
    assert_eq!(world.calls(), 3, "nobody else of the batch calls when one was told so");
    for _ in 0..60 {
        world.pass(60);
        world.run_due().await;
    }
    let done = world.enrolments(&crowd).await;
    assert!(done.iter().all(|enrolment| (enrolment.generation(), enrolment.attempts()) == (1, 0)));
    assert_eq!(all.lock().unwrap().len(), crowd.len());
    assert_eq!(world.breaker().await, None);
}

/// Its campaign sends by another mailbox since, or by none, and those who know the first wait for it, or leave.
#[tokio::test]
async fn repeat_goes_out_by_its_mailbox_after_the_campaign_left_it() {
    for (gone, others) in [
        (WhenMailboxGone::Hold, true),
        (WhenMailboxGone::Hold, false),
        (WhenMailboxGone::Exit, true),
        (WhenMailboxGone::Reassign, true),
    ] {
        let (world, sent, to_lose) = keyed(usize::MAX).await;
        world.ask_and_run().await;
        let mut enrolment = world.enrolment().await;
        let thread = world.message().await.map(|message| message.id);
        enrolment.rebuild_with(|it| it.thread = thread);
        let event = Event::system(EventKind::LeadChanged, world.stage.clock.now());
        world.ports().enrolments().save(&enrolment, &event).await.unwrap();
        let id = world.message().await.unwrap().account.unwrap();
        let mut second = world.ports().accounts().get(&world.workspace, &id).await.unwrap();
        (second.id, second.rev) = (AccountId::derived(world.stage.clock.now(), &["second"]), 0);
        world.ports().accounts().save(&second, &event).await.unwrap();
        let campaigns = world.ports().campaigns();
        let mut campaign = campaigns.get(&world.workspace, &world.key.campaign).await.unwrap();
        campaign.mailboxes = if others { vec![second.id] } else { Vec::new() };
        campaign.when_mailbox_gone = gone;
        campaigns.save(&campaign, &event).await.unwrap();
        let (calls, before) = (world.calls(), world.enrolment().await.rev());
        for _ in 0..10 {
            world.pass(60);
            world.run_due().await;
        }
        let (calls, writes) = (world.calls() - calls, world.enrolment().await.rev() - before);
        assert!(calls <= 3 && writes <= 10, "{gone:?}: {calls} calls, {writes} writes");
        to_lose.store(0, Ordering::Relaxed);
        for _ in 0..26 {
            world.pass(3_600);
            world.run_due().await;
        }
        assert_eq!(world.message().await.unwrap().state, MessageState::Accepted, "{gone:?}");
        assert_eq!(sent.lock().unwrap().len(), 1, "{gone:?}");
        assert_eq!(world.tasks().await, Vec::<String>::new(), "{gone:?}");
    }
}

#[tokio::test]
async fn message_still_lost_is_asked_about_before_its_key_expires() {
    let (world, sent, _) = keyed(usize::MAX).await;
    world.ask_and_run().await;
    // Over the weekend, when nothing goes out anyway.
    for _ in 0..80 {
        world.pass(3600);
        world.ask_and_run().await;
    }
    assert_eq!(sent.lock().unwrap().len(), 1, "never a second one");
    let message = world.message().await.unwrap();
    assert_eq!(message.state, MessageState::Uncertain);
    let held = world.enrolment().await.state().clone();
    assert!(matches!(held, EnrolmentState::Held { reason: HoldReason::Uncertain, until: None }), "{held:?}");
    assert_eq!(world.tasks().await, ["Did this mail arrive?"]);
    assert!(world.calls() <= 6, "{} calls", world.calls());
}

/// A repeat under the key may be the one that arrived: it has its day to be heard of, too.
#[tokio::test]
async fn message_sent_anew_waits_a_day_after_the_last_repeat() {
    for dies in [false, true] {
        let (world, _, _) = keyed(usize::MAX).await;
        world.policy(WhenUncertain::Resend).await;
        world.ask_and_run().await;
        world.pass(15 * 60);
        for _ in 0..9 {
            if world.calls() == 1 {
                world.pass(2);
                match dies {
                    true => world.run_and_die_after_the_call().await,
                    false => world.run().await,
                }
            }
        }
        let last = world.stage.clock.now();
        assert_eq!(world.calls(), 2);
        // No key is good for another address.
        world.ann_moves().await;
        for _ in 0..30 * 6 {
            if world.message().await.unwrap().state == MessageState::Abandoned {
                break;
            }
            world.pass(600);
            world.ask_and_run().await;
        }
        let waited = world.stage.clock.now().duration_since(last);
        assert!((24 * 60..24 * 60 + 11).contains(&waited.as_mins()), "{waited:?}, dies {dies}");
    }
}

/// The other function's clock is ahead.
#[tokio::test]
async fn repeat_is_noted_after_a_user_was_asked() {
    let (world, _, _) = keyed(usize::MAX).await;
    world.ask_and_run().await;
    let first = world.message().await.unwrap();
    let lead = world.ports().leads().get(&world.workspace, &world.key.lead).await.unwrap();
    let (messages, tasks) = (world.ports().messages(), world.ports().tasks());
    world.pass(2);
    let now = world.stage.clock.now();
    world.just_before("message_uncertain", async move {
        assert!(ask_user(&*messages, &*tasks, &lead, &first, now).await.unwrap());
    });
    world.run().await;
    assert_eq!((world.calls(), world.tasks().await.len()), (2, 1));
    assert_eq!(world.message().await.unwrap().repeated_at, Some(now));
}

/// Its queue message came twice, and the second one found it before the deadline that the question stood for.
#[tokio::test]
async fn question_is_closed_after_the_keyed_repeat_was_answered() {
    let (world, sent, _) = keyed(1).await;
    let id = world.write(Channel::Email, None).await;
    world.run().await;
    world.sending(Sending::Stopped { since: world.stage.clock.now(), until: None }).await;
    world.pass(10);
    world.run().await;
    assert_eq!(world.tasks().await, ["Did this mail arrive?"]);
    world.sending(Sending::Running).await;
    let ports = world.ports();
    let stores = (&*ports.messages(), &*ports.due(), &*ports.outbox());
    queue_one_off(stores, &world.one(&id).await, Actor::System).await.unwrap();
    world.pass(10);
    world.run().await;
    assert_eq!(world.one(&id).await.state, MessageState::Accepted);
    assert_eq!((world.calls(), sent.lock().unwrap().len()), (2, 1));
    assert!(world.tasks().await.is_empty());
}

/// The sender was taken for dead by a clock that was ahead; it was not, and reported that nothing had gone out.
#[tokio::test]
async fn question_is_closed_when_the_message_waits_to_go_out_again() {
    let (world, _, _) = keyed(0).await;
    let id = world.write(Channel::Email, None).await;
    let (ports, now) = (world.ports(), world.stage.clock.now());
    let lead = ports.leads().get(&world.workspace, &world.key.lead).await.unwrap();
    let mut message = world.one(&id).await;
    for state in [MessageState::Uncertain, MessageState::Queued] {
        message.state = state;
        message.rev =
            ports.messages().save(&message, &Event::system(EventKind::LeadChanged, now)).await.unwrap();
        ask_user(&*ports.messages(), &*ports.tasks(), &lead, &message, now).await.unwrap();
        message.rev = world.one(&id).await.rev;
    }
    assert_eq!(world.tasks().await.len(), 1);
    world.sending(Sending::Stopped { since: world.stage.clock.now(), until: None }).await;
    world.run().await;
    assert_eq!((world.one(&id).await.state, world.calls()), (MessageState::Queued, 0));
    assert!(world.tasks().await.is_empty());
}

/// It was refused, which its sender could not tell the question of that it had not read.
#[tokio::test]
async fn question_is_closed_after_the_repeat_was_refused() {
    let (world, _, _) = keyed(0).await;
    world.provider(|| {
        Ok(answer(422, &json!({ "name": "validation_error", "message": "Invalid `to` field." })))
    });
    let id = world.write(Channel::Email, None).await;
    let (tasks, leads, messages) = (world.ports().tasks(), world.ports().leads(), world.ports().messages());
    let (workspace, letter, now) = (world.workspace.clone(), id.clone(), world.stage.clock.now());
    world.just_before("message_refused", async move {
        let lead = leads.get(&workspace, &letter.lead()).await.unwrap();
        let mut message = messages.get(&workspace, &letter).await.unwrap();
        message.state = MessageState::Uncertain;
        messages.save(&message, &Event::system(EventKind::MessageUncertain, now)).await.unwrap();
        assert!(ask_user(&*messages, &*tasks, &lead, &message, now).await.unwrap());
    });
    world.run().await;
    assert_eq!(world.one(&id).await.state, MessageState::Failed);
    let ports = world.ports();
    let stores = (&*ports.messages(), &*ports.due(), &*ports.outbox());
    // The next look of whoever asked.
    queue_one_off(stores, &world.one(&id).await, Actor::System).await.unwrap();
    world.pass(10);
    world.run().await;
    assert!(world.tasks().await.is_empty());
}

/// The hint finds that the step was moved since, and nothing else comes by while a user holds it.
#[tokio::test]
async fn paused_lead_that_has_moved_raises_a_question() {
    let (world, _, _) = keyed(1).await;
    world.ask_and_run().await;
    let mut enrolment = world.enrolment().await;
    enrolment.pause(None, world.stage.clock.now()).unwrap();
    enrolment.rebuild_with(|it| it.generation += 1);
    let event = Event::system(EventKind::EnrolmentTransferred, world.stage.clock.now());
    world.ports().enrolments().save(&enrolment, &event).await.unwrap();
    world.pass(10);
    world.run_due().await;
    assert_eq!((world.calls(), world.tasks().await), (1, vec!["Did this mail arrive?".to_owned()]));
}

#[tokio::test]
async fn late_repeat_goes_out_because_its_first_try_was_in_time() {
    let (world, sent, _) = keyed(1).await;
    world.pass(3 * 86_400 + 3_600);
    let (mut enrolment, now) = (world.enrolment().await, world.stage.clock.now());
    enrolment.rebuild_with(|it| it.due = Some(now));
    enrolment.rebuild_with(|it| it.late_since = Some(now - SignedDuration::from_hours(47)));
    world.ports().enrolments().save(&enrolment, &Event::system(EventKind::LeadChanged, now)).await.unwrap();
    world.ask_and_run().await;
    assert_eq!(world.message().await.unwrap().state, MessageState::Uncertain);
    world.pass(2 * 3_600);
    for _ in 0..3 {
        world.ask_and_run().await;
        world.pass(60);
        world.run_due().await;
    }
    assert_eq!(world.message().await.unwrap().state, MessageState::Accepted);
    let generation = world.enrolment().await.generation();
    assert_eq!((world.calls(), sent.lock().unwrap().len(), generation), (2, 1, 1));
}

#[tokio::test]
async fn uncertain_message_is_never_given_to_another_account() {
    let (world, sent, _) = keyed(1).await;
    world.ask_and_run().await;
    let id = world.message().await.unwrap().account.unwrap();
    let mut first = world.ports().accounts().get(&world.workspace, &id).await.unwrap();
    let mut second = first.clone();
    (second.id, second.rev) = (AccountId::derived(world.stage.clock.now(), &["second"]), 0);
    let event = Event::system(EventKind::AccountChanged, world.stage.clock.now());
    world.ports().accounts().save(&second, &event).await.unwrap();
    first.enabled = false;
    first.rev = world.ports().accounts().save(&first, &event).await.unwrap();
    world.pass(2);
    world.run().await;
    assert_eq!((world.calls(), sent.lock().unwrap().len()), (1, 1));
    let mut campaign = world.ports().campaigns().get(&world.workspace, &world.key.campaign).await.unwrap();
    campaign.mailboxes = vec![second.id];
    world.ports().campaigns().save(&campaign, &event).await.unwrap();
    world.pass(3600);
    world.ask_and_run().await;
    assert_eq!((world.calls(), sent.lock().unwrap().len()), (1, 1));
}

/// The campaign has left the mailbox that may have taken it, and that one is paused: its end finds nobody of the campaign.
#[tokio::test]
async fn repeat_waits_for_its_paused_mailbox_after_the_campaign_left_it() {
    let (world, sent, _) = keyed(1).await;
    world.ask_and_run().await;
    let id = world.message().await.unwrap().account.unwrap();
    let event = Event::system(EventKind::AccountChanged, world.stage.clock.now());
    let accounts = world.ports().accounts();
    let mut first = accounts.get(&world.workspace, &id).await.unwrap();
    let mut second = first.clone();
    (second.id, second.rev) = (AccountId::derived(world.stage.clock.now(), &["second"]), 0);
    accounts.save(&second, &event).await.unwrap();
    first.pause(None, world.stage.clock.now());
    first.rev = accounts.save(&first, &event).await.unwrap();
    let mut campaign = world.ports().campaigns().get(&world.workspace, &world.key.campaign).await.unwrap();
    campaign.mailboxes = vec![second.id];
    world.ports().campaigns().save(&campaign, &event).await.unwrap();
    world.pass(10);
    world.ask_and_run().await;
    assert_eq!(world.calls(), 1, "it is paused");
    first.pause = None;
    accounts.save(&first, &event).await.unwrap();
    for _ in 0..6 {
        world.pass(1_200);
        world.run_due().await;
    }
    assert_eq!(world.message().await.unwrap().state, MessageState::Accepted);
    assert_eq!((world.calls(), sent.lock().unwrap().len()), (2, 1));
}

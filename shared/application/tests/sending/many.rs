//! Messages to many: each waits for its account's turn and goes out in the end, unless all were cancelled.

use super::caps::keep_to;
use super::keyed::keyed;
use super::scene::{PHONE, World, accepted, refused};
use application::bulk_messages::start::{BulkMessagePorts, cancel_bulk_message};
use application::sending::due_tick::{DuePorts, enqueue_due};
use application::sending::{DAY, queue_one_off, workspace_bucket};
use application::{Clock, PageRequest, Ports};
use domain::capacity::circuit_breaker::{Breaker, BreakerState};
use domain::capacity::contact_caps::Caps;
use domain::capacity::quota::SendingLimits;
use domain::contact::channel::Channel;
use domain::enrolment::pause::AccountPause;
use domain::event::{Actor, Event, EventKind};
use domain::message::bulk_message::{BulkMessage, BulkMessageCounts};
use domain::message::{Direction, Message, MessageState};
use domain::time::time_zone::{ZoneFact, ZoneName, ZoneSource};
use domain::time::weekly_hours::MinuteRange;
use domain::time::weekly_hours::WorkingHours;
use domain::workspace::account::Account;
use domain::workspace::{Sending, WhenUncertain};
use domain::{AccountId, BulkMessageId, LeadId, MessageId, UserId};
use jiff::SignedDuration;
use local_cloud::Moment;

fn author(world: &World) -> UserId {
    UserId::derived(world.stage.clock.now(), &["maya"])
}

/// Queues one message for each of these texts, all to the same lead and of one bulk message.
async fn many(world: &World, channel: Channel, text: &str, count: usize) -> (BulkMessageId, Vec<MessageId>) {
    let leads = vec![world.key.lead.clone(); count];
    many_to(world, channel, text, &leads).await
}

/// Queues one message for each of these leads, all of one bulk message.
pub async fn many_to(
    world: &World,
    channel: Channel,
    text: &str,
    leads: &[LeadId],
) -> (BulkMessageId, Vec<MessageId>) {
    let ports = world.ports();
    let now = world.stage.clock.now();
    let bulk_message = BulkMessage {
        id: BulkMessageId::derived(now, &["bulk_message"]),
        workspace: world.workspace.clone(),
        author: author(world),
        channel,
        account: AccountId::derived(now, &["unused"]),
        subject: String::new(),
        people: 0,
        counts: BulkMessageCounts::new(),
        send_at: None,
        created_at: now,
        finished_at: None,
        cancelled_at: None,
        rev: 0,
    };
    ports
        .bulk_messages()
        .save(&bulk_message, &Event::system(EventKind::BulkMessageStarted, now))
        .await
        .unwrap();
    let mut ids = Vec::new();
    for (n, lead) in leads.iter().enumerate() {
        let id = MessageId::derived(lead, &["many", &n.to_string()]);
        let message = Message {
            bulk_message: Some(bulk_message.id.clone()),
            author: Some(bulk_message.author.clone()),
            subject: "A word".to_owned(),
            text: text.to_owned(),
            ..Message::blank(id.clone(), world.workspace.clone(), Direction::Out, channel, now)
        };
        let stores = (&*ports.messages(), &*ports.due(), &*ports.outbox());
        queue_one_off(stores, &message, Actor::System).await.unwrap();
        ids.push(id);
    }
    (bulk_message.id, ids)
}

/// The only account there is.
async fn account(world: &World, change: impl FnOnce(&mut Account)) -> AccountId {
    let accounts = world.ports().accounts();
    let mut account = accounts.list(&world.workspace).await.unwrap().remove(0);
    change(&mut account);
    let event = Event::system(EventKind::AccountChanged, world.stage.clock.now());
    accounts.save(&account, &event).await.unwrap();
    account.id
}

fn two_a_day() -> Option<SendingLimits> {
    Some(SendingLimits { per_day: 2, gap_seconds: 60, ..SendingLimits::of_a_mailbox(ZoneName::utc()) })
}

async fn taken(world: &World, account: &AccountId) -> u32 {
    let quota = world.ports().quotas().get(&world.workspace, account).await.unwrap();
    quota.map_or(0, |quota| quota.used(&two_a_day().unwrap(), world.stage.clock.now()).taken)
}

async fn sent_of(world: &World, ids: &[MessageId]) -> usize {
    let mut sent = 0;
    for id in ids {
        sent += usize::from(world.one(id).await.state == MessageState::Accepted);
    }
    sent
}

async fn told(world: &World, to: &UserId) -> Vec<(String, String)> {
    let page =
        world.ports().notifications().list(&world.workspace, to, PageRequest::first(20)).await.unwrap();
    let own = page.items.into_iter().filter(|note| note.user.is_some());
    own.map(|note| (note.title, note.detail)).collect()
}

async fn lives_in(world: &World, zone: &str) {
    let leads = world.ports().leads();
    let mut lead = leads.get(&world.workspace, &world.key.lead).await.unwrap();
    let zone = ZoneName::parse(zone).unwrap();
    lead.zone = Some(ZoneFact { zone, source: ZoneSource::Given, confidence: 100 });
    leads.save(&lead, &Event::system(EventKind::LeadChanged, world.stage.clock.now())).await.unwrap();
}

async fn cancel(world: &World, bulk_message: &BulkMessageId) {
    let ports = BulkMessagePorts::new(world.ports());
    cancel_bulk_message(&ports, &world.workspace, bulk_message, Actor::System).await.unwrap();
}

#[tokio::test]
async fn bulk_message_of_a_removed_account_waits_until_it_is_cancelled_and_says_so() {
    let world = World::new().await;
    let gone = account(&world, |_| {}).await;
    let author = author(&world);
    let (bulk_message, ids) = many(&world, Channel::Sms, "Hello", 2).await;
    for id in &ids {
        let message = Message { account: Some(gone.clone()), ..world.one(id).await };
        let event = Event::system(EventKind::LeadChanged, world.stage.clock.now());
        world.ports().messages().save(&message, &event).await.unwrap();
    }
    let event = Event::system(EventKind::AccountDeleted, world.stage.clock.now());
    world.ports().accounts().delete(&world.workspace, &gone, &event).await.unwrap();
    world.run().await;
    world.hours(30).await;
    let states = async || (world.one(&ids[0]).await.state, world.one(&ids[1]).await.state);
    assert_eq!((states().await, world.calls()), ((MessageState::Queued, MessageState::Queued), 0));
    let told = told(&world, &author).await;
    assert!(told.len() == 1 && told[0].1.contains("was removed"), "{told:?}");
    cancel(&world, &bulk_message).await;
    world.hours(30).await;
    assert_eq!(states().await, (MessageState::Cancelled, MessageState::Cancelled));
    world.nobody_is_left_in_the_queue();
}

#[tokio::test]
async fn bulk_messages_wait_for_slots_and_all_go_out() {
    let (world, _, _) = keyed(0).await;
    account(&world, |account| account.limits = two_a_day()).await;
    let (_, ids) = many(&world, Channel::Email, "Hello", 5).await;
    world.run().await;
    assert_eq!(sent_of(&world, &ids).await, 1, "the next one keeps the gap");
    world.hours(20).await;
    assert!(sent_of(&world, &ids).await <= 4, "two on each of at most two days");
    world.hours(96).await;
    assert_eq!(sent_of(&world, &ids).await, 5);
    world.nobody_is_left_in_the_queue();
}

#[tokio::test]
async fn waiting_bulk_message_is_not_sent_after_a_cancel() {
    let (world, _, _) = keyed(0).await;
    account(&world, |account| account.limits = two_a_day()).await;
    let (bulk_message, ids) = many(&world, Channel::Email, "Hello", 4).await;
    world.run().await;
    cancel(&world, &bulk_message).await;
    world.hours(96).await;
    assert_eq!(sent_of(&world, &ids).await, 1);
    let mut cancelled = 0;
    for id in &ids {
        cancelled += usize::from(world.one(id).await.state == MessageState::Cancelled);
    }
    assert_eq!(cancelled, 3);
    world.nobody_is_left_in_the_queue();
}

#[tokio::test]
async fn bulk_message_takes_no_slot_while_its_provider_is_down() {
    let (world, _, _) = keyed(0).await;
    let id = account(&world, |account| account.limits = two_a_day()).await;
    let now = world.stage.clock.now();
    let mut down = Breaker::closed(world.workspace.clone(), id.clone());
    down.state = BreakerState::Open { until: now + SignedDuration::from_mins(90) };
    world.ports().breakers().save(&down, &Event::system(EventKind::ProviderDown, now)).await.unwrap();
    let (_, ids) = many(&world, Channel::Email, "Hello", 2).await;
    world.run().await;
    world.hours(1).await;
    assert_eq!((taken(&world, &id).await, world.calls()), (0, 0));
    // A slot whose time comes while the account is still recovering is lost for that day.
    for _ in 0..36 * 6 {
        world.pass(600);
        world.run_due().await;
    }
    assert_eq!(sent_of(&world, &ids).await, 2, "both go out once it is back");
}

#[tokio::test]
async fn bulk_message_not_sent_gives_its_slot_back() {
    let (world, _, _) = keyed(0).await;
    let id = account(&world, |account| account.limits = two_a_day()).await;
    let (_, ids) = many(&world, Channel::Email, "Dear {{ company }}", 1).await;
    world.run().await;
    let failure = world.one(&ids[0]).await.failure.unwrap();
    assert_eq!((failure.class.as_str(), taken(&world, &id).await), ("cannot_render", 0));
    let (world, _, _) = keyed(0).await;
    let id = account(&world, |account| account.limits = two_a_day()).await;
    let (_, ids) = many(&world, Channel::Email, "Hello", 1).await;
    world.opts_out_before("message_claimed", "ann@one.example").await;
    world.run().await;
    let failure = world.one(&ids[0]).await.failure.unwrap();
    assert_eq!((failure.class.as_str(), taken(&world, &id).await), ("not_allowed", 0));
    assert_eq!(world.calls(), 0);
}

#[tokio::test]
async fn bulk_message_that_is_not_called_keeps_the_slot_that_it_comes_again_with() {
    let (world, _, _) = keyed(0).await;
    let id = account(&world, |account| account.limits = two_a_day()).await;
    let (_, ids) = many(&world, Channel::Email, "Hello", 2).await;
    world.run().await;
    assert_eq!(
        (sent_of(&world, &ids).await, taken(&world, &id).await),
        (1, 2),
        "the other waits for its slot"
    );
    let (workspaces, clock) = (world.ports().workspaces(), world.stage.clock.clone());
    let (workspace, stores) = (world.workspace.clone(), workspaces.clone());
    world.just_before("message_claimed", async move {
        let since = clock.now();
        let mut stopped = stores.get(&workspace).await.unwrap();
        stopped.sending = Sending::Stopped { since, until: None };
        stores.save(&stopped, &Event::system(EventKind::LeadChanged, since)).await.unwrap();
        clock.advance_to(since + SignedDuration::from_secs(6));
    });
    for _ in 0..300 {
        if workspaces.get(&world.workspace).await.unwrap().sending != Sending::Running {
            break;
        }
        world.pass(1);
        world.run().await;
    }
    assert_eq!((sent_of(&world, &ids).await, taken(&world, &id).await), (1, 2));
    world.sending(Sending::Running).await;
    world.pass(2);
    world.run().await;
    assert_eq!((sent_of(&world, &ids).await, taken(&world, &id).await), (2, 2), "no third may go out today");
}

#[tokio::test]
async fn bulk_messages_without_an_account_wait_and_their_author_is_told_once() {
    let (world, _, _) = keyed(0).await;
    account(&world, |account| account.enabled = false).await;
    let author = author(&world);
    let (_, ids) = many(&world, Channel::Email, "Hello", 3).await;
    world.run().await;
    world.hours(48).await;
    let waits = ("Your bulk message is waiting".to_owned(), "no account can send this".to_owned());
    assert_eq!(told(&world, &author).await, [waits]);
    assert_eq!(world.one(&ids[0]).await.state, MessageState::Queued);
    account(&world, |account| account.enabled = true).await;
    world.hours(2).await;
    assert_eq!(sent_of(&world, &ids).await, 3);
    world.nobody_is_left_in_the_queue();
}

#[tokio::test]
async fn bulk_message_waits_for_an_account_that_its_provider_refuses() {
    let world = World::new().await;
    world.provider(|| Ok(refused(401, 20003)));
    let author = author(&world);
    let (_, ids) = many(&world, Channel::Sms, "Hello", 3).await;
    world.run().await;
    world.hours(3).await;
    assert_eq!(world.one(&ids[0]).await.state, MessageState::Queued);
    assert_eq!(told(&world, &author).await.len(), 1);
    world.provider(|| Ok(accepted()));
    world.hours(3).await;
    assert_eq!(sent_of(&world, &ids).await, 3);
}

#[tokio::test]
async fn bulk_opt_outs_are_told_to_the_author_once() {
    let (world, _, _) = keyed(0).await;
    let author = author(&world);
    let (_, ids) = many(&world, Channel::Email, "Hello", 3).await;
    world.opts_out("ann@one.example").await;
    world.run().await;
    assert_eq!(world.one(&ids[2]).await.state, MessageState::Failed);
    let once = ("Your bulk message did not reach everyone".to_owned(), "address_suppressed".to_owned());
    assert_eq!(told(&world, &author).await, [once]);
}

#[tokio::test]
async fn uncertain_bulk_message_is_not_sent_again_after_a_cancel() {
    let world = World::new().await;
    world.policy(WhenUncertain::Resend).await;
    let (bulk_message, ids) = many(&world, Channel::Sms, "Hello", 1).await;
    world.run_and_die_after_the_call().await;
    world.pass(180);
    world.run().await;
    cancel(&world, &bulk_message).await;
    world.hours(50).await;
    assert_eq!((world.one(&ids[0]).await.state, world.calls()), (MessageState::Uncertain, 1));
}

#[tokio::test]
async fn keyed_bulk_message_is_not_repeated_after_a_cancel() {
    let (world, _, _) = keyed(1).await;
    let (bulk_message, ids) = many(&world, Channel::Email, "Hello", 1).await;
    world.run().await;
    cancel(&world, &bulk_message).await;
    world.hours(3).await;
    assert_eq!((world.one(&ids[0]).await.state, world.calls()), (MessageState::Uncertain, 1));
}

#[tokio::test]
async fn bulk_message_sent_again_waits_for_a_slot_again() {
    let world = World::new().await;
    world.policy(WhenUncertain::Resend).await;
    let (_, ids) = many(&world, Channel::Sms, "Hello", 1).await;
    world.run_and_die_after_the_call().await;
    world.pass(180);
    world.run().await;
    let ten_to_eleven = vec![MinuteRange { start: 600, end: 660 }];
    let hours = WorkingHours { zone: ZoneName::utc(), weekdays: (1..=7).collect(), ranges: ten_to_eleven };
    account(&world, |account| account.hours = Some(hours)).await;
    world.hours(30).await;
    let message = world.one(&ids[0]).await;
    assert_eq!((message.state, world.calls()), (MessageState::Accepted, 2));
    let at = message.accepted_at.unwrap().to_string();
    assert!(at.starts_with("2026-11-21T10:"), "{at}");
}

#[tokio::test]
async fn account_resumed_early_sends_bulk_messages_before_the_planned_end() {
    let (world, _, _) = keyed(0).await;
    let now = world.stage.clock.now();
    let until = Some(now + SignedDuration::from_hours(24 * 300));
    account(&world, |account| account.pause = Some(AccountPause { since: now, until })).await;
    let (_, ids) = many(&world, Channel::Email, "Hello", 2).await;
    world.run().await;
    world.hours(24).await;
    assert_eq!(sent_of(&world, &ids).await, 0);
    account(&world, |account| account.pause = None).await;
    world.hours(2).await;
    assert_eq!(sent_of(&world, &ids).await, 2);
}

#[tokio::test]
async fn bulk_text_waits_for_the_morning_and_bulk_mail_does_not() {
    // It is nine in London, and one in the morning where she is.
    let world = World::new().await;
    lives_in(&world, "America/Los_Angeles").await;
    let (_, ids) = many(&world, Channel::Sms, "Hello", 1).await;
    world.run().await;
    world.hours(24).await;
    let at = world.one(&ids[0]).await.accepted_at.unwrap().to_string();
    assert!(at.starts_with("2026-11-20T16:"), "{at}");
    assert_eq!(world.one(&ids[0]).await.to, PHONE);
    let (world, _, _) = keyed(0).await;
    lives_in(&world, "America/Los_Angeles").await;
    let (_, ids) = many(&world, Channel::Email, "Hello", 1).await;
    world.run().await;
    assert_eq!(sent_of(&world, &ids).await, 1);
}

#[tokio::test]
async fn bulk_messages_are_looked_at_each_hour_while_sending_is_stopped() {
    let (world, _, _) = keyed(0).await;
    let since = world.stage.clock.now();
    world.sending(Sending::Stopped { since, until: None }).await;
    let (bulk_message, ids) = many(&world, Channel::Email, "Hello", 1).await;
    world.run().await;
    let mut looks = 0;
    for _ in 0..12 * 4 {
        world.pass(900);
        looks += enqueue_due(&DuePorts::new(world.ports())).await.unwrap();
        world.run().await;
    }
    assert!((9..=12).contains(&looks), "{looks} in twelve hours");
    let until = world.stage.clock.now() + SignedDuration::from_mins(80);
    world.sending(Sending::Stopped { since, until: Some(until) }).await;
    world.pass(80 * 60);
    world.sending(Sending::Running).await;
    world.hours(1).await;
    assert_eq!(sent_of(&world, &ids).await, 1);
    // Cancelled meanwhile it is not looked at any more.
    let world = keyed(0).await.0;
    world.sending(Sending::Stopped { since, until: None }).await;
    let (bulk_message, ids) = (bulk_message, many(&world, Channel::Email, "Hello", 1).await.1);
    cancel(&world, &bulk_message).await;
    world.run().await;
    assert_eq!(world.one(&ids[0]).await.state, MessageState::Cancelled);
}

/// Counts the slots of today.
async fn counted(world: &World) -> u32 {
    let limits = world.ports().limits();
    limits.taken(&workspace_bucket(&world.workspace), DAY, world.stage.clock.now()).await.unwrap()
}

#[tokio::test]
async fn bulk_messages_over_the_workspaces_cap_wait_for_another_day() {
    let (world, _, _) = keyed(0).await;
    keep_to(&world, Caps { messages_per_day: Some(2), ..Caps::default() }).await;
    let (_, ids) = many(&world, Channel::Email, "Hello", 5).await;
    world.run().await;
    assert_eq!((sent_of(&world, &ids).await, counted(&world).await), (2, 2));
    for id in &ids {
        assert_eq!(world.one(id).await.failure, None, "it waits");
    }
    world.ask_and_run().await;
    assert_eq!((world.calls(), world.enrolment().await.generation()), (2, 0), "a step finds it full as well");
    world.hours(24).await;
    assert_eq!(world.calls(), 4);
    world.hours(24 * 4).await;
    assert_eq!((sent_of(&world, &ids).await, world.enrolment().await.generation()), (5, 2));
    world.nobody_is_left_in_the_queue();
}

#[tokio::test]
async fn bulk_messages_and_steps_keep_the_time_between_two_messages() {
    let apart = Caps { hours_apart: Some(24), ..Caps::default() };
    let (world, _, _) = keyed(0).await;
    keep_to(&world, apart.clone()).await;
    let (_, ids) = many(&world, Channel::Email, "Hello", 2).await;
    world.run().await;
    world.ask_and_run().await;
    assert_eq!((sent_of(&world, &ids).await, world.enrolment().await.generation()), (1, 0));
    world.hours(23).await;
    assert_eq!(world.calls(), 1);
    world.hours(24 * 5).await;
    assert_eq!((sent_of(&world, &ids).await, world.enrolment().await.generation(), world.calls()), (2, 2, 4));

    let (world, _, _) = keyed(0).await;
    keep_to(&world, apart).await;
    world.ask_and_run().await;
    assert_eq!((world.calls(), world.enrolment().await.generation()), (1, 1));
    let (_, ids) = many(&world, Channel::Email, "Hello", 1).await;
    world.run().await;
    world.hours(23).await;
    assert_eq!((world.calls(), world.one(&ids[0]).await.state), (1, MessageState::Queued));
    world.hours(3).await;
    assert_eq!(sent_of(&world, &ids).await, 1);
}

#[tokio::test]
async fn bulk_message_not_sent_gives_its_caps_back() {
    let (world, _, _) = keyed(0).await;
    let one = Caps { messages_per_day: Some(1), hours_apart: Some(24), ..Caps::default() };
    keep_to(&world, one).await;
    world.provider(|| Ok(super::scene::answer(422, &serde_json::json!({ "name": "validation_error" }))));
    let (_, ids) = many(&world, Channel::Email, "Hello", 1).await;
    world.run().await;
    assert_eq!((world.one(&ids[0]).await.state, counted(&world).await), (MessageState::Failed, 0));
    world.provider(|| Ok(super::scene::answer(200, &serde_json::json!({ "id": "49a3999c" }))));
    world.ask_and_run().await;
    assert_eq!((world.enrolment().await.generation(), counted(&world).await), (1, 1));
    let (world, _, _) = keyed(0).await;
    keep_to(&world, Caps { messages_per_day: Some(1), ..Caps::default() }).await;
    let (_, ids) = many(&world, Channel::Email, "Hello", 1).await;
    world.opts_out_before("message_claimed", "ann@one.example").await;
    world.run().await;
    assert_eq!((world.one(&ids[0]).await.state, counted(&world).await), (MessageState::Failed, 0));
}

#[tokio::test]
async fn bulk_text_claimed_at_nightfall_waits_and_gives_its_slot_back() {
    let world = World::new().await;
    let account = account(&world, |account| account.limits = two_a_day()).await;
    lives_in(&world, "Europe/London").await;
    world.stage.clock.advance_to("2026-11-20T20:59:58Z".parse().unwrap());
    let (_, ids) = many(&world, Channel::Sms, "Hello", 1).await;
    world.slow(Moment::After, "message_claimed", 3);
    world.run().await;
    world.pass(2);
    world.run().await;
    assert_eq!((world.calls(), taken(&world, &account).await), (0, 0));
    assert_eq!(world.one(&ids[0]).await.state, MessageState::Queued);
    world.stage.clock.advance_to("2026-11-21T08:01:00Z".parse().unwrap());
    world.run_due().await;
    assert_eq!((world.calls(), sent_of(&world, &ids).await), (1, 1));
}

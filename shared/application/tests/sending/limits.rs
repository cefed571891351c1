//! An account with limits: everybody is written to, in turn, and the provider never sees more than was allowed.

use super::scene::{World, accepted, refused};
use application::campaign::quota_booking::note_sent;
use application::ports::due::{DueWork, Hint};
use application::ports::outbox::send_all;
use application::queue_messages::{Queue, SendMessage, Slot};
use application::sending::{SendPorts, Sent, send_batch};
use application::{Clock, PageRequest, Ports};
use domain::campaign::CampaignState;
use domain::capacity::quota::{LATEST, SendingLimits};
use domain::contact::channel::{Channel, Touch};
use domain::enrolment::EnrolmentState;
use domain::enrolment::key::EnrolmentKey;
use domain::enrolment::reasons::HoldReason;
use domain::event::{Actor, Event, EventKind};
use domain::message::MessageState;
use domain::sequence::Step;
use domain::sequence::step_kind::StepKind;
use domain::time::delay::Delay;
use domain::time::time_zone::ZoneName;
use domain::workspace::account::Account;
use domain::{LeadId, MessageId, StepId, UserId};
use jiff::{SignedDuration, Timestamp};
use providers::transport::TransportError;
use std::sync::{Arc, Mutex};

fn limits(per_day: u32, gap_seconds: u32) -> SendingLimits {
    let zone = ZoneName::parse("America/Los_Angeles").unwrap();
    SendingLimits { per_day, gap_seconds, jitter_seconds: 0, ..SendingLimits::of_a_mailbox(zone) }
}

impl World {
    async fn limited(&self, limits: SendingLimits) -> Account {
        let accounts = self.ports().accounts();
        let mut account = accounts.list(&self.workspace).await.unwrap().remove(0);
        account.limits = Some(limits);
        let event = Event::new(EventKind::AccountChanged, Actor::System, self.stage.clock.now());
        account.rev = accounts.save(&account, &event).await.unwrap();
        account
    }

    /// Counts the slots of this day that are taken at the account.
    async fn count_taken_slots(&self, account: &Account) -> u32 {
        let quota = self.ports().quotas().get(&self.workspace, &account.id).await.unwrap().unwrap();
        quota.used(account.limits.as_ref().unwrap(), self.stage.clock.now()).taken
    }

    /// When the provider was called.
    fn clocked(&self) -> Arc<Mutex<Vec<Timestamp>>> {
        let (times, clock) = (Arc::new(Mutex::new(Vec::new())), self.stage.clock.clone());
        let seen = times.clone();
        self.provider(move || {
            seen.lock().unwrap().push(clock.now());
            Ok(accepted())
        });
        times
    }

    async fn live(&self, minutes: i64, every_seconds: i64) {
        for _ in 0..minutes * 60 / every_seconds {
            self.pass(every_seconds);
            self.run_due().await;
        }
    }
}

fn gaps(times: &[Timestamp]) -> Vec<i64> {
    times.windows(2).map(|two| two[1].duration_since(two[0]).as_secs()).collect()
}

#[tokio::test]
async fn messages_due_together_go_out_one_by_one() {
    let world = World::new().await;
    world.limited(limits(100, 90)).await;
    let times = world.clocked();
    let keys = world.crowd().await;
    world.all_are_due(&keys).await;
    assert_eq!(times.lock().unwrap().len(), 1, "the others have their turn");
    world.live(60, 15).await;
    let times = times.lock().unwrap().clone();
    assert_eq!(times.len(), keys.len());
    assert!(gaps(&times).iter().all(|gap| *gap >= 90), "{:?}", gaps(&times));
    assert!(gaps(&times).iter().all(|gap| *gap <= 90 + LATEST.as_secs() + 60), "{:?}", gaps(&times));
    assert!(world.enrolments(&keys).await.iter().all(|enrolment| enrolment.generation() == 1));
}

#[tokio::test]
async fn lead_held_for_a_missing_value_gives_its_slot_back() {
    let world = World::new().await;
    let account = world.limited(limits(5, 90)).await;
    let leads = world.ports().leads();
    let mut nameless = leads.get(&world.workspace, &world.key.lead).await.unwrap();
    nameless.first_name = None;
    leads.save(&nameless, &Event::system(EventKind::LeadChanged, world.stage.clock.now())).await.unwrap();
    hinted(&world, std::slice::from_ref(&world.key)).await;
    world.hand_over().await;
    assert_eq!(world.count_taken_slots(&account).await, 1, "its slot came with the queue message");
    world.live(10, 15).await;
    let held = world.enrolment().await.state().clone();
    assert!(matches!(held, EnrolmentState::Held { reason: HoldReason::MissingValue, .. }), "{held:?}");
    assert_eq!((world.count_taken_slots(&account).await, world.calls()), (0, 0));
}

#[tokio::test]
async fn step_whose_campaign_is_paused_before_its_call_gives_its_new_slot_back() {
    let world = World::new().await;
    let account = world.limited(limits(5, 0)).await;
    let (campaigns, clock) = (world.ports().campaigns(), world.stage.clock.clone());
    let (workspace, campaign) = (world.workspace.clone(), world.key.campaign.clone());
    world.just_before("step_claimed", async move {
        let mut paused = campaigns.get(&workspace, &campaign).await.unwrap();
        paused.move_to(CampaignState::Paused, clock.now()).unwrap();
        campaigns.save(&paused, &Event::system(EventKind::CampaignChanged, clock.now())).await.unwrap();
        clock.advance_to(clock.now() + SignedDuration::from_secs(30));
    });
    world.ask_and_run().await;
    assert_eq!((world.count_taken_slots(&account).await, world.calls()), (0, 0));
    world.pass(2);
    world.run().await;
    let held = world.enrolment().await.state().clone();
    assert!(matches!(held, EnrolmentState::Held { reason: HoldReason::CampaignPaused, .. }), "{held:?}");
}

#[tokio::test]
async fn step_of_a_lead_stopped_before_its_claim_gives_its_new_slot_back() {
    let world = World::new().await;
    let account = world.limited(limits(5, 0)).await;
    world.overtaken("step_claimed", false);
    world.ask_and_run().await;
    assert_eq!((world.count_taken_slots(&account).await, world.calls()), (0, 0));
}

#[tokio::test]
async fn refused_login_takes_no_slot_of_the_day() {
    let world = World::new().await;
    let limits = limits(5, 0);
    let account = world.limited(limits.clone()).await;
    world.provider(|| Ok(refused(401, 20003)));
    let keys = world.crowd().await;
    world.all_are_due(&keys).await;
    world.live(130, 60).await;
    assert!(world.calls() > 1, "{}", world.calls());
    assert_eq!(world.count_taken_slots(&account).await, 0);
    let times = world.clocked();
    world.live(24 * 60, 60).await;
    let today = limits.day_of(times.lock().unwrap()[0]);
    let that_day = times.lock().unwrap().iter().filter(|at| limits.day_of(**at) == today).count();
    assert_eq!(that_day, 5, "as many as the day has room for, and no more");
}

#[tokio::test]
async fn full_day_leaves_the_rest_to_later_days() {
    let world = World::new().await;
    let limits = limits(5, 0);
    world.limited(limits.clone()).await;
    let times = world.clocked();
    let keys = world.crowd().await;
    world.all_are_due(&keys).await;
    let today = limits.day_of(world.stage.clock.now());
    assert_eq!(times.lock().unwrap().len(), 5);
    let waiting: Vec<_> =
        world.enrolments(&keys).await.into_iter().filter(|one| one.generation() == 0).collect();
    assert_eq!(waiting.len(), 7);
    let mut days: Vec<i64> = Vec::new();
    for enrolment in waiting {
        assert_eq!(*enrolment.state(), EnrolmentState::Scheduled);
        days.push(limits.day_of(enrolment.due().unwrap()).duration_since(today).as_hours() / 24);
    }
    days.sort_unstable();
    let why =
        "it is Friday: each is put off once, to a day that has room, as the next day has for what follows";
    assert_eq!(days, [3, 3, 3, 3, 3, 5, 5], "{why}");
    world.live(6 * 24 * 60, 300).await;
    let mut by_day = std::collections::BTreeMap::new();
    for time in times.lock().unwrap().iter() {
        *by_day.entry(limits.day_of(*time)).or_insert(0) += 1;
    }
    assert!(by_day.values().all(|count| *count <= 5), "{by_day:?}");
    assert!(world.enrolments(&keys).await.iter().all(|enrolment| enrolment.generation() >= 1));
}

#[tokio::test]
async fn missed_slot_is_taken_again() {
    let world = World::new().await;
    world.limited(limits(100, 600)).await;
    let times = world.clocked();
    let keys = world.crowd().await;
    world.all_are_due(&keys[..2]).await;
    // Nobody polled the queue for an hour, and then both of the others are due as well.
    world.pass(3_600);
    world.all_are_due(&keys[2..4]).await;
    world.live(120, 15).await;
    let times = times.lock().unwrap().clone();
    assert_eq!(times.len(), 4);
    assert!(gaps(&times).iter().all(|gap| *gap >= 600), "{:?}", gaps(&times));
}

#[tokio::test]
async fn quota_a_minute_costs_next_to_nothing_a_message() {
    let mut spent = Vec::new();
    for per_minute in [None, Some(600)] {
        let world = World::new().await;
        if per_minute.is_some() {
            world.limited(SendingLimits { per_minute, ..limits(10_000, 0) }).await;
        }
        let now = world.stage.clock.now();
        let touch = Some(Touch { channel: Channel::Sms, opening: true });
        let hint = |n: usize| {
            let lead = LeadId::derived(now, &[&n.to_string()]);
            let enrolment = EnrolmentKey { lead, ..world.key.clone() };
            Hint { at: now, what: DueWork::Step { enrolment, generation: 0, touch, mailbox: None } }
        };
        world.ports().due().put(&(0..300).map(hint).collect::<Vec<_>>()).await.unwrap();
        let before = world.stage.cloud.ledger().snapshot();
        world.hand_over().await;
        spent.push(world.stage.cloud.ledger().since(&before).write_units());
        if per_minute.is_some() {
            let quota = world.ports().quotas().list(&world.workspace).await.unwrap().remove(0);
            assert_eq!(quota.taken, 300, "all have their slots");
        }
    }
    assert!((spent[1] - spent[0]) / 300.0 <= 0.02, "{spent:?}");
}

/// All are due by now: their slots are taken together.
async fn hinted(world: &World, keys: &[EnrolmentKey]) {
    let now = world.stage.clock.now();
    let touch = Some(Touch { channel: Channel::Sms, opening: true });
    let hint = |enrolment: &EnrolmentKey| Hint {
        at: now,
        what: DueWork::Step { enrolment: enrolment.clone(), generation: 0, touch, mailbox: None },
    };
    let hints: Vec<Hint> = keys.iter().map(hint).collect();
    world.ports().due().put(&hints).await.unwrap();
}

#[tokio::test]
async fn slot_is_kept_under_looser_limits_and_void_under_tighter_ones() {
    // Slots that were given away count as used, and what takes their place comes behind them.
    for (then, expected) in [(limits(3, 60), 2), (limits(100, 300), 3), (limits(200, 0), 12)] {
        let world = World::new().await;
        world.limited(limits(100, 60)).await;
        let times = world.clocked();
        let keys = world.crowd().await;
        hinted(&world, &keys).await;
        world.live(2, 15).await;
        assert_eq!(times.lock().unwrap().len(), 2, "one each 90 seconds");
        world.limited(then.clone()).await;
        world.live(20, 15).await;
        assert_eq!(times.lock().unwrap().len(), expected, "{then:?}");
    }
}

#[tokio::test]
async fn due_tick_takes_the_coming_slots_with_one_write() {
    let world = World::new().await;
    world.limited(limits(1_000, 0)).await;
    let times = world.clocked();
    let keys = world.crowd().await;
    hinted(&world, &keys).await;
    let before = world.stage.cloud.ledger().snapshot();
    world.hand_over().await;
    let spent = world.stage.cloud.ledger().since(&before);
    // The account's slots, and the hint that is deleted.
    assert!(spent.write_units() <= 4.0, "{} for {} people", spent.write_units(), keys.len());
    let quota = world.ports().quotas().list(&world.workspace).await.unwrap().remove(0);
    assert_eq!((quota.taken, quota.taken_new), (12, 12));
    world.run().await;
    assert_eq!(times.lock().unwrap().len(), keys.len());
    assert_eq!(world.ports().quotas().list(&world.workspace).await.unwrap(), [quota], "nobody asked again");
}

#[tokio::test]
async fn message_that_waited_long_in_the_queue_uses_the_slot_that_it_brought() {
    let world = World::new().await;
    world.limited(limits(1_000, 0)).await;
    let times = world.clocked();
    let keys = world.crowd().await;
    hinted(&world, &keys).await;
    world.hand_over().await;
    world.pass(1_200);
    world.run().await;
    assert_eq!(times.lock().unwrap().len(), keys.len());
    let quota = world.ports().quotas().list(&world.workspace).await.unwrap().remove(0);
    assert_eq!(quota.taken, 12, "none took a second slot");
}

#[tokio::test]
async fn slot_of_this_moment_is_used_though_its_write_took_two_tries() {
    let world = World::new().await;
    let limits = limits(1_000, 0);
    let account = world.limited(limits.clone()).await;
    let times = world.clocked();
    let keys = world.crowd().await;
    let (quotas, clock) = (world.ports().quotas(), world.stage.clock.clone());
    world.just_before("slots_taken", async move {
        note_sent(&*quotas, &*clock, (&account, &limits)).await.unwrap();
        clock.advance_to(clock.now() + SignedDuration::from_millis(300));
    });
    let due = world.stage.clock.now();
    let step = SendMessage::Step { enrolment: keys[0].clone(), generation: 0, due, slot: None };
    let answers = send_batch(&SendPorts::new(world.ports()), &[step]).await;
    assert_eq!((answers, times.lock().unwrap().len()), (vec![Sent::Done], 1), "it does not go round again");
}

#[tokio::test]
async fn message_waiting_for_a_provider_that_is_down_takes_no_slot() {
    let world = World::new().await;
    world.limited(limits(60, 0)).await;
    let keys = world.crowd().await;
    world.provider(|| Err(TransportError::NotSent("refused".into())));
    world.all_are_due(&keys).await;
    world.live(60, 60).await;
    let quota = world.ports().quotas().list(&world.workspace).await.unwrap().remove(0);
    assert!(quota.taken <= 20, "{} of 60 slots for calls that were made", quota.taken);
    let times = world.clocked();
    world.live(30, 60).await;
    assert_eq!(times.lock().unwrap().len(), keys.len());
}

#[tokio::test]
async fn slot_of_another_account_or_kind_is_not_used() {
    let world = World::new().await;
    let limits = limits(1, 0);
    let account = world.limited(limits.clone()).await;
    let times = world.clocked();
    let keys = world.crowd().await;
    world.all_are_due(&keys[..1]).await;
    assert_eq!(times.lock().unwrap().len(), 1);
    let at = world.stage.clock.now();
    let other = domain::AccountId::derived(at, &["another"]);
    for (key, sender, opening) in [(&keys[1], other, true), (&keys[2], account.id, false)] {
        let slot = Some(Slot { sender, at, opening, limits: limits.clone() });
        let message = SendMessage::Step { enrolment: key.clone(), generation: 0, due: at, slot };
        send_all(&*world.ports().outbox(), &[message], 0).await.unwrap();
    }
    world.run().await;
    assert_eq!(times.lock().unwrap().len(), 1, "the day is full");
    assert!(world.stage.clock.now().duration_since(at) < SignedDuration::from_mins(1));
}

#[tokio::test]
async fn rest_of_a_slow_batch_goes_back_into_the_queue() {
    let world = World::new().await;
    let clock = world.stage.clock.clone();
    world.provider(move || {
        clock.advance_to(clock.now() + SignedDuration::from_secs(8));
        Ok(accepted())
    });
    let keys = world.crowd().await;
    let due = world.stage.clock.now();
    let step =
        |key: &EnrolmentKey| SendMessage::Step { enrolment: key.clone(), generation: 0, due, slot: None };
    let batch: Vec<SendMessage> = keys.iter().take(5).map(step).collect();
    let answers = send_batch(&SendPorts::new(world.ports()), &batch).await;
    assert_eq!((answers, world.calls()), (vec![Sent::Done; 5], 2));
    let there: Vec<SendMessage> = world
        .stage
        .messages(Queue::Send)
        .into_iter()
        .map(|left| serde_json::from_value(left).unwrap())
        .collect();
    assert_eq!(there, batch[2..]);
}

/// Its last day is over.
#[tokio::test]
async fn lead_skipped_at_the_first_step_is_new_at_the_second() {
    let text = |name: &str, not_after: Option<jiff::civil::Date>| Step {
        id: StepId::derived(Timestamp::UNIX_EPOCH, &[name]),
        delay: Delay::NONE,
        not_before: None,
        not_after,
        kind: StepKind::Sms { body: "Hello".to_owned(), template: None, variants: Vec::new() },
    };
    let over = Some("2026-11-19".parse().unwrap());
    let world = World::with_steps(vec![text("over", over), text("first", None), text("second", None)]).await;
    let account = world.limited(SendingLimits { new_per_day: Some(5), ..limits(50, 0) }).await;
    world.ask_and_run().await;
    world.live(5, 60).await;
    let quota = world.ports().quotas().get(&world.workspace, &account.id).await.unwrap().unwrap();
    assert_eq!(
        (world.calls(), quota.taken, quota.taken_new),
        (2, 2, 1),
        "two texts, one of them to somebody new"
    );
    assert_eq!(*world.enrolment().await.channels_used(), [Channel::Sms].into());
}

/// A text that a user writes to one lead, and who it was.
async fn by_hand(world: &World, name: &str) -> (MessageId, UserId) {
    let author = UserId::derived(Timestamp::UNIX_EPOCH, &["maya"]);
    let id = world.write_one(name, Channel::Sms, None).await;
    let mut message = world.one(&id).await;
    message.author = Some(author.clone());
    let event = Event::system(EventKind::LeadChanged, world.stage.clock.now());
    world.ports().messages().save(&message, &event).await.unwrap();
    (id, author)
}

#[tokio::test]
async fn message_by_hand_waits_for_the_next_day_of_an_account_at_its_limit_and_says_so() {
    let world = World::new().await;
    // The day begins at night where the lead is.
    let limits = SendingLimits { zone: ZoneName::utc(), ..limits(1, 0) };
    world.limited(limits.clone()).await;
    let times = world.clocked();
    let (first, author) = by_hand(&world, "first").await;
    world.run().await;
    let (second, _) = by_hand(&world, "second").await;
    world.run().await;
    let states = async || (world.one(&first).await.state, world.one(&second).await.state);
    assert_eq!(states().await, (MessageState::Accepted, MessageState::Queued));
    let notes = world.ports().notifications();
    let told = notes.list(&world.workspace, &author, PageRequest::first(5)).await.unwrap().items;
    let told: Vec<_> = told.iter().map(|note| note.detail.as_str()).collect();
    assert!(told.len() == 1 && told[0].contains("has sent as much as it may"), "{told:?}");
    let today = limits.day_of(world.stage.clock.now());
    while limits.day_of(world.stage.clock.now()) == today {
        world.pass(600);
        world.run_due().await;
    }
    assert_eq!(times.lock().unwrap().len(), 1, "it stays queued for the whole day");
    world.live(24 * 60, 600).await;
    assert_eq!(states().await.1, MessageState::Accepted);
    let times = times.lock().unwrap().clone();
    assert_eq!(times.len(), 2);
    assert_eq!(limits.day_of(times[1]), limits.day_of(times[0]).tomorrow().unwrap());
    let hour = times[1].to_zoned(limits.zone.zone()).hour();
    assert!((8..21).contains(&hour), "a text that waited does not go out at night: {hour}");
}

#[tokio::test]
async fn message_by_hand_goes_out_soon_after_the_limit_of_its_account_is_raised() {
    let world = World::new().await;
    world.limited(SendingLimits { zone: ZoneName::utc(), ..limits(1, 0) }).await;
    let times = world.clocked();
    by_hand(&world, "first").await;
    world.run().await;
    let (second, _) = by_hand(&world, "second").await;
    world.run().await;
    assert_eq!(world.one(&second).await.state, MessageState::Queued);
    world.pass(60);
    world.limited(limits(2, 0)).await;
    world.pass(15 * 60);
    world.run_due().await;
    assert_eq!((world.one(&second).await.state, times.lock().unwrap().len()), (MessageState::Accepted, 2));
}

#[tokio::test]
async fn message_by_hand_does_not_wait_for_the_gap() {
    let world = World::new().await;
    world.limited(limits(100, 600)).await;
    let times = world.clocked();
    for name in ["first", "second"] {
        by_hand(&world, name).await;
        world.run().await;
    }
    assert_eq!(times.lock().unwrap().len(), 2);
}

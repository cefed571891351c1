use super::*;
use application::campaign::quota_booking::{give_back, note_sent};
use application::ports::change_log::{ChangeLogStore, RecordingProgress};
use application::ports::due::{DueStore, DueWork, Hint};
use application::ports::leads::LeadStore;
use application::ports::quotas::QuotaStore;
use application::ports::rate_limits::{Begun, KeyedRequest, RateLimitStore, StoredAnswer};
use application::ports::schedules::{Schedule, ScheduleStore};
use application::{PageRequest, StoreError};
use aws_sdk_dynamodb::types::AttributeValue;
use domain::MessageId;
use domain::capacity::quota::SendingLimits;
use domain::enrolment::pause::PausedScope;
use jiff::SignedDuration;
use local_cloud::{Fault, Moment};
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

#[tokio::test]
async fn limit_opens_again_with_the_next_window() {
    let world = World::new();
    let minute = SignedDuration::from_mins(1);
    let take = |seconds: i64| {
        let table = world.table.clone();
        async move { table.take("sign-in:a@example.com", 2, minute, later(seconds)).await.unwrap() }
    };
    assert_eq!(take(10).await, Ok(()));
    assert_eq!(take(20).await, Ok(()));
    assert_eq!(take(45).await, Err(SignedDuration::from_secs(15)));
    assert_eq!(take(60).await, Ok(()));
    let none = world.table.take("closed", 0, minute, later(0)).await.unwrap();
    assert_eq!(none, Err(minute));
    let other = world.table.take("other", 1, minute, later(0)).await.unwrap();
    assert_eq!(other, Ok(()));
}

#[tokio::test]
async fn first_time_is_true_once_until_the_key_is_forgotten() {
    let world = World::new();
    let day = SignedDuration::from_hours(24);
    let first = |seconds: i64| {
        let table = world.table.clone();
        async move { table.first_time("evt_1", later(seconds), day).await.unwrap() }
    };
    let (a, b) = tokio::join!(first(0), first(0));
    assert!(a != b);
    assert!(!first(86_399).await);
    assert!(first(86_400).await, "whether or not DynamoDB has removed it");
}

fn asked(attempt: &str, hash: &str) -> KeyedRequest {
    let (attempt, id, hash) = (attempt.to_owned(), attempt.to_owned(), hash.to_owned());
    KeyedRequest {
        attempt,
        id,
        hash,
        keep: SignedDuration::from_hours(1),
        lasts: SignedDuration::from_mins(1),
    }
}

#[tokio::test]
async fn answer_of_a_request_is_kept_once_it_is_stored() {
    let table = World::new().table;
    let answer = |body: &str| StoredAnswer { status: 201, body: body.into() };
    let before = |answer| Begun::Before { hash: "h".into(), answer };
    let first = asked("1", "h");
    assert_eq!(table.begin_request("k", first.clone(), later(0)).await.unwrap(), Begun::Ours(first.clone()));
    assert_eq!(table.begin_request("k", asked("2", "h"), later(1)).await.unwrap(), before(None));
    table.forget_request("k", &asked("2", "h")).await.unwrap();
    assert_eq!(table.begin_request("k", asked("2", "h"), later(1)).await.unwrap(), before(None));
    table.forget_request("k", &first).await.unwrap();
    let second = asked("2", "h");
    assert_eq!(
        table.begin_request("k", second.clone(), later(2)).await.unwrap(),
        Begun::Ours(second.clone())
    );
    let stale = table.store_answer("k", &first, &answer("[]"), later(3)).await;
    assert!(matches!(stale, Err(StoreError::Conflict)));
    table.store_answer("k", &second, &answer("{}"), later(3)).await.unwrap();
    table.forget_request("k", &second).await.unwrap();
    table.give_up_request("k", &second, later(4)).await.unwrap();
    let kept = before(Some(answer("{}")));
    assert_eq!(table.begin_request("k", asked("3", "h"), later(5)).await.unwrap(), kept);
    let third = asked("3", "h");
    assert_eq!(table.begin_request("k", third.clone(), later(4000)).await.unwrap(), Begun::Ours(third));
}

/// The store's client lost an answer and asked again.
#[tokio::test]
async fn repeated_write_of_a_request_counts_as_its_own() {
    let table = World::new().table;
    let (first, answer) = (asked("1", "h"), StoredAnswer { status: 202, body: "{}".into() });
    for _ in 0..2 {
        assert_eq!(
            table.begin_request("k", first.clone(), later(0)).await.unwrap(),
            Begun::Ours(first.clone())
        );
    }
    for _ in 0..2 {
        table.store_answer("k", &first, &answer, later(1)).await.unwrap();
    }
}

#[tokio::test]
async fn failed_request_is_begun_again_under_its_id() {
    let table = World::new().table;
    table.begin_request("k", asked("1", "h"), later(0)).await.unwrap();
    table.give_up_request("k", &asked("1", "h"), later(1)).await.unwrap();
    let again = KeyedRequest { id: "1".to_owned(), ..asked("2", "h") };
    let begun = table.begin_request("k", asked("2", "h"), later(2)).await.unwrap();
    assert_eq!(begun, Begun::Ours(again.clone()));
    let running = Begun::Before { hash: "h".into(), answer: None };
    assert_eq!(table.begin_request("k", asked("3", "h"), later(3)).await.unwrap(), running);
    table.give_up_request("k", &again, later(4)).await.unwrap();
    let other = table.begin_request("k", asked("4", "other"), later(5)).await.unwrap();
    assert_eq!(other, Begun::Ours(asked("4", "other")));
}

/// The function that ran it was killed without a word.
#[tokio::test]
async fn request_that_ran_too_long_is_begun_again_under_its_id_and_its_first_attempt_stores_nothing() {
    let table = World::new().table;
    let running = Begun::Before { hash: "h".into(), answer: None };
    let first = asked("1", "h");
    table.begin_request("k", first.clone(), later(0)).await.unwrap();
    assert_eq!(table.begin_request("k", asked("2", "h"), later(59)).await.unwrap(), running);
    let again = KeyedRequest { id: "1".to_owned(), ..asked("3", "h") };
    assert_eq!(
        table.begin_request("k", asked("3", "h"), later(60)).await.unwrap(),
        Begun::Ours(again.clone())
    );
    assert_eq!(table.begin_request("k", asked("4", "h"), later(61)).await.unwrap(), running, "it runs anew");
    let answer = StoredAnswer { status: 201, body: "{}".into() };
    assert!(matches!(table.store_answer("k", &first, &answer, later(62)).await, Err(StoreError::Conflict)));
    table.give_up_request("k", &first, later(62)).await.unwrap();
    assert_eq!(table.begin_request("k", asked("5", "h"), later(63)).await.unwrap(), running);
    table.store_answer("k", &again, &answer, later(64)).await.unwrap();
    let kept = Begun::Before { hash: "h".into(), answer: Some(answer) };
    assert_eq!(table.begin_request("k", asked("6", "h"), later(600)).await.unwrap(), kept);
    table.begin_request("other", asked("7", "h"), later(0)).await.unwrap();
    let another = asked("8", "another");
    assert_eq!(table.begin_request("other", another.clone(), later(60)).await.unwrap(), Begun::Ours(another));
}

fn hint(n: i64, seconds: i64) -> Hint {
    let enrolment = enrolment(&lead(n), &campaign("spring"), EnrolmentState::Scheduled).key().clone();
    Hint { at: later(seconds), what: DueWork::Step { enrolment, generation: 3, touch: None, mailbox: None } }
}

#[tokio::test]
async fn hints_are_packed_found_when_due_and_deleted() {
    let world = World::new();
    let mut hints: Vec<Hint> = (0..60).map(|n| hint(n, n)).collect();
    let message = MessageId::derived(&lead(1).id, &["m"]);
    let single = DueWork::OneOff { workspace: workspace(), message };
    hints.push(Hint { at: later(5), what: single });
    let spring = PausedScope::Campaign(campaign("spring").id);
    let account = PausedScope::Account(domain::AccountId::derived(Still.now(), &["mailbox"]));
    for what in [PausedScope::Workspace, spring, account] {
        hints.push(Hint { at: later(6), what: DueWork::Resume { workspace: workspace(), what } });
    }
    let company = DueWork::HoldCompany { workspace: workspace(), lead: lead(1).id };
    hints.push(Hint { at: later(6), what: company });
    let follow_up = DueWork::FollowUp { workspace: workspace(), lead: lead(1).id };
    let reminder = DueWork::RemindTask { workspace: workspace(), task: crate::tests::inbox::task(1).id };
    let unanswered = DueWork::JudgeRule {
        workspace: workspace(),
        lead: lead(1).id,
        rule: domain::RuleId::derived(Still.now(), &["rule"]),
        since: later(-60),
    };
    hints.extend([follow_up, reminder, unanswered].map(|what| Hint { at: later(6), what }));
    let price = DueWork::PriceCall { workspace: workspace(), call: crate::tests::inbox::recording().call };
    hints.push(Hint { at: later(6), what: price });
    let account = domain::AccountId::derived(Still.now(), &["mailbox"]);
    let provider_id = "RE1".to_owned();
    let recording =
        DueWork::DeleteRecording { workspace: workspace(), account: account.clone(), provider_id };
    hints.push(Hint { at: later(6), what: recording });
    hints.push(Hint { at: later(6), what: DueWork::PollMailbox { workspace: workspace(), account } });
    hints.push(hint(99, 7200));
    let (stored, units) = world.write_units(DueStore::put(&world.table, &hints)).await;
    stored.unwrap();
    assert!(units <= 10.0, "{units} write units for 72 hints");
    DueStore::put(&world.table, &hints).await.unwrap();

    assert_eq!(world.table.earliest().await.unwrap(), Some(Still.now()));
    assert!(world.table.due(later(-1), 100).await.unwrap().is_empty());
    let due = world.table.due(later(0), 100).await.unwrap();
    assert!(due.len() <= 3, "{} items", due.len());
    let mut found: Vec<String> = due.iter().flat_map(|p| &p.hints).map(|hint| format!("{hint:?}")).collect();
    let mut expected: Vec<String> = hints[..71].iter().map(|hint| format!("{hint:?}")).collect();
    found.sort();
    expected.sort();
    assert_eq!(found, expected, "a repeated put overwrote itself");

    DueStore::delete(&world.table, &due).await.unwrap();
    assert!(world.table.due(later(0), 100).await.unwrap().is_empty());
    assert_eq!(world.table.earliest().await.unwrap(), Some(later(7200)));
    assert_eq!(world.table.due(later(7200), 100).await.unwrap()[0].hints, vec![hint(99, 7200)]);
    let foreign = application::ports::due::PackedHints { handle: "W#1 x".into(), hints: Vec::new() };
    assert!(matches!(DueStore::delete(&world.table, &[foreign]).await, Err(StoreError::NotFound)));
}

#[tokio::test]
async fn hint_that_cannot_be_read_leaves_the_others_due() {
    let world = World::new();
    let account = domain::AccountId::derived(Still.now(), &["mailbox"]);
    let provider_id = "RE1 of a version of tomorrow".to_owned();
    let odd = DueWork::DeleteRecording { workspace: workspace(), account, provider_id };
    let hints = [Hint { at: later(0), what: odd }, hint(1, 0)];
    DueStore::put(&world.table, &hints).await.unwrap();
    let due = world.table.due(later(0), 100).await.unwrap();
    let found: Vec<&Hint> = due.iter().flat_map(|packed| &packed.hints).collect();
    assert_eq!(found, [&hint(1, 0)]);
}

#[tokio::test]
async fn unreadable_item_is_an_error_that_names_it() {
    let world = World::new();
    let lead = lead(1);
    world.table.create(&lead, &event(EventKind::LeadCreated)).await.unwrap();
    let key = crate::keys::lead(&workspace(), &lead.id);
    for (name, value) in [
        ("core", AttributeValue::S("nonsense".into())),
        ("v", AttributeValue::N("99".into())),
        ("entity", AttributeValue::S("campaign".into())),
    ] {
        let mut item = world.table.read_item(&key).await.unwrap().unwrap();
        let good = item.insert(name.into(), value).unwrap();
        let put = |item| world.table.write(crate::write::put(item, None));
        put(item.clone()).await.unwrap();
        let error = LeadStore::get(&world.table, &workspace(), &lead.id).await.unwrap_err();
        assert!(matches!(&error, StoreError::Corrupt { key, .. } if key.ends_with("LEAD")), "{error}");
        item.insert(name.into(), good);
        put(item).await.unwrap();
    }
    LeadStore::get(&world.table, &workspace(), &lead.id).await.unwrap();
}

#[tokio::test]
async fn broken_table_is_unavailable_and_a_foreign_cursor_is_not_found() {
    let world = World::new();
    world.cloud.faults().inject(|moment, call| {
        (moment == local_cloud::Moment::Before && call.operation == "GetItem").then(|| {
            local_cloud::Fault::Fail {
                status: 500,
                code: "InternalServerError".into(),
                message: "broken".into(),
            }
        })
    });
    let error = LeadStore::get(&world.table, &workspace(), &lead(1).id).await.unwrap_err();
    assert!(matches!(error, StoreError::Unavailable(_)), "{error:?}");
    let page = PageRequest { limit: 5, cursor: Some("rubbish".into()) };
    let refused = application::ports::tasks::TaskStore::open(&world.table, &workspace(), None, page).await;
    assert!(matches!(refused, Err(StoreError::BadCursor)));
}

#[tokio::test]
async fn taken_slots_are_counted_and_given_back_within_their_window() {
    let world = World::new();
    let (table, day) = (&world.table, SignedDuration::from_hours(24));
    assert_eq!(table.taken("one", day, later(0)).await.unwrap(), 0);
    for _ in 0..3 {
        assert_eq!(table.take("one", 3, day, later(0)).await.unwrap(), Ok(()));
    }
    assert!(table.take("one", 3, day, later(0)).await.unwrap().is_err());
    let (given, units) = world.write_units(table.give_back("one", day, later(0))).await;
    given.unwrap();
    assert_eq!((units, table.taken("one", day, later(0)).await.unwrap()), (1.0, 2));
    let (took, units) = world.write_units(table.take("one", 3, day, later(0))).await;
    assert_eq!((took.unwrap(), units), (Ok(()), 1.0));
    // Another day's window is not affected.
    assert_eq!(table.taken("one", day, later(86_400)).await.unwrap(), 0);
    table.give_back("one", day, later(86_400)).await.unwrap();
    assert_eq!(table.taken("one", day, later(0)).await.unwrap(), 3);
}

#[tokio::test]
async fn key_keeps_others_away_for_a_while() {
    let world = World::new();
    let (table, hour) = (&world.table, SignedDuration::from_hours(1));
    let (first, units) = world.write_units(table.take_key("ann", "a", hour, later(0))).await;
    assert_eq!((first.unwrap(), units), (Ok(()), 1.0));
    assert_eq!(table.take_key("ann", "a", hour, later(60)).await.unwrap(), Ok(()), "its own");
    assert_eq!(table.take_key("ann", "b", hour, later(61)).await.unwrap(), Err(later(3_660)));
    table.release_key("ann", "b").await.unwrap();
    assert!(table.take_key("ann", "b", hour, later(62)).await.unwrap().is_err());
    table.release_key("ann", "a").await.unwrap();
    assert_eq!(table.take_key("ann", "b", hour, later(63)).await.unwrap(), Ok(()));
    assert_eq!(table.take_key("ann", "c", hour, later(63 + 3_600)).await.unwrap(), Ok(()));
    let (b, c) = (table.clone(), table.clone());
    let both = tokio::join!(b.take_key("ben", "b", hour, later(0)), c.take_key("ben", "c", hour, later(0)));
    assert_eq!([both.0.unwrap(), both.1.unwrap()].iter().filter(|one| one.is_ok()).count(), 1);
}

/// Carries out the next call of this operation, and loses the answer.
fn loses_the_answer(world: &World, operation: &'static str) {
    let first = AtomicBool::new(true);
    world.cloud.faults().inject(move |moment, call| {
        let is_it = call.operation == operation && moment == Moment::Before;
        (is_it && first.swap(false, Relaxed)).then_some(Fault::LoseResponse)
    });
}

#[tokio::test]
async fn slot_is_given_back_once_when_the_answer_is_lost() {
    let world = World::new();
    let (table, day) = (&world.table, SignedDuration::from_hours(24));
    for _ in 0..3 {
        assert_eq!(table.take("one", 3, day, later(0)).await.unwrap(), Ok(()));
    }
    loses_the_answer(&world, "UpdateItem");
    assert!(table.give_back("one", day, later(0)).await.is_err());
    assert_eq!(table.taken("one", day, later(0)).await.unwrap(), 2);

    let account = super::settings::account("number", super::settings::inbound(&["in@acme.example"]));
    let limits =
        SendingLimits { gap_seconds: 0, jitter_seconds: 0, ..SendingLimits::of_a_mailbox(ZoneName::utc()) };
    for _ in 0..3 {
        note_sent(table, &Still, (&account, &limits)).await.unwrap();
    }
    loses_the_answer(&world, "PutItem");
    let unused = [(Still.now(), false)];
    assert!(give_back(table, &Still, (&account, &limits), &unused).await.is_err());
    let quota = QuotaStore::get(table, &workspace(), &account.id).await.unwrap().unwrap();
    assert_eq!(quota.taken, 2);
}

#[test]
fn event_of_a_kind_not_known_yet_keeps_its_actor_and_time() {
    let stored = event(EventKind::LeadCreated);
    let mut item = crate::item::encode(&lead(1), 1, Some(&stored)).unwrap();
    if let Some(AttributeValue::M(parts)) = item.get_mut("ev") {
        parts.insert("k".to_owned(), AttributeValue::S("lead_cloned_tomorrow".to_owned()));
    }
    let head = crate::item::head(&item).unwrap();
    let read = crate::item::event_of(&item, &head).unwrap();
    assert_eq!(read, Some(Event { kind: EventKind::Unknown, ..stored }));
}

#[tokio::test]
async fn progress_has_the_last_two_runs_of_the_due_tick_and_the_one_that_was_recorded() {
    let table = World::new().table;
    let progress = |former, ticked, recorded| RecordingProgress { ticked, former, recorded };
    assert_eq!(table.progress().await.unwrap(), progress(None, None, None));
    table.note_run(Schedule::DueSteps, later(0)).await.unwrap();
    assert_eq!(table.progress().await.unwrap(), progress(Some(later(0)), Some(later(0)), None));
    table.note_run(Schedule::DueSteps, later(60)).await.unwrap();
    table.note_run(Schedule::DueSteps, later(180)).await.unwrap();
    table.note_recorded(later(60)).await.unwrap();
    let now = table.progress().await.unwrap();
    assert_eq!(now, progress(Some(later(60)), Some(later(180)), Some(later(60))));
}

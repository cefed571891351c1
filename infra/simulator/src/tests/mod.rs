//! The simulator itself: it repeats, and a few seeds hold.

use crate::many::Many;
use crate::trouble::disorder::{Disorder, Interrupt};
use crate::trouble::kind::{Kind, Rule};
use crate::world::invocation::{Invocation, run};
use crate::{Breaks, Plan, Profile, Seed, crash_points, live};
use local_cloud::VirtualClock;
use std::sync::{Arc, Mutex};

async fn holds(seed: Seed) {
    let lived = live(&Plan::of(seed)).await.unwrap();
    assert!(lived.failure.is_none(), "{lived}");
}

#[tokio::test]
async fn seed_repeats_the_same_life() {
    let plan = Plan::of(Profile::Ordinary.seed(1));
    let first = live(&plan).await.unwrap();
    let second = live(&plan).await.unwrap();
    assert!(first.failure.is_none(), "{first}");
    assert_eq!((first.hash, first.steps, first.sends), (second.hash, second.steps, second.sends));
    assert_eq!(first.faults, second.faults);
}

#[tokio::test]
async fn ordinary_lives_hold() {
    for number in [2, 3] {
        holds(Profile::Ordinary.seed(number)).await;
    }
}

#[tokio::test]
async fn life_with_full_batches_holds() {
    holds(Profile::FullBatches.seed(3)).await;
}

/// A life without two calls at one moment says nothing about messages that are sent side by side.
#[tokio::test]
async fn messages_of_a_batch_are_called_side_by_side() {
    let lived = live(&Plan::smallest()).await.unwrap();
    assert!(lived.failure.is_none(), "{lived}");
    assert_eq!(lived.calls_at_once, 2, "{lived}");
}

#[tokio::test]
async fn few_crash_points_hold() {
    for breaks in [Breaks::Single { every: 401 }, Breaks::Pairs { count: 2, seed: 1 }] {
        let found = crash_points(breaks, None, &mut |_, _| {}).await.unwrap();
        assert!(found.tried > 0 && found.calls.len() > 6, "{found}");
        let failed: Vec<String> =
            found.failed.iter().map(|(points, lived)| format!("{points:?}: {lived}")).collect();
        assert!(failed.is_empty(), "{}", failed.join("\n"));
    }
}

#[test]
fn plans_have_steps_of_every_kind() {
    let mut kinds = std::collections::BTreeSet::new();
    for number in 0..50 {
        for body in
            Plan::of(Profile::Ordinary.seed(number)).step_bodies("word").as_array().into_iter().flatten()
        {
            let asked = body["condition"]["if"].as_str().unwrap_or_default();
            kinds.insert(format!("{} {asked}", body["kind"].as_str().unwrap_or_default()));
        }
    }
    let asked = ["clicked", "field_present", "not_replied", "opened", "replied"];
    let mut expected: Vec<String> = asked.map(|word| format!("branch {word}")).to_vec();
    expected.extend(["email ", "end ", "goal ", "sms ", "task ", "wait ", "whatsapp "].map(str::to_owned));
    assert_eq!(kinds.into_iter().collect::<Vec<_>>(), expected);
}

/// The seam knows them by what the product writes: when that changes, nothing else says that nobody is put aside there any more.
/// A run that fails because a kind hardly strikes must have lives in which it is on.
#[test]
fn kind_is_missed_only_in_profiles_that_have_it() {
    for first in [Profile::Races, Profile::StaleReads, Profile::Troubles].map(|profile| profile.seed(1)) {
        let mut many = Many { seeds: 300, ..Many::default() };
        assert!(many.missed(&[first]).contains(&Kind::StaleIndex), "nothing has struck yet");
        for number in 0..300 {
            let kinds = Plan::of(first.later(number)).rules.into_iter().map(|rule| rule.kind);
            kinds.for_each(|kind| many.struck.entry(kind).or_default().0 += 1);
        }
        // A user's doing.
        let done = Kind::ALL.iter().filter(|kind| kind.per_mille() == 0);
        many.struck.extend(done.map(|kind| (*kind, (300, 300))));
        assert_eq!(many.missed(&[first]), [], "from {first}");
    }
}

#[tokio::test]
async fn function_is_frozen_before_its_claim() {
    let rules = [Kind::HeldAtClaim, Kind::HeldAtWrite].map(|kind| Rule { kind, most: 40, times: 6 });
    let lived = live(&Plan { rules: rules.to_vec(), ..Plan::smallest() }).await.unwrap();
    assert!(lived.failure.is_none(), "{lived}");
    for (kind, call) in [
        (Kind::HeldAtClaim, "send_message Before PutItem"),
        (Kind::HeldAtClaim, "send_message Before TransactWriteItems"),
        (Kind::HeldAtWrite, "send_message Before PutItem"),
    ] {
        let struck = |line: &String| line.contains(kind.name()) && line.ends_with(call);
        assert!(lived.faults.iter().any(struck), "{}: {call}: {:?}", kind.name(), lived.faults);
    }
}

#[test]
fn killed_function_is_not_merely_frozen() {
    let clock = Arc::new(VirtualClock::at("2026-11-16T09:00:00Z".parse().unwrap()));
    let disorder = Disorder::new(1_u64, &[], clock);
    let (thaw, _thawed) = tokio::sync::oneshot::channel();
    disorder.interrupt(Interrupt::Killed);
    disorder.interrupt(Interrupt::Frozen(thaw));
    assert!(matches!(disorder.take_interrupt(), Some(Interrupt::Killed)));
    assert!(disorder.take_interrupt().is_none());
}

#[tokio::test]
async fn frozen_function_makes_no_call_until_it_goes_on() {
    let clock = Arc::new(VirtualClock::at("2026-11-16T09:00:00Z".parse().unwrap()));
    let disorder = Disorder::new(1_u64, &[], clock);
    let made = Arc::new(Mutex::new(Vec::new()));
    let (here, calls) = (disorder.clone(), made.clone());
    let mut invocation: Invocation<()> = Box::pin(async move {
        let call = async |name| {
            here.stand_still().await;
            calls.lock().unwrap().push(name);
        };
        let first = async {
            call("first").await;
            let (thaw, thawed) = tokio::sync::oneshot::channel();
            here.interrupt(Interrupt::Frozen(thaw));
            thawed.await.unwrap();
        };
        tokio::join!(first, call("second"));
    });
    let Err(Interrupt::Frozen(thaw)) = run(&mut invocation, &disorder, 0).await else { panic!("it ends") };
    assert_eq!(*made.lock().unwrap(), ["first"]);
    thaw.send(()).unwrap();
    assert!(run(&mut invocation, &disorder, 0).await.is_ok());
    assert_eq!(*made.lock().unwrap(), ["first", "second"]);
}

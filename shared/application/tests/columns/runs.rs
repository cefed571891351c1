//! A run from its first page to its last: caps, pauses, stops, busy providers.

use crate::scene::{HIT, Scene, knows, outcomes};
use application::columns::runs::{RunChange, change};
use application::ports::provider_calls::CallError;
use application::{Clock, Ports};
use domain::column::cell::{CellState, StepOutcome};
use domain::column::recipe::{Recipe, WaterfallStep};
use domain::column::run::{RunMode, RunState};
use domain::event::Actor;
use domain::lead::data_field::{DataField, DataSubject};
use domain::spend::{BookingOutcome, BudgetScope, Usd};
use jiff::SignedDuration;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU32, Ordering};

fn sums<const N: usize>(numbers: [(&str, u64); N]) -> BTreeMap<String, u64> {
    numbers.into_iter().map(|(outcome, number)| (outcome.to_owned(), number)).collect()
}

#[tokio::test]
async fn run_fills_all_leads_page_by_page_and_books_each_call_once() {
    let scene = Scene::new(30).await;
    let column = scene.title_column().await;
    let run = scene.start(&[&column], &scene.leads, None).await;
    scene.work().await;
    let run = scene.run(&run).await;
    assert_eq!((run.state.clone(), run.done, run.total), (RunState::Done {}, 30, 30));
    assert_eq!(outcomes(&run), sums([("found", 30)]));
    assert_eq!((scene.directory.calls(), scene.directory.most_calls()), (30, 1));
    let (month, own) = (scene.month().await, scene.of_run(&run).await);
    assert_eq!(
        (month.spent, month.reserved, own.spent, run.spent),
        (HIT * 30, Usd::ZERO, HIT * 30, HIT * 30)
    );
    assert_eq!(month.tallies["hunter"][&BookingOutcome::Hit].calls, 30);
    assert_eq!(scene.lead(29).await.job_title.as_deref(), Some("Head of lead029@one.example"));
    let cell = scene.cell(29, &column).await;
    assert_eq!((cell.state, cell.source.as_deref(), cell.price), (CellState::Found {}, Some("hunter"), HIT));
    // A second run finds everything fresh.
    let second = scene.start(&[&column], &scene.leads, None).await;
    scene.work().await;
    assert_eq!(outcomes(&scene.run(&second).await), sums([("fresh", 30)]));
    assert_eq!(scene.directory.calls(), 30);
}

#[tokio::test]
async fn run_stops_at_its_cap_and_goes_on_under_a_higher_one() {
    let scene = Scene::new(30).await;
    let column = scene.title_column().await;
    let cap = HIT * 10 + Usd::micros(1);
    let run = scene.start(&[&column], &scene.leads, Some(cap)).await;
    scene.work().await;
    let stopped = scene.run(&run).await;
    let RunState::OutOfMoney { budget, left } = &stopped.state else { panic!("{:?}", stopped.state) };
    assert_eq!((budget, *left), (&BudgetScope::Run { run: run.id.clone() }, Usd::micros(1)));
    assert_eq!((stopped.done, scene.directory.calls(), stopped.spent), (10, 10, HIT * 10));
    let by = |to| (to, Actor::System);
    change(&scene.ports, &scene.workspace, &run.id, by(RunChange::Cap(Some(HIT * 12))))
        .await
        .unwrap()
        .unwrap();
    change(&scene.ports, &scene.workspace, &run.id, by(RunChange::Resume)).await.unwrap().unwrap();
    scene.work().await;
    let stopped = scene.run(&run).await;
    assert!(matches!(stopped.state, RunState::OutOfMoney { .. }), "{:?}", stopped.state);
    assert_eq!((stopped.done, scene.directory.calls()), (12, 12));
    change(&scene.ports, &scene.workspace, &run.id, by(RunChange::Cap(None))).await.unwrap().unwrap();
    change(&scene.ports, &scene.workspace, &run.id, by(RunChange::Resume)).await.unwrap().unwrap();
    scene.work().await;
    let done = scene.run(&run).await;
    assert_eq!((done.state, done.spent, scene.directory.most_calls()), (RunState::Done {}, HIT * 30, 1));
}

/// A miss costs nothing, so what is reserved for five leads is enough for all, one after the other.
#[tokio::test]
async fn page_near_the_cap_goes_on_with_what_misses_gave_back() {
    let scene = Scene::new(25).await;
    let column = scene.title_column().await;
    scene.directory.answers(|_, _| Ok(None));
    let run = scene.start(&[&column], &scene.leads, Some(HIT * 5)).await;
    let message = scene.pages().remove(0);
    scene.page(&message, "worker").await.unwrap();
    let done = scene.run(&run).await;
    assert_eq!((done.state.clone(), done.done, done.spent), (RunState::Done {}, 25, Usd::ZERO));
    assert_eq!((scene.directory.calls(), scene.directory.most_calls()), (25, 1));
    assert_eq!(scene.of_run(&run).await.reserved, Usd::ZERO);
}

/// The stop comes while the third call is under way: those that have begun are finished, and no other begins.
#[tokio::test]
async fn stop_is_seen_before_the_next_call() {
    let scene = Scene::new(25).await;
    let column = scene.title_column().await;
    let run = scene.start(&[&column], &scene.leads, None).await;
    let message = scene.pages().remove(0);
    let filled = scene.page(&message, "worker");
    let stopped = async {
        while scene.directory.calls() < 3 {
            tokio::task::yield_now().await;
        }
        let by = (RunChange::Stop, Actor::System);
        change(&scene.ports, &scene.workspace, &run.id, by).await.unwrap().unwrap();
        scene.directory.calls()
    };
    let (filled, begun) = tokio::join!(filled, stopped);
    filled.unwrap();
    // Eight leads are filled side by side.
    assert!(scene.directory.calls() <= begun + 8, "{} after {begun}", scene.directory.calls());
    scene.work().await;
    let stopped = scene.run(&run).await;
    assert_eq!(stopped.state, RunState::Stopped {});
    let month = scene.month().await;
    assert_eq!((month.spent, month.reserved), (HIT * u64::from(scene.directory.calls()), Usd::ZERO));
}

#[tokio::test]
async fn paused_run_goes_on_where_it_was() {
    let scene = Scene::new(60).await;
    let column = scene.title_column().await;
    let run = scene.start(&[&column], &scene.leads, None).await;
    let first = scene.pages().remove(0);
    scene.page(&first, "one").await.unwrap();
    let by = |to| (to, Actor::System);
    change(&scene.ports, &scene.workspace, &run.id, by(RunChange::Pause)).await.unwrap().unwrap();
    scene.work().await;
    assert_eq!((scene.run(&run).await.done, scene.directory.calls()), (25, 25));
    assert!(change(&scene.ports, &scene.workspace, &run.id, by(RunChange::Pause)).await.unwrap().is_none());
    change(&scene.ports, &scene.workspace, &run.id, by(RunChange::Resume)).await.unwrap().unwrap();
    scene.work().await;
    let done = scene.run(&run).await;
    assert_eq!(
        (done.state, scene.directory.calls(), scene.directory.most_calls()),
        (RunState::Done {}, 60, 1)
    );
}

#[tokio::test]
async fn busy_provider_is_asked_again_later_and_only_three_times() {
    let scene = Scene::new(3).await;
    let column = scene.title_column().await;
    let busy = AtomicU32::new(0);
    scene.directory.answers(move |_, subject: &DataSubject| {
        let name = subject.email.clone().unwrap_or_default();
        let is_first = name.starts_with("lead000") && busy.fetch_add(1, Ordering::Relaxed) < 1;
        if is_first || name.starts_with("lead001") {
            return Err(CallError::RateLimited { after: Some(SignedDuration::from_secs(60)) });
        }
        Ok(Some(knows(DataField::JobTitle, "Owner", 90)))
    });
    let run = scene.start(&[&column], &scene.leads, None).await;
    scene.work().await;
    let run = scene.run(&run).await;
    assert_eq!((run.state.clone(), outcomes(&run)), (RunState::Done {}, sums([("failed", 1), ("found", 2)])));
    let asked = scene.directory.asked.lock().unwrap().clone();
    assert_eq!(asked.values().copied().collect::<Vec<_>>(), [2, 3, 1]);
    let month = scene.month().await;
    assert_eq!((month.spent, month.reserved), (HIT * 2, Usd::ZERO));
    let cell = scene.cell(1, &column).await;
    assert!(matches!(cell.state, CellState::Failed { attempts: 3, retry_at: None, .. }), "{:?}", cell.state);
}

#[tokio::test]
async fn refused_account_pauses_the_run_and_is_shown_at_the_account() {
    let scene = Scene::new(2).await;
    let column = scene.title_column().await;
    scene.directory.answers(|_, _| Err(CallError::Account("no credit".to_owned())));
    let run = scene.start(&[&column], &scene.leads, None).await;
    scene.work().await;
    let paused = scene.run(&run).await;
    let RunState::Paused { why: Some(why) } = &paused.state else { panic!("{:?}", paused.state) };
    assert!(why.contains("no credit"), "{why}");
    let accounts = scene.stage.ports.accounts().list(&scene.workspace).await.unwrap();
    assert!(accounts.iter().any(|account| account.last_error.is_some()));
    assert_eq!(scene.month().await.spent, Usd::ZERO);
    scene.directory.answers(|_, _| Ok(None));
    let by = (RunChange::Resume, Actor::System);
    change(&scene.ports, &scene.workspace, &run.id, by).await.unwrap().unwrap();
    scene.work().await;
    let run = scene.run(&run).await;
    assert_eq!((run.state.clone(), outcomes(&run)), (RunState::Done {}, sums([("not_found", 2)])));
}

#[tokio::test]
async fn waterfall_takes_the_first_valid_and_sure_value() {
    let scene = Scene::new(4).await;
    let step =
        |provider: &str, min_confidence| WaterfallStep { provider: provider.to_owned(), min_confidence };
    let providers = vec![step("hunter", 70), step("serpapi", 0)];
    let column = scene
        .column("Title", |column| {
            column.recipe = Recipe::Enrichment { field: DataField::JobTitle, providers }
        })
        .await;
    scene.directory.answers(|provider, subject: &DataSubject| {
        let name = subject.email.clone().unwrap_or_default();
        Ok(match (provider, &name[..7]) {
            ("hunter", "lead000") => Some(knows(DataField::JobTitle, "Owner", 70)),
            ("hunter", "lead001") => Some(knows(DataField::JobTitle, "Unsure", 69)),
            ("hunter", "lead002") => Some(knows(DataField::JobTitle, &"x".repeat(300), 99)),
            ("hunter", _) => None,
            (_, "lead003") => None,
            _ => Some(knows(DataField::JobTitle, "Second", 1)),
        })
    });
    let run = scene.start(&[&column], &scene.leads, None).await;
    scene.work().await;
    assert_eq!(outcomes(&scene.run(&run).await), sums([("found", 3), ("not_found", 1)]));
    let mut titles = Vec::new();
    for number in 0..4 {
        titles.push(scene.lead(number).await.job_title.unwrap_or_default());
    }
    assert_eq!(titles, ["Owner", "Second", "Second", ""]);
    let steps = scene.cell(1, &column).await.steps;
    let told: Vec<_> = steps.iter().map(|step| (step.provider.as_str(), step.outcome)).collect();
    assert_eq!(told, [("hunter", StepOutcome::NotTaken), ("serpapi", StepOutcome::Found)]);
    assert_eq!(steps[0].why.as_deref(), Some("its confidence 69 is below 70"));
    assert_eq!(scene.cell(0, &column).await.steps.len(), 1);
}

#[tokio::test]
async fn value_of_a_user_stays_unless_the_run_overwrites() {
    let scene = Scene::new(2).await;
    let column = scene.title_column().await;
    let mut lead = scene.lead(0).await;
    lead.job_title = Some("Mine".to_owned());
    scene.ports.leads.save(&lead, &scene.event()).await.unwrap();
    let run = scene.start(&[&column], &scene.leads, None).await;
    scene.work().await;
    assert_eq!(outcomes(&scene.run(&run).await), sums([("found", 1), ("skipped", 1)]));
    assert_eq!((scene.lead(0).await.job_title.as_deref(), scene.directory.calls()), (Some("Mine"), 1));
    let mode = RunMode { overwrite: true, ..RunMode::default() };
    scene.start_as(&[&column], &scene.leads[..1], None, mode).await;
    scene.work().await;
    assert_eq!(scene.lead(0).await.job_title.as_deref(), Some("Head of lead000@one.example"));
}

/// The user gives a value while the provider is asked.
#[tokio::test]
async fn value_given_meanwhile_is_not_overwritten() {
    let scene = Scene::new(1).await;
    let column = scene.title_column().await;
    let run = scene.start(&[&column], &scene.leads, None).await;
    let message = scene.pages().remove(0);
    let filled = scene.page(&message, "worker");
    let given = async {
        while scene.directory.calls() < 1 {
            tokio::task::yield_now().await;
        }
        let mut lead = scene.lead(0).await;
        lead.job_title = Some("Mine".to_owned());
        scene.ports.leads.save(&lead, &scene.event()).await.unwrap();
    };
    let (filled, ()) = tokio::join!(filled, given);
    filled.unwrap();
    scene.work().await;
    assert_eq!(scene.lead(0).await.job_title.as_deref(), Some("Mine"));
    assert_eq!(outcomes(&scene.run(&run).await), sums([("skipped", 1)]));
    assert_eq!(scene.month().await.spent, HIT, "the call is paid all the same");
}

#[tokio::test]
async fn stale_value_is_asked_for_again_and_a_fresh_one_is_not() {
    let scene = Scene::new(1).await;
    let column = scene.title_column().await;
    for (days, calls) in [(0, 1), (29, 1), (2, 2)] {
        scene.stage.advance(SignedDuration::from_hours(24 * days));
        scene.start(&[&column], &scene.leads, None).await;
        scene.work().await;
        assert_eq!(scene.directory.calls(), calls, "after {days} days");
    }
    let mode = RunMode { again: true, ..RunMode::default() };
    scene.start_as(&[&column], &scene.leads, None, mode).await;
    scene.work().await;
    assert_eq!(scene.directory.calls(), 3);
}

#[tokio::test]
async fn lead_that_fails_the_condition_is_not_asked_about() {
    let scene = Scene::new(2).await;
    let condition = |column: &mut domain::column::LeadColumn| {
        column.condition = Some("email == 'lead001@one.example'".to_owned());
    };
    let column = scene.column("Title", condition).await;
    let run = scene.start(&[&column], &scene.leads, None).await;
    scene.work().await;
    assert_eq!(outcomes(&scene.run(&run).await), sums([("found", 1), ("skipped", 1)]));
    assert_eq!(scene.directory.calls(), 1);
    let skipped = scene.cell(0, &column).await;
    assert_eq!(skipped.state, CellState::Skipped { why: "the condition is not true".to_owned() });
    assert!(scene.stage.clock.now() >= skipped.at);
}

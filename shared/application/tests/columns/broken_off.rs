//! The worker dies at its first call to the cloud, then at its second, and so on; or the call is done and its answer is
//! lost. The message is delivered again. No provider is asked twice, every call is booked, and the run ends.

use crate::scene::{HIT, Scene};
use domain::column::cell::{CellOutcome, CellState};
use domain::column::run::RunState;
use domain::spend::Usd;
use jiff::SignedDuration;
use local_cloud::{Fault, Moment};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

const LEADS: usize = 3;

/// Fills a page that breaks off at this call, and delivers its message again. Returns false if it makes fewer calls.
async fn broken_off_at(at: usize, lost: bool) -> bool {
    let scene = Scene::new(LEADS).await;
    let column = scene.title_column().await;
    let run = scene.start(&[&column], &scene.leads, Some(HIT * 10)).await;
    let message = scene.pages().remove(0);
    let count = Arc::new(AtomicUsize::new(0));
    let counted = count.clone();
    scene.stage.cloud.faults().inject(move |moment, _| {
        let here = moment == Moment::Before && counted.fetch_add(1, Ordering::Relaxed) >= at;
        let dead = Fault::Fail { status: 400, code: "Dead".to_owned(), message: String::new() };
        here.then(
            || if lost && counted.load(Ordering::Relaxed) == at + 1 { Fault::LoseResponse } else { dead },
        )
    });
    drop(scene.page(&message, "the dead one").await);
    scene.stage.cloud.faults().clear();
    let place = format!("broken off at call {at}, lost: {lost}");
    let asked = scene.directory.calls();
    // The queue gives the message again once its time is over.
    scene.stage.advance(SignedDuration::from_mins(9));
    drop(scene.page(&message, "the next one").await.unwrap_or_else(|error| panic!("{place}: {error}")));
    scene.work().await;
    let run = scene.run(&run).await;
    assert_eq!((run.state.clone(), run.done), (RunState::Done {}, LEADS as u64), "{place}");
    assert!(scene.directory.most_calls() <= 1, "{place}: asked twice");
    let (month, own) = (scene.month().await, scene.of_run(&run).await);
    assert_eq!(month.reserved, Usd::ZERO, "{place}");
    assert_eq!((month.spent, own.spent), (run.spent, run.spent), "{place}");
    let calls = u64::from(scene.directory.calls());
    assert!(run.spent >= HIT * calls, "{place}: {} for {calls} calls", run.spent);
    // What said that it asks may have been asked: it is paid, and told.
    let outcomes = &run.counts[&column.id];
    let lost_answers = outcomes.get(&CellOutcome::AnswerLost).copied().unwrap_or(0);
    let found = outcomes.get(&CellOutcome::Found).copied().unwrap_or(0);
    assert_eq!(found + lost_answers, LEADS as u64, "{place}: {outcomes:?}");
    assert_eq!(run.spent, HIT * LEADS as u64, "{place}: each cell is paid once");
    for number in 0..LEADS {
        let (cell, lead) = (scene.cell(number, &column).await, scene.lead(number).await);
        match cell.state {
            CellState::Found {} => assert!(lead.job_title.is_some(), "{place}: the lead lacks its value"),
            CellState::AnswerLost {} => {
                assert!(lead.job_title.is_none() && asked > 0 || calls < 3, "{place}")
            }
            other => panic!("{place}: {other:?}"),
        }
    }
    count.load(Ordering::Relaxed) > at
}

#[tokio::test]
async fn page_that_breaks_off_anywhere_asks_nothing_twice() {
    let mut at = 0;
    while broken_off_at(at, false).await {
        at += 1;
        assert!(at < 200, "the page makes endless calls");
    }
    assert!(at > 15, "only {at} calls were broken off");
}

#[tokio::test]
async fn page_whose_answer_is_lost_anywhere_asks_nothing_twice() {
    let mut at = 0;
    while broken_off_at(at, true).await {
        at += 1;
        assert!(at < 200, "the page makes endless calls");
    }
    assert!(at > 15, "only {at} calls were broken off");
}

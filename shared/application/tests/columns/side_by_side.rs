//! Workers side by side: on one page, and on two runs that share the month's cap.

use crate::scene::{HIT, Scene};
use domain::column::run::RunState;
use domain::spend::Usd;

#[tokio::test]
async fn two_workers_on_one_page_ask_once() {
    let scene = Scene::new(25).await;
    let column = scene.title_column().await;
    let run = scene.start(&[&column], &scene.leads, None).await;
    let message = scene.pages().remove(0);
    let (one, other) = tokio::join!(scene.page(&message, "one"), scene.page(&message, "other"));
    one.and(other).unwrap();
    assert_eq!((scene.directory.calls(), scene.directory.most_calls()), (25, 1));
    scene.page(&message, "a third").await.unwrap();
    let run = scene.run(&run).await;
    assert_eq!((run.state, run.done, scene.directory.calls()), (RunState::Done {}, 25, 25));
    let month = scene.month().await;
    assert_eq!((month.spent, month.reserved), (HIT * 25, Usd::ZERO));
}

#[tokio::test]
async fn two_runs_never_pass_the_cap_of_the_month() {
    let scene = Scene::new(60).await;
    let column = scene.title_column().await;
    let cap = HIT * 20 + Usd::micros(7);
    scene.cap_month(cap).await;
    let one = scene.start(&[&column], &scene.leads[..30], None).await;
    let other = scene.start(&[&column], &scene.leads[30..], None).await;
    for round in 0..10 {
        let pages = scene.pages();
        let names: Vec<String> = (0..pages.len()).map(|place| format!("{round} {place}")).collect();
        let each = pages.iter().zip(&names).map(|(page, name)| scene.page(page, name));
        for filled in futures::future::join_all(each).await {
            filled.unwrap();
        }
        let month = scene.month().await;
        assert!(month.spent + month.reserved <= cap, "{month:?}");
    }
    let states = [scene.run(&one).await.state, scene.run(&other).await.state];
    assert!(states.iter().all(|state| matches!(state, RunState::OutOfMoney { .. })), "{states:?}");
    let month = scene.month().await;
    assert_eq!((month.spent, month.reserved), (HIT * 20, Usd::ZERO));
    assert_eq!((scene.directory.calls(), scene.directory.most_calls()), (20, 1));
}

/// The same lead is in two runs that are worked on at the same time.
#[tokio::test]
async fn two_runs_of_the_same_cell_ask_once() {
    let scene = Scene::new(8).await;
    let column = scene.title_column().await;
    scene.start(&[&column], &scene.leads, None).await;
    scene.start(&[&column], &scene.leads, None).await;
    let pages = scene.pages();
    let (one, other) = tokio::join!(scene.page(&pages[0], "one"), scene.page(&pages[1], "other"));
    one.and(other).unwrap();
    scene.work().await;
    assert_eq!((scene.directory.calls(), scene.directory.most_calls()), (8, 1));
    let month = scene.month().await;
    assert_eq!((month.spent, month.reserved), (HIT * 8, Usd::ZERO));
}

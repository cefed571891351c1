//! A follow-up's task and the lead's date.

use super::*;
use application::tasks::follow_up::{follow_up_moved, make_follow_up};
use domain::event::Actor;
use jiff::Timestamp;
use local_cloud::{Fault, Moment};
use std::sync::atomic::{AtomicUsize, Ordering};

fn at() -> Timestamp {
    "2026-11-20T08:30:00Z".parse().unwrap()
}

async fn with_date() -> (Suite, Lead) {
    let (suite, lead) = suite().await;
    let lead = Lead { follow_up_at: Some(at()), ..stored(&suite, &lead).await };
    save(&suite, &lead).await;
    let lead = stored(&suite, &lead).await;
    (suite, lead)
}

async fn stored(suite: &Suite, lead: &Lead) -> Lead {
    suite.stage.ports.leads().get(&suite.workspace, &lead.id).await.unwrap()
}

async fn save(suite: &Suite, lead: &Lead) {
    let event = Event::system(EventKind::LeadChanged, suite.stage.clock.now());
    suite.stage.ports.leads().save(lead, &event).await.unwrap();
}

async fn comes(suite: &Suite, lead: &Lead, at: Timestamp) {
    let ports = &suite.stage.ports;
    let stores = (&*ports.leads(), &*ports.tasks(), &*ports.notifications());
    make_follow_up(stores, (&suite.workspace, &lead.id), at).await.unwrap();
}

async fn open(suite: &Suite) -> Vec<Value> {
    let list = suite.get("/api/tasks").await.expect(200);
    list["items"].as_array().unwrap().clone()
}

async fn told(suite: &Suite, lead: &Lead) -> usize {
    let user = lead.owner.clone().unwrap_or_else(|| domain::UserId::derived(at(), &["any"]));
    let page = application::PageRequest::first(50);
    let list = suite.stage.ports.notifications().list(&suite.workspace, &user, page).await.unwrap();
    list.items.len()
}

#[tokio::test]
async fn date_becomes_one_task_and_one_notification_however_often_the_job_runs() {
    let (suite, lead) = with_date().await;
    for _ in 0..3 {
        comes(&suite, &lead, at()).await;
    }
    let tasks = open(&suite).await;
    assert_eq!(
        (tasks.len(), &tasks[0]["kind"], &tasks[0]["due_at"]),
        (1, &json!("follow_up"), &json!(at().to_string()))
    );
    assert_eq!(told(&suite, &lead).await, 1);
}

#[tokio::test]
async fn moved_removed_or_ended_date_makes_nothing() {
    let (suite, lead) = with_date().await;
    let later: Timestamp = "2026-11-25T08:30:00Z".parse().unwrap();
    comes(&suite, &lead, later).await;
    for change in [
        Lead { follow_up_at: None, ..lead.clone() },
        Lead { do_not_contact: true, ..lead.clone() },
        Lead { status: domain::lead::stage::StageId::LOST, ..lead.clone() },
    ] {
        let rev = stored(&suite, &lead).await.rev;
        save(&suite, &Lead { rev, ..change }).await;
        comes(&suite, &lead, at()).await;
    }
    assert_eq!((open(&suite).await.len(), told(&suite, &lead).await), (0, 0));
}

#[tokio::test]
async fn moving_a_date_that_has_come_moves_its_task() {
    let (suite, lead) = with_date().await;
    comes(&suite, &lead, at()).await;
    let later: Timestamp = "2026-11-25T08:30:00Z".parse().unwrap();
    let moved = Lead { follow_up_at: Some(later), ..lead.clone() };
    save(&suite, &moved).await;
    let tasks = suite.stage.ports.tasks();
    follow_up_moved(&*tasks, (&lead, &moved), (Actor::System, at())).await.unwrap();
    assert_eq!(open(&suite).await.len(), 0);
    comes(&suite, &lead, later).await;
    let due: Vec<Value> = open(&suite).await.into_iter().map(|task| task["due_at"].clone()).collect();
    assert_eq!(due, [json!(later.to_string())]);
}

#[tokio::test]
async fn closed_follow_up_takes_the_date_from_the_lead() {
    let (suite, lead) = with_date().await;
    comes(&suite, &lead, at()).await;
    let id = open(&suite).await[0]["id"].as_str().unwrap().to_owned();
    suite.patch(&format!("/api/tasks/{id}"), json!({"done": true})).await.expect(200);
    assert_eq!(stored(&suite, &lead).await.follow_up_at, None);
}

#[tokio::test]
async fn closing_another_task_leaves_the_date() {
    let (suite, lead) = with_date().await;
    let other = task(&suite, &lead, "Send the offer", "2026-11-21T09:00:00Z").await;
    let path = format!("/api/tasks/{}", other["id"].as_str().unwrap());
    suite.patch(&path, json!({"done": true})).await.expect(200);
    assert_eq!(stored(&suite, &lead).await.follow_up_at, Some(at()));
}

#[tokio::test]
async fn follow_up_that_was_made_a_call_takes_its_date_along_where_the_lead_must_not_be_called() {
    let (suite, lead) = with_date().await;
    comes(&suite, &lead, at()).await;
    let path = |task: &Value| format!("/api/tasks/{}", task["id"].as_str().unwrap());
    suite.patch(&path(&open(&suite).await[0]), json!({"kind": "call"})).await.expect(200);
    let other = task(&suite, &lead, "Call", "2026-11-21T09:00:00Z").await;
    suite.patch(&path(&other), json!({"outcome": "do_not_call"})).await.expect(200);
    assert_eq!((open(&suite).await.len(), stored(&suite, &lead).await.follow_up_at), (0, None));
}

/// The request to close the task breaks off at its `nth` write; true if it had no more.
async fn closes_until_write(suite: &Suite, path: &str, nth: usize) -> bool {
    let writes = AtomicUsize::new(0);
    suite.stage.cloud.faults().inject(move |moment, call| {
        let is_write = moment == Moment::Before && matches!(call.operation, "PutItem" | "TransactWriteItems");
        let breaks = is_write && writes.fetch_add(1, Ordering::Relaxed) >= nth;
        breaks.then(|| Fault::Fail { status: 400, code: "Gone".to_owned(), message: String::new() })
    });
    let reply = suite.patch(path, json!({"done": true})).await;
    suite.stage.cloud.faults().clear();
    reply.status.is_success()
}

#[tokio::test]
async fn closing_that_breaks_off_anywhere_leaves_no_date_behind_a_closed_task() {
    for nth in 0.. {
        let (suite, lead) = with_date().await;
        comes(&suite, &lead, at()).await;
        let path = format!("/api/tasks/{}", open(&suite).await[0]["id"].as_str().unwrap());
        let is_whole = closes_until_write(&suite, &path, nth).await;
        let closed = open(&suite).await.is_empty();
        assert!(!closed || stored(&suite, &lead).await.follow_up_at.is_none(), "after {nth} writes");
        suite.patch(&path, json!({"done": true})).await.expect(200);
        assert_eq!((open(&suite).await.len(), stored(&suite, &lead).await.follow_up_at), (0, None));
        if is_whole {
            assert!(nth >= 2, "the date and the task are two writes");
            return;
        }
    }
}

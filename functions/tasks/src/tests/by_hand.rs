//! Tasks that a user plans: reminders, repetition, and what an outcome makes next.

use super::*;
use application::ports::due::DueWork;
use domain::workspace::user::Role;

async fn plan(suite: &Suite, lead: &Lead, more: Value) -> Value {
    let mut body = json!({"lead_id": lead.id, "title": "Call Elena", "kind": "call"});
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    suite.post("/api/tasks", body).await.expect(201)
}

fn path(task: &Value) -> String {
    format!("/api/tasks/{}", task["id"].as_str().unwrap())
}

/// The open tasks, as their titles and due times.
async fn open(suite: &Suite) -> Vec<(Value, Value)> {
    let list = suite.get("/api/tasks").await.expect(200);
    let items = list["items"].as_array().unwrap();
    items.iter().map(|task| (task["title"].clone(), task["due_at"].clone())).collect()
}

async fn reminders(suite: &Suite) -> Vec<String> {
    let far = "2027-06-01T00:00:00Z".parse().unwrap();
    let packs = suite.stage.ports.due().due(far, 100).await.unwrap();
    let hints = packs.into_iter().flat_map(|pack| pack.hints);
    let at =
        hints.filter(|hint| matches!(hint.what, DueWork::RemindTask { .. })).map(|hint| hint.at.to_string());
    at.collect()
}

#[tokio::test]
async fn planned_task_keeps_its_note_priority_and_repetition() {
    let (suite, lead) = suite().await;
    let repeat = json!({"every": "month", "zone": "Europe/London"});
    let more = json!({"kind": "email", "body": "Send the terms", "priority": "high", "repeat": repeat,
        "due_at": "2026-12-31T09:00:00Z", "remind_minutes": 30});
    let task = plan(&suite, &lead, more).await;
    assert_eq!(
        (&task["kind"], &task["body"], &task["priority"]),
        (&json!("email"), &json!("Send the terms"), &json!("high"))
    );
    assert_eq!(suite.get(&path(&task)).await.expect(200)["repeat"], repeat);
    suite.patch(&path(&task), json!({"done": true})).await.expect(200);
    // Done before it was due: the next one is that of the month after.
    assert_eq!(open(&suite).await, [(json!("Call Elena"), json!("2027-01-31T09:00:00Z"))]);
    suite.patch(&path(&task), json!({"done": false})).await.expect(200);
    assert_eq!(open(&suite).await, [(json!("Call Elena"), json!("2026-12-31T09:00:00Z"))]);
    suite.patch(&path(&task), json!({"repeat": null})).await.expect(200);
    suite.patch(&path(&task), json!({"done": true})).await.expect(200);
    assert_eq!(open(&suite).await, []);
}

#[tokio::test]
async fn cancelled_task_is_not_repeated_and_can_be_opened_again() {
    let (suite, lead) = suite().await;
    let repeat = json!({"every": "day", "zone": "Europe/London"});
    let task = plan(&suite, &lead, json!({"repeat": repeat})).await;
    suite.delete(&path(&task)).await.expect(204);
    assert_eq!(open(&suite).await, []);
    suite.patch(&path(&task), json!({"done": false})).await.expect(200);
    assert_eq!(open(&suite).await.len(), 1);
}

#[tokio::test]
async fn reminder_has_a_hint_that_moves_with_the_task() {
    let (suite, lead) = suite().await;
    let more = json!({"due_at": "2026-11-23T09:00:00Z", "remind_minutes": 15});
    let task = plan(&suite, &lead, more).await;
    assert_eq!(reminders(&suite).await, ["2026-11-23T08:45:00Z"]);
    suite.patch(&path(&task), json!({"due_at": "2026-11-24T09:00:00Z"})).await.expect(200);
    assert_eq!(reminders(&suite).await.last().unwrap(), "2026-11-24T08:45:00Z");
    let late = json!({"due_at": "2026-11-20T09:05:00Z", "remind_minutes": 15});
    plan(&suite, &lead, late).await;
    assert_eq!(reminders(&suite).await.len(), 2, "a time that has passed reminds nobody");
}

#[tokio::test]
async fn call_back_is_planned_for_the_time_that_was_agreed() {
    let (suite, lead) = suite().await;
    let call = plan(&suite, &lead, json!({})).await;
    let asks = suite.patch(&path(&call), json!({"outcome": "callback"})).await.expect(422);
    assert_eq!(asks["field"], "again_at");
    let past = json!({"outcome": "callback", "again_at": "2026-11-20T08:00:00Z"});
    assert_eq!(suite.patch(&path(&call), past).await.expect(422)["field"], "again_at");
    let other = json!({"outcome": "busy", "again_at": "2026-11-24T14:00:00Z"});
    assert_eq!(suite.patch(&path(&call), other).await.expect(422)["field"], "again_at");
    let agreed = json!({"outcome": "callback", "again_at": "2026-11-24T14:00:00Z", "note": "With Ben",
        "call_seconds": 75});
    let done = suite.patch(&path(&call), agreed.clone()).await.expect(200);
    assert_eq!((&done["note"], &done["call_seconds"]), (&json!("With Ben"), &json!(75)));
    assert_eq!(open(&suite).await, [(json!("Call back"), json!("2026-11-24T14:00:00Z"))]);
    assert_eq!(reminders(&suite).await, ["2026-11-24T14:00:00Z"]);
    // The same outcome again makes no second one; another one takes it back.
    suite.patch(&path(&call), agreed).await.expect(200);
    assert_eq!(open(&suite).await.len(), 1);
    suite.patch(&path(&call), json!({"outcome": "connected"})).await.expect(200);
    assert_eq!(open(&suite).await, []);
}

#[tokio::test]
async fn call_without_answer_is_tried_three_times_and_undone_with_its_next_try() {
    let (suite, lead) = suite().await;
    let first = plan(&suite, &lead, json!({})).await;
    suite.patch(&path(&first), json!({"outcome": "no_answer"})).await.expect(200);
    // A Friday: the next working day is Monday.
    assert_eq!(open(&suite).await, [(json!("Call Elena"), json!("2026-11-23T09:00:00Z"))]);
    suite.patch(&path(&first), json!({"done": false})).await.expect(200);
    assert_eq!(open(&suite).await, [(json!("Call Elena"), first["due_at"].clone())]);
    for tries in 0..3 {
        let list = suite.get("/api/tasks").await.expect(200);
        assert_eq!((list["items"].as_array().unwrap().len(), &list["items"][0]["tries"]), (1, &json!(tries)));
        suite.patch(&path(&list["items"][0]), json!({"outcome": "no_answer"})).await.expect(200);
    }
    assert_eq!(open(&suite).await, []);
}

#[tokio::test]
async fn task_fields_out_of_bounds_are_refused_by_name() {
    let (suite, lead) = suite().await;
    let post = |more: Value| {
        let mut body = json!({"lead_id": lead.id, "title": "Call Elena"});
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        suite.post("/api/tasks", body)
    };
    assert_eq!(post(json!({"remind_minutes": 40_321})).await.expect(422)["field"], "remind_minutes");
    assert_eq!(post(json!({"body": "x".repeat(4_001)})).await.expect(422)["field"], "body");
    let nowhere = json!({"repeat": {"every": "day", "zone": "Mars/Base"}});
    assert_eq!(post(nowhere).await.expect(422)["field"], "repeat.zone");
    let task = plan(&suite, &lead, json!({})).await;
    for (changes, field) in [
        (json!({"kind": "hot_lead"}), "kind"),
        (json!({"call_seconds": 86_401}), "call_seconds"),
        (json!({"note": "x".repeat(4_001)}), "note"),
    ] {
        assert_eq!(suite.patch(&path(&task), changes).await.expect(422)["field"], field);
    }
    let mail = suite.patch(&path(&task), json!({"kind": "email"})).await.expect(200);
    assert_eq!(mail["kind"], "email");
}

#[tokio::test]
async fn task_is_given_only_to_an_active_user_who_sees_the_lead() {
    let (suite, lead) = suite().await;
    let eve = suite.stage.add_user(&suite.workspace, "eve", Role::Rep).await;
    let task = plan(&suite, &lead, json!({"owner": eve})).await;
    assert_eq!(task["owner"], eve.as_str());

    suite.stage.reps_see_own_leads(&suite.workspace).await;
    let event = Event::system(EventKind::SettingsChanged, suite.stage.clock.now());
    let body = json!({"lead_id": lead.id, "title": "Call", "owner": eve});
    let refused = suite.post("/api/tasks", body.clone()).await.expect(422);
    assert_eq!(refused["field"], "owner");
    assert_eq!(suite.patch(&path(&task), json!({"owner": eve})).await.expect(422)["field"], "owner");

    let mut handed = suite.stage.ports.leads().get(&suite.workspace, &lead.id).await.unwrap();
    handed.owner = Some(eve.clone());
    suite.stage.ports.leads().save(&handed, &event).await.unwrap();
    suite.post("/api/tasks", body.clone()).await.expect(201);
    let mut user = suite.stage.ports.users().get(&suite.workspace, &eve).await.unwrap();
    user.disabled = true;
    suite.stage.ports.users().save(&user, &event).await.unwrap();
    suite.post("/api/tasks", body).await.expect(422);
}

#[tokio::test]
async fn outcome_of_one_call_of_a_series_leaves_the_series() {
    let (suite, lead) = suite().await;
    let repeat = json!({"every": "week", "zone": "Europe/London"});
    let more = json!({"repeat": repeat, "due_at": "2026-11-20T09:00:00Z"});
    let first = plan(&suite, &lead, more).await;
    let agreed = json!({"outcome": "callback", "again_at": "2026-11-24T14:00:00Z"});
    suite.patch(&path(&first), agreed).await.expect(200);
    let back = (json!("Call back"), json!("2026-11-24T14:00:00Z"));
    let next = (json!("Call Elena"), json!("2026-11-27T09:00:00Z"));
    assert_eq!(open(&suite).await, [back, next.clone()]);
    // Another outcome takes the call back away, and the series stays as it is.
    for outcome in ["not_interested", "booked"] {
        suite.patch(&path(&first), json!({"outcome": outcome})).await.expect(200);
        assert_eq!(open(&suite).await, std::slice::from_ref(&next), "{outcome}");
    }
    suite.patch(&path(&first), json!({"done": false})).await.expect(200);
    assert_eq!(open(&suite).await, [(json!("Call Elena"), json!("2026-11-20T09:00:00Z"))]);
}

#[tokio::test]
async fn do_not_call_cancels_the_other_calls_of_the_lead_and_its_series() {
    let (suite, lead) = suite().await;
    let repeat = json!({"every": "week", "zone": "Europe/London"});
    let first = plan(&suite, &lead, json!({"repeat": repeat})).await;
    let other = plan(&suite, &lead, json!({"due_at": "2026-11-25T09:00:00Z"})).await;
    let mail = json!({"kind": "email", "title": "Send the terms", "due_at": "2026-11-26T09:00:00Z"});
    plan(&suite, &lead, mail).await;
    suite.patch(&path(&first), json!({"outcome": "do_not_call"})).await.expect(200);
    assert_eq!(open(&suite).await, [(json!("Send the terms"), json!("2026-11-26T09:00:00Z"))]);
    assert_eq!(suite.get(&path(&other)).await.expect(200)["outcome"], "cancelled");
}

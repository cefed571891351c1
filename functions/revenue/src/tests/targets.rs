//! The routes of targets: what is counted, the pace, who sees and sets what.

use super::commissions::book;
use super::{suite, usd};
use application::{Clock, Ports};
use domain::event::{Event, EventKind};
use domain::lead::stage::{StageId, StageMove};
use domain::money::{Currency, Money};
use domain::revenue::commission::Credit;
use domain::time::calendar_month::CalendarMonth;
use domain::workspace::lead_access::{RepsSee, Team};
use domain::workspace::task::{Task, TaskKind, TaskOutcome};
use domain::workspace::user::Role;
use domain::{LeadId, TaskId, UserId};
use jiff::Timestamp;
use serde_json::{Value, json};
use test_stage::Suite;

/// Logs a call of the user at this time.
async fn log(suite: &Suite, user: &UserId, at: &str, outcome: TaskOutcome) {
    let at: Timestamp = at.parse().unwrap();
    let id = LeadId::derived(suite.stage.clock.now(), &["called"]);
    let lead = domain::lead::Lead::blank(id.clone(), suite.workspace.clone(), at);
    let task = TaskId::derived(&id, &[at.to_string().as_str(), user.as_str()]);
    let mut call = Task::about(&lead, task, TaskKind::Call, "Call".to_owned(), at);
    call.close(outcome, at);
    call.done_by = Some(user.clone());
    let event = Event::system(EventKind::TaskDone, at);
    suite.stage.ports.tasks().save(&call, &event).await.unwrap();
}

async fn moved(suite: &Suite, lead: &str, owner: &UserId, (from, to): (StageId, StageId), at: &str) {
    let at: Timestamp = at.parse().unwrap();
    let made = StageMove {
        workspace: suite.workspace.clone(),
        lead: LeadId::derived(suite.stage.clock.now(), &[lead]),
        owner: Some(owner.clone()),
        from,
        to,
        entered_at: at,
        at,
    };
    suite.stage.ports.stages().put_move(&made).await.unwrap();
}

async fn set(suite: &Suite, body: Value) -> Value {
    suite.put("/api/targets/2026-11", body).await.expect(200)
}

fn row<'v>(shown: &'v Value, user: &UserId) -> &'v Value {
    let mut rows = shown["members"].as_array().unwrap().iter();
    &rows.find(|row| row["user"] == user.as_str()).expect("the member's row")["progress"]
}

fn names(shown: &Value) -> Vec<&str> {
    shown["members"].as_array().unwrap().iter().map(|row| row["name"].as_str().unwrap()).collect()
}

/// Reps see their own leads; Max is the manager of Ann's team.
async fn teams(suite: &Suite) -> (UserId, UserId) {
    let (stage, workspace) = (&suite.stage, &suite.workspace);
    let ann = stage.add_user(workspace, "ann", Role::Rep).await;
    let max = stage.add_user(workspace, "max", Role::Manager).await;
    let mut changed = stage.ports.workspaces().get(workspace).await.unwrap();
    changed.lead_access.reps_see = RepsSee::OwnLeads;
    let members = vec![ann.clone(), max.clone()];
    changed.lead_access.teams = vec![Team { name: "North".to_owned(), members }];
    let event = Event::system(EventKind::SettingsChanged, stage.clock.now());
    stage.ports.workspaces().save(&changed, &event).await.unwrap();
    (ann, max)
}

#[tokio::test]
async fn figures_are_the_calls_won_leads_and_credited_money_of_the_month() {
    let (suite, client) = suite().await;
    let ann = suite.stage.add_user(&suite.workspace, "ann", Role::Rep).await;
    log(&suite, &ann, "2026-10-31T23:59:59Z", TaskOutcome::Booked).await;
    log(&suite, &ann, "2026-11-01T00:00:00Z", TaskOutcome::NoAnswer).await;
    log(&suite, &ann, "2026-11-20T08:00:00Z", TaskOutcome::Booked).await;
    log(&suite, &suite.user, "2026-11-19T08:00:00Z", TaskOutcome::Connected).await;
    let (new, won) = (StageId::NEW, StageId::WON);
    moved(&suite, "before", &ann, (new, won), "2026-10-31T10:00:00Z").await;
    moved(&suite, "stays", &ann, (new, won), "2026-11-10T10:00:00Z").await;
    moved(&suite, "back", &ann, (new, won), "2026-11-10T11:00:00Z").await;
    moved(&suite, "back", &ann, (won, new), "2026-11-10T12:00:00Z").await;
    let shared =
        [Credit { user: ann.clone(), percent: 30 }, Credit { user: suite.user.clone(), percent: 70 }];
    book(&suite, &client, "in_2", usd(10_000), &shared).await;
    book(&suite, &client, "in_2/1", usd(-1_000), &shared).await;
    let yen = Money { amount_minor: 700, currency: Currency::parse("JPY").unwrap() };
    let before = suite.get("/api/targets").await.expect(200);
    book(&suite, &client, "in_3", yen, &shared).await;
    let shown = suite.get("/api/targets?month=2026-11").await.expect(200);
    assert_eq!((&before["other_currencies"], &shown["other_currencies"]), (&json!(false), &json!(true)));
    let actual = |progress: &Value| {
        ["calls", "meetings", "won", "collected"].map(|figure| progress[figure]["actual"].as_i64().unwrap())
    };
    assert_eq!(actual(row(&shown, &ann)), [2, 1, 1, 2_700]);
    assert_eq!(actual(row(&shown, &suite.user)), [1, 0, 0, 6_300]);
    // The payment of the suite is credited to nobody, and the team has it.
    assert_eq!(actual(&shown["team"]), [3, 1, 1, 16_900]);
    let october = suite.get("/api/targets?month=2026-10").await.expect(200);
    assert_eq!(actual(row(&october, &ann)), [1, 1, 1, 0]);
}

#[tokio::test]
async fn pace_is_the_target_by_the_working_days_before_today() {
    let (suite, _) = suite().await;
    for at in ["2026-11-18T08:00:00Z", "2026-11-19T08:00:00Z", "2026-11-20T08:00:00Z"] {
        log(&suite, &suite.user, at, TaskOutcome::NoAnswer).await;
    }
    let own = json!({ "user": suite.user, "targets": { "calls": 9 } });
    let shown = set(&suite, json!({ "team": { "calls": 21 }, "members": [own] })).await;
    assert_eq!((&shown["working_days"], &shown["days_over"]), (&json!(21), &json!(14)));
    let wanted = json!({ "target": 9, "actual": 3, "expected": 6, "projected": 3 });
    assert_eq!(row(&shown, &suite.user)["calls"], wanted);
    assert_eq!(shown["team"]["calls"]["expected"], 14);
    let none = json!({ "target": null, "actual": 0, "expected": null, "projected": 0 });
    assert_eq!(shown["team"]["won"], none);
}

#[tokio::test]
async fn rep_sees_own_targets_and_those_of_the_team_unless_reps_see_their_own_leads() {
    let (mut suite, _) = suite().await;
    let ben = suite.stage.add_user(&suite.workspace, "ben", Role::Rep).await;
    let own = json!({ "user": ben, "targets": { "calls": 9 } });
    set(&suite, json!({ "team": { "calls": 21 }, "members": [own] })).await;
    suite.user = ben;
    suite.sign_in(Role::Rep);
    let shown = suite.get("/api/targets").await.expect(200);
    assert_eq!((names(&shown), &shown["team"]["calls"]["target"]), (vec!["ben"], &json!(21)));
    assert_eq!(shown["may_change"], false);
    suite.put("/api/targets/2026-11", json!({ "members": [] })).await.expect(403);
    teams(&suite).await;
    let shown = suite.get("/api/targets").await.expect(200);
    assert_eq!((names(&shown), &shown["team"]), (vec!["ben"], &Value::Null));
}

#[tokio::test]
async fn manager_of_a_team_sets_the_targets_of_its_members_alone() {
    let (mut suite, _) = suite().await;
    let (owner, (ann, max)) = (suite.user.clone(), teams(&suite).await);
    let of = |user: &UserId, calls: u32| json!({ "user": user, "targets": { "calls": calls } });
    set(&suite, json!({ "team": { "won": 4 }, "members": [of(&owner, 5), of(&ann, 6)] })).await;
    suite.user = max;
    suite.sign_in(Role::Manager);
    let shown = suite.get("/api/targets").await.expect(200);
    assert_eq!((names(&shown), &shown["team"]), (vec!["ann", "max"], &Value::Null));
    let path = "/api/targets/2026-11";
    let strange = json!({ "members": [of(&owner, 9)] });
    assert_eq!(suite.put(path, strange).await.expect(422)["field"], "members[0].user");
    let team = json!({ "team": {}, "members": [] });
    assert_eq!(suite.put(path, team).await.expect(422)["field"], "team");
    set(&suite, json!({ "members": [of(&ann, 7)] })).await;
    suite.user = owner.clone();
    suite.sign_in(Role::Owner);
    let shown = suite.get("/api/targets").await.expect(200);
    assert_eq!(row(&shown, &ann)["calls"]["target"], 7);
    assert_eq!(row(&shown, &owner)["calls"]["target"], 5);
    assert_eq!(shown["team"]["won"]["target"], 4);
}

#[tokio::test]
async fn targets_with_faults_are_refused_with_their_fields() {
    let (suite, _) = suite().await;
    let path = "/api/targets/2026-11";
    let none = json!({ "user": suite.user, "targets": { "calls": 0 } });
    assert_eq!(
        suite.put(path, json!({ "members": [none] })).await.expect(422)["field"],
        "members[0].targets.calls"
    );
    let stranger = UserId::derived(suite.stage.clock.now(), &["stranger"]);
    let strange = json!({ "members": [{ "user": stranger, "targets": {} }] });
    assert_eq!(suite.put(path, strange).await.expect(422)["field"], "members[0].user");
    let own = json!({ "user": suite.user, "targets": {} });
    assert_eq!(
        suite.put(path, json!({ "members": [own, own] })).await.expect(422)["field"],
        "members[1].user"
    );
    let team = json!({ "team": { "collected_minor": -5 }, "members": [] });
    assert_eq!(suite.put(path, team).await.expect(422)["field"], "team.collected_minor");
    assert_eq!(set(&suite, json!({ "members": [], "rev": 0 })).await["rev"], 1);
    let late = json!({ "members": [], "rev": 0 });
    assert_eq!(suite.put(path, late).await.expect(409)["code"], "changed_meanwhile");
}

#[tokio::test]
async fn month_that_is_over_keeps_its_targets_and_distant_ones_are_refused() {
    let (suite, _) = suite().await;
    let none = || json!({ "members": [] });
    assert_eq!(suite.put("/api/targets/2026-10", none()).await.expect(422)["field"], "month");
    assert_eq!(suite.put("/api/targets/2027-12", none()).await.expect(422)["field"], "month");
    suite.put("/api/targets/2027-11", none()).await.expect(200);
    suite.put("/api/targets/november", none()).await.expect(404);
    for month in ["2025-11", "2027-12", "november"] {
        let refused = suite.get(&format!("/api/targets?month={month}")).await.expect(422);
        assert_eq!(refused["field"], "query.month", "{month}");
    }
    suite.get("/api/targets?month=2025-12").await.expect(200);
    let coming = suite.get("/api/targets?month=2026-12").await.expect(200);
    assert_eq!((&coming["days_over"], &coming["may_change"]), (&json!(0), &json!(true)));
    assert_eq!(coming["month"], json!(CalendarMonth::parse("2026-12")));
}

//! New leads get their owner by the workspace's rules.

use super::*;
use application::{Clock, Ports};
use domain::event::{Event, EventKind};
use domain::lead::routing::{OwnerAway, OwnerChoice, Routing, RoutingConditions, RoutingRule};
use domain::{RoutingRuleId, UserId};

/// Adds a rep to the workspace.
async fn rep(suite: &Suite, name: &str) -> UserId {
    suite.stage.add_user(&suite.workspace, name, Role::Rep).await
}

async fn route(suite: &Suite, rules: Vec<RoutingRule>, otherwise: OwnerChoice) {
    let store = suite.stage.ports.routing();
    let known = store.get(&suite.workspace).await.unwrap();
    let event = Event::system(EventKind::RoutingChanged, suite.stage.clock.now());
    store.save(&Routing { rules, otherwise, ..known }, &event).await.unwrap();
}

fn rule(name: &str, when: RoutingConditions, assign: OwnerChoice) -> RoutingRule {
    let id = RoutingRuleId::derived(jiff::Timestamp::UNIX_EPOCH, &[name]);
    RoutingRule { id, name: name.to_owned(), when, assign }
}

async fn owner(suite: &Suite, body: Value) -> Value {
    suite.post("/api/leads", body).await.expect(201)["owner"].clone()
}

#[tokio::test]
async fn leads_go_round_the_reps_and_the_timeline_says_why() {
    let suite = suite().await;
    let (ben, kim) = (rep(&suite, "ben").await, rep(&suite, "kim").await);
    let turns = OwnerChoice::RoundRobin { users: vec![ben.clone(), kim.clone()] };
    route(&suite, vec![rule("Everyone", RoutingConditions::default(), turns)], OwnerChoice::Nobody {}).await;
    let mut owners = Vec::new();
    for n in 0..4 {
        owners.push(owner(&suite, json!({ "email": format!("l{n}@a.example") })).await);
    }
    assert_eq!(owners, [json!(ben), json!(kim), json!(ben), json!(kim)]);
    let lead = suite.post("/api/leads", json!({"email": "l9@a.example"})).await.expect(201);
    let timeline = suite.get(&format!("/api/leads/{}/timeline", id(&lead))).await.expect(200);
    let told = timeline["items"].as_array().unwrap().iter().find(|item| item["kind"] == "owner_assigned");
    let told = told.expect("the decision is told");
    assert_eq!((&told["owner"], &told["rule_name"]), (&json!(ben), &json!("Everyone")));
    assert_eq!(told["how"], "round_robin");
}

#[tokio::test]
async fn known_lead_uses_up_no_turn_and_a_stated_owner_stays() {
    let suite = suite().await;
    let (ben, kim) = (rep(&suite, "ben").await, rep(&suite, "kim").await);
    route(&suite, Vec::new(), OwnerChoice::RoundRobin { users: vec![ben.clone(), kim.clone()] }).await;
    assert_eq!(owner(&suite, json!({"email": "a@a.example"})).await, json!(ben));
    suite.post("/api/leads", json!({"email": "a@a.example"})).await.expect(409);
    assert_eq!(owner(&suite, json!({"email": "b@a.example", "owner": suite.user})).await, json!(suite.user));
    assert_eq!(owner(&suite, json!({"email": "c@a.example"})).await, json!(kim));
    assert_eq!(owner(&suite, json!({"email": "d@a.example"})).await, json!(ben));
}

#[tokio::test]
async fn territory_decides_and_absent_or_disabled_reps_are_passed_over() {
    let suite = suite().await;
    let (ben, kim, zoe) = (rep(&suite, "ben").await, rep(&suite, "kim").await, rep(&suite, "zoe").await);
    let germany = RoutingConditions {
        countries: vec![domain::contact::country::Country::parse("DE").unwrap()],
        ..RoutingConditions::default()
    };
    let rules = vec![rule("Germany", germany, OwnerChoice::One { user: ben.clone() })];
    let all = OwnerChoice::RoundRobin { users: vec![ben.clone(), kim.clone(), zoe.clone()] };
    route(&suite, rules, all).await;
    assert_eq!(owner(&suite, json!({"email": "a@a.example", "country": "DE"})).await, json!(ben));
    let (users, store) = (suite.stage.ports.users(), suite.stage.ports.routing());
    let mut left = users.get(&suite.workspace, &ben).await.unwrap();
    left.disabled = true;
    users.save(&left, &Event::system(EventKind::UserChanged, suite.stage.clock.now())).await.unwrap();
    let mut known = store.get(&suite.workspace).await.unwrap();
    let today = suite.stage.clock.now().to_zoned(jiff::tz::TimeZone::UTC).date();
    known.away = vec![OwnerAway { user: kim.clone(), until: today }];
    store.save(&known, &Event::system(EventKind::RoutingChanged, suite.stage.clock.now())).await.unwrap();
    for n in 0..3 {
        let body = json!({ "email": format!("b{n}@a.example"), "country": "DE" });
        assert_eq!(owner(&suite, body).await, json!(zoe));
    }
}

#[tokio::test]
async fn rep_with_the_fewest_open_leads_gets_the_next_one() {
    let suite = suite().await;
    let (ben, kim) = (rep(&suite, "ben").await, rep(&suite, "kim").await);
    for (n, status) in ["new", "contacted", "lost"].iter().enumerate() {
        let body = json!({ "email": format!("own{n}@a.example"), "owner": ben });
        let lead = suite.post("/api/leads", body).await.expect(201);
        suite.patch(&format!("/api/leads/{}", id(&lead)), stage(status)).await.expect(200);
    }
    suite.post("/api/leads", json!({"email": "kims@a.example", "owner": kim})).await.expect(201);
    route(&suite, Vec::new(), OwnerChoice::LeastLoad { users: vec![ben.clone(), kim.clone()] }).await;
    // Ben has two open leads and Kim one.
    assert_eq!(owner(&suite, json!({"email": "a@a.example"})).await, json!(kim));
    assert_eq!(owner(&suite, json!({"email": "b@a.example"})).await, json!(ben));
    assert_eq!(owner(&suite, json!({"email": "c@a.example"})).await, json!(kim));
}

#[tokio::test]
async fn workspace_without_rules_leaves_new_leads_without_an_owner() {
    let suite = suite().await;
    assert_eq!(owner(&suite, json!({"email": "a@a.example"})).await, Value::Null);
}

/// A change of the stage, with a reason where the lead is lost.
fn stage(status: &str) -> Value {
    let reason = (status == "lost").then_some("no_answer");
    json!({ "status": status, "lost_reason": reason })
}

#[tokio::test]
async fn leads_handed_over_by_the_rules_go_to_others_and_can_be_put_back() {
    let suite = suite().await;
    let (ben, kim, zoe) = (rep(&suite, "ben").await, rep(&suite, "kim").await, rep(&suite, "zoe").await);
    let bulk = async |ids: &[String], action: Value| {
        suite.post("/api/leads/bulk", json!({ "ids": ids, "action": action })).await
    };
    let of = async |name: &str, owner: &UserId| {
        let body = json!({ "email": format!("{name}@a.example"), "owner": owner });
        id(&suite.post("/api/leads", body).await.expect(201))
    };
    let mut ids = Vec::new();
    for name in ["a", "b", "c", "d"] {
        ids.push(of(name, &ben).await);
    }
    ids.push(of("e", &zoe).await);
    let by_rules = json!({ "do": "route", "from": ben });
    assert_eq!(bulk(&ids, by_rules.clone()).await.expect(409)["code"], "no_routing");

    let users = vec![ben.clone(), kim.clone(), zoe.clone()];
    route(&suite, Vec::new(), OwnerChoice::RoundRobin { users }).await;
    let done = bulk(&ids, by_rules).await.expect(200);
    assert_eq!((&done["matched"], &done["changed"]), (&json!(5), &json!(4)));
    assert_eq!(done["skipped"], json!([{ "lead_id": ids[4], "reason": "not_routed" }]));
    let owners = async || {
        let mut owners = Vec::new();
        for lead in &ids {
            owners.push(suite.get(&format!("/api/leads/{lead}")).await.expect(200)["owner"].clone());
        }
        owners
    };
    let now = owners().await;
    let has = |user: &UserId| now.iter().filter(|owner| **owner == json!(user)).count();
    assert_eq!((has(&ben), has(&kim), has(&zoe)), (0, 2, 3), "{now:?}");

    for undo in done["undo"].as_array().unwrap() {
        suite.post("/api/leads/bulk", undo.clone()).await.expect(200);
    }
    assert_eq!(owners().await[..4], [json!(ben), json!(ben), json!(ben), json!(ben)]);
}

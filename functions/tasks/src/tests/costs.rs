//! What placed calls cost: set aside under the month's cap, and shown in the list of calls.

use super::placing::{number, ready};
use super::*;
use application::ports::due::DueWork;
use application::tasks::place_call::{CallPorts, NewCall, NotPlaced, place_call};
use domain::CallId;
use domain::spend::{Budget, BudgetScope, Reservation, Usd};
use domain::time::calendar_month::CalendarMonth;
use domain::workspace::call::LeadNumber;
use domain::workspace::call_cost::{CallCost, CallCostState};
use http::Response;
use jiff::SignedDuration;
use local_cloud::{Fault, Moment};

const LEAD: &str = "+442074960351";

fn wanted(lead: &Lead) -> Value {
    json!({"lead_id": lead.id, "number": number(LEAD)})
}

async fn set_cap(suite: &Suite, cap: Option<Usd>) {
    let spend = suite.stage.ports.spend();
    let mut settings = spend.settings(&suite.workspace).await.unwrap();
    settings.month_cap = cap;
    let event = Event::system(EventKind::SpendSettingsChanged, suite.stage.clock.now());
    spend.save_settings(&settings, &event).await.unwrap();
}

async fn month(suite: &Suite) -> Budget {
    let month = CalendarMonth::at(suite.stage.clock.now());
    let scope = BudgetScope::Month { month };
    suite.stage.ports.spend().budgets(&suite.workspace, &[scope]).await.unwrap().remove(0)
}

async fn cost_of(suite: &Suite, call: &Value) -> CallCost {
    let id = CallId::parse(call["id"].as_str().unwrap()).unwrap();
    suite.stage.ports.calls().cost(&suite.workspace, &id).await.unwrap()
}

#[tokio::test]
async fn call_that_the_months_cap_leaves_too_little_for_is_refused_and_rings_no_phone() {
    let (suite, lead, asked) = ready().await;
    set_cap(&suite, Some(Usd::cents(599))).await;
    let refused = suite.post("/api/calls", wanted(&lead)).await.expect(409);
    assert_eq!(refused["code"], "cap_reached");
    let told = "The month's cap leaves too little for a call. An admin can raise it.";
    assert_eq!(refused["detail"], told, "it tells no sums");
    assert!(asked.lock().unwrap().is_empty());
    assert_eq!(month(&suite).await.reserved, Usd::ZERO);
    assert_eq!(suite.get("/api/calls/mine").await.expect(200)["call"], Value::Null);
    let told = suite.stage.ports.notifications();
    let told = told.list(&suite.workspace, &suite.user, application::PageRequest::first(10)).await.unwrap();
    assert!(told.items.iter().any(|told| told.title.contains("cap of $5.99 is reached")), "{told:?}");
    set_cap(&suite, Some(Usd::cents(600))).await;
    suite.post("/api/calls", wanted(&lead)).await.expect(201);
    assert_eq!(month(&suite).await.reserved, Usd::cents(600));
}

#[tokio::test]
async fn placed_call_is_named_and_has_its_price_asked_for_when_it_must_be_over() {
    let (suite, lead, _) = ready().await;
    let call = suite.post("/api/calls", wanted(&lead)).await.expect(201);
    let cost = cost_of(&suite, &call).await;
    assert_eq!((cost.state, cost.provider_id.as_deref()), (CallCostState::Pending, Some("CA1")));
    let after = SignedDuration::from_mins(70);
    let due = suite.stage.ports.due().due(suite.stage.clock.now() + after, 10).await.unwrap();
    let hints: Vec<_> = due.into_iter().flat_map(|pack| pack.hints).collect();
    let (workspace, call) = (suite.workspace.clone(), cost.call);
    let asked = hints
        .iter()
        .find(|hint| hint.what == DueWork::PriceCall { workspace: workspace.clone(), call: call.clone() });
    assert_eq!(asked.map(|hint| hint.at), Some(suite.stage.clock.now() + after));
}

#[tokio::test]
async fn call_that_is_hung_up_in_the_app_has_its_price_asked_for_at_once() {
    let (suite, lead, _) = ready().await;
    let call = suite.post("/api/calls", wanted(&lead)).await.expect(201);
    suite.stage.advance(SignedDuration::from_secs(90));
    let path = format!("/api/calls/{}/hang-up", call["id"].as_str().unwrap());
    suite.post(&path, json!({})).await.expect(200);
    let (cost, now) = (cost_of(&suite, &call).await, suite.stage.clock.now());
    assert_eq!((cost.ask_at, cost.heard_minutes), (now, Some(2)));
    let due = suite.stage.ports.due().due(now, 10).await.unwrap();
    let asked = DueWork::PriceCall { workspace: suite.workspace.clone(), call: cost.call };
    assert!(due.iter().flat_map(|pack| &pack.hints).any(|hint| hint.what == asked), "{due:?}");
}

#[tokio::test]
async fn call_whose_cost_cannot_be_saved_once_it_rings_is_hung_up_and_named_then() {
    let (suite, lead, asked) = ready().await;
    suite.stage.cloud.faults().inject(|moment, call| {
        let body = String::from_utf8_lossy(call.body);
        let is_named = moment == Moment::Before && body.contains("CALLCOST#") && body.contains(r#""CA1""#);
        is_named.then(|| Fault::Fail { status: 400, code: "Gone".to_owned(), message: String::new() })
    });
    let call = suite.post("/api/calls", wanted(&lead)).await.expect(201);
    suite.stage.cloud.faults().clear();
    assert_eq!(cost_of(&suite, &call).await.provider_id, None);
    let path = format!("/api/calls/{}/hang-up", call["id"].as_str().unwrap());
    suite.post(&path, json!({})).await.expect(200);
    let paths: Vec<String> = asked.lock().unwrap().iter().map(|(path, _)| path.clone()).collect();
    assert!(paths[1].ends_with("/Calls/CA1.json"), "{paths:?}");
    assert_eq!(cost_of(&suite, &call).await.provider_id.as_deref(), Some("CA1"));
}

#[tokio::test]
async fn repeat_of_a_request_whose_money_was_given_back_is_turned_down() {
    let (suite, lead, asked) = ready().await;
    let lead = suite.stage.ports.leads().get(&suite.workspace, &lead.id).await.unwrap();
    let (id, spend) = (CallId::derived(&lead.id, &["first"]), suite.stage.ports.spend());
    let ([placed, _], made_at) = (CallCost::reservations(&id), suite.stage.clock.now());
    let before = Reservation {
        workspace: suite.workspace.clone(),
        id: placed,
        limits: Vec::new(),
        amount: Usd::ZERO,
        made_at,
    };
    spend.reserve(&before).await.unwrap();
    spend.settle(&suite.workspace, &before.id, &[], made_at).await.unwrap();
    let new = NewCall { id, user: &suite.user, lead: &lead, number: LeadNumber::First, task: None };
    let placed = place_call(&CallPorts::new(&suite.stage.ports), new).await;
    assert!(matches!(placed, Err(NotPlaced::TurnedDown)), "{placed:?}");
    assert!(asked.lock().unwrap().is_empty());
}

#[tokio::test]
async fn call_that_the_provider_refuses_costs_nothing_and_one_whose_answer_is_lost_keeps_its_money() {
    let (suite, lead, _) = ready().await;
    suite.stage.providers_answer(|_| {
        let body = br#"{"code":21215,"message":"Not authorized","status":400}"#;
        Ok(Response::builder().status(400).body(body.to_vec()).unwrap())
    });
    suite.post("/api/calls", wanted(&lead)).await.expect(409);
    assert_eq!(month(&suite).await.reserved, Usd::ZERO);
    suite.stage.providers_answer(|_| Ok(Response::builder().status(504).body(Vec::new()).unwrap()));
    let lost = suite.post("/api/calls", wanted(&lead)).await.expect(201);
    assert_eq!(cost_of(&suite, &lost).await.provider_id, None);
    assert_eq!(month(&suite).await.reserved, Usd::cents(600));
}

#[tokio::test]
async fn list_of_calls_tells_the_cost_of_those_that_the_app_placed() {
    let (suite, lead, _) = ready().await;
    let placed = suite.post("/api/calls", wanted(&lead)).await.expect(201);
    let log = async |call: Option<&Value>| {
        let task = json!({"lead_id": lead.id, "title": "Call", "kind": "call"});
        let task = suite.post("/api/tasks", task).await.expect(201);
        let task = format!("/api/tasks/{}", task["id"].as_str().unwrap());
        let outcome = json!({"outcome": "connected", "call_id": call.map(|call| &call["id"])});
        suite.patch(&task, outcome).await.expect(200);
    };
    log(Some(&placed)).await;
    let shown = async || suite.get("/api/calls").await.expect(200)["items"][0]["cost"].clone();
    assert_eq!(shown().await, json!({"state": "pending"}));
    for (state, told) in [
        (CallCostState::Known { amount: Usd::micros(84_000) }, json!({"state": "known", "amount": 84_000})),
        (CallCostState::Unknown, json!({"state": "unknown"})),
    ] {
        let cost = CallCost { state, ..cost_of(&suite, &placed).await };
        suite.stage.ports.calls().save_cost(&cost).await.unwrap();
        assert_eq!(shown().await, told);
    }
    let late = CallCost { state: CallCostState::Pending, ..cost_of(&suite, &placed).await };
    let late = CallCost { placed_at: late.placed_at - SignedDuration::from_hours(25), ..late };
    suite.stage.ports.calls().save_cost(&late).await.unwrap();
    assert_eq!(shown().await, json!({"state": "unknown"}), "its job has died");
    suite.stage.advance(SignedDuration::from_mins(1));
    log(None).await;
    assert_eq!(shown().await, Value::Null, "a call by hand is the user's own");
}

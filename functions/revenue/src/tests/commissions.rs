//! The routes of commissions: who sees what, open and closed months, and who is credited.

use super::{suite, usd};
use application::ports::revenue::Booking;
use application::{Clock, Ports};
use domain::event::{Event, EventKind};
use domain::money::Money;
use domain::revenue::commission::Credit;
use domain::revenue::{Transaction, TransactionKind};
use domain::time::calendar_month::CalendarMonth;
use domain::workspace::user::Role;
use domain::{ClientId, UserId};
use jiff::SignedDuration;
use serde_json::{Value, json};
use test_stage::Suite;

/// Books money of the client now, credited to these users.
pub(super) async fn book(suite: &Suite, client: &ClientId, id: &str, amount: Money, credits: &[Credit]) {
    book_as(suite, client, (id, None), amount, credits).await;
}

/// Books a refund of the payment with the second id.
async fn book_refund(
    suite: &Suite,
    client: &ClientId,
    (id, of): (&str, &str),
    amount: Money,
    credits: &[Credit],
) {
    book_as(suite, client, (id, Some(of)), amount, credits).await;
}

async fn book_as(
    suite: &Suite,
    client: &ClientId,
    (id, of): (&str, Option<&str>),
    amount: Money,
    credits: &[Credit],
) {
    let ports = &suite.stage.ports;
    let now = suite.stage.clock.now();
    let kind = if amount.amount_minor < 0 { TransactionKind::Refund } else { TransactionKind::Payment };
    let client = ports.revenue().client(&suite.workspace, client).await.unwrap();
    let transaction = Transaction {
        workspace: suite.workspace.clone(),
        client: client.id.clone(),
        lead: client.lead.clone(),
        external_id: id.to_owned(),
        also_known_as: Vec::new(),
        kind,
        amount,
        credits: credits.to_vec(),
        of_payment: of.map(str::to_owned),
        at: now,
        booked_at: now,
    };
    let event = Event::system(EventKind::PaymentBooked, now);
    assert_eq!(ports.revenue().book(&transaction, &client, &event).await.unwrap(), Booking::Now);
}

async fn set_plan(suite: &Suite, basis_points: u16) {
    let plan = json!({ "tiers": [{ "from_minor": 0, "basis_points": basis_points }] });
    suite.put("/api/commissions/plan", plan).await.expect(200);
}

fn earned(commissions: &Value) -> Vec<(String, i64)> {
    let each = commissions["earnings"].as_array().unwrap().iter();
    each.map(|one| {
        (one["user"].as_str().unwrap().to_owned(), one["earned"][0]["amount_minor"].as_i64().unwrap_or(0))
    })
    .collect()
}

/// The clock is moved into the next month, by some hours.
fn next_month(suite: &mut Suite) -> CalendarMonth {
    let now = suite.stage.clock.now();
    let month = CalendarMonth::at(now);
    suite.stage.advance(month.end().duration_since(now) + SignedDuration::from_hours(3));
    suite.sign_in(Role::Owner);
    month
}

#[tokio::test]
async fn commissions_of_a_month_are_a_rate_of_what_clients_paid() {
    let (suite, client) = suite().await;
    set_plan(&suite, 1_500).await;
    let whole = [Credit::whole(suite.user.clone())];
    book(&suite, &client, "in_2", usd(10_000), &whole).await;
    book(&suite, &client, "ch_2/100", usd(-1_000), &whole).await;
    let shown = suite.get("/api/commissions").await.expect(200);
    assert_eq!(earned(&shown), [(suite.user.to_string(), 1_350)]);
    assert_eq!(shown["earnings"][0]["taken_back"][0]["amount_minor"], -1_000);
    // The payment of the suite came before its lead had an owner.
    assert_eq!(shown["not_credited"][0]["amount_minor"], 7_900);
    assert_eq!((&shown["closed_at"], &shown["can_be_closed"]), (&Value::Null, &json!(false)));
    let lines = suite.get(&format!("/api/commissions/lines?user={}", suite.user)).await.expect(200);
    assert_eq!(lines["total"], 2);
    assert_eq!(lines["items"][0]["shares"][0]["percent"], 100);
    let others = suite.get("/api/commissions/lines?not_credited=true").await.expect(200);
    assert_eq!((&others["total"], &others["items"][0]["id"]), (&json!(1), &json!("in_1")));
}

#[tokio::test]
async fn closed_month_stays_as_it_was_when_rates_and_credits_change() {
    let (mut suite, client) = suite().await;
    set_plan(&suite, 1_000).await;
    book(&suite, &client, "in_2", usd(10_000), &[Credit::whole(suite.user.clone())]).await;
    let month = next_month(&mut suite);
    let shown = suite.get(&format!("/api/commissions?month={month}")).await.expect(200);
    assert_eq!(shown["can_be_closed"], true);
    let closed = suite.post("/api/commissions/close", json!({ "month": month })).await.expect(200);
    assert!(closed["closed_at"].is_string(), "{closed}");
    let again = suite.post("/api/commissions/close", json!({ "month": month })).await.expect(409);
    assert_eq!(again["code"], "month_closed");
    set_plan(&suite, 9_000).await;
    let nobody = json!({ "credits": [] });
    suite.put(&format!("/api/clients/{client}/credits"), nobody).await.expect(200);
    let shown = suite.get(&format!("/api/commissions?month={month}")).await.expect(200);
    assert_eq!(earned(&shown), [(suite.user.to_string(), 1_000)]);
    assert_eq!(shown["closed_months"], json!([month]));
    let lines =
        suite.get(&format!("/api/commissions/lines?month={month}&user={}", suite.user)).await.expect(200);
    assert_eq!(lines["total"], 1);
}

#[tokio::test]
async fn month_that_is_not_over_is_not_closed() {
    let (suite, _) = suite().await;
    let month = CalendarMonth::at(suite.stage.clock.now());
    let refused = suite.post("/api/commissions/close", json!({ "month": month })).await.expect(422);
    assert_eq!(refused["field"], "month");
    suite.post("/api/commissions/close", json!({ "month": "November" })).await.expect(422);
    assert_eq!(suite.get("/api/commissions?month=2999-01").await.expect(422)["field"], "query.month");
}

#[tokio::test]
async fn month_is_not_closed_over_credits_that_changed_meanwhile() {
    let (mut suite, client) = suite().await;
    let month = next_month(&mut suite);
    let (ports, now) = (&suite.stage.ports, suite.stage.clock.now());
    let plan = ports.commissions().plan(&suite.workspace).await.unwrap();
    let credits = json!({ "credits": [{ "user": suite.user, "percent": 100 }] });
    suite.put(&format!("/api/clients/{client}/credits"), credits).await.expect(200);
    let statement = domain::revenue::commission::CommissionStatement {
        workspace: suite.workspace.clone(),
        month,
        earnings: Vec::new(),
        not_credited: domain::money::Sums::default(),
        closed_by: suite.user.clone(),
        closed_at: now,
    };
    let event = Event::system(EventKind::CommissionMonthClosed, now);
    let closed = ports.commissions().close(&statement, &plan, &event).await;
    assert!(matches!(closed, Err(application::StoreError::Conflict)), "{closed:?}");
}

#[tokio::test]
async fn credits_of_a_client_change_its_payments_of_open_months() {
    let (suite, client) = suite().await;
    set_plan(&suite, 1_000).await;
    let path = format!("/api/clients/{client}/credits");
    let whole = json!({ "credits": [{ "user": suite.user, "percent": 100 }] });
    let changed = suite.put(&path, whole.clone()).await.expect(200);
    assert_eq!(changed["credits"], whole["credits"]);
    let shown = suite.get("/api/commissions").await.expect(200);
    assert_eq!((earned(&shown), &shown["not_credited"]), (vec![(suite.user.to_string(), 790)], &json!([])));
    let part = json!({ "credits": [{ "user": suite.user, "percent": 60 }] });
    assert_eq!(suite.put(&path, part).await.expect(422)["field"], "credits");
    let stranger = UserId::derived(suite.stage.clock.now(), &["stranger"]);
    let strange = json!({ "credits": [{ "user": stranger, "percent": 100 }] });
    assert_eq!(suite.put(&path, strange).await.expect(422)["field"], "credits[0].user");
    let stale = json!({ "credits": [], "rev": 1 });
    assert_eq!(suite.put(&path, stale).await.expect(409)["code"], "changed_meanwhile");
}

#[tokio::test]
async fn rep_sees_their_own_commissions_alone() {
    let (mut suite, client) = suite().await;
    let ben = UserId::derived(suite.stage.clock.now(), &["ben"]);
    let plan = json!({
        "tiers": [{ "from_minor": 0, "basis_points": 1_000 }],
        "own": [{ "user": suite.user, "tiers": [{ "from_minor": 0, "basis_points": 2_000 }] }],
    });
    suite.put("/api/commissions/plan", plan).await.expect(200);
    let shared =
        [Credit { user: suite.user.clone(), percent: 30 }, Credit { user: ben.clone(), percent: 70 }];
    book(&suite, &client, "in_2", usd(10_000), &shared).await;
    book(&suite, &client, "in_3", usd(500), &[Credit::whole(ben.clone())]).await;
    assert_eq!(suite.get("/api/commissions").await.expect(200)["earnings"].as_array().unwrap().len(), 2);
    suite.sign_in(Role::Rep);
    let shown = suite.get("/api/commissions").await.expect(200);
    assert_eq!(earned(&shown), [(suite.user.to_string(), 600)]);
    assert_eq!(shown["not_credited"], json!([]));
    for asked in ["", "?not_credited=true"] {
        let lines = suite.get(&format!("/api/commissions/lines{asked}")).await.expect(200);
        assert_eq!((&lines["total"], &lines["items"][0]["id"]), (&json!(1), &json!("in_2")));
        assert_eq!(lines["items"][0]["shares"].as_array().unwrap().len(), 1);
    }
    let plan = suite.get("/api/commissions/plan").await.expect(200);
    assert_eq!(plan["own"].as_array().unwrap().len(), 1);
    let refused = suite.get(&format!("/api/commissions/lines?user={ben}")).await.expect(422);
    assert_eq!(refused["field"], "query.user");
    suite.sign_in(Role::Manager);
    suite.put("/api/commissions/plan", json!({ "tiers": [] })).await.expect(403);
}

#[tokio::test]
async fn plan_with_faults_is_refused_with_their_fields() {
    let (suite, _) = suite().await;
    let rising = json!({ "tiers": [{ "from_minor": 5, "basis_points": 1 }] });
    assert_eq!(suite.put("/api/commissions/plan", rising).await.expect(422)["field"], "tiers");
    let own = json!({ "tiers": [], "own": [{ "user": suite.user, "tiers": [] }, { "user": suite.user, "tiers": [] }] });
    assert_eq!(suite.put("/api/commissions/plan", own).await.expect(422)["field"], "own[1].user");
    set_plan(&suite, 1).await;
    let stale = json!({ "tiers": [], "rev": 0 });
    suite.put("/api/commissions/plan", stale).await.expect(409);
}

#[tokio::test]
async fn refund_of_a_payment_from_before_stays_with_those_who_had_it() {
    let (suite, client) = suite().await;
    set_plan(&suite, 1_000).await;
    let amy = UserId::derived(suite.stage.clock.now(), &["amy"]);
    let (had, given_back) = ([Credit::whole(amy.clone())], usd(-1_000));
    book_refund(&suite, &client, ("ch_old/1000", "in_old"), given_back, &had).await;
    book_refund(&suite, &client, ("ch_1/100", "in_1"), usd(-100), &[]).await;
    let whole = json!({ "credits": [{ "user": suite.user, "percent": 100 }] });
    suite.put(&format!("/api/clients/{client}/credits"), whole).await.expect(200);
    let mut shown = earned(&suite.get("/api/commissions").await.expect(200));
    shown.sort_by_key(|(_, earned)| *earned);
    assert_eq!(shown, [(amy.to_string(), -100), (suite.user.to_string(), 780)]);
}

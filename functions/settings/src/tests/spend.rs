//! The caps and prices of look-ups, and what a month has cost.

use super::*;
use application::Clock;
use domain::campaign::{Campaign, CampaignState};
use domain::contact::channel::Channel;
use domain::spend::{Booking, BookingOutcome, Reservation, Reserving, Usd};

const PATH: &str = "/api/spend/settings";

/// Reserves five cents and books four of them.
async fn spend(suite: &Suite) -> Reserving {
    let (store, now) = (suite.stage.ports.spend(), suite.stage.clock.now());
    let settings = store.settings(&suite.workspace).await.unwrap();
    let reservation = Reservation {
        workspace: suite.workspace.clone(),
        id: "work".to_owned(),
        limits: vec![settings.month(now), settings.user(&suite.user, now)],
        amount: Usd::cents(5),
        made_at: now,
    };
    let answer = store.reserve(&reservation).await.unwrap();
    let booking = |outcome, calls, cents| Booking {
        provider: "hunter".to_owned(),
        outcome,
        calls,
        amount: Usd::cents(cents),
        model: None,
    };
    let bookings = [booking(BookingOutcome::Hit, 2, 4), booking(BookingOutcome::Miss, 1, 0)];
    if answer == Reserving::Reserved {
        store.settle(&suite.workspace, "work", &bookings, now).await.unwrap();
    }
    answer
}

#[tokio::test]
async fn month_tells_what_each_provider_and_user_cost() {
    let suite = suite().await;
    let empty = suite.get("/api/spend").await.expect(200);
    assert_eq!(
        (&empty["spent"], &empty["month_cap"], &empty["providers"]),
        (&json!(0), &json!(100_000_000), &json!([]))
    );
    assert_eq!(spend(&suite).await, Reserving::Reserved);
    let month = suite.get("/api/spend").await.expect(200);
    assert_eq!((&month["spent"], &month["reserved"]), (&json!(40_000), &json!(0)));
    let hunter = &month["providers"][0];
    assert_eq!(hunter["hits"], json!({"calls": 2, "amount": 40_000}));
    assert_eq!((&hunter["provider"], &hunter["misses"]["calls"]), (&json!("hunter"), &json!(1)));
    assert_eq!(month["users"], json!([{"user": suite.user, "spent": 40_000}]));
    let before = suite.get("/api/spend?month=2020-01").await.expect(200);
    assert_eq!((&before["month"], &before["spent"]), (&json!("2020-01"), &json!(0)));
    let problem = suite.get("/api/spend?month=2026-13").await.expect(422);
    assert_eq!(fields(&problem), ["month"]);
}

#[tokio::test]
async fn caps_and_prices_are_replaced_and_hold_at_once() {
    let suite = suite().await;
    let known = suite.get("/api/spend").await.expect(200);
    let own = json!({"provider": "hunter", "kind": "find_email", "hit": 10_000, "miss": 0});
    let model = json!({"model": "small", "input": 150_000, "output": 600_000});
    let body = json!({"rev": known["rev"], "month_cap": 40_000, "calls": [own], "models": [model]});
    let saved = suite.put(PATH, body.clone()).await.expect(200);
    assert_eq!(
        (&saved["month_cap"], &saved["user_cap"], &saved["models"]),
        (&json!(40_000), &Value::Null, &json!([model]))
    );
    let of = |view: &Value, kind: &str| {
        let rows = view["calls"].as_array().unwrap().iter();
        rows.clone().find(|row| row["provider"] == "hunter" && row["kind"] == kind).cloned().unwrap()
    };
    assert_eq!(
        of(&saved, "find_email"),
        json!({"provider": "hunter", "kind": "find_email", "hit": 10_000, "miss": 0, "own": true})
    );
    assert_eq!(of(&saved, "verify_email")["own"], json!(false));
    suite.put(PATH, body).await.expect(409);
    let left = Usd::cents(4);
    assert!(matches!(spend(&suite).await, Reserving::Refused { left: now, .. } if now == left));
}

#[tokio::test]
async fn invalid_caps_and_prices_are_refused_field_by_field() {
    let suite = suite().await;
    let row = |hit: u64| json!({"provider": "hunter", "kind": "person", "hit": hit, "miss": 0});
    let body = json!({
        "month_cap": 2_000_000_000_000_u64,
        "calls": [row(1), row(2_000_000_000), {"provider": " ", "kind": "person", "hit": 1, "miss": 1}],
        "models": [{"model": "x".repeat(101), "input": 1, "output": 1}],
    });
    let problem = suite.put(PATH, body).await.expect(422);
    let wrong = ["month_cap", "calls[1].hit", "calls[1].kind", "calls[2].provider", "models[0].model"];
    assert_eq!(fields(&problem), wrong);
}

#[tokio::test]
async fn campaigns_with_a_budget_or_a_cost_are_listed_with_what_is_left() {
    let suite = suite().await;
    let sequence = suite.stage.sequence(&suite.workspace, Channel::Email, &["Hello"]).await;
    let (state, now) = (CampaignState::Active, suite.stage.ports.clock().now());
    let capped = |campaign: &mut Campaign| campaign.writing.budget = Some(Usd::cents(50));
    let autumn = suite.stage.campaign("Autumn", &sequence, state, capped).await;
    let dear = suite.stage.campaign("Dear", &sequence, state, |_| {}).await;
    suite.stage.campaign("Free", &sequence, state, |_| {}).await;
    let reservation = Reservation {
        workspace: suite.workspace.clone(),
        id: "line".to_owned(),
        limits: vec![dear.spend_limit()],
        amount: Usd::cents(2),
        made_at: now,
    };
    let store = suite.stage.ports.spend();
    store.reserve(&reservation).await.unwrap();
    let outcome = BookingOutcome::Hit;
    let (provider, amount) = ("chat_model".to_owned(), Usd::cents(2));
    let booking = Booking { provider, outcome, calls: 1, amount, model: None };
    store.settle(&suite.workspace, "line", &[booking], now).await.unwrap();
    let told = suite.get("/api/spend").await.expect(200);
    let rows = json!([
        {"campaign": dear.id, "name": "Dear", "budget": null, "spent": 20_000, "reserved": 0},
        {"campaign": autumn.id, "name": "Autumn", "budget": 500_000, "spent": 0, "reserved": 0},
    ]);
    assert_eq!(told["campaigns"], rows);
}

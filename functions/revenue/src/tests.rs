//! The routes of clients and revenue.

mod commissions;
mod targets;

use crate::months::{MonthMovement, projection};
use crate::{App, routes};
use application::Clock;
use application::Ports;
use application::ports::stats::{Counted, Delta, Metric, Scope};
use domain::event::{Event, EventKind};
use domain::money::{Currency, Money, Sums};
use domain::revenue::dispute::{Dispute, DisputeOutcome};
use domain::revenue::{
    Client, Fraction, Subscription, SubscriptionReport, SubscriptionStatus, Transaction, TransactionKind,
};
use domain::{ClientId, LeadId};
use serde_json::json;
use test_stage::Suite;

const fn usd(amount_minor: i64) -> Money {
    Money { amount_minor, currency: Currency::USD }
}

/// Linden pays 79 a month and has paid once.
async fn suite() -> (Suite, ClientId) {
    let suite = Suite::new(routes(), App::new).await;
    let (ports, now) = (&suite.stage.ports, suite.stage.clock.now());
    let event = Event::system(EventKind::LeadChanged, now);
    let mut client = Client {
        id: ClientId::derived(now, &["linden"]),
        workspace: suite.workspace.clone(),
        lead: Some(LeadId::derived(now, &["elena"])),
        name: "Linden Physio".to_owned(),
        email: None,
        external_id: "cus_1".to_owned(),
        campaign: None,
        since: now,
        mrr: Sums::default(),
        mrr_is_unsure: false,
        ending: Sums::default(),
        ends_at: None,
        collected: [usd(7_900)].into_iter().collect(),
        disputes: vec![Dispute {
            id: "dp_1".to_owned(),
            amount_minor: 7_900,
            currency: Currency::USD,
            reason: Some("fraudulent".to_owned()),
            outcome: DisputeOutcome::Open,
            due_by: None,
            at: now,
        }],
        credits: Vec::new(),
        rev: 0,
    };
    let transaction = Transaction {
        workspace: suite.workspace.clone(),
        client: client.id.clone(),
        lead: client.lead.clone(),
        external_id: "in_1".to_owned(),
        also_known_as: Vec::new(),
        kind: TransactionKind::Payment,
        amount: usd(7_900),
        credits: Vec::new(),
        of_payment: None,
        at: now,
        booked_at: now,
    };
    ports.revenue().book(&transaction, &client, &event).await.unwrap();
    client.rev = 1;
    let subscription = Subscription {
        workspace: suite.workspace.clone(),
        client: client.id.clone(),
        external_id: "sub_1".to_owned(),
        status: SubscriptionStatus::Active,
        monthly: Fraction { numerator: 94_795, denominator: 12 },
        currency: Currency::USD,
        is_unsure: true,
        ends_at: Some(now),
        started_at: now,
        ended_at: None,
        as_of: now,
        reported: SubscriptionReport::Created,
        rev: 0,
    };
    client.sum_up(std::slice::from_ref(&subscription));
    ports.revenue().save_subscription(&subscription, &client, &event).await.unwrap();
    (suite, client.id)
}

#[tokio::test]
async fn client_is_shown_with_subscriptions_and_payments() {
    let (suite, id) = suite().await;
    let clients = suite.get("/api/clients").await.expect(200);
    assert_eq!(clients["items"][0]["name"], "Linden Physio");
    for amounts in ["mrr", "ending", "collected", "disputed"] {
        let shown = json!([{"amount_minor": 7_900, "currency": "USD"}]);
        assert_eq!(clients["items"][0][amounts], shown, "{amounts}");
    }
    assert_eq!(clients["items"][0]["mrr_is_unsure"], true);
    assert!(clients["items"][0]["ends_at"].is_string());
    let detail = suite.get(&format!("/api/clients/{id}")).await.expect(200);
    assert_eq!(detail["subscriptions"][0]["monthly"]["amount_minor"], 7_900);
    assert_eq!(detail["subscriptions"][0]["status"], "active");
    assert_eq!(detail["disputes"][0]["outcome"], "open");
    assert_eq!(detail["transactions"][0]["id"], "in_1");
    let money = suite.get("/api/revenue/transactions").await.expect(200);
    assert_eq!(money["items"][0]["client_name"], "Linden Physio");
    assert_eq!(money["items"][0]["amount"]["amount_minor"], 7_900);
}

#[tokio::test]
async fn months_add_up_to_the_present_mrr() {
    let (suite, _) = suite().await;
    let usd = Currency::USD;
    let yen = Currency::parse("JPY").unwrap();
    let day = |text: &str| Scope::DayIn(text.parse().unwrap(), usd);
    let counted = [
        (Scope::TotalIn(usd), Metric::MrrMinor, 10_000),
        (Scope::TotalIn(usd), Metric::Subscribed, 3),
        (Scope::Total, Metric::Clients, 5),
        (Scope::TotalIn(usd), Metric::CollectedMinor, 40_000),
        (Scope::TotalIn(yen), Metric::CollectedMinor, 4_900),
        (Scope::TotalIn(yen), Metric::MrrMinor, 700),
        (day("2026-10-02"), Metric::MrrNewMinor, 9_000),
        (day("2026-10-30"), Metric::MrrChurnMinor, 1_000),
        (day("2026-11-20"), Metric::MrrExpansionMinor, 2_000),
        (day("2026-11-20"), Metric::CollectedMinor, 11_000),
    ];
    let deltas: Vec<Delta> = counted
        .into_iter()
        .map(|(scope, metric, by)| Delta { workspace: suite.workspace.clone(), scope, metric, by })
        .collect();
    let ports = &suite.stage.ports;
    let record = Counted { sequence: "1".to_owned(), deltas };
    ports.stats().apply("a", ports.clock().now(), &[record]).await.unwrap();
    let revenue = suite.get("/api/revenue?months=3").await.expect(200);
    assert_eq!((&revenue["clients"], &revenue["unsure"]), (&json!(5), &json!(0)));
    let codes: Vec<_> = revenue["currencies"].as_array().unwrap().iter().map(|of| &of["currency"]).collect();
    assert_eq!(codes, ["USD", "JPY"]);
    let other = &revenue["currencies"][1];
    assert_eq!(other["collected"], json!({"amount_minor": 4_900, "currency": "JPY"}));
    assert_eq!(other["mrr"]["amount_minor"], 700);
    let revenue = &revenue["currencies"][0];
    assert_eq!(revenue["collected"]["amount_minor"], 40_000);
    assert_eq!(revenue["arr"]["amount_minor"], 120_000);
    assert_eq!(revenue["average_per_client"]["amount_minor"], 3_333);
    let months = revenue["months"].as_array().unwrap();
    let told: Vec<_> =
        months.iter().map(|m| (m["month"].as_str().unwrap(), m["mrr_minor"].as_i64())).collect();
    assert_eq!(told, [("2026-09", Some(0)), ("2026-10", Some(8_000)), ("2026-11", Some(10_000))]);
    assert_eq!(months[1]["net_minor"], 8_000);
    assert_eq!(months[2]["collected_minor"], 11_000);
    assert_eq!(revenue["projection"][0], json!({"month": "2026-12", "mrr_minor": 13_333}));
    assert_eq!(suite.get("/api/revenue?months=99").await.expect(422)["field"], "query.months");
}

#[test]
fn projection_of_shrinking_revenue_stops_at_zero() {
    let month = |net_minor| MonthMovement { net_minor, ..MonthMovement::default() };
    let to = "2026-11-20".parse().unwrap();
    let coming = projection(&[month(-600), month(-600)], to, 1_000, 3);
    let told: Vec<i64> = coming.iter().map(|month| month.mrr_minor).collect();
    assert_eq!(told, [400, 0, 0]);
    assert_eq!(coming[1].month, "2027-01");
}

#[tokio::test]
async fn revenue_routes_refuse_strangers_and_other_workspaces() {
    let (mut suite, id) = suite().await;
    let rows = routes().rows().to_vec();
    suite.refuses_those_who_may_not(&rows).await;
    let bodies = [("credit_client", json!({ "credits": [] }))];
    suite.hides_from_others(&rows, &[("id", id.as_str())], &bodies).await;
}

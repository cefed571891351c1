//! What becomes of a purchase, from the buttons of the page to the product's own reading of Stripe's events.

use application::ports::accounts::SecretFields;
use application::ports::provider_events::ProviderEvent;
use axum::body::Body;
use domain::revenue::SubscriptionStatus;
use domain::revenue::dispute::DisputeOutcome;
use domain::workspace::account::AccountSettings;
use http::Request;

use super::connectors::{connected, understood, webhook};
use super::fixture::{World, world};
use crate::Credentials;

async fn post(world: &World, path: &str, form: &[(&str, &str)]) -> u16 {
    let request = Request::post(path)
        .header("content-type", "application/x-www-form-urlencoded")
        .body(Body::from(serde_urlencoded::to_string(form).unwrap()))
        .unwrap();
    world.call(request).await.0
}

/// Presses the button of the first purchase, and returns what the product reads out of the events that follow.
async fn press(world: &World, later: &str) -> Vec<ProviderEvent> {
    let before = world.app.calls("/api/webhooks/stripe").len();
    assert_eq!(post(world, "/payments/later", &[("sale", "0"), ("later", later)]).await, 303, "{later}");
    read_since(world, before).await
}

async fn read_since(world: &World, before: usize) -> Vec<ProviderEvent> {
    world.sandbox.run_due(world.sandbox.now(), &*world.app).await;
    let providers = connected(world);
    let settings = AccountSettings::Stripe { account_id: None, livemode: false };
    let secret = SecretFields::one("signing_secret", Credentials::STRIPE_WEBHOOK_SECRET);
    let requests = webhook(world, "/api/webhooks/stripe");
    let mut events = Vec::new();
    for request in &requests[before..] {
        events.extend(understood(&providers, &settings, &secret, request, world.sandbox.now()).await);
    }
    events
}

async fn bought(plan: &str, by: &str) -> World {
    let world = world();
    let form = [("email", "ann@example.com"), ("plan", plan), ("by", by)];
    assert_eq!(post(&world, "/payments", &form).await, 303);
    world.live(0).await;
    world.clock.forward(10);
    world.sandbox.run_due(world.sandbox.now(), &*world.app).await;
    world
}

#[tokio::test]
async fn renewal_refund_and_dispute_are_read_as_money_that_came_and_went() {
    let world = bought("growth-4900-usd-month", "card").await;
    let renewed = press(&world, "renews").await;
    let paid = renewed.iter().find_map(|event| match event {
        ProviderEvent::Payment(payment) => Some(payment.clone()),
        _ => None,
    });
    assert_eq!(paid.unwrap().amount.amount_minor, 4900);
    let [ProviderEvent::Refunded { refunded_total, payment, .. }] = &press(&world, "refund_half").await[..]
    else {
        panic!("a refund is one event")
    };
    assert_eq!(refunded_total.amount_minor, 2450);
    let refunded = payment.clone().unwrap();
    let outcome = |events: &[ProviderEvent]| {
        let disputes = events.iter().filter_map(|event| match event {
            ProviderEvent::Disputed { dispute, payments } => Some((dispute.outcome, payments.clone())),
            _ => None,
        });
        disputes.collect::<Vec<_>>()
    };
    let opened = outcome(&press(&world, "dispute").await);
    assert_eq!(opened[0].0, DisputeOutcome::Open);
    assert!(opened[0].1.contains(&refunded), "it is about the same payment: {opened:?}");
    let lost = outcome(&press(&world, "dispute_lost").await);
    assert_eq!(lost[0].0, DisputeOutcome::Lost);
    let again = [("sale", "0"), ("later", "dispute_won")];
    assert_eq!(post(&world, "/payments/later", &again).await, 409, "a decided dispute is decided");
}

#[tokio::test]
async fn subscription_is_cancelled_for_the_periods_end_kept_and_ended() {
    let world = bought("growth-4900-usd-month", "card").await;
    let state = |events: Vec<ProviderEvent>| match &events[..] {
        [ProviderEvent::SubscriptionChanged(state)] => (state.status, state.ends_at.is_some()),
        other => panic!("{other:?}"),
    };
    assert_eq!(state(press(&world, "cancel").await), (SubscriptionStatus::Active, true));
    assert_eq!(state(press(&world, "go_on").await), (SubscriptionStatus::Active, false));
    assert_eq!(state(press(&world, "end").await), (SubscriptionStatus::Canceled, false));
    assert_eq!(post(&world, "/payments/later", &[("sale", "0"), ("later", "renews")]).await, 409);
}

#[tokio::test]
async fn failed_renewal_is_no_payment_and_leaves_the_subscription_past_due() {
    let world = bought("growth-4900-usd-month", "card").await;
    let events = press(&world, "renewal_fails").await;
    assert!(events.iter().any(|event| matches!(event, ProviderEvent::PaymentFailed(_))), "{events:?}");
    assert!(!events.iter().any(|event| matches!(event, ProviderEvent::Payment(_))), "{events:?}");
    let past_due = |event: &ProviderEvent| matches!(event, ProviderEvent::SubscriptionChanged(state) if state.status == SubscriptionStatus::PastDue);
    assert!(events.iter().any(past_due), "{events:?}");
}

#[tokio::test]
async fn direct_debit_is_promised_first_and_collected_or_failed_later() {
    for (later, is_paid) in [("debit_arrives", true), ("debit_fails", false)] {
        let world = bought("setup-9900-eur-once", "debit").await;
        let [ProviderEvent::CheckedOut(checkout)] = &read_since(&world, 0).await[..] else {
            panic!("a promise is no payment")
        };
        assert!(!checkout.paid);
        let events = press(&world, later).await;
        let amounts: Vec<(bool, i64)> = events
            .iter()
            .map(|event| match event {
                ProviderEvent::Payment(payment) => (true, payment.amount.amount_minor),
                ProviderEvent::PaymentFailed(payment) => (false, payment.amount.amount_minor),
                other => panic!("{other:?}"),
            })
            .collect();
        assert_eq!(amounts, [(is_paid, 9900)]);
    }
}

#[tokio::test]
async fn page_of_payments_offers_what_can_happen_to_each_purchase() {
    let world = bought("growth-4900-usd-month", "card").await;
    let page = world.get("/payments").await.1.to_string();
    assert!(page.contains("Cancel at the period") && page.contains("Refund half"), "{page}");
    assert!(!page.contains("Win the dispute") && !page.contains("The debit fails"), "{page}");
    for form in [
        [("email", "nobody"), ("plan", "x"), ("by", "card")],
        [("email", "a@b.example"), ("plan", "x"), ("by", "gold")],
    ] {
        assert_eq!(post(&world, "/payments", &form).await, 400);
    }
    assert_eq!(post(&world, "/payments/later", &[("sale", "9"), ("later", "renews")]).await, 409);
}

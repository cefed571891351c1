//! The signature vector, recorded events of new and old shapes, and recurring revenue to the fraction.

use super::event::translate;
use super::webhook::{account, verify};
use application::ports::provider_events::{
    Checkout, Forged, PaymentReceived, ProviderEvent, SubscriptionState, WebhookRequest,
};
use domain::revenue::{Fraction, SubscriptionStatus};
use jiff::Timestamp;
use serde_json::{Value, json};

const SECRET: &str = "whsec_test_secret";
const BODY: &str = r#"{"id":"evt_test_webhook","object":"event"}"#;
const GOOD: &str = "d95c6b7477fbd7e9f90b1b0ef5f9c7ac25abca5382460e0d988c2b2a5b71b990";

fn signed(header: &str, body: &str) -> WebhookRequest {
    WebhookRequest {
        url: "https://app.acme.test/api/webhooks/stripe".to_owned(),
        headers: vec![("stripe-signature".to_owned(), header.to_owned())],
        body: body.as_bytes().to_vec(),
    }
}

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_700_000_000 + seconds).unwrap()
}

#[test]
fn vector_verifies_among_other_signatures() {
    let verified = verify(&signed(&format!("t=1700000000,v1={GOOD}"), BODY), SECRET, at(0)).unwrap();
    assert_eq!((verified.event_id.as_str(), verified.payload.as_str()), ("evt_test_webhook", BODY));
    let rolled = format!("t=1700000000,v1={},v0=abc, v1={GOOD}", "0".repeat(64));
    assert!(verify(&signed(&rolled, BODY), SECRET, at(299)).is_ok());
}

#[test]
fn changed_webhook_is_forged() {
    let good = format!("t=1700000000,v1={GOOD}");
    let forged =
        |header: &str, body: &str, secret: &str| verify(&signed(header, body), secret, at(0)).unwrap_err();
    for place in 0..GOOD.len() {
        let mut changed = GOOD.as_bytes().to_vec();
        changed[place] = if changed[place] == b'0' { b'1' } else { b'0' };
        let header = format!("t=1700000000,v1={}", String::from_utf8(changed).unwrap());
        assert_eq!(forged(&header, BODY, SECRET), Forged::Mismatch);
    }
    assert_eq!(forged(&good, &BODY.replace("evt_", "evx_"), SECRET), Forged::Mismatch);
    assert_eq!(forged(&good.replace("1700000000", "1700000001"), BODY, SECRET), Forged::Mismatch);
    assert_eq!(forged(&good, BODY, "whsec_other"), Forged::Mismatch);
    assert_eq!(forged(&format!("t=1700000000,v0={GOOD}"), BODY, SECRET), Forged::Mismatch);
    assert_eq!(forged(&format!("v1={GOOD}"), BODY, SECRET), Forged::Missing);
    for seconds in [301, -301] {
        assert_eq!(verify(&signed(&good, BODY), SECRET, at(seconds)), Err(Forged::OutsideTolerance));
    }
}

#[test]
fn account_is_read_from_the_payload() {
    assert_eq!(account(&signed("", r#"{"account":"acct_1"}"#)).as_deref(), Some("acct_1"));
    assert_eq!(account(&signed("", "not json")), None);
}

fn one(payload: &str) -> ProviderEvent {
    match <[_; 1]>::try_from(translate(false, payload).unwrap()) {
        Ok([event]) => event,
        Err(events) => panic!("{events:?}"),
    }
}

fn payment(payload: &str) -> PaymentReceived {
    match one(payload) {
        ProviderEvent::Payment(payment) => payment,
        other => panic!("{other:?}"),
    }
}

fn checkout(payload: &str) -> Checkout {
    match one(payload) {
        ProviderEvent::CheckedOut(checkout) => checkout,
        other => panic!("{other:?}"),
    }
}

fn session(mode: &str, status: &str) -> String {
    include_str!("fixtures/session.json").replace("MODE", mode).replace("STATUS", status)
}

#[test]
fn checkout_session_ties_the_lead_and_counts_money_once() {
    let paid = payment(&session("payment", "paid"));
    assert_eq!((paid.external_id.as_str(), paid.amount.amount_minor), ("pi_1", 4900));
    assert_eq!((paid.reference.as_deref(), paid.customer.as_str()), (Some("lead_01"), "cus_1"));
    assert_eq!(paid.customer_email.as_deref(), Some("ann@lead.test"));
    for (mode, status) in [("subscription", "paid"), ("payment", "unpaid"), ("setup", "no_payment_required")]
    {
        let tie = checkout(&session(mode, status));
        assert_eq!((tie.external_id.as_str(), tie.paid), ("cs_test_1", status == "paid"));
        assert_eq!(tie.reference.as_deref(), Some("lead_01"));
    }
    let invoiced = session("payment", "paid").replace("\"invoice\": null", "\"invoice\": \"in_9\"");
    assert!(checkout(&invoiced).paid, "its invoice reports the money");
    let guest = session("payment", "paid").replace("\"cus_1\"", "null");
    assert_eq!(payment(&guest).customer, "cs_test_1");
}

#[test]
fn invoices_of_new_and_old_shape_are_payments() {
    let new = payment(include_str!("fixtures/invoice.json"));
    assert_eq!((new.external_id.as_str(), new.amount.amount_minor), ("in_1", 4900));
    assert_eq!((new.reference.as_deref(), new.at.as_second()), (Some("lead_01"), 1_795_176_000));
    let old = payment(include_str!("fixtures/invoice_before_2025.json"));
    assert_eq!((old.customer.as_str(), old.reference.as_deref()), ("cus_1", Some("lead_01")));
    assert_eq!((old.amount.amount_minor, old.amount.currency.as_str()), (10, "ISK"));
    let free = include_str!("fixtures/invoice.json").replace("\"amount_paid\": 4900", "\"amount_paid\": 0");
    assert_eq!(translate(false, &free).unwrap(), Vec::new());
}

#[test]
fn other_events_and_the_other_mode_are_ignored() {
    assert_eq!(translate(true, &session("payment", "paid")).unwrap(), Vec::new());
    let other = session("payment", "paid").replace("checkout.session.completed", "customer.created");
    assert_eq!(translate(false, &other).unwrap(), Vec::new());
    assert!(translate(false, "{}").is_err());
    let broken = session("payment", "paid").replace("\"currency\": \"usd\"", "\"currency\": \"dollars\"");
    assert!(translate(false, &broken).is_err());
}

#[test]
fn refund_is_a_running_total() {
    let ProviderEvent::Refunded { charge, customer, refunded_total, .. } =
        one(include_str!("fixtures/refund.json"))
    else {
        panic!()
    };
    assert_eq!((charge.as_str(), customer.as_deref()), ("ch_1", Some("cus_1")));
    assert_eq!(refunded_total.amount_minor, 1900);
}

fn state(payload: &str) -> SubscriptionState {
    match one(payload) {
        ProviderEvent::SubscriptionChanged(state) => state,
        other => panic!("{other:?}"),
    }
}

#[test]
fn subscription_is_read_with_its_monthly_amount() {
    let text = include_str!("fixtures/subscription.json");
    let now = state(text);
    assert_eq!((now.external_id.as_str(), now.status), ("sub_1", SubscriptionStatus::Active));
    assert_eq!(now.monthly, Fraction { numerator: 6000, denominator: 1 });
    assert_eq!((now.reference.as_deref(), now.cancel_at_period_end), (Some("lead_01"), true));
    assert_eq!(now.as_of.as_second(), 1_795_176_002);
    let gone = state(&text.replace("subscription.updated", "subscription.deleted"));
    assert_eq!(gone.status, SubscriptionStatus::Canceled);
    assert_eq!(gone.ended_at, Some(gone.as_of));
    let paused =
        state(&text.replace("\"pause_collection\": null", "\"pause_collection\": {\"behavior\": \"void\"}"));
    assert_eq!(paused.status, SubscriptionStatus::Paused);
    let tomorrow = state(&text.replace("\"active\"", "\"hibernating\""));
    assert_eq!(tomorrow.status, SubscriptionStatus::Incomplete);
}

/// Returns the monthly amount of a subscription with these items and discounts.
fn monthly(items: Value, discounts: Value) -> (i64, i64) {
    let mut event: Value = serde_json::from_str(include_str!("fixtures/subscription.json")).unwrap();
    event["data"]["object"]["items"]["data"] = items;
    event["data"]["object"]["discounts"] = discounts;
    let Fraction { numerator, denominator } = state(&event.to_string()).monthly;
    (numerator, denominator)
}

fn item(amount: &str, interval: &str, count: i64, quantity: i64) -> Value {
    json!({"quantity": quantity, "price": {
        "currency": "usd", "unit_amount_decimal": amount,
        "recurring": {"interval": interval, "interval_count": count, "usage_type": "licensed"},
    }})
}

#[test]
fn monthly_amount_is_exact_for_every_interval() {
    let plain = |item: Value| monthly(json!([item]), json!([]));
    assert_eq!(plain(item("120000", "year", 1, 1)), (10_000, 1));
    assert_eq!(plain(item("1000", "week", 1, 1)), (13_000, 3));
    assert_eq!(plain(item("9000", "month", 3, 2)), (6_000, 1));
    assert_eq!(plain(item("100", "day", 1, 1)), (9_125, 3));
    assert_eq!(plain(item("0.5", "month", 1, 3)), (3, 2));
    assert_eq!(plain(item("1000", "year", 1, 1)), (250, 3));
}

#[test]
fn lasting_discounts_and_included_taxes_lower_the_monthly_amount() {
    let forever = |percent: i64| json!([{"coupon": {"duration": "forever", "percent_off": percent}}]);
    let mut discounted = item("10000", "month", 1, 1);
    discounted["discounts"] = forever(10);
    assert_eq!(monthly(json!([discounted]), forever(10)), (8_100, 1));
    let nested =
        json!([{"source": {"type": "coupon", "coupon": {"duration": "forever", "percent_off": 12.5}}}]);
    assert_eq!(monthly(json!([item("10000", "month", 1, 1)]), nested), (8_750, 1));
    let once = json!([{"coupon": {"duration": "once", "percent_off": 50}}]);
    assert_eq!(monthly(json!([item("10000", "month", 1, 1)]), once), (10_000, 1));
    let off = json!([{"coupon": {"duration": "forever", "amount_off": 12_000}}]);
    assert_eq!(monthly(json!([item("120000", "year", 1, 1)]), off.clone()), (9_000, 1));
    assert_eq!(monthly(json!([item("100", "month", 1, 1)]), off), (0, 1));
    let mut taxed = item("12000", "month", 1, 1);
    taxed["tax_rates"] =
        json!([{"inclusive": true, "percentage": 20.0}, {"inclusive": false, "percentage": 5}]);
    assert_eq!(monthly(json!([taxed]), json!([])), (10_000, 1));
    let mut packs = item("500", "month", 1, 21);
    packs["price"]["transform_quantity"] = json!({"divide_by": 10, "round": "up"});
    assert_eq!(monthly(json!([packs]), json!([])), (1_500, 1));
}

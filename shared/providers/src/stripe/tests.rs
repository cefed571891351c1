//! The signature vector, recorded events of new and old shapes, and recurring revenue to the fraction.

use super::event::translate;
use super::webhook::{account, verify};
use application::ports::provider_events::{
    Checkout, Forged, PaymentReceived, ProviderEvent, SubscriptionState, WebhookRequest,
};
use domain::revenue::dispute::DisputeOutcome;
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
    let of_guest = include_str!("fixtures/refund.json")
        .replace("\"customer\": \"cus_1\"", "\"customer\": null, \"payment_intent\": \"pi_1\"");
    let ProviderEvent::Refunded { customer, payment, .. } = one(&of_guest) else { panic!() };
    assert_eq!((customer, payment.as_deref()), (None, Some("pi_1")));
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
    assert_eq!((now.reference.as_deref(), now.ends_at.is_some()), (Some("lead_01"), true));
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

/// Reads the fixture of a subscription with some of its fields replaced.
fn changed(fields: Value) -> SubscriptionState {
    let mut event: Value = serde_json::from_str(include_str!("fixtures/subscription.json")).unwrap();
    for (name, value) in fields.as_object().unwrap() {
        event["data"]["object"][name] = value.clone();
    }
    state(&event.to_string())
}

#[test]
fn scheduled_end_is_read_wherever_it_stands() {
    let end = |fields: Value| changed(fields).ends_at.map(Timestamp::as_second);
    let portal = json!({"cancel_at": 1_798_675_200, "cancel_at_period_end": false});
    assert_eq!(end(portal), Some(1_798_675_200));
    let item = |period_end: i64| {
        let mut item = item("4900", "month", 1, 1);
        item["current_period_end"] = json!(period_end);
        item
    };
    let items = json!({"data": [item(1_797_000_000), item(1_797_592_000)]});
    let of_items = json!({"cancel_at": null, "cancel_at_period_end": true, "items": items});
    assert_eq!(end(of_items), Some(1_797_592_000));
    let older = json!({"cancel_at_period_end": true, "current_period_end": 1_796_000_000});
    assert_eq!(end(older), Some(1_796_000_000));
    assert_eq!(end(json!({"cancel_at": null, "cancel_at_period_end": false})), None);
}

#[test]
fn amount_is_unsure_when_a_discount_or_a_price_comes_as_an_id() {
    let with = |discounts: Value, item: Value| {
        changed(json!({"discounts": discounts, "discount": null, "items": {"data": [item]}}))
    };
    let plain = || item("1500", "month", 1, 1);
    let forever = json!({"source": {"coupon": {"duration": "forever", "percent_off": 50}}});
    for sure in [json!([]), json!([forever])] {
        assert!(!with(sure.clone(), plain()).is_unsure, "{sure}");
    }
    for unsure in [json!(["di_3"]), json!([forever, "di_4"]), json!([{"source": {"coupon": "HALF"}}])] {
        assert!(with(unsure.clone(), plain()).is_unsure, "{unsure}");
    }
    let mut discounted = plain();
    discounted["discounts"] = json!(["di_5"]);
    assert!(with(json!([]), discounted).is_unsure);
    let mut tiered = plain();
    tiered["price"]["unit_amount_decimal"] = Value::Null;
    assert!(with(json!([]), tiered).is_unsure);
}

fn event(kind: &str, object: Value) -> String {
    json!({
        "id": "evt_1", "object": "event", "type": kind, "livemode": false, "created": 1_795_000_000,
        "data": {"object": object},
    })
    .to_string()
}

#[test]
fn dispute_is_decided_by_its_status() {
    let read = |kind: &str, status: &str| {
        let object = json!({
            "id": "dp_1", "amount": 49_000, "currency": "usd", "charge": "ch_1", "payment_intent": "pi_1",
            "reason": "fraudulent", "status": status, "evidence_details": {"due_by": 1_797_000_000},
        });
        match one(&event(kind, object)) {
            ProviderEvent::Disputed { dispute, payments } => (dispute, payments),
            other => panic!("{other:?}"),
        }
    };
    let (dispute, payments) = read("charge.dispute.created", "needs_response");
    assert_eq!((dispute.amount_minor, payments), (49_000, vec!["ch_1".to_owned(), "pi_1".to_owned()]));
    assert_eq!(dispute.due_by.map(Timestamp::as_second), Some(1_797_000_000));
    for (kind, status, outcome) in [
        ("charge.dispute.created", "needs_response", DisputeOutcome::Open),
        ("charge.dispute.updated", "under_review", DisputeOutcome::Open),
        ("charge.dispute.created", "lost", DisputeOutcome::Lost),
        ("charge.dispute.closed", "lost", DisputeOutcome::Lost),
        ("charge.dispute.closed", "won", DisputeOutcome::Won),
        ("charge.dispute.closed", "warning_closed", DisputeOutcome::Won),
    ] {
        assert_eq!(read(kind, status).0.outcome, outcome, "{kind} {status}");
    }
}

#[test]
fn invoice_brings_the_ids_of_its_charge_and_payment() {
    let invoice = |more: Value| {
        let mut object = json!({"id": "in_1", "customer": "cus_1", "amount_paid": 4900, "currency": "usd"});
        object.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        payment(&event("invoice.paid", object)).also_known_as
    };
    let new = json!({"payments": {"data": [{"payment": {"type": "charge", "charge": "ch_1"}}]}});
    assert_eq!(invoice(new), ["ch_1"]);
    assert_eq!(invoice(json!({"charge": "ch_1", "payment_intent": {"id": "pi_1"}})), ["ch_1", "pi_1"]);
    assert_eq!(invoice(json!({})), [""; 0]);
    let named = one(&event(
        "invoice_payment.paid",
        json!({"id": "inpay_1", "invoice": "in_1", "payment": {"payment_intent": "pi_1"}}),
    ));
    let expected = ProviderEvent::PaymentNamed {
        external_id: "in_1".to_owned(),
        customer: None,
        also_known_as: vec!["pi_1".to_owned()],
    };
    assert_eq!(named, expected);
}

#[test]
fn failed_direct_debit_and_failed_invoice_are_told_and_no_payment() {
    let failed = session("payment", "unpaid")
        .replace("checkout.session.completed", "checkout.session.async_payment_failed");
    let ProviderEvent::PaymentFailed(debit) = one(&failed) else { panic!() };
    assert_eq!((debit.amount.amount_minor, debit.reference.as_deref()), (4900, Some("lead_01")));
    let due = json!({
        "id": "in_1", "customer": "cus_1", "amount_paid": 0, "amount_due": 4900, "currency": "kwd",
    });
    let ProviderEvent::PaymentFailed(due) = one(&event("invoice.payment_failed", due)) else { panic!() };
    assert_eq!(due.amount.to_string(), "4.900 KWD");
}

#[test]
fn amounts_have_the_decimals_that_stripe_sends_and_ours() {
    for (code, sent, shown) in [
        ("usd", 4_900, "49.00 USD"),
        ("jpy", 4_900, "4900 JPY"),
        ("kwd", 4_900, "4.900 KWD"),
        ("ugx", 5_000, "50 UGX"),
        ("isk", 100_000, "1000 ISK"),
        ("mga", 4_900, "4900.00 MGA"),
        ("huf", 490_000, "4900.00 HUF"),
        ("krw", 12_000, "12000 KRW"),
    ] {
        let object = json!({"id": "in_1", "customer": "cus_1", "amount_paid": sent, "currency": code});
        assert_eq!(payment(&event("invoice.paid", object)).amount.to_string(), shown);
    }
}

#[test]
fn thin_event_is_no_error_and_tells_what_to_change() {
    for thin in [
        json!({"id": "evt_1", "object": "v2.core.event", "type": "v1.invoice.paid", "livemode": false,
            "created": "2026-11-27T08:14:05.000Z", "related_object": {"id": "in_1", "type": "invoice"}}),
        json!({"id": "evt_2", "object": "v2.core.event", "type": "v2.core.event_destination.ping",
            "created": "2026-11-27T08:14:05.000Z"}),
        json!({"id": "evt_3", "object": "v2.core.event", "type": "v1.billing.meter.no_meter_found",
            "livemode": true, "created": "2026-11-27T08:14:05.000Z", "data": {"reason": {"error_count": 1}}}),
    ] {
        assert!(
            matches!(one(&thin.to_string()), ProviderEvent::WrongForm(told) if told.contains("Snapshot"))
        );
    }
    let unknown = event("tax_id.updated", json!({"id": "txi_1"}));
    assert_eq!(translate(false, &unknown).unwrap(), Vec::new());
}

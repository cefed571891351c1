//! Prices of calls: late, of two legs, in other currencies, and refused.

use super::*;
use serde_json::json;

fn leg(status: &str, seconds: u64, price: Value) -> Value {
    json!({"sid": "CA1", "status": status, "duration": seconds.to_string(), "price": price, "price_unit": "USD"})
}

fn billed(legs: &[Value]) -> CallBill {
    let legs: Vec<Leg> = legs.iter().map(|leg| serde_json::from_value(leg.clone()).unwrap()).collect();
    bill(&legs)
}

#[test]
fn price_is_the_sum_of_both_legs_once_each_has_one() {
    let parent = leg("completed", 130, json!("-0.04200"));
    let child = |price| leg("completed", 119, price);
    assert_eq!(billed(&[parent.clone(), child(Value::Null)]), CallBill::NotPriced { minutes: 3 });
    let both = [parent, child(json!("-0.0305001"))];
    assert_eq!(billed(&both), CallBill::Priced { amount: Usd::micros(72_501) });
}

#[test]
fn leg_that_was_not_answered_costs_nothing_and_is_not_waited_for() {
    for status in ["busy", "failed", "no-answer", "canceled"] {
        let legs = [leg("completed", 40, json!("-0.014")), leg(status, 0, Value::Null)];
        assert_eq!(billed(&legs), CallBill::Priced { amount: Usd::micros(14_000) }, "{status}");
    }
    let nobody = [leg("no-answer", 0, Value::Null)];
    assert_eq!(billed(&nobody), CallBill::Priced { amount: Usd::ZERO });
}

#[test]
fn call_goes_on_until_every_leg_is_over() {
    for status in ["queued", "initiated", "ringing", "in-progress", "a-status-of-tomorrow"] {
        let legs = [leg("completed", 40, json!("-0.014")), leg(status, 0, Value::Null)];
        assert_eq!(billed(&legs), CallBill::GoesOn, "{status}");
    }
}

#[test]
fn price_in_another_currency_or_form_is_unreadable_and_says_what_was_expected() {
    let mut euros = leg("completed", 61, json!("-0.0130"));
    euros["price_unit"] = json!("EUR");
    let CallBill::Unreadable { minutes, why } = billed(std::slice::from_ref(&euros)) else {
        panic!("euros are read")
    };
    assert_eq!((minutes, why.as_str()), (2, "the currency USD is expected, not EUR"));
    euros["price"] = json!("0.0");
    assert_eq!(billed(&[euros]), CallBill::Priced { amount: Usd::ZERO });
    for odd in
        [json!(-0.0130), json!("0.013"), json!("-1e3"), json!("-.5"), json!("-5."), json!(""), json!("-")]
    {
        let told = billed(&[leg("completed", 61, odd.clone())]);
        assert!(
            matches!(&told, CallBill::Unreadable { why, .. } if why.contains("expected")),
            "{odd}: {told:?}"
        );
    }
    for too_much in ["-1000.01".to_owned(), format!("-{}", u64::MAX)] {
        let told = billed(&[leg("completed", u64::MAX, json!(too_much))]);
        assert!(matches!(told, CallBill::Unreadable { minutes: 1_440, .. }), "{told:?}");
    }
}

#[test]
fn call_that_the_provider_does_not_know_is_told_from_a_refusal() {
    let answer = |status: u16, body: &str| Ok(Response::builder().status(status).body(body.into()).unwrap());
    let gone = r#"{"code":20404,"message":"gone","status":404}"#;
    assert!(read_parent(answer(404, gone)).unwrap().is_none());
    assert!(matches!(read_parent(answer(404, "<html>")), Err(CallError::Account(_))));
    let no = r#"{"code":20003,"message":"Authenticate","status":401}"#;
    assert!(matches!(read_parent(answer(401, no)), Err(CallError::Account(_))));
    assert!(matches!(read_children(answer(429, no)), Err(CallError::RateLimited { .. })));
    assert!(matches!(read_children(answer(503, "")), Err(CallError::Unavailable(_))));
    assert!(read_parent(answer(200, "[]")).is_err());
    assert_eq!(read_children(answer(200, r#"{"calls":[]}"#)).unwrap().len(), 0);
}

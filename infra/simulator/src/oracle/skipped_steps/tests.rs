//! The oracle's own eye: a step that is left out, or a way that ends, for a reason that is not there.

use super::super::{end_reasons, lead_history};
use super::*;
use sandbox::Observed;
use serde_json::{Value, json};
use std::collections::BTreeMap;

fn minute(minutes: i64) -> Timestamp {
    Timestamp::UNIX_EPOCH + SignedDuration::from_mins(minutes)
}

fn key() -> Key {
    ("W#w#L#l".to_owned(), "N#c".to_owned())
}

fn lead(email: &str, phone: &str) -> Item {
    Item(json!({ "core": { "M": { "e": { "S": email }, "p": { "S": phone } } } }))
}

/// A lead with this address and number since the beginning.
fn oracle(email: &str, phone: &str) -> Oracle {
    let mut oracle = Oracle::new(BTreeMap::new(), false);
    let of_lead = (key().0, "LEAD".to_owned());
    lead_history::written(&mut oracle, minute(0), &of_lead, None, &lead(email, phone));
    oracle.items.insert(of_lead, lead(email, phone));
    oracle
}

fn message(fields: Value) -> Item {
    let mut item = json!({ "entity": { "S": "message" }, "camp": { "S": "campaign_c" }, "step": { "S": "step_1" },
        "ch": { "S": "email" }, "to": { "S": "pat@x.example" } });
    fields.as_object().into_iter().flatten().for_each(|(name, value)| item[name] = value.clone());
    Item(item)
}

fn step(fields: Value) -> Item {
    let mut item = json!({ "id": { "S": "step_1" }, "kind": { "S": "email" } });
    fields.as_object().into_iter().flatten().for_each(|(name, value)| item[name] = value.clone());
    Item(item)
}

/// Ten minutes after the beginning.
fn left_out(oracle: &Oracle, step: &Item, why: &str) -> bool {
    let new = Item(
        json!({ "ev": { "M": { "k": { "S": "step_skipped" }, "c": { "S": format!("step_1:{why}") } } } }),
    );
    let (now, key) = (minute(10), &key());
    judge(oracle, &new, &Written { now, key, new: &new, name: "it" }, step).is_none()
}

#[test]
fn skip_as_sent_needs_a_sent_message() {
    let mut oracle = oracle("pat@x.example", "");
    assert!(!left_out(&oracle, &step(json!({})), "already_sent"));
    let of_message = (key().0, "M#1".to_owned());
    for (fields, went_out, refused) in [
        (json!({ "state": { "S": "queued" } }), false, false),
        (json!({ "state": { "S": "uncertain" } }), true, false),
        (json!({ "state": { "S": "bounced" }, "acc": { "N": "1" } }), true, false),
        (json!({ "state": { "S": "failed" } }), false, true),
        (json!({ "state": { "S": "failed" }, "acc": { "N": "1" } }), true, false),
        (json!({ "state": { "S": "uncertain" }, "step": { "S": "step_2" } }), false, false),
    ] {
        oracle.items.insert(of_message.clone(), message(fields.clone()));
        assert_eq!(left_out(&oracle, &step(json!({})), "already_sent"), went_out, "{fields}");
        assert_eq!(left_out(&oracle, &step(json!({})), "refused_before"), refused, "{fields}");
    }
}

#[test]
fn skip_for_no_address_needs_a_missing_address() {
    let text = step(json!({ "kind": { "S": "sms" } }));
    let call = step(json!({ "kind": { "S": "task" }, "task": { "S": "call" } }));
    let mut oracle = oracle("pat@x.example", "");
    assert!(left_out(&oracle, &text, "no_phone") && left_out(&oracle, &call, "no_phone"));
    assert!(!left_out(&oracle, &step(json!({})), "no_email"));
    assert!(!left_out(&oracle, &step(json!({})), "undeliverable"));
    assert!(!left_out(&oracle, &text, "because") && !left_out(&oracle, &text, "by_hand"));
    // Who has read them just before knows of no number yet.
    let of_lead = (key().0, "LEAD".to_owned());
    let (before, after) = (lead("pat@x.example", ""), lead("pat@x.example", "+1"));
    lead_history::written(&mut oracle, minute(9), &of_lead, Some(&before), &after);
    assert!(left_out(&oracle, &text, "no_phone"));
    let again = |oracle: &Oracle| closed_channels::may_be_why(oracle, minute(20), &key(), &text, "no_phone");
    assert!(!again(&oracle));
}

#[test]
fn skip_for_closed_channel_needs_failure_or_suppression() {
    let mut oracle = oracle("pat@x.example", "");
    let mail = step(json!({}));
    assert!(!left_out(&oracle, &mail, "channel_failed") && !left_out(&oracle, &mail, "address_suppressed"));
    oracle.closed_channels.message_written(key(), &message(json!({ "state": { "S": "failed" } })));
    assert!(left_out(&oracle, &mail, "channel_failed") && !left_out(&oracle, &mail, "address_suppressed"));
    let why = (minute(1), "hard_bounce".to_owned());
    oracle.suppressions.listed.insert(("W#w".to_owned(), "x.example".to_owned()), why);
    assert!(left_out(&oracle, &mail, "address_suppressed"));
}

#[test]
fn skip_past_last_day_needs_no_open_time_before() {
    let oracle = |ranges: Value| {
        let mut oracle = oracle("pat@x.example", "");
        let home = send_window::Home { zone: "UTC", country: "" };
        oracle.homes = BTreeMap::from([("pat@x.example".to_owned(), home)]);
        oracle.items.insert(("W#w".to_owned(), "WORKSPACE".to_owned()), Item(json!({})));
        let weekdays: Vec<Value> = (1..=7).map(|day| json!({ "N": day.to_string() })).collect();
        let window = json!({ "M": { "weekdays": { "L": weekdays }, "ranges": { "L": [{ "M": ranges }] },
            "on_holidays": { "S": "send" } } });
        let version =
            (sequence_path::version_key(&key(), &Item(json!({}))), Item(json!({ "window": window })));
        oracle.items.insert(version.0, version.1);
        oracle
    };
    let early = oracle(json!({ "start": { "N": "0" }, "end": { "N": "10" } }));
    let late = oracle(json!({ "start": { "N": "600" }, "end": { "N": "700" } }));
    let until = |day: &str| step(json!({ "not_after": { "S": day } }));
    assert!(left_out(&early, &until("1970-01-01"), "past_its_date"));
    assert!(!left_out(&late, &until("1970-01-01"), "past_its_date"), "it opens at ten");
    assert!(left_out(&late, &until("1969-12-31"), "past_its_date"));
    assert!(!left_out(&early, &step(json!({})), "past_its_date"), "it has no last day");
}

#[test]
fn end_without_cause_is_reported() {
    let ended = |why: &str, event: &str| {
        Item(
            json!({ "why": { "S": why }, "step": { "S": "step_1" }, "ev": { "M": { "k": { "S": event } } } }),
        )
    };
    let steps = [step(json!({}))];
    let mut oracle = oracle("pat@x.example", "");
    let judged = |oracle: &mut Oracle, why: &str, event: &str| {
        let (now, key, new) = (minute(10), &key(), &ended(why, event));
        let told = end_reasons::judge(oracle, &Written { now, key, new, name: "it" }, &steps).is_some();
        let before = oracle.violations().len();
        let wrong = end_reasons::at_rest(oracle, &Observed::default());
        oracle.accuse_all("end_reasons", minute(60), wrong);
        (told, oracle.violations().len() > before)
    };
    assert_eq!(judged(&mut oracle, "unreachable", "enrolment_ended"), (true, false));
    assert_eq!(judged(&mut oracle, "failed", "enrolment_ended"), (true, false));
    assert_eq!(judged(&mut oracle, "bounced", "address_refused"), (true, false));
    oracle.closed_channels.message_written(key(), &message(json!({ "state": { "S": "failed" } })));
    assert_eq!(judged(&mut oracle, "unreachable", "enrolment_ended"), (false, false));
    assert_eq!(judged(&mut oracle, "failed", "enrolment_ended"), (false, false));
    assert_eq!(judged(&mut oracle, "bounced", "address_refused"), (false, false));
    assert_eq!(judged(&mut oracle, "replied", "lead_answered"), (false, true));
}

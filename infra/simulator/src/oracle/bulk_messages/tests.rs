//! The oracle's own eye: one of many that goes out beyond its account's limits, outside its hours, or at night.

use super::super::raw::Key;
use super::super::sends::{self, Accepted, By};
use super::*;
use jiff::SignedDuration;
use serde_json::{Value, json};
use std::collections::BTreeMap;

const US: &str = "us@x.example";

fn hour(hours: i64) -> Timestamp {
    Timestamp::UNIX_EPOCH + SignedDuration::from_hours(hours)
}

fn account(fields: Value) -> (Key, Item) {
    let mut item = json!({ "entity": { "S": "account" }, "id": { "S": "account_a" },
        "settings": { "M": { "from_address": { "S": US } } } });
    fields.as_object().into_iter().flatten().for_each(|(name, value)| item[name] = value.clone());
    (("W#w#ACCOUNTS".to_owned(), "a".to_owned()), Item(item))
}

/// Sends messages by one account at these hours on this channel, and counts the violations.
fn wrong(fields: Value, channel: &str, one_offs: &[(i64, bool)]) -> usize {
    let mut oracle = Oracle::new(BTreeMap::new(), false);
    let (key, item) = account(fields);
    oracle.items.insert(key, item);
    for (number, (at, is_of_many)) in one_offs.iter().enumerate() {
        let tag = format!("msg_{number}");
        let mut letter = json!({ "entity": { "S": "message" }, "dir": { "S": "out" }, "id": { "S": tag },
            "ch": { "S": channel }, "conn": { "S": "account_a" }, "state": { "S": "uncertain" }, "claim": { "N": "1" } });
        if *is_of_many {
            letter["many"] = json!({ "S": "bulk_message_1" });
        }
        oracle.items.insert((format!("W#w#L#{number}"), "M#1".to_owned()), Item(letter));
        let by = if channel == "email" { By::Mail { from: US } } else { By::Text };
        sends::taken(&mut oracle, &Accepted { at: hour(*at), tag: &tag, to: "pat", by, says: "" });
    }
    oracle.violations().len()
}

#[test]
fn bulk_message_without_slot_is_reported() {
    let limits = json!({ "limits": { "M": { "zone": { "S": "UTC" }, "per_day": { "N": "1" } } } });
    assert_eq!(wrong(limits.clone(), "email", &[(9, true)]), 0);
    assert_eq!(wrong(limits.clone(), "email", &[(9, true), (10, true), (33, true)]), 1);
    assert_eq!(wrong(limits.clone(), "email", &[(9, false), (10, true)]), 1, "what a person writes counts");
    assert_eq!(wrong(limits, "email", &[(9, true), (10, false)]), 0, "and goes out at once");
}

#[test]
fn bulk_message_outside_hours_is_reported() {
    let weekdays: Vec<Value> = (1..=7).map(|day| json!({ "N": day.to_string() })).collect();
    let range = json!({ "M": { "start": { "N": "540" }, "end": { "N": "1020" } } });
    let hours = json!({ "hours": { "M": { "zone": { "S": "UTC" }, "weekdays": { "L": weekdays }, "ranges": { "L": [range] } } } });
    assert_eq!(wrong(hours.clone(), "email", &[(10, true), (20, true)]), 1);
    assert_eq!(wrong(hours, "email", &[(20, false)]), 0);
    assert_eq!(wrong(json!({}), "email", &[(3, true)]), 0);
    assert_eq!(wrong(json!({}), "sms", &[(3, true), (12, true)]), 1);
    assert_eq!(wrong(json!({}), "sms", &[(3, false)]), 0);
}

/// Two of many to the same or to two people, so many hours apart, where the workspace keeps these caps.
fn against_caps(caps: Value, one_offs: [(i64, &str, &str); 2]) -> usize {
    let mut oracle = Oracle::new(BTreeMap::new(), false);
    let (key, item) = account(json!({}));
    oracle.items.insert(key, item);
    let workspace = json!({ "entity": { "S": "workspace" }, "caps": { "M": caps } });
    oracle.items.insert(("W#w".to_owned(), "WORKSPACE".to_owned()), Item(workspace));
    for (number, (at, lead, to)) in one_offs.into_iter().enumerate() {
        let tag = format!("msg_{number}");
        let letter = json!({ "entity": { "S": "message" }, "dir": { "S": "out" }, "id": { "S": tag },
            "ch": { "S": "email" }, "conn": { "S": "account_a" }, "state": { "S": "uncertain" },
            "claim": { "N": "1" }, "many": { "S": "bulk_message_1" } });
        oracle.items.insert((format!("W#w#L#{lead}"), format!("M#{number}")), Item(letter));
        sends::taken(
            &mut oracle,
            &Accepted { at: hour(at), tag: &tag, to, by: By::Mail { from: US }, says: "" },
        );
    }
    oracle.violations().len()
}

#[test]
fn bulk_messages_over_cap_are_reported() {
    let (pat, sam) = ("pat@one.example", "sam@one.example");
    let two = [(9, "pat", pat), (10, "sam", sam)];
    assert_eq!(against_caps(json!({}), two), 0);
    assert_eq!(against_caps(json!({ "messages_per_day": { "N": "1" } }), two), 1);
    assert_eq!(
        against_caps(json!({ "messages_per_day": { "N": "1" } }), [(9, "pat", pat), (34, "sam", sam)]),
        0
    );
    assert_eq!(against_caps(json!({ "domain_per_day": { "N": "1" } }), two), 1);
    let apart = || json!({ "hours_apart": { "N": "20" } });
    assert_eq!(against_caps(apart(), two), 0, "two people");
    assert_eq!(against_caps(apart(), [(9, "pat", pat), (12, "pat", pat)]), 1);
    assert_eq!(against_caps(apart(), [(9, "pat", pat), (30, "pat", pat)]), 0);
}

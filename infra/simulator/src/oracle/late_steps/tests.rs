//! The oracle's own eye: who may go on after two days, and who may not.

use super::*;
use serde_json::{Value, json};
use std::collections::BTreeMap;

fn hour(hours: i64) -> Timestamp {
    Timestamp::UNIX_EPOCH + SignedDuration::from_hours(hours)
}

fn key() -> Key {
    ("W#w#L#ann".to_owned(), "N#c".to_owned())
}

/// An enrolment at the one message of a sequence.
fn enrolment(state: Value, due: i64, owed: Option<i64>) -> Item {
    let nanos = |hours: i64| json!({ "N": hour(hours).as_nanosecond().to_string() });
    let mut item = json!({ "seq": { "S": "sequence_s" }, "ver": { "N": "1" }, "step": { "S": "mail" },
        "generation": { "N": "0" }, "due": nanos(due) });
    for (name, value) in state.as_object().unwrap() {
        item[name] = json!({ "S": value });
    }
    if let Some(owed) = owed {
        item["owed"] = nanos(owed);
    }
    Item(item)
}

fn oracle(when_late: &str) -> Oracle {
    let mut oracle = Oracle::new(BTreeMap::new(), false);
    let steps = json!([{ "M": { "id": { "S": "mail" }, "kind": { "S": "email" } } }]);
    let version = Item(json!({ "steps": { "L": steps } }));
    oracle.items.insert(("W#w#SEQUENCE#s".to_owned(), "V#00000001".to_owned()), version);
    let workspace = Item(json!({ "when_late": { "S": when_late } }));
    oracle.items.insert(("W#w".to_owned(), "WORKSPACE".to_owned()), workspace);
    oracle
}

fn answer(oracle: &mut Oracle, at: i64, then: &str) {
    let answer = json!({ "M": { "planned_before": { "S": hour(at).to_string() }, "then": { "S": then } } });
    let campaign = ("W#w#CAMPAIGNS".to_owned(), "c".to_owned());
    campaign_written(oracle, hour(at), &campaign, &Item(json!({ "late_answer": answer })));
}

fn step(oracle: &mut Oracle, at: i64, old: &Item, new: &Item) -> usize {
    let before = oracle.violations().len();
    moved(oracle, old, &Written { now: hour(at), key: &key(), new, name: "ann" });
    oracle.violations().len() - before
}

#[test]
fn late_send_without_answer_is_reported() {
    let (due, claimed) =
        (enrolment(json!({"state": "scheduled"}), 0, None), enrolment(json!({"state": "claimed"}), 0, None));
    for (when_late, at, wrong) in [("hold", 47, 0), ("hold", 49, 1), ("send", 49, 0), ("skip", 49, 1)] {
        assert_eq!(step(&mut oracle(when_late), at, &due, &claimed), wrong, "{when_late} at {at}");
    }
    let mut asked = oracle("hold");
    answer(&mut asked, 60, "send");
    assert_eq!(step(&mut asked, 70, &due, &claimed), 0);
    let later = enrolment(json!({"state": "scheduled"}), 61, None);
    assert_eq!(step(&mut asked, 120, &later, &claimed), 1, "it was planned after the answer");
}

#[test]
fn planned_time_survives_a_pause() {
    let held = |why: &str| enrolment(json!({"state": "held", "held": why}), 0, None);
    let (due, anew) = (
        enrolment(json!({"state": "scheduled"}), 0, None),
        enrolment(json!({"state": "scheduled"}), 50, None),
    );
    let mut oracle = oracle("hold");
    assert_eq!(step(&mut oracle, 1, &due, &held("campaign_paused")), 0);
    assert_eq!(step(&mut oracle, 50, &held("campaign_paused"), &anew), 1);
    let asked = enrolment(json!({"state": "held", "held": "late"}), 0, Some(0));
    assert_eq!(step(&mut oracle, 50, &held("campaign_paused"), &asked), 0);
    assert_eq!(step(&mut oracle, 20, &due, &asked), 1, "it was not late");
}

#[test]
fn planned_time_survives_an_outage() {
    let waits = |due: i64, why: &str| {
        let mut item = enrolment(json!({"state": "scheduled"}), due, None);
        item.0["ev"] = json!({ "M": { "k": { "S": "step_waits" }, "c": { "S": why } } });
        item
    };
    let claimed = enrolment(json!({"state": "claimed"}), 49, None);
    for (why, wrong) in [("provider_down", 1), ("sender_full", 0)] {
        let mut oracle = oracle("hold");
        for at in 0..49 {
            assert_eq!(step(&mut oracle, at, &waits(at, why), &waits(at + 1, why)), 0, "{why} at {at}");
        }
        assert_eq!(step(&mut oracle, 49, &waits(49, why), &claimed), wrong, "{why}");
    }
}

#[test]
fn open_question_after_answer_is_reported() {
    let mut oracle = oracle("hold");
    let campaign = ("W#w#CAMPAIGNS".to_owned(), "c".to_owned());
    oracle.gates.active.insert(campaign, hour(0));
    oracle.enrolments.insert(key());
    let asked = enrolment(json!({"state": "held", "held": "late"}), 0, Some(0));
    oracle.items.insert(key(), asked);
    let wrong = at_rest(&oracle, hour(60));
    oracle.accuse_all("at rest", Timestamp::UNIX_EPOCH, wrong);
    assert!(oracle.violations().is_empty());
    answer(&mut oracle, 61, "skip");
    let wrong = at_rest(&oracle, hour(90));
    oracle.accuse_all("at rest", Timestamp::UNIX_EPOCH, wrong);
    assert_eq!(oracle.violations().len(), 1);
}

/// It waited for its provider and was then given up, as the workspace has it: it was tried in time.
#[test]
fn repeated_send_is_not_late() {
    let scheduled = |due, name: &str, because: &str| {
        let mut item = enrolment(json!({"state": "scheduled"}), due, None);
        item.0["ev"] = json!({ "M": { "k": { "S": name }, "c": { "S": because } } });
        item
    };
    let (first, waits) = (scheduled(0, "step_passed", ""), scheduled(60, "step_waits", "provider_down"));
    let again = scheduled(60, "send_repeated", "");
    let claimed = enrolment(json!({"state": "claimed"}), 60, None);
    for (repeated, wrong) in [(false, 1), (true, 0)] {
        let mut oracle = oracle("hold");
        assert_eq!(step(&mut oracle, 1, &first, &waits), 0);
        if repeated {
            assert_eq!(step(&mut oracle, 60, &waits, &again), 0);
        }
        assert_eq!(step(&mut oracle, 60, &waits, &claimed), wrong, "{repeated}");
    }
}

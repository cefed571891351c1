//! The oracle's own eye: a deleted lead gets what was on its way, once, and nothing that was never claimed.

use super::super::claims::Claim;
use super::super::{lead_history, sends};
use super::*;
use jiff::SignedDuration;
use serde_json::json;

const LEAD: &str = "01KAAAAAAAAAAAAAAAAAAAAAAA";
const TAG: &str = "msg_01KAAAAAAAAAAAAAAAAAAAAAAA1";
const TO: &str = "pat@x.example";

fn at(seconds: i64) -> Timestamp {
    Timestamp::UNIX_EPOCH + SignedDuration::from_secs(seconds)
}

/// Claimed at 100 s where that is said, and deleted at 110 s.
fn deleted(is_claimed: bool) -> Oracle {
    let mut oracle = Oracle::new(BTreeMap::new(), false);
    let partition = format!("W#w#L#{LEAD}");
    let of_lead = (partition.clone(), "LEAD".to_owned());
    let lead = Item(json!({ "core": { "M": { "e": { "S": TO } } } }));
    lead_history::written(&mut oracle, at(0), &of_lead, None, &lead);
    let key = (partition.clone(), "N#c".to_owned());
    let state = if is_claimed { "claimed" } else { "scheduled" };
    let enrolment =
        Item(json!({ "state": { "S": state }, "generation": { "N": "1" }, "step": { "S": "step_1" } }));
    let claim = Claim { at: at(100), generation: 1, made: 1, account: None, closed: None };
    oracle.claims.last.insert(key.clone(), claim);
    forgotten(&mut oracle, &key, Some(&enrolment));
    oracle.deleted.insert(LEAD.to_owned());
    oracle.leads.forget(&partition);
    oracle
}

fn takes(oracle: &mut Oracle, seconds: i64, to: &str) -> usize {
    let before = oracle.violations().len();
    let by = sends::By::Mail { from: "us@x.example" };
    sends::taken(oracle, &Accepted { at: at(seconds), tag: TAG, to, by, says: "" });
    oracle.violations().len() - before
}

#[test]
fn send_to_deleted_lead_counts_once_and_soon() {
    assert_eq!(takes(&mut deleted(true), 115, TO), 0);
    assert_eq!(takes(&mut deleted(true), 300, TO), 1, "its function lives no more");
    assert_eq!(takes(&mut deleted(true), 115, "kim@x.example"), 1);
    assert_eq!(takes(&mut deleted(false), 115, TO), 1, "nobody had claimed it");
    let mut twice = deleted(true);
    assert_eq!(takes(&mut twice, 112, TO) + takes(&mut twice, 115, TO), 1);
}

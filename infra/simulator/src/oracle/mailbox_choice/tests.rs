//! The oracle's own eye: a mailbox that is paused is waited for, one that is switched off is gone.

use super::super::{Taken, gates};
use super::*;
use serde_json::json;
use std::collections::BTreeMap;

fn minute(minutes: i64) -> Timestamp {
    Timestamp::UNIX_EPOCH + SignedDuration::from_mins(minutes)
}

fn mailbox(name: &str, fields: Value) -> (Key, Item) {
    let mut item = json!({ "entity": { "S": "account" }, "id": { "S": format!("account_{name}") },
        "enabled": { "BOOL": true } });
    fields.as_object().into_iter().flatten().for_each(|(name, value)| item[name] = value.clone());
    (("W#w#ACCOUNTS".to_owned(), name.to_owned()), Item(item))
}

/// A lead who has had a mail from `own`, known to have gone out or not; then that mailbox is written so.
fn oracle(known: bool, then: Value) -> (Oracle, Key) {
    let mut oracle = Oracle::new(BTreeMap::new(), false);
    let enrolment: Key = ("W#w#L#ann".to_owned(), "N#c".to_owned());
    let mailboxes = json!([{ "S": "account_own" }, { "S": "account_other" }]);
    let campaign = json!({ "entity": { "S": "campaign" }, "id": { "S": "campaign_c" },
        "when_mailbox_gone": { "S": "reassign" }, "mailboxes": { "L": mailboxes } });
    oracle.items.insert(("W#w#CAMPAIGNS".to_owned(), "c".to_owned()), Item(campaign));
    let mut mail = json!({ "entity": { "S": "message" }, "id": { "S": "msg_1" } });
    if known {
        mail["acc"] = json!({ "N": "1" });
    }
    oracle.items.insert((enrolment.0.clone(), "M#1".to_owned()), Item(mail));
    let own = || Some("account_own".to_owned());
    let (tag, step) = ("msg_1".to_owned(), "mail".to_owned());
    let (to, lead, key) = ("ann@a.example".to_owned(), "ann".to_owned(), enrolment.clone());
    oracle.sent.taken.push(Taken {
        at: minute(0),
        tag,
        to,
        lead,
        key,
        generation: 0,
        step,
        account: own(),
        by: own(),
    });
    let (other_key, other) = mailbox("other", json!({}));
    oracle.items.insert(other_key, other);
    let ((key, before), (_, after)) = (mailbox("own", json!({})), mailbox("own", then));
    changed(&mut oracle, minute(10), Some(&before), Some(&after));
    gates::set(&mut oracle, minute(10), &key, is_paused(&after));
    oracle.items.insert(key, after);
    (oracle, enrolment)
}

#[test]
fn send_from_other_mailbox_during_pause_is_reported() {
    let (paused, off) = (json!({ "pause": { "M": {} } }), json!({ "enabled": { "BOOL": false } }));
    for (known, then, from, wrong) in [
        (true, &paused, "account_other", true),
        (true, &paused, "account_own", true),
        (false, &paused, "account_other", false),
        (true, &off, "account_other", false),
        (true, &off, "account_own", true),
        (true, &json!({}), "account_other", true),
        (true, &json!({}), "account_own", false),
    ] {
        let (oracle, enrolment) = oracle(known, then.clone());
        let found = fault(&oracle, minute(60), &enrolment, "msg_2", from);
        assert_eq!(found.is_some(), wrong, "{known} {then} {from}: {found:?}");
    }
}

#[test]
fn end_for_paused_mailbox_is_reported() {
    for (then, wrong) in
        [(json!({ "pause": { "M": {} } }), true), (json!({ "enabled": { "BOOL": false } }), false)]
    {
        let (oracle, enrolment) = oracle(true, then.clone());
        assert_eq!(left_rightly(&oracle, minute(60), &enrolment, "ann").is_some(), wrong, "{then}");
    }
}

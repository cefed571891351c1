//! An enrolment that a user has paused sends nothing before the pause ends or a user resumes it; and one that waits
//! with everybody goes on with everybody.

use super::claims::Written;
use super::raw::{Item, Key, instant, path, text};
use super::stored::{campaign_key, workspace_key};
use super::tenant_isolation::owner_of;
use super::{GRACE, Oracle};
use jiff::{SignedDuration, Timestamp};
use std::collections::{BTreeMap, BTreeSet};

const JUDGE: &str = "pauses";

#[derive(Default)]
pub struct Holds {
    /// Enrolments that a user has paused, and until when, if that is said.
    pub(super) paused_by_user: BTreeMap<Key, Option<Timestamp>>,
    /// Leads that a user has resumed by hand.
    pub(super) resumed_by_user: BTreeSet<String>,
    /// Enrolments of leads that were given to another user who has not resumed them yet, and since when.
    pub(super) handed_over: BTreeMap<Key, Timestamp>,
}

/// The time in which the pages of a resume may be late and repeated.
const RESUMING_TAKES: SignedDuration = SignedDuration::from_hours(3);

/// Called as an enrolment is written.
pub fn written(oracle: &mut Oracle, key: &Key, new: &Item) {
    if text(new, "state") == "ended" {
        oracle.holds.paused_by_user.remove(key);
        return;
    }
    if path(new, &["ev", "k"]) != "enrolment_held" || !path(new, &["ev", "a"]).starts_with("user_") {
        return;
    }
    let wish = &new.0["pause"]["M"]["until"];
    let wished = if wish.is_null() {
        instant(new, "until")
    } else {
        wish["S"].as_str().and_then(|at| at.parse().ok())
    };
    oracle.holds.paused_by_user.insert(key.clone(), wished);
}

pub fn may_be_claimed(oracle: &mut Oracle, &Written { now, key, name, .. }: &Written<'_>) {
    let Some(until) = oracle.holds.paused_by_user.get(key).copied() else { return };
    if until.is_none_or(|until| until > now + oracle.off) {
        let paused = format!("{name} was claimed although a person has paused it until {until:?}");
        oracle.accuse(JUDGE, now, paused);
    }
}

/// Whether what holds this enrolment is gone for good: then nothing would ever find it.
pub fn is_left_behind(oracle: &Oracle, now: Timestamp, key: &Key, enrolment: &Item) -> bool {
    let campaign = campaign_key(key);
    let gone = match text(enrolment, "held") {
        "campaign_paused" => oracle.gates.active.contains_key(&campaign),
        "sending_stopped" => !oracle.gates.closed.contains_key(&workspace_key(&key.0)),
        "account_paused" => {
            let accounts = format!("{}#ACCOUNTS", owner_of(&key.0));
            !oracle.gates.closed.keys().any(|gate| gate.0 == accounts)
        }
        _ => false,
    };
    let since =
        oracle.gates.active.get(&campaign).copied().unwrap_or(Timestamp::MAX).max(oracle.gates.opened);
    gone && now.duration_since(since) > RESUMING_TAKES + GRACE
}

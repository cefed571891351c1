//! Whom a person has paused is not written to before the end that was said, or before a person lets them go; and who waits
//! with everybody goes on with everybody.

use super::raw::{Item, Key, instant, path, text};
use super::{GRACE, Oracle};
use jiff::{SignedDuration, Timestamp};

/// As long as the pages of those who are set going may be late, and come again.
const RESUMING_TAKES: SignedDuration = SignedDuration::from_hours(3);

/// Called as an enrolment is written.
pub fn written(oracle: &mut Oracle, key: &Key, new: &Item) {
    if text(new, "state") == "ended" {
        oracle.paused_by_user.remove(key);
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
    oracle.paused_by_user.insert(key.clone(), wished);
}

pub fn may_be_claimed(oracle: &mut Oracle, now: Timestamp, key: &Key, name: &str) {
    let Some(until) = oracle.paused_by_user.get(key).copied() else { return };
    if until.is_none_or(|until| until > now + oracle.off) {
        oracle.accuse(now, format!("{name} was claimed although a person has paused it until {until:?}"));
    }
}

/// Whether what holds this enrolment is gone for good: then nothing would ever find it.
pub fn is_left_behind(oracle: &Oracle, now: Timestamp, key: &Key, enrolment: &Item) -> bool {
    let owner = key.0.split("#L#").next().unwrap_or_default();
    let campaign = (format!("{owner}#CAMPAIGNS"), key.1.trim_start_matches("N#").to_owned());
    let open = |gate: &Key| !oracle.closed.contains_key(gate);
    let gone = match text(enrolment, "held") {
        "campaign_paused" => oracle.active.contains_key(&campaign),
        "sending_stopped" => open(&(owner.to_owned(), "WORKSPACE".to_owned())),
        "account_paused" => {
            let accounts = format!("{owner}#ACCOUNTS");
            !oracle.closed.keys().any(|gate| gate.0 == accounts)
        }
        _ => false,
    };
    let since = oracle.active.get(&campaign).copied().unwrap_or(Timestamp::MAX).max(oracle.opened);
    gone && now.duration_since(since) > RESUMING_TAKES + GRACE
}

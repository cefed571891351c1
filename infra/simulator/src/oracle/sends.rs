//! What may be claimed, and what may have been sent.

use super::raw::{Key, lead_of, number, path, text};
use super::{GRACE_SECONDS, Oracle, Taken, window};
use jiff::Timestamp;

/// A pause is complete after ten seconds; a permit is five seconds old at most.
const PAUSE_SECONDS: i64 = 10;

/// Called as a claim is written.
pub fn may_be_claimed(oracle: &mut Oracle, now: Timestamp, key: &Key, name: &str) {
    let (pk, sk) = key;
    let lead = oracle.items.get(&(pk.clone(), "LEAD".to_owned()));
    let Some(lead) = lead else {
        return oracle.accuse(now, format!("{name} was claimed although its lead is gone"));
    };
    let mut wrong = Vec::new();
    for address in [path(lead, &["sum", "e"]), path(lead, &["sum", "p"])] {
        if let Some((since, reason)) = oracle.suppressed.get(address)
            && reason != "hard_bounce"
            && now.duration_since(*since).as_secs() > GRACE_SECONDS
        {
            wrong
                .push(format!("{name} was claimed although {address} is suppressed since {since}: {reason}"));
        }
    }
    let owner = pk.split("#L#").next().unwrap_or_default();
    let campaign = (format!("{owner}#CAMPAIGNS"), sk.trim_start_matches("N#").to_owned());
    for gate in [campaign, (owner.to_owned(), "WORKSPACE".to_owned())] {
        if let Some(since) = oracle.closed.get(&gate)
            && now.duration_since(*since).as_secs() > PAUSE_SECONDS
        {
            wrong.push(format!("{name} was claimed although {} {} is closed since {since}", gate.0, gate.1));
        }
    }
    for what in wrong {
        oracle.accuse(now, what);
    }
}

/// Called as a provider has accepted.
pub fn taken(oracle: &mut Oracle, now: Timestamp, tag: &str, to: &str, is_email: bool) {
    let lead = tag.strip_prefix("msg_").and_then(|rest| rest.get(..26)).unwrap_or_default().to_owned();
    let enrolment = oracle
        .items
        .iter()
        .find(|((pk, sk), item)| {
            lead_of(pk) == lead && sk.starts_with("N#") && text(item, "entity") == "enrolment"
        })
        .map(|(key, item)| (key.clone(), item.clone()));
    let Some((key, enrolment)) = enrolment else {
        if !oracle.deleted.contains(&lead) {
            oracle.accuse(now, format!("{tag} to {to} was sent for nobody who is enrolled"));
        }
        return;
    };
    let step = number(&enrolment, "step");
    let claimed = oracle.claims.get(&key).is_some_and(|claim| claim.step == step);
    let under_way = match text(&enrolment, "state") {
        "claimed" => true,
        // Stopped meanwhile: the claim's end is kept until its outcome is told.
        "ended" => super::instant(&enrolment, "expires").is_some(),
        _ => false,
    };
    let state = text(&enrolment, "state").to_owned();
    if !claimed || !under_way {
        oracle.accuse(now, format!("{tag} to {to} was sent without a claim: step {step}, {state}"));
    }
    if oracle.taken.iter().any(|other| other.tag == tag) {
        oracle.accuse(now, format!("{tag} to {to} was sent twice"));
    }
    if let Some(last) = oracle.taken.iter().rev().find(|other| other.lead == lead)
        && last.step >= step
    {
        oracle.accuse(now, format!("{tag} to {to} is step {step} and came after step {}", last.step));
    }
    check_version(oracle, now, &key, tag, to, is_email);
    oracle.taken.push(Taken { tag: tag.to_owned(), lead, step });
}

fn check_version(oracle: &mut Oracle, now: Timestamp, key: &Key, tag: &str, to: &str, is_email: bool) {
    let Some(enrolment) = oracle.items.get(key) else { return };
    let owner = key.0.split("#L#").next().unwrap_or_default();
    let sequence = text(enrolment, "seq").trim_start_matches("sequence_").to_owned();
    let version = format!("V#{:08}", number(enrolment, "ver"));
    let version = oracle.items.get(&(format!("{owner}#SEQUENCE#{sequence}"), version));
    let Some(version) = version else {
        return oracle.accuse(now, format!("{tag} is of a version that is not there"));
    };
    let step = usize::try_from(number(enrolment, "step")).unwrap_or(usize::MAX);
    let channel = version.0["steps"]["L"][step]["M"]["channel"]["S"].as_str().unwrap_or_default();
    let expected = if is_email { "email" } else { "sms" };
    let zone = oracle.zones.get(to).copied().unwrap_or("UTC");
    let mut wrong = Vec::new();
    if channel != expected {
        wrong.push(format!("{tag} went out by {expected}, the step says {channel}"));
    }
    if !window::was_open(version, zone, now) {
        wrong.push(format!("{tag} to {to} went out at {now}, outside its window in {zone}"));
    }
    for what in wrong {
        oracle.accuse(now, what);
    }
}

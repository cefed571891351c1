//! What may be claimed, and what may have been sent.

use super::raw::{Item, Key, lead_of, number, path, text};
use super::{GRACE_SECONDS, Oracle, Taken, walk, window};
use jiff::Timestamp;

/// A pause is complete after ten seconds; a permit is five seconds old at most.
const PAUSE_SECONDS: i64 = 10;

/// Called as a claim is written.
pub fn may_be_claimed(oracle: &mut Oracle, now: Timestamp, key: &Key, claimed: &Item, name: &str) {
    let (pk, sk) = key;
    let lead = oracle.items.get(&(pk.clone(), "LEAD".to_owned()));
    let Some(lead) = lead else {
        return oracle.accuse(now, format!("{name} was claimed although its lead is gone"));
    };
    let mut wrong: Vec<String> = walk::may_be_claimed(oracle, now, key, claimed, name).into_iter().collect();
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
    let (turn, step) = (number(&enrolment, "turn"), text(&enrolment, "step").to_owned());
    let claimed = oracle.claims.get(&key).is_some_and(|claim| claim.turn == turn);
    let under_way = match text(&enrolment, "state") {
        "claimed" => true,
        // Stopped meanwhile: the claim's end is kept until its outcome is told.
        "ended" => super::instant(&enrolment, "expires").is_some(),
        _ => false,
    };
    let state = text(&enrolment, "state").to_owned();
    if !claimed || !under_way {
        oracle.accuse(now, format!("{tag} to {to} was sent without a claim: turn {turn}, {state}"));
    }
    if oracle.taken.iter().any(|other| other.tag == tag) {
        oracle.accuse(now, format!("{tag} to {to} was sent twice"));
    }
    if let Some(last) = oracle.taken.iter().rev().find(|other| other.lead == lead)
        && last.turn >= turn
    {
        oracle.accuse(now, format!("{tag} to {to} is of turn {turn} and came after turn {}", last.turn));
    }
    check_version(oracle, now, (&key, &enrolment), tag, to, is_email);
    oracle.taken.push(Taken { tag: tag.to_owned(), lead, key, turn, step });
}

fn check_version(
    oracle: &mut Oracle,
    now: Timestamp,
    (key, enrolment): (&Key, &Item),
    tag: &str,
    to: &str,
    is_email: bool,
) {
    let Some(version) = walk::version_of(oracle, key, enrolment) else {
        return oracle.accuse(now, format!("{tag} is of a version that is not there"));
    };
    let steps = walk::steps(&version);
    let step = steps.iter().find(|step| text(step, "id") == text(enrolment, "step"));
    let kind = step.map_or("", |step| text(step, "kind"));
    let expected = if is_email { "email" } else { "sms" };
    let owner = key.0.split("#L#").next().unwrap_or_default();
    let campaign = (format!("{owner}#CAMPAIGNS"), key.1.trim_start_matches("N#").to_owned());
    let campaign = oracle.items.get(&campaign);
    let account = campaign.map_or("", |item| text(item, if is_email { "mailbox" } else { "sms_sender" }));
    let accounts = oracle.items.values().filter(|item| text(item, "entity") == "connection");
    let rules = window::Rules {
        version: &version,
        workspace: oracle.items.get(&(owner.to_owned(), "WORKSPACE".to_owned())),
        sender: accounts.into_iter().find(|item| text(item, "id") == account),
        home: oracle.homes.get(to).copied().unwrap_or(window::Home { zone: "UTC", country: "" }),
        is_text: !is_email,
    };
    let mut wrong = Vec::new();
    if kind != expected {
        wrong.push(format!("{tag} went out by {expected}, the step says '{kind}'"));
    }
    if let Some(shut) = window::shut(&rules, now) {
        wrong.push(format!("{tag} to {to} went out at {now}, {shut} in {}", rules.home.zone));
    }
    for what in wrong {
        oracle.accuse(now, what);
    }
}

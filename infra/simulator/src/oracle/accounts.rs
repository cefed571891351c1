//! At rest: every message accounted for, every counter equal to a recount, nobody written to after they said no.

use super::raw::{instant, path, text};
use super::stops::{STOP_TAKES, lists};
use super::{Item, Oracle};
use jiff::Timestamp;
use sandbox::Observed;
use std::collections::{BTreeMap, BTreeSet};

pub fn check(oracle: &mut Oracle, observed: &Observed, now: Timestamp) {
    let mut wrong = messages(oracle);
    wrong.extend(counters(oracle));
    wrong.extend(stops(oracle, observed));
    for what in wrong {
        oracle.accuse(now, what);
    }
}

fn of_entity<'a>(oracle: &'a Oracle, entity: &'a str) -> impl Iterator<Item = (&'a super::Key, &'a Item)> {
    oracle.items.iter().filter(move |(_, item)| text(item, "entity") == entity)
}

fn messages(oracle: &Oracle) -> Vec<String> {
    let taken: BTreeSet<&str> = oracle.taken.iter().map(|taken| taken.tag.as_str()).collect();
    let mut wrong = Vec::new();
    let mut known = BTreeSet::new();
    let theirs = |pk: &str| oracle.deleted.contains(super::raw::lead_of(pk));
    for (pk, sk) in oracle.items.keys().filter(|(pk, _)| theirs(pk)) {
        wrong.push(format!("{sk} of {pk} is still there, and the lead was deleted"));
    }
    let rest = of_entity(oracle, "message").filter(|(key, _)| !theirs(&key.0));
    for (key, item) in rest.filter(|(_, item)| text(item, "dir") == "out") {
        let (id, state) = (text(item, "id"), text(item, "state"));
        let accepted = item.0["acc"]["N"].is_string();
        if accepted && !taken.contains(id) {
            wrong.push(format!("{id} of {} is {state} and no provider took it", key.0));
        }
        if accepted || matches!(state, "uncertain" | "abandoned") {
            known.insert(id);
        }
    }
    for tag in taken.difference(&known) {
        let lead = tag.get(4..30).unwrap_or_default();
        if !oracle.deleted.contains(lead) {
            wrong.push(format!("{tag} was taken by a provider and is not recorded"));
        }
    }
    wrong
}

fn counters(oracle: &Oracle) -> Vec<String> {
    let mut kept: BTreeMap<&str, i64> = BTreeMap::new();
    for ((pk, sk), item) in &oracle.items {
        if !pk.ends_with("#COUNTERS") || !sk.starts_with("TOTAL#") {
            continue;
        }
        for (name, value) in item.0.as_object().into_iter().flatten() {
            if let Some(number) = value["N"].as_str().and_then(|digits| digits.parse::<i64>().ok()) {
                *kept.entry(name).or_default() += number;
            }
        }
    }
    // What belonged to a lead that was deleted is counted and gone.
    if !oracle.deleted.is_empty() {
        let counted = kept.get("leads_created").copied().unwrap_or(0);
        let differs = counted != oracle.leads_created;
        return differs
            .then(|| format!("leads_created is counted {counted}, found {}", oracle.leads_created))
            .into_iter()
            .collect();
    }
    let mut found: BTreeMap<&str, i64> = BTreeMap::new();
    let mut add = |name: &'static str, is: bool| *found.entry(name).or_default() += i64::from(is);
    add("leads_created", false);
    for (_, item) in of_entity(oracle, "lead") {
        add("leads_created", true);
        add("leads_won", path(item, &["sum", "s"]) == "won");
    }
    for (_, item) in of_entity(oracle, "message") {
        let (has, out) = (|name: &str| item.0[name]["N"].is_string(), text(item, "dir") == "out");
        let sent = out && has("acc");
        let by = |channel: &str| sent && text(item, "ch") == channel;
        for (channel, sent, delivered) in [
            ("email", "emails_sent", "emails_delivered"),
            ("sms", "sms_sent", "sms_delivered"),
            ("whatsapp", "whatsapp_sent", "whatsapp_delivered"),
        ] {
            add(sent, by(channel));
            add(delivered, by(channel) && has("del"));
        }
        add("opened", sent && has("opened"));
        add("clicked", sent && has("clicked"));
        add("complained", sent && item.0["spam"]["BOOL"] == true);
        add("bounced", sent && text(item, "state") == "bounced");
        add("send_failed", out && text(item, "state") == "failed");
        add("uncertain", out && text(item, "state") == "uncertain");
        add("replied", !out && text(item, "reply") == "human");
    }
    for (_, item) in of_entity(oracle, "enrolment") {
        let (state, why) = (text(item, "state"), text(item, "why"));
        add("enrolled", true);
        add("in_flight", state != "ended");
        add("held", state == "held");
        add("finished", why == "finished");
        add("ended_replied", why == "replied");
        add("ended_opted_out", why == "opted_out");
        add("ended_bounced", why == "bounced");
        add("ended_won", why == "won");
    }
    for _ in of_entity(oracle, "task") {
        add("tasks_opened", true);
    }
    let differing = found.iter().filter(|(name, count)| kept.get(**name).copied().unwrap_or(0) != **count);
    differing
        .map(|(name, count)| {
            format!("{name} is counted {}, found {count}", kept.get(name).copied().unwrap_or(0))
        })
        .collect()
}

/// Nobody who asked not to be written to was; nor, in what they were in by then, who ended it otherwise.
fn stops(oracle: &Oracle, observed: &Observed) -> Vec<String> {
    let mut wrong = Vec::new();
    for deed in observed.deeds.iter().filter(|deed| deed.kind.ends_contact()) {
        let Some(answered) = deed.answered_at else { continue };
        for sent in oracle.taken.iter().filter(|sent| sent.to == deed.who) {
            let since = oracle.items.get(&sent.key).and_then(|enrolment| instant(enrolment, "since"));
            let meant = lists(deed.kind) || since.is_some_and(|since| since < deed.at);
            if meant && sent.at.duration_since(answered) > STOP_TAKES {
                wrong.push(format!(
                    "{} was written to at {} although {:?} since {answered}: {}",
                    sent.to, sent.at, deed.kind, sent.tag
                ));
            }
        }
    }
    wrong
}

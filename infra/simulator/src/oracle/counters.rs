//! Counters, against a recount of what is stored: of the workspace, of its days together, of each campaign and its steps.

use super::Oracle;
use super::raw::{Item, Key, path, reply_kind, text};
use super::tenant_isolation::owner_of;
use std::collections::{BTreeMap, BTreeSet};

type Counts = BTreeMap<String, i64>;

/// What a document of counters has beside them.
const NO_COUNTERS: [&str; 2] = ["v", "rev"];

pub fn differing(oracle: &Oracle) -> Vec<String> {
    oracle.tenants.all().iter().flat_map(|owner| differing_in(oracle, owner)).collect()
}

fn differing_in(oracle: &Oracle, owner: &str) -> Vec<String> {
    let total = kept(oracle, owner, "TOTAL#");
    let mut wrong = compare("in all", &kept(oracle, owner, "DAY#"), "its days together", &total);
    // What belonged to a lead that was deleted is counted and gone.
    if oracle.deleted.iter().any(|lead| oracle.tenants.owner_of_id(lead) == Some(owner)) {
        let counted = total.get("leads_created").copied().unwrap_or(0);
        let found = oracle.leads.made.get(owner).copied().unwrap_or(0);
        if counted != found {
            wrong.push(format!("leads_created is counted {counted}, found {found}"));
        }
        return wrong;
    }
    let ours = |key: &Key, _: &Item| owner_of(&key.0) == owner;
    let mut found = of_messages_and_enrolments(oracle, ours);
    of_leads_and_tasks(oracle, owner, &mut found);
    wrong.extend(compare("in all", &found, "found", &total));
    for ((_, sk), _) in oracle.all("campaign").filter(|(key, item)| ours(key, item)) {
        let campaign = format!("campaign_{sk}");
        let theirs = |key: &Key, item: &Item| text(item, "camp") == campaign || key.1 == format!("N#{sk}");
        let mut found = of_messages_and_enrolments(oracle, theirs);
        found.extend(of_steps(oracle, theirs));
        wrong.extend(compare(sk, &found, "found", &kept(oracle, owner, &format!("CAMPAIGN#{sk}#ALL#"))));
    }
    wrong
}

/// All lanes together.
fn kept(oracle: &Oracle, owner: &str, document: &str) -> Counts {
    let mut kept = Counts::new();
    for ((pk, sk), item) in &oracle.items {
        if !pk.ends_with("#COUNTERS") || owner_of(pk) != owner || !sk.starts_with(document) {
            continue;
        }
        for (name, value) in item.0.as_object().into_iter().flatten() {
            let number = value["N"].as_str().and_then(|digits| digits.parse::<i64>().ok());
            if let Some(number) = number.filter(|_| !NO_COUNTERS.contains(&name.as_str())) {
                *kept.entry(by_step_alone(name)).or_default() += number;
            }
        }
    }
    kept
}

/// A variant's numbers are its step's too; who stands at a step is counted by version.
fn by_step_alone(name: &str) -> String {
    match name.split('.').collect::<Vec<_>>()[..] {
        [step, _, metric] if metric != "standing" => format!("{step}.{metric}"),
        _ => name.to_owned(),
    }
}

/// Lists the counts that differ from the recount.
fn compare(of: &str, found: &Counts, how: &str, kept: &Counts) -> Vec<String> {
    let differs = |(name, count): &(&String, &i64)| kept.get(*name).copied().unwrap_or(0) != **count;
    let told = |(name, count): (&String, &i64)| {
        format!("{name} of {of} is counted {}, {how} {count}", kept.get(name).copied().unwrap_or(0))
    };
    found.iter().filter(differs).map(told).collect()
}

fn of_leads_and_tasks(oracle: &Oracle, owner: &str, found: &mut Counts) {
    let ours = |(key, _): &(&Key, &Item)| owner_of(&key.0) == owner;
    let mut add = |name: &str, is: bool| *found.entry(name.to_owned()).or_default() += i64::from(is);
    add("leads_created", false);
    for (_, item) in oracle.all("lead").filter(ours) {
        add("leads_created", true);
        add("leads_won", path(item, &["core", "s"]) == "won");
    }
    for _ in oracle.all("task").filter(ours) {
        add("tasks_opened", true);
    }
}

fn of_messages_and_enrolments(oracle: &Oracle, is: impl Fn(&Key, &Item) -> bool) -> Counts {
    let mut found = Counts::new();
    let mut add = |name: &str, is: bool| *found.entry(name.to_owned()).or_default() += i64::from(is);
    for (_, item) in counted(oracle).filter(|(key, item)| is(key, item)) {
        for (name, counts) in of_message(item) {
            add(name, counts);
        }
    }
    for (_, item) in oracle.all("enrolment").filter(|(key, item)| is(key, item)) {
        let (state, why) = (text(item, "state"), text(item, "why"));
        add("enrolled", true);
        add("in_flight", state != "ended");
        add("held", state == "held");
        add("late", state == "held" && text(item, "held") == "late");
        add("finished", why == "finished");
        add("ended_replied", why == "replied");
        add("ended_opted_out", why == "opted_out");
        add("ended_bounced", why == "bounced");
        add("ended_won", why == "won");
    }
    found
}

/// What was sent to ourselves is not.
fn counted(oracle: &Oracle) -> impl Iterator<Item = (&Key, &Item)> {
    oracle.all("message").filter(|(_, item)| item.0["test"]["BOOL"] != true)
}

fn of_message(item: &Item) -> Vec<(&'static str, bool)> {
    let (has, out) = (|name: &str| item.0[name]["N"].is_string(), text(item, "dir") == "out");
    let sent = out && has("acc");
    let by = |channel: &str| sent && text(item, "ch") == channel;
    let mut found = Vec::new();
    for (channel, sent, delivered) in [
        ("email", "emails_sent", "emails_delivered"),
        ("sms", "sms_sent", "sms_delivered"),
        ("whatsapp", "whatsapp_sent", "whatsapp_delivered"),
    ] {
        found.push((sent, by(channel)));
        let came_back = ["bounced", "failed"].contains(&text(item, "state"));
        let arrived = if channel == "email" { !came_back } else { has("del") };
        found.push((delivered, by(channel) && arrived));
    }
    found.extend([
        ("opened", sent && has("opened")),
        ("clicked", sent && has("clicked")),
        ("complained", sent && item.0["spam"]["BOOL"] == true),
        ("bounced", sent && text(item, "state") == "bounced"),
        ("send_failed", out && text(item, "state") == "failed"),
        ("uncertain", out && text(item, "state") == "uncertain"),
        ("replied", !out && reply_kind(item) == "person"),
    ]);
    found
}

/// Recounts by step, under the ends of the steps' ids as the counters have them.
fn of_steps(oracle: &Oracle, is: impl Fn(&Key, &Item) -> bool) -> Counts {
    let tails: BTreeSet<String> = oracle
        .items
        .iter()
        .filter(|((pk, _), _)| pk.ends_with("#COUNTERS"))
        .flat_map(|(_, item)| item.0.as_object().into_iter().flatten())
        .filter_map(|(name, _)| Some(name.split_once('.')?.0.to_owned()))
        .collect();
    let mut found = Counts::new();
    let tail = |item: &Item| tails.iter().find(|tail| text(item, "step").ends_with(tail.as_str()));
    for (_, item) in counted(oracle).filter(|(key, item)| is(key, item)) {
        let Some(tail) = tail(item) else { continue };
        for (name, counts) in of_message(item) {
            *found.entry(format!("{tail}.{name}")).or_default() += i64::from(counts);
        }
    }
    found
}

//! What happens by itself happens once an occasion: rules act once, a campaign takes in so many a day, nobody is promoted
//! on nothing.

use super::raw::{Item, Key, lead_of, number, path, reply_kind, text};
use super::sends::Accepted;
use super::{Oracle, account_limits, sequence_path, tenant_isolation};
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeMap;

const JUDGE: &str = "automations";

#[derive(Default)]
pub struct Automations {
    /// The number of leads that auto-enrol brought into a campaign, by day.
    taken_in: BTreeMap<(String, jiff::civil::Date), usize>,
}

/// A lead turns hot by its visits at most once a day, whether or not it was hot by its score before.
const HOT_AGAIN: SignedDuration = SignedDuration::from_hours(20);
/// Fewer messages of a step say nothing of its variants.
const LEAST_TO_PROMOTE: usize = 20;

/// Called as somebody is enrolled: who comes in by themselves takes one of the places of its campaign's day.
pub fn enrolled(oracle: &mut Oracle, now: Timestamp, key: &Key, new: &Item) -> Option<String> {
    let campaign = oracle.campaign_of(key).filter(|_| text(new, "by").is_empty())?;
    let most: usize = campaign.0["auto_enrol"]["M"]["per_day"]["N"].as_str()?.parse().ok()?;
    let zone = jiff::tz::TimeZone::get(text(campaign, "zone")).unwrap_or(jiff::tz::TimeZone::UTC);
    let local = now.to_zoned(zone);
    *oracle.path.steps_passed.entry("came in by themselves".to_owned()).or_default() += 1;
    let into_day =
        local.start_of_day().map_or(SignedDuration::ZERO, |midnight| local.duration_since(&midnight));
    // What was reserved before midnight may be taken after it: whose place it is nobody can tell.
    if into_day <= account_limits::DELAY {
        return None;
    }
    let taken = oracle.automations.taken_in.entry((key.1.clone(), local.date())).or_default();
    *taken += 1;
    (*taken > most && oracle.off < account_limits::DELAY)
        .then(|| format!("{} was number {taken} to come in today, {most} are wanted", lead_of(&key.0)))
}

/// Called as a version is written: one variant was found ahead of the others.
pub fn version_written(oracle: &mut Oracle, now: Timestamp, version: &Item) {
    let patches = version.0["patches"]["L"].as_array().into_iter().flatten();
    let by_itself = patches.filter(|patch| !patch["M"]["by"]["S"].is_string());
    let mut wrong = Vec::new();
    for step in by_itself.flat_map(|patch| patch["M"]["before"]["L"].as_array().into_iter().flatten()) {
        let step = text(&Item(step["M"].clone()), "id").to_owned();
        let sent = oracle.sent.taken.iter().filter(|taken| taken.step == step).count();
        if sent < LEAST_TO_PROMOTE {
            wrong.push(format!("a variant of {step} was found ahead after {sent} messages"));
        }
    }
    oracle.accuse_all(JUDGE, now, wrong);
}

/// Checks at rest that each rule acted once an occasion.
pub fn at_rest(oracle: &Oracle) -> Vec<String> {
    let mut wrong = Vec::new();
    let has_rule = |owner: &str, name: &str| {
        let rules = oracle.items.get(&(owner.to_owned(), "RULES".to_owned()));
        let rules = rules.and_then(|rules| rules.0["rules"]["L"].as_array());
        rules.into_iter().flatten().any(|rule| rule["M"]["name"]["S"] == name)
    };
    for (key, lead) in oracle.all("lead") {
        let theirs = |entity: &'static str| {
            oracle.all(entity).filter(|(other, _)| other.0 == key.0).map(|(_, item)| item)
        };
        let messages: Vec<&Item> = theirs("message").filter(|item| item.0["test"]["BOOL"] != true).collect();
        let has_opened = messages
            .iter()
            .any(|message| text(message, "dir") == "out" && message.0["opened"]["N"].is_string());
        let answers = messages.iter().filter(|message| reply_kind(message) == "person").count();
        let made = |title: &str| -> Vec<Timestamp> {
            let titled = theirs("task").filter(|task| path(task, &["sum", "title"]) == title);
            let mut made: Vec<Timestamp> =
                titled.filter_map(|task| path(task, &["sum", "created_at"]).parse().ok()).collect();
            made.sort();
            made
        };
        let who = lead_of(&key.0);
        let (opened, answered, mut hot) = (made("Opened"), made("Answered"), made("Hot"));
        let by_score = path(lead, &["eng", "hot_by_score_since"]).parse().ok();
        hot.retain(|at| Some(*at) != by_score);
        if opened.len() > usize::from(has_opened) {
            wrong.push(format!("{who} has {} tasks for a first opening: {has_opened}", opened.len()));
        }
        if answered.len() > answers {
            wrong.push(format!("{who} has {} tasks for {answers} answers", answered.len()));
        }
        if hot.windows(2).any(|two| two[1].duration_since(two[0]) < HOT_AGAIN) {
            wrong.push(format!("{who} turned hot too often: {hot:?}"));
        }
        let gone = oracle.deleted.contains(who) || number(lead, "gone") > 0;
        // Who clicks has opened, too; but that is not an opening of its own.
        let opens =
            messages.iter().any(|message| text(message, "dir") == "out" && number(message, "opens") > 0);
        if opens && !gone && has_rule(tenant_isolation::owner_of(&key.0), "Opened") && opened.is_empty() {
            wrong.push(format!("{who} has opened for the first time, and the rule for it did nothing"));
        }
    }
    wrong
}

/// Called as a provider has taken it: the days between which its step may go out, where the lead lives.
pub fn between_days(oracle: &Oracle, zone: &str, step: &Item, accepted: &Accepted<'_>) -> Option<String> {
    let Accepted { at: now, tag, .. } = *accepted;
    let zone = jiff::tz::TimeZone::get(zone).unwrap_or(jiff::tz::TimeZone::UTC);
    let day = |at: Timestamp| zone.to_datetime(at).date();
    let of = |name: &str| text(step, name).parse::<jiff::civil::Date>().ok();
    let earliest = now.checked_sub(account_limits::DELAY + oracle.off).unwrap_or(now);
    let latest = now.checked_add(oracle.off).unwrap_or(now);
    if let Some(first) = of("not_before").filter(|first| day(latest) < *first) {
        return Some(format!("{tag} went out at {now}, and its step not before {first}"));
    }
    let last = of("not_after").filter(|last| day(earliest) > *last)?;
    // What may have gone out in time goes again in the same words.
    let again = oracle.sent.begun.get(tag).is_some_and(|begun| day(begun.claimed) <= last);
    (!again).then(|| format!("{tag} went out at {now}, and its step not after {last}"))
}

/// Whether a person noted that a meeting is booked.
pub fn is_booked(oracle: &Oracle, pk: &str) -> bool {
    oracle.tasks_of(pk).any(|(_, task)| path(task, &["sum", "outcome"]) == "booked")
}

/// The right answer of a branch on a lead's score or value, where it is known.
pub fn holds(oracle: &Oracle, pk: &str, version: &Item, at: &str) -> Option<bool> {
    let step = sequence_path::steps(version).into_iter().find(|step| text(step, "id") == at)?;
    let lead = oracle.lead(pk)?;
    if path(&step, &["condition", "if"]) == "field_equals" {
        let value = path(&step, &["condition", "value"]).to_lowercase();
        return Some(path(lead, &["core", "ci"]).to_lowercase() == value);
    }
    // Who has done nothing is worth little.
    let who = lead_of(pk);
    let idle = !oracle.path.engaged.keys().any(|(lead, _, _)| lead == who);
    idle.then_some(false)
}

//! Checks at rest that every message is recorded, and that nothing was sent after a no or to a lead that is away.

use super::raw::{instant, lead_of, path, text};
use super::stops::{STOP_TAKES, ends_all, lists, was_dead_lettered};
use super::tenant_isolation::{concerns, owner_of};
use super::{Item, Oracle, Taken};
use jiff::civil::Time;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use sandbox::{Deed, DeedKind, Observed};
use serde_json::{Map, Value};
use std::collections::BTreeSet;

/// Seven days on which a campaign writes are more, wherever a day begins.
const ABSENCE_LASTS: SignedDuration = SignedDuration::from_hours(6 * 24);
/// A day begins so much earlier somewhere than in UTC.
const EARLIEST_DAY: SignedDuration = SignedDuration::from_hours(14);

pub fn at_rest(oracle: &Oracle, observed: &Observed) -> Vec<String> {
    let mut wrong = messages(oracle);
    wrong.extend(stops(oracle, observed));
    wrong.extend(away(oracle, observed));
    wrong
}

fn messages(oracle: &Oracle) -> Vec<String> {
    let of_steps = oracle.sent.taken.iter().map(|taken| taken.tag.as_str());
    let taken: BTreeSet<&str> = of_steps.chain(oracle.one_offs.taken.keys().map(String::as_str)).collect();
    let mut wrong = Vec::new();
    let mut known = BTreeSet::new();
    let theirs = |pk: &str| oracle.deleted.contains(super::raw::lead_of(pk));
    let left = oracle.items.iter().filter(|((pk, _), item)| theirs(pk) && !is_bare(item));
    for ((pk, sk), _) in left {
        wrong.push(format!("{sk} of {pk} is still there, and the lead was deleted"));
    }
    let rest = oracle.all("message").filter(|(key, _)| !theirs(&key.0));
    for (key, item) in rest.filter(|(_, item)| text(item, "dir") == "out") {
        let (id, state) = (text(item, "id"), text(item, "state"));
        let accepted = item.0["acc"]["N"].is_string();
        if accepted && !taken.contains(id) {
            wrong.push(format!("{id} of {} is {state} and no provider took it", key.0));
        }
        // One that was given up may be waiting to go out again.
        if accepted || item.0["gone"]["BOOL"] == true || matches!(state, "uncertain" | "abandoned") {
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

/// Whether an item of a deleted lead holds its id and the deletion alone.
fn is_bare(item: &Item) -> bool {
    let bare = ["pk", "sk", "entity", "v", "gone", "ttl"];
    let known = |fields: &Map<String, Value>| fields.keys().all(|name| bare.contains(&name.as_str()));
    text(item, "entity") == "former_lead" && item.0.as_object().is_some_and(known)
}

/// A lead that asked for no more messages got none, nor did one whose enrolment had ended otherwise, in that campaign.
fn stops(oracle: &Oracle, observed: &Observed) -> Vec<String> {
    let mut wrong = Vec::new();
    for deed in observed.deeds.iter().filter(|deed| deed.kind.ends_contact()) {
        let Some(answered) = deed.answered_at else { continue };
        let theirs = |sent: &&Taken| sent.to == deed.who && concerns(oracle, deed, owner_of(&sent.key.0));
        for sent in oracle.sent.taken.iter().filter(theirs) {
            let since = oracle.items.get(&sent.key).and_then(|enrolment| instant(enrolment, "since"));
            let lists = lists(deed.kind) && !oracle.is_lifted(&sent.key.0, &sent.to, (deed.at, sent.at));
            let ended =
                since.is_some_and(|since| since < deed.at) && ends_all(oracle, &sent.key.0, deed.kind);
            let meant = lists || ended;
            let known = sent.at.duration_since(answered) > STOP_TAKES && !was_dead_lettered(oracle, sent.at);
            if meant && known {
                wrong.push(format!(
                    "{} was written to at {} although {:?} since {answered}: {}",
                    sent.to, sent.at, deed.kind, sent.tag
                ));
            }
        }
    }
    wrong
}

/// A lead that is out of office gets nothing before the day that its note names, nor soon after a note without a day.
fn away(oracle: &Oracle, observed: &Observed) -> Vec<String> {
    let mut wrong = Vec::new();
    let notes = || observed.deeds.iter().filter(|deed| deed.kind == DeedKind::SentAutoReply);
    for note in notes() {
        let Some(answered) = note.answered_at else { continue };
        // Without a date it says nothing new of whom it is known of, be it by a former address.
        let is_known = |pk: &str| {
            let before = |other: &&Deed| other.at < note.at && is_back(other) > note.at;
            let from_them = |other: &Deed| oracle.leads.ever_had_address(pk, &other.who);
            note.returns_on().is_none() && notes().filter(before).any(from_them)
        };
        let back = is_back(note) - note.returns_on().map_or(SignedDuration::ZERO, |_| EARLIEST_DAY);
        let lead = |sent: &Taken| oracle.lead(&sent.key.0);
        let theirs = |sent: &&Taken| {
            lead(sent).is_some_and(|lead| path(lead, &["core", "e"]) == note.who)
                && concerns(oracle, note, owner_of(&sent.key.0))
                && !oracle.holds.resumed_by_user.contains(lead_of(&sent.key.0))
                && !is_known(&sent.key.0)
        };
        for sent in oracle.sent.taken.iter().filter(theirs) {
            let has_answered = |deed: &Deed| {
                deed.kind == DeedKind::Replied
                    && deed.who == note.who
                    && deed.at > note.at
                    && deed.at < sent.at
            };
            if observed.deeds.iter().any(has_answered) {
                continue;
            }
            // What was begun before may still go out.
            let begun = oracle.sent.begun.get(&sent.tag).map_or(sent.at, |begun| begun.claimed);
            let known = begun.duration_since(answered) > STOP_TAKES && !was_dead_lettered(oracle, sent.at);
            if known && sent.at < back {
                let (who, at) = (&note.who, sent.at);
                wrong.push(format!(
                    "{who} was written to at {at} and is away from {answered} to {back}: {}",
                    sent.tag
                ));
            }
        }
    }
    wrong
}

/// The instant at which a lead is back by its note: the named day as it begins in UTC.
fn is_back(note: &Deed) -> Timestamp {
    let midnight = |day: jiff::civil::Date| day.to_datetime(Time::midnight()).to_zoned(TimeZone::UTC).ok();
    match note.returns_on().and_then(midnight) {
        Some(day) => day.timestamp(),
        None => note.at + ABSENCE_LASTS,
    }
}

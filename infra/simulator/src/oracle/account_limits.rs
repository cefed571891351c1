//! How much an account has sent, counted from what its provider took, against what its stored limits allow.

use super::raw::{Item, Key, instant, path, text};
use super::{Oracle, Taken};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use std::collections::BTreeMap;

const JUDGE: &str = "account_limits";

/// The time that may pass from the slot to the provider: a slow answer, a function put aside for a moment.
pub const DELAY: SignedDuration = SignedDuration::from_secs(60);
/// The same where neither happens, by clocks that are seconds off.
pub const PROMPTLY: SignedDuration = SignedDuration::from_secs(6);
/// Minutes in a row that are looked at together, where one alone says nothing.
const MINUTES: [i64; 2] = [1, 5];

impl Oracle {
    /// Says that no function is suspended, and nothing is slow, between a slot and the provider.
    pub fn promptly(mut self, yes: bool) -> Self {
        if yes {
            self.lag = PROMPTLY;
        }
        self
    }
}

/// Slots are given so long before they are used, be it a moment late: what a person writes meanwhile takes none of them away.
const SLOTS_AHEAD: SignedDuration = SignedDuration::from_mins(20);

/// What an account has sent, when it was taken first.
struct Sent<'a> {
    at: Timestamp,
    /// The step's message, if it belongs to a sequence.
    of: Option<&'a Taken>,
    /// What a person writes to one lead waits for no slot, and counts.
    waits: bool,
}

/// Called as a provider has taken this one, for the first time.
pub fn check(oracle: &mut Oracle, now: Timestamp, account: &Key, tag: &str) {
    // Limits assume clocks that are seconds off, not minutes.
    if oracle.off > DELAY {
        return;
    }
    let Some(present) = oracle.items.get(account) else { return };
    let former = oracle.settings.last(account, |former| former.0["limits"] != present.0["limits"]);
    let broken = |account| broken(oracle, account, former, (now, tag)).unwrap_or_default();
    let wrong: Vec<Vec<String>> = oracle.settings.in_force(account, present, now).map(broken).collect();
    if wrong.iter().any(Vec::is_empty) {
        return;
    }
    oracle.accuse_all(JUDGE, now, wrong.into_iter().last().unwrap_or_default());
}

/// Made again under its key, or after a day as the workspace wants it, it is the same message.
fn sent_by<'a>(oracle: &'a Oracle, account: &str) -> BTreeMap<&'a str, Sent<'a>> {
    let mut first = BTreeMap::new();
    for taken in oracle.sent.taken.iter().filter(|taken| taken.by.as_deref() == Some(account)) {
        first.entry(&*taken.tag).or_insert(Sent {
            at: taken.first_tried_at(oracle),
            of: Some(taken),
            waits: true,
        });
    }
    for letter in oracle.one_offs.went.iter().filter(|letter| letter.by == account) {
        first.entry(&*letter.tag).or_insert(Sent { at: letter.at, of: None, waits: letter.is_of_many });
    }
    first
}

/// `former`: until when it had other limits. How far two messages lie apart is said of those that came after it.
fn broken(
    oracle: &Oracle,
    account: &Item,
    former: Timestamp,
    (now, tag): (Timestamp, &str),
) -> Option<Vec<String>> {
    let limits = account.0["limits"]["M"].as_object()?;
    let zone = TimeZone::get(limits["zone"]["S"].as_str()?).ok()?;
    let mut wrong = Vec::new();
    let day = |at: Timestamp| zone.to_datetime(at).date();
    let hour = |at: Timestamp| (day(at), zone.to_datetime(at).time().hour(), zone.to_offset(at));
    let first = sent_by(oracle, text(account, "id"));
    first.get(tag).filter(|sent| sent.at == now)?;
    let counts = |sent: &Sent<'_>| sent.waits || now.duration_since(sent.at) > SLOTS_AHEAD;
    let count = |holds: &dyn Fn(&Sent<'_>) -> bool| {
        first.values().filter(|sent| counts(sent)).filter(|sent| holds(sent)).count()
    };
    let mut at_most = |most: Option<i64>, found: usize, of: &str| {
        if let Some(most) = most.filter(|most| i64::try_from(found).is_ok_and(|found| found > *most)) {
            wrong.push(format!("{tag} was message {found} {of}, {most} are allowed"));
        }
    };
    let today = count(&|sent| day(sent.at) == day(now));
    at_most(Some(allowed(limits, day(now))?), today, "of the day");
    at_most(number(limits, "per_hour"), count(&|sent| hour(sent.at) == hour(now)), "of the hour");
    let opens = |sent: &Sent<'_>| sent.of.is_some_and(|taken| opens(oracle, account, taken));
    let new = count(&|sent| day(sent.at) == day(now) && opens(sent));
    let is_new = first.get(tag).is_some_and(opens);
    at_most(number(limits, "new_per_day").filter(|_| is_new), new, "to new people");
    for minutes in MINUTES {
        let span = SignedDuration::from_mins(minutes) - oracle.lag;
        let most = number(limits, "per_minute").map(|most| most * minutes).filter(|_| span.is_positive());
        let lately = count(&|sent| sent.waits && sent.at > former && now.duration_since(sent.at) < span);
        at_most(most, lately, &format!("of {minutes} minutes"));
    }
    let gap = SignedDuration::from_secs(number(limits, "gap_seconds").unwrap_or(0)) - oracle.lag;
    // What is made again under its key had its turn at its first try, when its function died.
    let generation = |(tag, sent): (&&str, &Sent<'_>)| {
        let message = oracle.items.values().find(|item| text(item, "id") == *tag);
        let tried = message.and_then(|message| instant(message, "at"));
        tried.map_or(sent.at, |tried| tried.min(sent.at))
    };
    let ours = generation(first.get_key_value(tag)?);
    let others = first.iter().filter(|(other, sent)| **other != tag && sent.waits).map(generation);
    let before =
        others.filter(|at| *at <= ours && *at > former).max().map(|before| ours.duration_since(before));
    if let Some(between) = before.filter(|between| *between < gap) {
        wrong.push(format!("{tag} came {between} after the one before it"));
    }
    Some(wrong)
}

/// Nothing of their campaign was taken before, on WhatsApp nothing by its account: who gets it is new.
fn opens(oracle: &Oracle, account: &Item, taken: &Taken) -> bool {
    let is_chat = path(account, &["settings", "kind"]) == "whatsapp";
    let before = |other: &&Taken| other.key == taken.key && other.tag != taken.tag && other.at <= taken.at;
    !oracle.sent.taken.iter().filter(before).any(|other| !is_chat || other.by == taken.by)
}

type Limits = serde_json::Map<String, Value>;

fn number(limits: &Limits, name: &str) -> Option<i64> {
    limits.get(name)?["N"].as_str()?.parse().ok()
}

fn allowed(limits: &Limits, day: Date) -> Option<i64> {
    let most = number(limits, "per_day")?;
    let Some(ramp) = limits.get("ramp_up").and_then(|ramp| ramp["M"].as_object()) else { return Some(most) };
    let from: Date = ramp["from"]["S"].as_str()?.parse().ok()?;
    let days = from.until(day).ok()?.get_days().max(0);
    Some(most.min(number(ramp, "first_day")? + number(ramp, "daily_increase")? * i64::from(days)))
}

//! How often anybody was written to, counted from what providers took, against what the workspace has stored.

use super::raw::{Item, Key};
use super::stored::workspace_key;
use super::{Oracle, Taken, tenant_isolation};
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeMap;

const JUDGE: &str = "caps";

/// The time that may pass from the count to the provider's clock.
const DELAY: SignedDuration = SignedDuration::from_secs(60);
const DAY: i64 = 24 * 60 * 60;

/// What counts: a message of a campaign, or one of many.
struct Counted<'a> {
    at: Timestamp,
    tag: &'a str,
    to: &'a str,
    /// The lead's.
    partition: &'a str,
}

/// Called as a provider has taken another one, which is the last of `oracle.sent.taken`.
pub fn check(oracle: &mut Oracle, now: Timestamp) {
    let Some(last) = oracle.sent.taken.last() else { return };
    let (tag, partition) = (last.tag.clone(), last.key.0.clone());
    check_latest(oracle, now, (&tag, &partition));
}

/// Called as a provider has taken one of many for the first time, or a campaign's message.
pub fn check_latest(oracle: &mut Oracle, now: Timestamp, (tag, partition): (&str, &str)) {
    // Caps assume clocks that are seconds off, not minutes.
    if oracle.off > DELAY {
        return;
    }
    let key = workspace_key(partition);
    let Some(present) = oracle.items.get(&key) else { return };
    let broken = |workspace| broken(oracle, (&key, workspace), (tag, now));
    let wrong: Vec<Vec<String>> = oracle.settings.in_force(&key, present, now).map(broken).collect();
    if wrong.iter().any(Vec::is_empty) {
        return;
    }
    oracle.accuse_all(JUDGE, now, wrong.into_iter().last().unwrap_or_default());
}

fn cap(workspace: &Item, name: &str) -> Option<i64> {
    workspace.0["caps"]["M"][name]["N"].as_str()?.parse().ok()
}

/// A message waits for a day of its own, or for the least time between two, or has begun to when there was such a cap.
pub fn may_keep_waiting(oracle: &Oracle, partition: &str) -> bool {
    let key = workspace_key(partition);
    let has_any = |workspace: &Item| {
        ["domain_per_day", "messages_per_day", "hours_apart"]
            .iter()
            .any(|name| cap(workspace, name).is_some())
    };
    oracle.items.get(&key).is_some_and(has_any) || oracle.settings.last(&key, has_any) > Timestamp::MIN
}

/// The messages of one workspace, each once (a repeat is the same message), in no order.
fn counted<'a>(oracle: &'a Oracle, owner: &str) -> Vec<Counted<'a>> {
    let mut first: BTreeMap<&str, &Taken> = BTreeMap::new();
    for taken in &oracle.sent.taken {
        first.entry(&taken.tag).or_insert(taken);
    }
    let steps = first.into_values().map(|taken| Counted {
        at: taken.first_tried_at(oracle),
        tag: &taken.tag,
        to: &taken.to,
        partition: &taken.key.0,
    });
    let many = oracle.one_offs.went.iter().filter(|went| went.is_of_many);
    let many =
        many.map(|went| Counted { at: went.at, tag: &went.tag, to: &went.to, partition: &went.partition });
    steps.chain(many).filter(|counted| tenant_isolation::owner_of(counted.partition) == owner).collect()
}

fn broken(oracle: &Oracle, (key, workspace): (&Key, &Item), (tag, now): (&str, Timestamp)) -> Vec<String> {
    let cap = |name| cap(workspace, name);
    // What is counted is counted from when there is a cap.
    let is_counted = |one: &Counted<'_>, name| {
        one.at > oracle.settings.last(key, |former| self::cap(former, name).is_none())
    };
    let all = counted(oracle, &key.0);
    // Made again: it had its turn.
    let Some(last) = all.iter().find(|one| one.tag == tag && one.at == now) else { return Vec::new() };
    let mut wrong = Vec::new();
    let day = |at: Timestamp| at.as_second().div_euclid(DAY);
    // What began before midnight may be taken after it.
    let is_of_today = now.as_second().rem_euclid(DAY) > DELAY.as_secs();
    let is_over = |found: usize, most| is_of_today && i64::try_from(found).is_ok_and(|found| found > most);
    let domain = last.to.split_once('@').map(|(_, domain)| domain);
    if let (Some(most), Some(domain)) = (cap("domain_per_day"), domain) {
        let same = |one: &&Counted<'_>| day(one.at) == day(now) && one.to.ends_with(&format!("@{domain}"));
        let found = all.iter().filter(same).filter(|one| is_counted(one, "domain_per_day")).count();
        if is_over(found, most) {
            wrong.push(format!("{tag} was message {found} of the day to {domain}, {most} are allowed"));
        }
    }
    if let Some(most) = cap("messages_per_day") {
        let today = |one: &&Counted<'_>| day(one.at) == day(now) && is_counted(one, "messages_per_day");
        let found = all.iter().filter(today).count();
        if is_over(found, most) {
            wrong.push(format!("{tag} was message {found} of the day, {most} are allowed"));
        }
    }
    if let Some(hours) = cap("hours_apart") {
        let theirs = all.iter().filter(|one| one.partition == last.partition && one.tag != tag);
        let before = theirs.map(|one| one.at).max();
        let least = SignedDuration::from_hours(hours) - DELAY;
        if let Some(before) = before.filter(|before| now.duration_since(*before) < least) {
            let since = now.duration_since(before);
            wrong.push(format!("{tag} came {since} after another, {hours} h apart"));
        }
    }
    wrong
}

/// Called as somebody is enrolled: whoever is under way in another campaign may not be, where the workspace wants that.
pub fn may_be_enrolled(oracle: &Oracle, enrolment: &Key, name: &str) -> Option<String> {
    let workspace = oracle.workspace_of(&enrolment.0)?;
    if workspace.0["caps"]["M"]["one_campaign"]["BOOL"] != true {
        return None;
    }
    let others = oracle.enrolments.iter().filter(|(pk, sk)| *pk == enrolment.0 && *sk != enrolment.1);
    let under_way =
        |key: &&Key| oracle.items.get(*key).is_some_and(|other| super::text(other, "state") != "ended");
    let other = others.clone().find(under_way)?;
    Some(format!("{name} was enrolled while it was under way in {}", other.1))
}

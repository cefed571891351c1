//! How often anybody was written to, counted from what providers took, against what the workspace has stored.

use super::raw::{Item, Key};
use super::{Oracle, Taken, tenancy};
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeMap;

/// From the count to the provider's clock.
const DELAY: SignedDuration = SignedDuration::from_secs(60);
const DAY: i64 = 24 * 60 * 60;

/// Called as a provider has taken another one, which is the last of `oracle.taken`.
pub fn check(oracle: &mut Oracle, now: Timestamp) {
    // Caps assume clocks that are seconds off, not minutes.
    if oracle.off > DELAY {
        return;
    }
    let Some(last) = oracle.taken.last() else { return };
    let key = workspace_key(&last.key);
    let Some(present) = oracle.items.get(&key) else { return };
    let broken = |workspace| broken(oracle, (&key, workspace), now);
    let wrong: Vec<Vec<String>> = oracle.settings.in_force(&key, present, now).map(broken).collect();
    if wrong.iter().any(Vec::is_empty) {
        return;
    }
    for what in wrong.into_iter().last().unwrap_or_default() {
        oracle.accuse(now, what);
    }
}

fn cap(workspace: &Item, name: &str) -> Option<i64> {
    workspace.0["caps"]["M"][name]["N"].as_str()?.parse().ok()
}

fn broken(oracle: &Oracle, (key, workspace): (&Key, &Item), now: Timestamp) -> Vec<String> {
    let Some(last) = oracle.taken.last() else { return Vec::new() };
    let cap = |name| cap(workspace, name);
    // What is counted is counted from when there is a cap.
    let is_counted = |taken: &Taken, name| {
        taken.at > oracle.settings.last(key, |former| self::cap(former, name).is_none())
    };
    // Made again it is the same message.
    let mut first: BTreeMap<&str, &Taken> = BTreeMap::new();
    let owner = tenancy::owner_of(&last.key.0);
    for taken in oracle.taken.iter().filter(|taken| tenancy::owner_of(&taken.key.0) == owner) {
        first.entry(&taken.tag).or_insert(taken);
    }
    if !first.get(last.tag.as_str()).is_some_and(|first| std::ptr::eq(*first, last)) {
        return Vec::new();
    }
    let mut wrong = Vec::new();
    let domain = last.to.split_once('@').map(|(_, domain)| domain);
    if let (Some(most), Some(domain)) = (cap("domain_per_day"), domain) {
        let day = |at: Timestamp| at.as_second().div_euclid(DAY);
        let same = |taken: &&&Taken| day(taken.at) == day(now) && taken.to.ends_with(&format!("@{domain}"));
        let counted = |taken: &&&Taken| is_counted(taken, "domain_per_day");
        let found = first.values().filter(same).filter(counted).count();
        // What began before midnight may be taken after it.
        let into_day = now.as_second().rem_euclid(DAY);
        if i64::try_from(found).is_ok_and(|found| found > most) && into_day > DELAY.as_secs() {
            wrong
                .push(format!("{} was message {found} of the day to {domain}, {most} are allowed", last.tag));
        }
    }
    if let Some(most) = cap("messages_per_day") {
        let day = |at: Timestamp| at.as_second().div_euclid(DAY);
        let counted = |taken: &&&Taken| day(taken.at) == day(now) && is_counted(taken, "messages_per_day");
        let found = first.values().filter(counted).count();
        let into_day = now.as_second().rem_euclid(DAY);
        if i64::try_from(found).is_ok_and(|found| found > most) && into_day > DELAY.as_secs() {
            wrong.push(format!("{} was message {found} of the day, {most} are allowed", last.tag));
        }
    }
    if let Some(hours) = cap("hours_apart") {
        let theirs = first.values().filter(|taken| taken.lead == last.lead && taken.tag != last.tag);
        let before = theirs.map(|taken| taken.at).max();
        let least = SignedDuration::from_hours(hours) - DELAY;
        if let Some(before) = before.filter(|before| now.duration_since(*before) < least) {
            wrong.push(format!(
                "{} came {} after another, {hours} h apart",
                last.tag,
                now.duration_since(before)
            ));
        }
    }
    wrong
}

fn workspace_key(enrolment: &Key) -> Key {
    let owner = enrolment.0.split("#L#").next().unwrap_or_default();
    (owner.to_owned(), "WORKSPACE".to_owned())
}

/// Called as somebody is enrolled: whoever is under way in another campaign may not be, where the workspace wants that.
pub fn may_be_enrolled(oracle: &Oracle, enrolment: &Key, name: &str) -> Option<String> {
    let workspace = oracle.items.get(&workspace_key(enrolment))?;
    if workspace.0["caps"]["M"]["one_campaign"]["BOOL"] != true {
        return None;
    }
    let others = oracle.enrolments.iter().filter(|(pk, sk)| *pk == enrolment.0 && *sk != enrolment.1);
    let under_way =
        |key: &&Key| oracle.items.get(*key).is_some_and(|other| super::text(other, "state") != "ended");
    let other = others.clone().find(under_way)?;
    Some(format!("{name} was enrolled while it was under way in {}", other.1))
}

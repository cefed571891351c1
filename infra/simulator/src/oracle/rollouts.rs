//! Rollouts: an enrolment changes versions as the stored rollout says, only while it is free, never back to an older
//! rollout, and to the place that it names.

use super::claims::Written;
use super::raw::{Item, Key, flag, lead_of, number, path, text};
use super::sequence_path::{steps, version_of};
use super::tenant_isolation::owner_of;
use super::{Oracle, retry_waits};
use jiff::Timestamp;
use std::collections::BTreeMap;

const JUDGE: &str = "rollouts";

#[derive(Default)]
pub struct Rollouts {
    /// Enrolments that are bound for another version, and since when.
    pub(super) bound: BTreeMap<Key, Timestamp>,
    /// The first instant of enrolments under way, and of rollouts.
    pub(super) begins: BTreeMap<Key, Timestamp>,
}

/// Whether this write is about versions alone; then it has been judged.
pub fn moved(oracle: &mut Oracle, old: &Item, written: &Written<'_>) -> bool {
    let Written { now, key, new, name } = *written;
    let wrong = match path(new, &["ev", "k"]) {
        "enrolment_bound" => bound(old, new, name),
        "enrolment_transferred" => transferred(oracle, old, written),
        _ => return false,
    };
    let (before, after, to) = (text(old, "ro"), text(new, "ro"), number(new, "to"));
    let older = (before > after).then(|| format!("{name} was bound for {before} and goes back to {after}"));
    let is_known = rollout_of(oracle, key, new).is_some_and(|rollout| number(&rollout, "version") == to);
    let unknown = (!is_known).then(|| format!("{name} goes to version {to}, which no rollout says"));
    oracle.accuse_all(JUDGE, now, wrong.into_iter().chain(older).chain(unknown));
    if is_bound(new) {
        oracle.rollouts.bound.insert(key.clone(), now);
    } else {
        oracle.rollouts.bound.remove(key);
    }
    forget_forks(oracle, old, written);
    *oracle.path.steps_passed.entry(path(new, &["ev", "k"]).to_owned()).or_default() += 1;
    true
}

/// Whether the enrolment is bound for another version after its present step.
pub fn is_bound(enrolment: &Item) -> bool {
    !text(enrolment, "ro").is_empty() && !flag(enrolment, &["there"]) && text(enrolment, "state") != "ended"
}

/// Called as somebody goes on within their version: whoever was bound for another one does not.
pub fn stayed(oracle: &Oracle, old: &Item, &Written { now, key, name, .. }: &Written<'_>) -> Option<String> {
    let since = oracle.rollouts.bound.get(key).filter(|_| is_bound(old))?;
    oracle
        .is_known(*since, now)
        .then(|| format!("{name} is bound for version {} since {since}, and went on", number(old, "to")))
}

/// What was chosen on one version says nothing of another.
pub fn forget_forks(oracle: &mut Oracle, old: &Item, &Written { now, key, new, .. }: &Written<'_>) {
    if number(old, "ver") != number(new, "ver") {
        retry_waits::moved(oracle, lead_of(&key.0));
        for fork in oracle.path.forks.iter_mut().filter(|fork| fork.key == *key) {
            fork.until.get_or_insert(now);
        }
    }
}

/// Nothing changes but where it goes later.
fn bound(old: &Item, new: &Item, name: &str) -> Vec<String> {
    let same = |field: &str| old.0[field] == new.0[field];
    let changed = ["state", "step", "generation", "ver", "due", "anchor", "token", "task"];
    let changed = changed.into_iter().filter(|field| !same(field));
    changed.map(|field| format!("{name} was bound for another version and its {field} changed")).collect()
}

fn transferred(oracle: &Oracle, old: &Item, written: &Written<'_>) -> Vec<String> {
    let Written { key, new, name, .. } = *written;
    let mut wrong = Vec::new();
    let state = text(old, "state");
    let free = state == "scheduled" || state == "held" && text(old, "held") != "uncertain";
    if !free {
        wrong.push(format!("{name} was moved to another version when {state} {}", text(old, "held")));
    }
    if number(new, "generation") != number(old, "generation") + 1 {
        wrong.push(format!("{name} was moved to another version within its generation"));
    }
    let Some(rollout) = rollout_of(oracle, key, new) else { return wrong };
    if text(&rollout, "people") != "now" {
        wrong.push(format!("{name} was moved by a rollout for {}", text(&rollout, "people")));
    }
    match target(&rollout, text(old, "step")) {
        Target::Exit => {
            if text(new, "why") != "step_removed" {
                wrong.push(format!("{name} was to leave the sequence at {}", text(old, "step")));
            }
        }
        Target::Step(step) => {
            if number(new, "ver") != number(&rollout, "version") {
                wrong.push(format!("{name} was moved and is on version {}", number(new, "ver")));
            }
            let there = version_of(oracle, key, new)
                .is_some_and(|version| steps(&version).iter().any(|other| text(other, "id") == step));
            let (from, to) = (text(old, "step"), text(new, "step"));
            if to != step || !there {
                wrong.push(format!("{name} was moved from {from} to {to}, not to {step}"));
            }
        }
    }
    wrong
}

pub enum Target {
    Step(String),
    Exit,
}

/// What a rollout says of those at a step.
pub fn target(rollout: &Item, step: &str) -> Target {
    let entry = &rollout.0["mapping"]["M"][step];
    match (entry["S"].as_str(), entry["M"]["step"]["S"].as_str()) {
        (Some("exit"), _) => Target::Exit,
        (_, Some(to)) => Target::Step(to.to_owned()),
        _ => Target::Step(step.to_owned()),
    }
}

pub fn rollout_of(oracle: &Oracle, key: &Key, enrolment: &Item) -> Option<Item> {
    let owner = owner_of(&key.0);
    let sequence = text(enrolment, "seq").trim_start_matches("sequence_");
    let (_, id) = text(enrolment, "ro").rsplit_once('_')?;
    oracle.items.get(&(format!("{owner}#SEQUENCE#{sequence}"), format!("R#{id}"))).cloned()
}

/// The steps at which an enrolment bound for another version may go on after `left`, which led to one of `ways`.
/// `None` means that it leaves the sequence.
pub fn onward(rollout: &Item, left: &Item, ways: &[String], new: &[Item]) -> Vec<Option<String>> {
    let has = |id: &str| new.iter().any(|step| text(step, "id") == id);
    let id = text(left, "id");
    let named = |id: &str| match target(rollout, id) {
        Target::Exit => None,
        Target::Step(to) => Some(to),
    };
    let is_branch = text(left, "kind") == "branch";
    let chosen = ways.iter().filter(|way| is_branch && has(way)).map(|way| Some(way.clone()));
    let mut found: Vec<Option<String>> = chosen.collect();
    let mapped = named(id);
    if mapped.as_deref() != Some(id) {
        found.push(mapped);
    } else if !is_branch && has(id) {
        let at = new.iter().position(|step| text(step, "id") == id).unwrap_or_default();
        found.push(Some(new.get(at + 1).map(|step| text(step, "id").to_owned()).unwrap_or_default()));
    } else {
        // The step is gone: behind it, as far down as it takes.
        found.extend(ways.iter().map(|way| named(way)));
        found.extend(new.iter().map(|step| Some(text(step, "id").to_owned())));
        found.push(Some(String::new()));
    }
    found
}

fn is_over(rollout: &Item) -> bool {
    rollout.0["finished_at"]["S"].as_str().is_some()
}

/// Called as a rollout is written: as it says that it has come to its end, nobody is left out.
pub fn written(oracle: &mut Oracle, now: Timestamp, key: &Key, old: Option<&Item>, new: &Item) {
    oracle.rollouts.begins.entry(key.clone()).or_insert(now);
    if is_over(new) && !old.is_some_and(is_over) {
        let wrong = left_out(oracle, key, new);
        oracle.accuse_all(JUDGE, now, wrong);
    }
}

/// The digits of an id that tell its millisecond.
const TIME: usize = 10;

/// Checks at rest that no rollout left anybody out.
pub fn at_rest(oracle: &Oracle) -> Vec<String> {
    let rollouts = oracle.items.iter().filter(|(_, item)| text(item, "entity") == "rollout" && is_over(item));
    rollouts.flat_map(|(key, rollout)| left_out(oracle, key, rollout)).collect()
}

fn is_overtaken(oracle: &Oracle, (pk, sk): (&str, &str), campaign: &str) -> bool {
    let later = (pk.to_owned(), format!("{sk}~"))..(pk.to_owned(), "R~".to_owned());
    oracle.items.range(later).any(|(_, later)| {
        let mut campaigns = later.0["campaigns"]["L"].as_array().into_iter().flatten();
        text(later, "people") != "keep" && campaigns.any(|id| id["S"] == campaign)
    })
}

/// The enrolments that were under way when the rollout was ordered, and neither are on its version nor bound for it.
fn left_out(oracle: &Oracle, (pk, sk): &Key, rollout: &Item) -> Vec<String> {
    let ordered = oracle.rollouts.begins.get(&(pk.clone(), sk.clone()));
    let mut wrong = Vec::new();
    if text(rollout, "people") != "keep" {
        let campaigns = rollout.0["campaigns"]["L"].as_array();
        let mut campaigns: Vec<&str> =
            campaigns.into_iter().flatten().filter_map(|id| id["S"].as_str()).collect();
        // A later one has everybody, from wherever this one had brought them.
        campaigns.retain(|campaign| !is_overtaken(oracle, (pk, sk), campaign));
        for key in &oracle.enrolments {
            let Some(enrolment) = oracle.items.get(key) else { continue };
            let concerned = pk.split("#SEQUENCE#").next() == key.0.split("#L#").next()
                && campaigns.iter().any(|id| id.ends_with(key.1.trim_start_matches("N#")))
                && !matches!(text(enrolment, "state"), "ended" | "pending")
                && oracle.rollouts.begins.get(key) < ordered;
            let (_, bound_by) = text(enrolment, "ro").rsplit_once('_').unwrap_or_default();
            // Of two that were ordered within a millisecond either is the later one.
            let as_late = bound_by >= &sk[2..] || bound_by.get(..TIME) == sk.get(2..2 + TIME);
            let there = number(enrolment, "ver") == number(rollout, "version") || as_late;
            let goes = flag(enrolment, &["there"]);
            if concerned && !there {
                wrong.push(format!("{} of {} was left out by {sk}, which is over ({goes})", key.1, key.0));
            }
        }
    }
    wrong
}

//! Every active enrolment is found by something: a hint, a queue's message, a dead letter; or has an open task.

use super::raw::{Item, Key, instant, lead_of, number, path, text};
use super::stored::campaign_key;
use super::{Oracle, pauses, tenant_isolation};
use jiff::{SignedDuration, Timestamp};
use local_cloud::LocalCloud;
use std::collections::BTreeSet;

const JUDGE: &str = "pending_work";

/// Longer than any queue hides a message.
const PATIENCE: SignedDuration = SignedDuration::from_mins(45);

/// The time in which a launch's pages may be late and repeated.
const LAUNCH_TAKES: SignedDuration = SignedDuration::from_hours(3);

/// (campaign, lead, generation) of hints, and all that lies in queues.
struct Held {
    hints: BTreeSet<(String, String, i64)>,
    /// Campaigns and workspaces whose pause ends.
    ends: BTreeSet<String>,
    queued: Vec<String>,
}

pub fn check(oracle: &mut Oracle, cloud: &LocalCloud, now: Timestamp) {
    let held = holders(oracle, cloud);
    tenant_isolation::check_queued(oracle, now, &held.queued);
    let mut lost = Vec::new();
    for key in &oracle.enrolments {
        let Some(item) = oracle.items.get(key) else { continue };
        let (lead, generation) = (lead_of(&key.0), number(item, "generation"));
        let campaign = key.1.trim_start_matches("N#");
        // Whoever is brought for the step before finds it done, and puts what follows; as whoever is in a queue does.
        let brings = |generation| held.hints.contains(&(campaign.to_owned(), lead.to_owned(), generation));
        let by_hint = brings(generation) || brings(generation - 1);
        let by_queue = || held.queued.iter().any(|body| body.contains(lead) && body.contains(campaign));
        let found = match text(item, "state") {
            "scheduled" | "claimed" => by_hint || by_queue(),
            "waiting_task" => by_hint || by_queue() || has_open_task(oracle, &key.0, text(item, "task")),
            // Whoever settles it closes the question first, and comes again if they die then.
            "held" if text(item, "held") == "uncertain" && instant(item, "until").is_none() => {
                by_queue() || is_asked_about(oracle, key, item)
            }
            // Whoever goes through all of a campaign may be put away, or fail each time.
            "held" if pauses::is_left_behind(oracle, now, key, item) => {
                let goes_through = |body: &String| body.contains("\"schedule\"") && body.contains(campaign);
                by_hint || by_queue() || held.queued.iter().any(goes_through)
            }
            // What a person holds, a person lets go.
            "held" => instant(item, "until").is_none() || by_hint || by_queue(),
            "pending" => {
                let active = oracle.gates.active.get(&campaign_key(key));
                let long_ago = active.is_some_and(|since| now.duration_since(*since) > LAUNCH_TAKES);
                !long_ago || held.queued.iter().any(|body| body.contains(campaign))
            }
            _ => true,
        };
        if !found {
            lost.push(format!(
                "{} of {} at generation {generation} is {} and nothing finds it",
                key.1,
                key.0,
                text(item, "state")
            ));
        }
    }
    lost.extend(endless(oracle, &held));
    oracle.accuse_all(JUDGE, now, lost);
}

/// What is paused until a time is found then.
fn endless(oracle: &Oracle, held: &Held) -> Vec<String> {
    let mut lost = Vec::new();
    for key in oracle.gates.closed.keys() {
        let Some(item) = oracle.items.get(key) else { continue };
        let (id, end) = match text(item, "entity") {
            "workspace" => (key.0.trim_start_matches("W#"), path(item, &["sending", "until"])),
            "account" => (key.1.as_str(), path(item, &["pause", "until"])),
            _ => (key.1.as_str(), text(item, "paused_until")),
        };
        let by_queue = |body: &String| body.contains("\"resume\"") && body.contains(id);
        if !end.is_empty() && !held.ends.contains(id) && !held.queued.iter().any(by_queue) {
            lost.push(format!("{} {} is paused until {end} and nothing finds it", key.0, key.1));
        }
    }
    lost
}

/// A person was asked what became of its present message, and has not answered.
fn is_asked_about(oracle: &Oracle, (pk, sk): &Key, enrolment: &Item) -> bool {
    let campaign = sk.trim_start_matches("N#");
    let within = |from: &str, to: &str| (pk.clone(), from.to_owned())..(pk.clone(), to.to_owned());
    let theirs = |message: &Item| {
        text(message, "camp").ends_with(campaign) && text(message, "step") == text(enrolment, "step")
    };
    let messages = oracle.items.range(within("M#", "M$")).map(|(_, message)| message);
    let ids: BTreeSet<&str> =
        messages.filter(|message| theirs(message)).map(|message| text(message, "id")).collect();
    oracle.items.range(within("T#", "T$")).any(|(_, task)| {
        ids.contains(path(task, &["sum", "message"])) && path(task, &["sum", "done_at"]).is_empty()
    })
}

fn has_open_task(oracle: &Oracle, pk: &str, task: &str) -> bool {
    let tail = task.strip_prefix("task_").and_then(|id| id.get(26..)).unwrap_or_default();
    let task = oracle.items.get(&(pk.to_owned(), format!("T#{tail}")));
    task.is_some_and(|task| path(task, &["sum", "done_at"]).is_empty())
}

fn holders(oracle: &Oracle, cloud: &LocalCloud) -> Held {
    let mut held = Held { hints: BTreeSet::new(), ends: BTreeSet::new(), queued: Vec::new() };
    for item in oracle.hints.iter().filter_map(|key| oracle.items.get(key)) {
        let (mut tenant, mut within) = ("", "");
        for line in item.0["due"]["L"].as_array().into_iter().flatten().filter_map(|line| line["S"].as_str())
        {
            let words: Vec<&str> = line.split(' ').collect();
            match words.as_slice() {
                ["W", workspace, rest @ ..] => {
                    (tenant, within) = (workspace, rest.first().copied().unwrap_or_default());
                }
                ["C", _] => drop(held.ends.insert(within.to_owned())),
                ["A", _, account] => drop(held.ends.insert((*account).to_owned())),
                ["P", _] => drop(held.ends.insert(tenant.to_owned())),
                ["S", _, lead, generation] => {
                    // A letter behind it says which message it is.
                    let generation = generation.trim_end_matches(|c: char| c.is_ascii_alphabetic());
                    let generation = generation.parse().unwrap_or(-1);
                    held.hints.insert((within.to_owned(), (*lead).to_owned(), generation));
                }
                _ => {}
            }
        }
    }
    for queue in cloud.queues().names() {
        held.queued.extend(cloud.queues().bodies(&queue).unwrap_or_default());
    }
    held
}

/// (lead, generation) of hints that have not come yet.
fn future_hints(oracle: &Oracle, now: Timestamp) -> BTreeSet<(&str, i64)> {
    let mut later = BTreeSet::new();
    for item in oracle.hints.iter().filter_map(|key| oracle.items.get(key)) {
        let lines = item.0["due"]["L"].as_array().into_iter().flatten();
        for line in lines.filter_map(|line| line["S"].as_str()) {
            let words: Vec<&str> = line.split(' ').collect();
            let ["S", at, lead, generation] = words.as_slice() else { continue };
            let seconds = at.strip_suffix('s').and_then(|digits| digits.parse().ok());
            let at = match seconds {
                Some(seconds) => Timestamp::from_second(seconds).ok(),
                None => at.parse().ok().and_then(|nanos| Timestamp::from_nanosecond(nanos).ok()),
            };
            if at.is_some_and(|at| at > now) {
                let generation = generation.trim_end_matches(|c: char| c.is_ascii_alphabetic());
                later.insert((*lead, generation.parse().unwrap_or(-1)));
            }
        }
    }
    later
}

/// Whether hints have mailboxes read, and nothing else.
pub fn is_of_polls(hints: &Item) -> bool {
    let lines = hints.0["due"]["L"].as_array().into_iter().flatten();
    let mut due =
        lines.filter_map(|line| line["S"].as_str()).filter(|line| !line.starts_with("W ")).peekable();
    due.peek().is_some() && due.all(|line| line.starts_with("M "))
}

/// When hints under this key come due.
pub fn due_at((_, sk): &Key) -> Option<Timestamp> {
    let micros = sk.split('#').next()?.parse().ok()?;
    Timestamp::from_microsecond(micros).ok()
}

/// Checks at rest that nothing waits for an instant that has long passed.
pub fn at_rest(oracle: &Oracle, cloud: &LocalCloud, now: Timestamp) -> Vec<String> {
    let overdue = |at: Option<Timestamp>| at.is_none_or(|at| now.duration_since(at) > PATIENCE);
    let later = future_hints(oracle, now);
    let mut stuck = Vec::new();
    for (key, item) in &oracle.items {
        let (pk, sk) = key;
        let late: Option<(&str, Option<Timestamp>)> = match (text(item, "entity"), text(item, "state")) {
            // Whose account is busy is found again later.
            ("enrolment", "scheduled") if later.contains(&(lead_of(pk), number(item, "generation"))) => None,
            ("enrolment", "scheduled") => Some(("due", instant(item, "due"))),
            ("enrolment", "claimed") => Some(("claimed until", instant(item, "expires"))),
            ("enrolment", "held") if instant(item, "until").is_some() => {
                Some(("held until", instant(item, "until")))
            }
            ("hints", _) => Some(("hints of", due_at(key))),
            _ => None,
        };
        if let Some((what, at)) = late.filter(|(_, at)| overdue(*at)) {
            let names =
                |body: &String| body.contains(lead_of(pk)) && body.contains(sk.trim_start_matches("N#"));
            let queues = cloud.queues();
            let lies = |queue: &String| queues.bodies(queue).is_ok_and(|bodies| bodies.iter().any(names));
            let queues: Vec<String> = queues.names().into_iter().filter(lies).collect();
            stuck.push(format!("{pk} {sk} is stuck, {what} {at:?}, in {queues:?}"));
        }
    }
    stuck
}

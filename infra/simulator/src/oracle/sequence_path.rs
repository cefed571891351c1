//! The way through a sequence, by the version as it is stored: downwards, each step once, along one arm of a branch.

use super::claims::Written;
use super::raw::{Item, Key, instant, lead_of, number, path, reply_kind, text};
use super::tenant_isolation::{concerns, owner_of};
use super::{Oracle, Taken, automations, end_reasons, mailbox_choice, rollouts, skipped_steps};
use jiff::{SignedDuration, Timestamp};
use sandbox::{DeedKind, Observed};
use std::collections::{BTreeMap, BTreeSet};

const JUDGE: &str = "sequence_path";

#[derive(Default)]
pub struct SequencePath {
    pub(super) forks: Vec<Fork>,
    /// The instant at which opens and clicks of a lead, by campaign, and replies came to be known.
    pub(super) engaged: BTreeMap<(String, String, String), Timestamp>,
    /// The number of times that an enrolment came to wait for a task.
    pub(super) tasks_given: u32,
    /// The number of times that a step of each kind was left behind.
    pub(super) steps_passed: BTreeMap<String, u32>,
}

/// An enrolment came to a branch and took one of its arms.
pub struct Fork {
    pub key: Key,
    version: Item,
    at: Timestamp,
    /// Since then it is on another version.
    pub until: Option<Timestamp>,
    step: String,
    asked: String,
    holds: bool,
    taken: String,
    left: String,
}

/// The stages in the order that leads go through; a lost one is behind none.
const STAGES: [&str; 5] = ["new", "contacted", "replied", "qualified", "won"];

pub fn version_of(oracle: &Oracle, key: &Key, enrolment: &Item) -> Option<Item> {
    oracle.items.get(&version_key(key, enrolment)).cloned()
}

pub fn version_key(key: &Key, enrolment: &Item) -> Key {
    numbered_version(key, enrolment, number(enrolment, "ver"))
}

/// The key of this version of the enrolment's sequence.
fn numbered_version(key: &Key, enrolment: &Item, version: i64) -> Key {
    let sequence = text(enrolment, "seq").trim_start_matches("sequence_");
    (format!("{}#SEQUENCE#{sequence}", owner_of(&key.0)), format!("V#{version:08}"))
}

/// The steps in their order.
pub fn steps(version: &Item) -> Vec<Item> {
    let list = version.0["steps"]["L"].as_array();
    list.into_iter().flatten().map(|step| Item(step["M"].clone())).collect()
}

/// Called as an enrolment is written again.
pub fn moved(oracle: &mut Oracle, old: &Item, written: &Written<'_>) {
    let Written { now, key, new, name } = *written;
    let (before, after) = (text(old, "step"), text(new, "step"));
    let (generation, next) = (number(old, "generation"), number(new, "generation"));
    if rollouts::moved(oracle, old, written) {
        return;
    }
    if closed_in_place(oracle, key, old, new) {
        *oracle.path.steps_passed.entry("closed channel".to_owned()).or_default() += 1;
        return;
    }
    // Who is launched begins with what the campaign has now.
    let on = if text(old, "state") == "pending" { new } else { old };
    let Some(version) = version_of(oracle, key, on) else {
        return oracle.accuse(JUDGE, now, format!("{name} is of a version that is not there"));
    };
    let steps = steps(&version);
    let place = |id: &str| steps.iter().position(|step| text(step, "id") == id);
    let mut wrong = Vec::new();
    if text(old, "state") == "pending" {
        if next != 0 || !after.is_empty() && place(after) != Some(0) {
            wrong.push(format!("{name} does not begin with the first step"));
        }
    } else if generation == next {
        if before != after {
            wrong.push(format!("{name} went from {before} to {after} and calls it the same generation"));
        }
    } else if let Some(from) = place(before) {
        if next != generation + 1 {
            wrong.push(format!("{name} went from generation {generation} to {next}"));
        }
        let ways = ways(&steps, from);
        let goes_over = number(old, "ver") != number(new, "ver") || is_exit(old, new);
        if goes_over {
            oracle.rollouts.bound.remove(key);
            wrong.extend(moved_by_rollout(oracle, old, written, &steps[from], &ways));
        } else if let Some(stayed) = rollouts::stayed(oracle, old, written) {
            wrong.push(stayed);
        } else if !ways.iter().any(|way| way == after) {
            wrong.push(format!("{name} went from {before} to '{after}', not to one of {ways:?}"));
        } else if place(after).is_some_and(|to| to <= from) {
            wrong.push(format!("{name} went back from {before} to {after}"));
        }
        wrong.extend(left_rightly(oracle, old, written, &steps[from]));
        if path(new, &["ev", "k"]) == "step_skipped" {
            let untrue = skipped_steps::judge(oracle, old, written, &steps[from]);
            oracle.accuse_all("skipped_steps", now, untrue);
        }
        let mut word = text(&steps[from], "kind").to_owned();
        if goes_over {
            word = "to another version".to_owned();
        } else if word == "branch" {
            let (holds, fork) = fork(now, key, &version, &steps[from], after);
            wrong.extend(answered_rightly(oracle, now, &fork, name));
            oracle.path.forks.push(fork);
            word = format!("branch {}", if holds { "yes" } else { "no" });
        }
        *oracle.path.steps_passed.entry(word).or_default() += 1;
    } else {
        wrong.push(format!("{name} left {before}, which is no step of its version"));
    }
    let opens_task = text(new, "state") == "waiting_task" && text(old, "state") != "waiting_task";
    let passes_goal =
        generation != next && place(before).is_some_and(|at| text(&steps[at], "kind") == "goal");
    oracle.path.tasks_given += u32::from(opens_task);
    if opens_task || passes_goal && text(new, "state") != "ended" {
        let what = if opens_task { "was given a task" } else { "passed its goal" };
        wrong.extend(goal_is_reached(oracle, now, key, old, &format!("{name} {what}")));
    }
    if is_exit(old, new) && generation == next {
        wrong.push(format!("{name} ended because its step was removed, and nobody removed it"));
    }
    if text(new, "state") == "ended" && text(old, "state") != "ended" && !is_exit(old, new) {
        let at = version_of(oracle, key, new).map(|version| self::steps(&version));
        let steps = at.unwrap_or(steps);
        wrong.extend(ended_rightly(oracle, written, &steps));
        let causeless = end_reasons::judge(oracle, written, &steps);
        oracle.accuse_all("end_reasons", now, causeless);
        if text(new, "why") == "mailbox_gone" {
            let there = mailbox_choice::left_rightly(oracle, now, key, name);
            oracle.accuse_all("mailbox_choice", now, there);
        }
    }
    rollouts::forget_forks(oracle, old, written);
    oracle.accuse_all(JUDGE, now, wrong);
}

/// What was planned for an address that is closed by now is void, and the step stays: it is left out when it is due.
fn closed_in_place(oracle: &Oracle, key: &Key, old: &Item, new: &Item) -> bool {
    let same = ["state", "step", "ver", "due"].into_iter().all(|field| old.0[field] == new.0[field]);
    let why = path(new, &["ev", "k"]);
    let asks = matches!(why, "channel_failed" | "lead_bounced" | "lead_opted_out" | "address_refused");
    let raised = number(new, "generation") == number(old, "generation") + 1;
    let lead = oracle.lead(&key.0);
    let address = lead.and_then(|lead| address_of_step(oracle, key, new, lead));
    // Whatever asks, the present step may have been closed to them long before.
    let is_listed = address.is_some_and(|address| {
        let domain = address.split_once('@').map(|(_, domain)| domain);
        let mut scopes = [Some(&*address), domain].into_iter().flatten();
        scopes.any(|scope| oracle.listed(&key.0, scope).is_some())
    });
    same && asks && raised && (is_listed || why == "channel_failed" && channel_has_failed(oracle, key, new))
}

/// A message of this campaign came to nothing where the present step goes.
fn channel_has_failed(oracle: &Oracle, key: &Key, enrolment: &Item) -> bool {
    let Some(step) = oracle.step_of(key, enrolment) else { return false };
    let campaign = key.1.trim_start_matches("N#");
    oracle.messages_of(&key.0).any(|(at, message)| {
        let came_to_nothing = matches!(text(message, "state"), "failed" | "bounced");
        let of_it = text(message, "camp").ends_with(campaign) && text(message, "ch") == text(&step, "kind");
        of_it && (came_to_nothing || oracle.closed_channels.is_closed_for(at))
    })
}

/// The lead's address for the present step.
pub fn address_of_step(oracle: &Oracle, key: &Key, enrolment: &Item, lead: &Item) -> Option<String> {
    let step = oracle.step_of(key, enrolment)?;
    let field = match text(&step, "kind") {
        "email" => "e",
        "sms" | "whatsapp" => "p",
        // A call or a chat of a person's needs the number too.
        "task" if matches!(text(&step, "task"), "call" | "whatsapp") => "p",
        _ => return None,
    };
    Some(path(lead, &["core", field]).to_owned())
}

fn is_exit(old: &Item, new: &Item) -> bool {
    text(new, "why") == "step_removed" && text(old, "state") != "ended"
}

/// What it was bound for, and nothing else.
fn moved_by_rollout(
    oracle: &Oracle,
    old: &Item,
    &Written { key, new, name, .. }: &Written<'_>,
    left: &Item,
    ways: &[String],
) -> Option<String> {
    let was_bound = !text(old, "ro").is_empty() && old.0["there"]["BOOL"] != true;
    let Some(rollout) = rollouts::rollout_of(oracle, key, old).filter(|_| was_bound) else {
        return Some(format!("{name} went to version {} and nobody had said so", number(new, "ver")));
    };
    let exit = is_exit(old, new);
    let arrived = exit || number(new, "ver") == number(&rollout, "version") && new.0["there"]["BOOL"] == true;
    if !arrived {
        return Some(format!(
            "{name} was bound for {} and is on {}",
            number(&rollout, "version"),
            number(new, "ver")
        ));
    }
    let there = numbered_version(key, new, number(&rollout, "version"));
    let there = oracle.items.get(&there).map(steps).unwrap_or_default();
    let allowed = rollouts::onward(&rollout, left, ways, &there);
    let went = (!exit).then(|| text(new, "step").to_owned());
    (!allowed.contains(&went)).then(|| format!("{name} went on at {went:?}, not at one of {allowed:?}"))
}

/// The steps that a step may lead to; the empty name is the end.
fn ways(steps: &[Item], from: usize) -> Vec<String> {
    match text(&steps[from], "kind") {
        "branch" => ["yes", "no"].map(|arm| text(&steps[from], arm).to_owned()).to_vec(),
        "end" => Vec::new(),
        _ => vec![steps.get(from + 1).map(|below| text(below, "id").to_owned()).unwrap_or_default()],
    }
}

/// A task that was waited for is closed; what waits has waited.
fn left_rightly(oracle: &Oracle, old: &Item, written: &Written<'_>, step: &Item) -> Option<String> {
    let Written { now, key, new, name } = *written;
    let kind = text(step, "kind");
    if kind == "task" {
        let tail = text(old, "task").strip_prefix("task_").and_then(|id| id.get(26..))?;
        let task = oracle.items.get(&(key.0.clone(), format!("T#{tail}")))?;
        let open = path(task, &["sum", "done_at"]).is_empty();
        return open.then(|| format!("{name} went on while its task was open"));
    }
    let delay = &step.0["delay"]["M"];
    let amount = delay["amount"]["N"].as_str().and_then(|digits| digits.parse().ok()).unwrap_or(0);
    let least = match delay["unit"]["S"].as_str() {
        Some("minutes") => SignedDuration::from_mins(amount),
        Some("hours") => SignedDuration::from_hours(amount),
        // A day on the wall may have 23 hours.
        _ => SignedDuration::from_hours(23 * amount),
    };
    if matches!(kind, "email" | "sms" | "whatsapp") {
        return unsent(oracle, old, written);
    }
    let by_hand = path(new, &["ev", "k"]) == "step_skipped" && path(new, &["ev", "a"]).starts_with("user_");
    let silent = matches!(kind, "branch" | "goal") || kind == "wait" && !by_hand;
    let waited = instant(old, "anchor").map(|anchor| now.duration_since(anchor));
    let early = silent && waited.is_none_or(|waited| waited + oracle.off + oracle.off < least);
    early.then(|| format!("{name} left the {kind} after {waited:?}, before {least:?} were over"))
}

/// Checks that an enrolment leaves a message step only once it was sent or skipped with a reason.
fn unsent(oracle: &Oracle, old: &Item, &Written { key, new, name, .. }: &Written<'_>) -> Option<String> {
    let step = text(old, "step");
    let had = oracle.sent.taken.iter().any(|taken| taken.key == *key && taken.step == step);
    let (event, why) = (path(new, &["ev", "k"]), path(new, &["ev", "c"]));
    let left_out = event == "step_skipped" && !why.is_empty();
    if event == "step_done" && was_behind(oracle, key, old) {
        return Some(format!("{name} calls {step} done, which was done before it came there"));
    }
    (!had && !left_out).then(|| format!("{name} left {step}, which no provider took: {event} {why}"))
}

/// Its message is of an earlier generation, and was known to have gone out before this one began.
fn was_behind(oracle: &Oracle, key: &Key, enrolment: &Item) -> bool {
    let theirs = |sent: &&Taken| sent.key == *key && sent.step == text(enrolment, "step");
    let Some(last) = oracle.sent.taken.iter().filter(theirs).max_by_key(|sent| sent.generation) else {
        return false;
    };
    let message = oracle.messages_of(&key.0).find(|(_, message)| text(message, "id") == last.tag);
    let known = message.and_then(|(_, message)| instant(message, "acc"));
    let known = known.zip(instant(enrolment, "anchor")).is_some_and(|(accepted, began)| accepted <= began);
    last.generation < number(enrolment, "generation") && known
}

fn fork(now: Timestamp, key: &Key, version: &Item, step: &Item, after: &str) -> (bool, Fork) {
    let holds = text(step, "yes") == after;
    let left = text(step, if holds { "no" } else { "yes" }).to_owned();
    let asked = path(step, &["condition", "if"]).to_owned();
    let (key, version, taken) = (key.clone(), version.clone(), after.to_owned());
    let step = text(step, "id").to_owned();
    (holds, Fork { key, version, at: now, until: None, step, asked, holds, taken, left })
}

/// Checks a branch's answer against the lead's messages; what was written just now may not have been read.
fn answered_rightly(oracle: &Oracle, now: Timestamp, fork: &Fork, name: &str) -> Option<String> {
    let lead = lead_of(&fork.key.0);
    let campaign = fork.key.1.trim_start_matches("N#");
    let with = |what: &str| if what == "replied" { String::new() } else { campaign.to_owned() };
    let known = |what: &str| match oracle.path.engaged.get(&(lead.to_owned(), with(what), what.to_owned())) {
        Some(since) => oracle.is_known(*since, now).then_some(true),
        None => Some(false),
    };
    let expected = match fork.asked.as_str() {
        "opened" => known("opened")?,
        "clicked" => known("clicked")?,
        "replied" => known("replied")?,
        "not_replied" => !known("replied")?,
        "field_present" => {
            let lead = oracle.lead(&fork.key.0)?;
            !path(lead, &["core", "p"]).is_empty()
        }
        "field_equals" | "score_at_least" | "temperature_at_least" => {
            automations::holds(oracle, &fork.key.0, &fork.version, &fork.step)?
        }
        other => return Some(format!("{name} was asked {other}, which nobody knows")),
    };
    let told = if fork.holds { "yes" } else { "no" };
    (expected != fork.holds && fork.left != fork.taken)
        .then(|| format!("{name} took the arm {told} of '{}'", fork.asked))
}

fn ended_rightly(oracle: &Oracle, written: &Written<'_>, steps: &[Item]) -> Option<String> {
    let Written { key, new: ended, name, .. } = *written;
    let at = steps.iter().position(|step| text(step, "id") == text(ended, "step"));
    match text(ended, "why") {
        "finished" => {
            let over = at.is_none_or(|at| text(&steps[at], "kind") == "end");
            (!over).then(|| format!("{name} has finished before its end"))
        }
        "goal_reached" => {
            let lead = oracle.lead(&key.0)?;
            let status = path(lead, &["core", "s"]);
            let booked = |goal: &str| goal == "booked" && automations::is_booked(oracle, &key.0);
            let reached = goals(steps, at?).iter().any(|goal| is_reached(goal, status) || booked(goal));
            (!reached).then(|| format!("{name} has reached its goal as {status}"))
        }
        _ => None,
    }
}

/// The stages that are aimed at on any way ahead from here.
fn goals(steps: &[Item], from: usize) -> Vec<String> {
    let reachable = reachable(steps, text(&steps[from], "id"));
    let is_ahead = |step: &&Item| text(step, "kind") == "goal" && reachable.contains(text(step, "id"));
    let ahead = steps.iter().filter(is_ahead);
    let stage = |step: &Item| match path(step, &["goal", "reach"]) {
        "paid" => "won".to_owned(),
        "stage" => path(step, &["goal", "stage"]).to_owned(),
        other => other.to_owned(),
    };
    ahead.map(stage).collect()
}

fn is_reached(goal: &str, status: &str) -> bool {
    let rank = |stage: &str| STAGES.iter().position(|other| *other == stage);
    rank(status).zip(rank(goal)).is_some_and(|(status, goal)| status >= goal)
}

/// Called as a claim is written: nobody is written to who has reached what the rest is for.
pub fn may_be_claimed(oracle: &Oracle, claimed: &Written<'_>) -> Option<String> {
    goal_is_reached(oracle, claimed.now, claimed.key, claimed.new, &format!("{} was claimed", claimed.name))
}

fn goal_is_reached(oracle: &Oracle, now: Timestamp, key: &Key, at: &Item, did: &str) -> Option<String> {
    let steps = version_of(oracle, key, at).map(|version| steps(&version))?;
    let at = steps.iter().position(|step| text(step, "id") == text(at, "step"))?;
    let lead = oracle.lead(&key.0)?;
    let status = path(lead, &["core", "s"]);
    let since = oracle.leads.staged.get(&key.0)?;
    let long_ago = oracle.is_known(*since, now);
    let reached = goals(&steps, at).iter().any(|goal| is_reached(goal, status));
    (reached && long_ago).then(|| format!("{did} although its goal is reached since {since}"))
}

/// Checks at rest that no arm was taken beside another or without its reason, and that no task is left open.
pub fn at_rest(oracle: &Oracle, observed: &Observed) -> Vec<String> {
    let mut wrong = Vec::new();
    for fork in &oracle.path.forks {
        wrong.extend(took_both_branches(oracle, fork));
        wrong.extend(unexplained_branch(oracle, observed, fork));
    }
    wrong.extend(tasks(oracle));
    wrong.extend(repeated_steps(oracle));
    wrong
}

fn reachable(steps: &[Item], from: &str) -> BTreeSet<String> {
    let (mut found, mut left) = (BTreeSet::new(), vec![from.to_owned()]);
    while let Some(id) = left.pop() {
        if let Some(at) = steps.iter().position(|step| text(step, "id") == id)
            && found.insert(id)
        {
            left.extend(ways(steps, at));
        }
    }
    found
}

fn took_both_branches(oracle: &Oracle, fork: &Fork) -> Option<String> {
    let steps = steps(&fork.version);
    let ours = reachable(&steps, &fork.taken);
    let theirs: Vec<String> = reachable(&steps, &fork.left).difference(&ours).cloned().collect();
    // Who was moved back before a branch may have been in its other arm earlier.
    let since = |sent: &Taken| sent.at >= fork.at && fork.until.is_none_or(|until| sent.at < until);
    let mut sent = oracle.sent.taken.iter().filter(|sent| sent.key == fork.key && since(sent));
    let sent = sent.find(|sent| theirs.contains(&sent.step))?;
    Some(format!("{} of {} was sent, an arm that was left at {}", sent.tag, sent.lead, fork.at))
}

/// Only people open and click.
fn unexplained_branch(oracle: &Oracle, observed: &Observed, fork: &Fork) -> Option<String> {
    if !fork.holds || !matches!(fork.asked.as_str(), "opened" | "clicked") {
        return None;
    }
    // Of who was deleted nothing but that is left.
    let lead = oracle.lead(&fork.key.0);
    let email = path(lead.filter(|lead| text(lead, "entity") == "lead")?, &["core", "e"]);
    let counts = |kind: DeedKind| match kind {
        DeedKind::Opened => fork.asked == "opened",
        DeedKind::Clicked | DeedKind::ViewedPreview | DeedKind::ClickedCallToAction => true,
        _ => false,
    };
    let ours = |deed: &&sandbox::Deed| concerns(oracle, deed, owner_of(&fork.key.0));
    let mut theirs = observed.deeds.iter().filter(ours);
    // Also before they were reached elsewhere.
    let is_theirs = |who: &str| oracle.leads.ever_had_address(&fork.key.0, who);
    let did = theirs.any(|deed| is_theirs(&deed.who) && deed.at <= fork.at && counts(deed.kind));
    (!did).then(|| format!("{email} was taken to have {} and had not", fork.asked))
}

fn tasks(oracle: &Oracle) -> Vec<String> {
    let mut wrong = Vec::new();
    for ((pk, sk), task) in oracle.all("task") {
        let Some(campaign) = path(task, &["sum", "campaign"]).strip_prefix("campaign_") else { continue };
        let Some(enrolment) = oracle.items.get(&(pk.clone(), format!("N#{campaign}"))) else { continue };
        let (state, outcome) = (text(enrolment, "state"), path(task, &["sum", "outcome"]));
        let open = path(task, &["sum", "done_at"]).is_empty();
        if open && (state == "ended" || text(enrolment, "task") != path(task, &["sum", "id"])) {
            wrong.push(format!("{sk} of {pk} is open and nobody waits for it: {state}"));
        }
        if matches!(outcome, "booked" | "not_interested" | "do_not_call") && state != "ended" {
            wrong.push(format!("{sk} of {pk} went {outcome} and the sequence is {state}"));
        }
    }
    wrong
}

/// What a provider took is the step that was claimed for it, and no step is of two messages.
fn repeated_steps(oracle: &Oracle) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut steps = BTreeSet::new();
    for sent in &oracle.sent.taken {
        let again = oracle.sent.taken.iter().filter(|other| other.tag == sent.tag).count() > 1;
        if !steps.insert((&sent.key, &sent.step)) && !again {
            wrong.push(format!("{} was the second message of {}", sent.tag, sent.step));
        }
        if let Some(message) = oracle.stored("message", &sent.tag)
            && text(message, "step") != sent.step
        {
            wrong.push(format!(
                "{} is recorded as {}, claimed as {}",
                sent.tag,
                text(message, "step"),
                sent.step
            ));
        }
    }
    wrong
}

/// What people did, as it comes to be known of a message.
pub fn learned(oracle: &mut Oracle, now: Timestamp, key: &Key, message: &Item) {
    let lead = lead_of(&key.0).to_owned();
    let is_out = text(message, "dir") == "out";
    let campaign = text(message, "camp").trim_start_matches("campaign_");
    let has = |name: &str| is_out && message.0[name]["N"].is_string();
    let answered = matches!(reply_kind(message), "person" | "opt_out" | "possible_opt_out" | "left_company");
    for (what, is) in [("opened", has("opened")), ("clicked", has("clicked")), ("replied", answered)] {
        if is {
            // An answer is to whatever came before it.
            let with = if what == "replied" { "" } else { campaign };
            oracle.path.engaged.entry((lead.clone(), with.to_owned(), what.to_owned())).or_insert(now);
        }
    }
}

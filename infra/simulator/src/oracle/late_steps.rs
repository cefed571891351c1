//! What a pause or an outage has made late goes out, or is left out, only where somebody has said so; who is asked about
//! was late, and waits no longer than until the answer.

use super::Oracle;
use super::claims::Written;
use super::raw::{Item, Key, instant, lead_of, number, path, text};
use super::stored::campaign_key;
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeMap;

const JUDGE: &str = "late_steps";

#[derive(Default)]
pub struct LateSteps {
    /// The instant for which the present step was planned, of enrolments that a pause has kept from it.
    planned_since: BTreeMap<Key, Timestamp>,
    /// What users have said of a campaign's late messages.
    answers: BTreeMap<Key, Vec<LateAnswer>>,
}

const LATE_AFTER: SignedDuration = SignedDuration::from_hours(48);
/// Holds that nobody chose for one person.
const PAUSES: [&str; 3] = ["campaign_paused", "sending_stopped", "account_paused"];

/// What a campaign's user has said, for whom, and from when until when it counted.
pub struct LateAnswer {
    planned_before: Timestamp,
    then: String,
    since: Timestamp,
    until: Option<Timestamp>,
}

/// Called as a campaign is written.
pub fn campaign_written(oracle: &mut Oracle, now: Timestamp, key: &Key, new: &Item) {
    let (before, then) = (path(new, &["late_answer", "planned_before"]), path(new, &["late_answer", "then"]));
    let Ok(planned_before) = before.parse() else { return };
    let answers = oracle.late_steps.answers.entry(key.clone()).or_default();
    if answers.last().is_some_and(|last| last.planned_before == planned_before && last.then == then) {
        return;
    }
    if let Some(last) = answers.last_mut() {
        last.until = Some(now);
    }
    answers.push(LateAnswer { planned_before, then: then.to_owned(), since: now, until: None });
}

/// Called as an enrolment is written again.
pub fn moved(oracle: &mut Oracle, old: &Item, written: &Written<'_>) {
    let Written { now, key, new, .. } = *written;
    let wrong = judge(oracle, old, written);
    oracle.accuse_all(JUDGE, now, wrong);
    let known = planned(oracle, key, old);
    let since = known.unwrap_or(now);
    let same_turn = number(old, "generation") == number(new, "generation");
    // It was tried in time: whether it still goes out is no question any more.
    if path(new, &["ev", "k"]) == "send_repeated" {
        oracle.late_steps.planned_since.remove(key);
        return;
    }
    if same_turn && is_out(new) {
        if since <= now {
            oracle.late_steps.planned_since.entry(key.clone()).or_insert(since);
        }
        return;
    }
    match (text(new, "state"), text(new, "held")) {
        // Of a step that a rollout brought it to meanwhile nothing was planned.
        ("held", why)
            if same_turn && PAUSES.contains(&why) && text(old, "state") == "held" && known.is_none() => {}
        ("held", why) if same_turn && PAUSES.contains(&why) => {
            oracle.late_steps.planned_since.entry(key.clone()).or_insert(since);
        }
        ("held", "late" | "mailbox" | "not_taken") if same_turn => {}
        // Whom a person has taken in hand before that is not late.
        ("held", _) if same_turn && is_late(oracle, now, since) == Some(true) => {}
        (state, _) if same_turn && state != "held" && !is_planned_anew(old, new) => {}
        _ => drop(oracle.late_steps.planned_since.remove(key)),
    }
}

fn judge(oracle: &Oracle, old: &Item, &Written { now, key, new, name }: &Written<'_>) -> Vec<String> {
    let mut wrong = Vec::new();
    let Some(planned) = planned(oracle, key, old) else { return wrong };
    let said = late_choices(oracle, now, key, planned);
    let (state, late) = (text(new, "state"), is_late(oracle, now, planned));
    if number(old, "generation") != number(new, "generation") {
        let left_out =
            path(new, &["ev", "k"]) == "step_skipped" && path(new, &["ev", "c"]).ends_with(":late");
        if left_out && (late == Some(false) || !said.contains(&"skip")) {
            wrong.push(format!("{name} has lost a step as late that was planned for {planned}: {said:?}"));
        }
        return wrong;
    }
    if state == "held" && text(new, "held") == "late" && text(old, "held") != "late" {
        let since = instant(new, "owed").unwrap_or(planned);
        if is_late(oracle, now, since) == Some(false) || !said.contains(&"hold") {
            wrong.push(format!("{name} is held as late, and was planned for {since}: {said:?}"));
        }
    }
    let was_free =
        text(old, "state") == "scheduled" || text(old, "state") == "held" && text(old, "held") != "uncertain";
    let goes_on = state == "claimed" || is_planned_anew(old, new);
    // It may have gone out already, when it was not late.
    let again = path(new, &["ev", "k"]) == "send_repeated";
    let by_a_person =
        text(old, "held") == "paused_by_user" || oracle.holds.resumed_by_user.contains(lead_of(&key.0));
    if was_free
        && goes_on
        && late == Some(true)
        && !again
        && !by_a_person
        && !said.contains(&"send")
        && is_message(oracle, key, old)
    {
        wrong
            .push(format!("{name} was planned for {planned}, and is {state} although nobody wants it still"));
    }
    wrong
}

/// It waits until its provider is to be reached: that is no plan, whatever is written of it.
fn is_out(new: &Item) -> bool {
    path(new, &["ev", "k"]) == "step_waits"
        && matches!(path(new, &["ev", "c"]), "provider_down" | "mailbox_unread")
}

/// What was kept back until now is forgotten.
fn is_planned_anew(old: &Item, new: &Item) -> bool {
    if is_out(new) {
        return false;
    }
    let moved = text(old, "state") == "held" || instant(old, "due") != instant(new, "due");
    text(new, "state") == "scheduled" && instant(new, "owed").is_none() && moved
}

/// When its present step was to be done.
fn planned(oracle: &Oracle, key: &Key, enrolment: &Item) -> Option<Timestamp> {
    let since = oracle.late_steps.planned_since.get(key).copied();
    let stored = instant(enrolment, "owed").or_else(|| instant(enrolment, "due"));
    since.into_iter().chain(stored).min()
}

/// `None`: so close that clocks decide.
fn is_late(oracle: &Oracle, now: Timestamp, planned: Timestamp) -> Option<bool> {
    let over = now.duration_since(planned) - LATE_AFTER;
    (over.abs() > oracle.read_to_write()).then_some(over.is_positive())
}

/// What may become of a late step; of what was said just now also what counted before.
fn late_choices<'a>(oracle: &'a Oracle, now: Timestamp, key: &Key, planned: Timestamp) -> Vec<&'a str> {
    let usual = oracle
        .workspace_of(&key.0)
        .map(|workspace| text(workspace, "when_late"))
        .filter(|word| !word.is_empty());
    let usual = usual.unwrap_or("hold");
    let answers = oracle.late_steps.answers.get(&campaign_key(key)).map_or(&[][..], Vec::as_slice);
    let just_now = |at: Timestamp| now.duration_since(at) <= oracle.read_to_write();
    let mut found = Vec::new();
    for answer in answers.iter().filter(|answer| answer.until.is_none_or(just_now)) {
        if planned < answer.planned_before + oracle.off {
            found.push(answer.then.as_str());
        }
        if planned > answer.planned_before - oracle.off {
            found.push(usual);
        }
    }
    if answers.iter().all(|answer| just_now(answer.since)) {
        found.push(usual);
    }
    found
}

fn is_message(oracle: &Oracle, key: &Key, enrolment: &Item) -> bool {
    oracle.step_of(key, enrolment).is_some_and(|step| {
        matches!(text(&step, "kind"), "email" | "sms" | "whatsapp") && text(&step, "not_after").is_empty()
    })
}

/// Checks at rest that no enrolment waits for an answer that was given.
pub fn at_rest(oracle: &Oracle, now: Timestamp) -> Vec<String> {
    let mut wrong = Vec::new();
    for key in &oracle.enrolments {
        let Some(enrolment) = oracle.items.get(key) else { continue };
        if text(enrolment, "state") != "held" || text(enrolment, "held") != "late" {
            continue;
        }
        let Some(planned) = instant(enrolment, "owed") else {
            wrong.push(format!("{} of {} is late, and since when is not known", key.1, key.0));
            continue;
        };
        let said = late_choices(oracle, now, key, planned);
        if oracle.gates.active.contains_key(&campaign_key(key)) && !said.contains(&"hold") {
            wrong.push(format!("{} of {} is asked about still, and {said:?} was said", key.1, key.0));
        }
    }
    wrong
}

#[cfg(test)]
mod tests;

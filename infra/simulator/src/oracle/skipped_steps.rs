//! What is left out is left out for a reason that is there: nobody says "it went out before" of what never did, nor that there is
//! no way to somebody who is reached.

use super::claims::Written;
use super::raw::{Item, Key, instant, number, path, text};
use super::send_window::{self, Rules};
use super::sends::enrolment_of;
use super::stored::workspace_key;
use super::tenant_isolation::owner_of;
use super::{Oracle, closed_channels, sequence_path};
use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

const QUARTER: SignedDuration = SignedDuration::from_mins(15);

/// Called as an enrolment leaves a step: what is wrong with why it was left out.
pub fn judge(oracle: &Oracle, old: &Item, written: &Written<'_>, step: &Item) -> Option<String> {
    let Written { now, key, new, name } = *written;
    let said = path(new, &["ev", "c"]);
    let (left, why) = said.rsplit_once(':').unwrap_or(("", said));
    let id = text(step, "id");
    if left != id {
        return Some(format!("{name} left {id} and says that it left '{said}' out"));
    }
    let holds = match why {
        "by_hand" => path(new, &["ev", "a"]).starts_with("user_"),
        // By how late it was, and by what was said of that.
        "late" => true,
        "already_sent" => went_out(oracle, key, id),
        "refused_before" => was_refused(oracle, key, id),
        "past_its_date" => is_past_its_date(oracle, now, (key, old), step),
        _ => closed_channels::may_be_why(oracle, now, key, step, why),
    };
    (!holds).then(|| format!("{name} left {id} out, and it is not true that {why}"))
}

/// A provider took the step's message, or nobody knows.
fn went_out(oracle: &Oracle, key: &Key, step: &str) -> bool {
    let may_have = |message: &Item| {
        let nobody_knows = matches!(text(message, "state"), "uncertain" | "abandoned");
        message.0["acc"]["N"].is_string() || message.0["gone"]["BOOL"] == true || nobody_knows
    };
    oracle.sent.taken.iter().any(|taken| taken.key == *key && taken.step == step)
        || message_of(oracle, key, step).is_some_and(may_have)
}

/// The step's message was refused for good, and never taken: it has but one.
fn was_refused(oracle: &Oracle, key: &Key, step: &str) -> bool {
    let refused = |message: &Item| text(message, "state") == "failed" && !message.0["acc"]["N"].is_string();
    !oracle.sent.taken.iter().any(|taken| taken.key == *key && taken.step == step)
        && message_of(oracle, key, step).is_some_and(refused)
}

fn message_of<'a>(oracle: &'a Oracle, key: &Key, step: &str) -> Option<&'a Item> {
    let is_its =
        |(at, message): &(&Key, &Item)| enrolment_of(at, message) == *key && text(message, "step") == step;
    oracle.messages_of(&key.0).find(is_its).map(|(_, message)| message)
}

/// Its last day is over where they live, or nothing could go out before its end.
fn is_past_its_date(oracle: &Oracle, now: Timestamp, (key, old): (&Key, &Item), step: &Item) -> bool {
    let day = |name: &str| text(step, name).parse::<Date>().ok();
    let Some(last) = day("not_after") else { return false };
    let lead = oracle.lead(&key.0);
    let wakes = text(step, "kind") != "email";
    let home = lead.and_then(|lead| oracle.homes.get(path(lead, &["core", if wakes { "p" } else { "e" }])));
    let (Some(home), Some(version)) = (home.copied(), sequence_path::version_of(oracle, key, old)) else {
        return true;
    };
    // Which days are off somewhere is known of a few days only.
    if version.0["window"]["M"]["on_holidays"]["S"] != "send" {
        return true;
    }
    let delay = Item(step.0["delay"]["M"].clone());
    let delay = match text(&delay, "unit") {
        "minutes" => SignedDuration::from_mins(number(&delay, "amount")),
        "hours" => SignedDuration::from_hours(number(&delay, "amount")),
        // When days are over depends on which of them count.
        _ if number(&delay, "amount") > 0 => return true,
        _ => SignedDuration::ZERO,
    };
    let zone = TimeZone::get(home.zone).unwrap_or(TimeZone::UTC);
    let begins = |day: Date| zone.to_timestamp(day.to_datetime(Time::midnight())).ok();
    let Some(end) = last.tomorrow().ok().and_then(begins) else { return true };
    let soon = now + now.duration_since(closed_channels::lately(oracle, now));
    let delayed = instant(old, "anchor").map(|anchor| anchor + delay);
    let earliest = [delayed, instant(old, "due"), day("not_before").and_then(begins)];
    let Some(mut at) = earliest.into_iter().flatten().chain([soon]).max() else { return true };
    let workspace = workspace_key(&key.0);
    let Some(present) = oracle.items.get(&workspace) else { return true };
    let ours = format!("{}#ACCOUNTS", owner_of(&key.0));
    let accounts = oracle.items.iter().filter(|((pk, _), _)| *pk == ours);
    let senders: Vec<Option<&Item>> = accounts.map(|(_, account)| Some(account)).chain([None]).collect();
    while at < end {
        let is_open = |(workspace, sender)| {
            let rules = Rules { version: Some(&version), workspace: Some(workspace), sender, home, wakes };
            send_window::is_open(&rules, at)
        };
        let in_force = || oracle.settings.in_force(&workspace, present, now);
        if in_force().all(|workspace| senders.iter().all(|sender| is_open((workspace, *sender)))) {
            return false;
        }
        at += QUARTER;
    }
    true
}

#[cfg(test)]
mod tests;

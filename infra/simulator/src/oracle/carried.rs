//! Who goes on without a write: a claim says which step follows and when, and its message says that it was taken. The judge
//! moves them itself, at that instant, so that every other rule sees them where they stand.

use super::raw::{Item, Key, instant, number, text};
use super::{Oracle, sends};
use jiff::Timestamp;
use serde_json::json;

/// Called as a message is written.
pub fn message_written(oracle: &mut Oracle, now: Timestamp, key: &Key, message: &Item) {
    on(oracle, now, &sends::enrolment_of(key, message));
}

/// Called before an item is written again. Whoever had read the claim before its message was taken writes what becomes of
/// the claim.
pub fn before(oracle: &mut Oracle, now: Timestamp, key: &Key, new: Option<&Item>) {
    if !oracle.enrolments.contains(key) {
        return;
    }
    on(oracle, now, key);
    let stored = oracle.carried.remove(key);
    if let Some(stored) =
        stored.filter(|old| new.is_some_and(|new| number(new, "turn") == number(old, "turn")))
    {
        oracle.items.insert(key.clone(), stored);
    }
}

fn on(oracle: &mut Oracle, now: Timestamp, key: &Key) {
    let Some(old) = oracle.items.get(key).cloned() else { return };
    let Some(new) = beyond(oracle, key, &old) else { return };
    oracle.items.insert(key.clone(), new.clone());
    oracle.enrolment_moved(now, key, Some(&old), &new);
    oracle.carried.insert(key.clone(), old);
}

/// Where it stands once its message was taken. `None`: it was not, or whoever claimed it writes that.
fn beyond(oracle: &Oracle, key: &Key, claimed: &Item) -> Option<Item> {
    let next = claimed.0["next"].get("M").filter(|_| text(claimed, "state") == "claimed")?;
    let next = Item(next.clone());
    let campaign = key.1.trim_start_matches("N#");
    let messages = (key.0.clone(), "M#".to_owned())..(key.0.clone(), "M$".to_owned());
    let (_, message) = oracle.items.range(messages).find(|(_, message)| {
        text(message, "camp").ends_with(campaign) && text(message, "step") == text(claimed, "step")
    })?;
    instant(message, "acc")?;
    let mut new = claimed.0.clone();
    let fields = new.as_object_mut()?;
    for gone in ["token", "expires", "said", "next", "owed", "task"] {
        fields.remove(gone);
    }
    let is_later = instant(&next, "since") > instant(claimed, "anchor");
    let anchor = if is_later { &next.0["since"] } else { &claimed.0["anchor"] };
    fields.insert("anchor".to_owned(), anchor.clone());
    fields.insert("state".to_owned(), json!({"S": "scheduled"}));
    fields.insert("step".to_owned(), next.0["step"].clone());
    fields.insert("due".to_owned(), next.0["due"].clone());
    fields.insert("tries".to_owned(), json!({"N": "0"}));
    fields.insert("turn".to_owned(), json!({"N": (number(claimed, "turn") + 1).to_string()}));
    if text(message, "ch") == "email" && text(claimed, "thread").is_empty() {
        fields.insert("thread".to_owned(), message.0["id"].clone());
    }
    let mut event = message.0["ev"].clone();
    event["M"]["k"] = json!({"S": "step_done"});
    event["M"]["c"] = message.0["id"].clone();
    fields.insert("ev".to_owned(), event);
    Some(Item(new))
}

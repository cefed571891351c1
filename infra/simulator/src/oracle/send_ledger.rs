//! The order of one attempt at a step: its row is put down, then the enrolment is claimed under the same revision, then the provider
//! is called with what the row says. A row that nobody claimed says nothing of what went out, and none is left behind.

use super::raw::{Item, Key, number, text};
use super::sends::{Accepted, By, enrolment_of};
use super::{Oracle, revisions, tenant_isolation};
use crate::world::watching;
use jiff::Timestamp;

const JUDGE: &str = "send_ledger";

/// It tells of an attempt alone, and of no message.
fn is_of_attempt(item: &Item) -> bool {
    let is_of_step = text(item, "entity") == "message" && !text(item, "camp").is_empty();
    is_of_step && matches!(text(item, "state"), "sending" | "cancelled")
}

/// Takes in what is written of a row that tells of an attempt alone. Says whether it is one.
pub fn is_kept_apart(oracle: &mut Oracle, now: Timestamp, key: &Key, new: Option<&Item>) -> bool {
    let Some(new) = new else {
        oracle.attempt_rows.remove(key);
        return false;
    };
    if !is_of_attempt(new) {
        return false;
    }
    let old = oracle.attempt_rows.insert(key.clone(), new.clone());
    let known = oracle.items.get(key).cloned();
    let before = old.as_ref().or(known.as_ref());
    watching::written(now, key, before, Some(new));
    tenant_isolation::check(oracle, now, key, new);
    revisions::check(oracle, now, key, before, new);
    if let Some(state) =
        known.map(|known| text(&known, "state").to_owned()).filter(|state| state != "abandoned")
    {
        oracle.accuse(JUDGE, now, format!("{} was {state} and is put down anew", text(new, "id")));
    }
    let is_claimed = claimed_for(oracle, key, new);
    if text(new, "state") == "cancelled" && is_claimed {
        oracle.accuse(JUDGE, now, format!("{} was called off while its attempt is claimed", text(new, "id")));
    }
    true
}

fn claimed_for(oracle: &Oracle, key: &Key, row: &Item) -> bool {
    let enrolment = oracle.items.get(&enrolment_of(key, row));
    enrolment.is_some_and(|enrolment| {
        let same =
            number(enrolment, "att") == number(row, "att") && text(enrolment, "step") == text(row, "step");
        text(enrolment, "state") == "claimed" && same
    })
}

/// The row of what is being sent: of this very revision; or of an attempt that may be repeated, as nobody knows of it.
fn row_of<'a>(oracle: &'a Oracle, key: &Key, enrolment: &Item) -> Option<&'a Item> {
    let its = (key.0.clone(), "M#".to_owned())..(key.0.clone(), "M$".to_owned());
    let is_its = |(at, row): &(&Key, &Item)| {
        enrolment_of(at, row) == *key && text(row, "step") == text(enrolment, "step")
    };
    let planned_at =
        |row: &Item| text(row, "state") == "sending" && number(row, "att") == number(enrolment, "att");
    let fresh = oracle.attempt_rows.range(its).filter(is_its).map(|(_, row)| row).find(|row| planned_at(row));
    let unknown = || {
        let mut known = oracle.messages_of(&key.0).filter(is_its).map(|(_, row)| row);
        known.find(|row| text(row, "state") == "uncertain")
    };
    fresh.or_else(unknown)
}

/// The account by which it goes out, as its row has it.
pub fn account_of(oracle: &Oracle, key: &Key, claimed: &Item) -> Option<String> {
    row_of(oracle, key, claimed).map(|row| text(row, "conn").to_owned())
}

/// A provider took it: in the words of its row.
pub fn called(oracle: &mut Oracle, key: &Key, &Accepted { at, tag, to, by, says }: &Accepted<'_>) {
    let is_it = |row: &&Item| text(row, "id") == tag && enrolment_of(key, row) == *key;
    let Some(row) = oracle.attempt_rows.values().chain(oracle.items.values()).find(is_it) else {
        return oracle.accuse(JUDGE, at, format!("{tag} was sent to {to}, and no row was put down before"));
    };
    // Long words are packed; a mail has a footer below them.
    let words = text(row, "text");
    let differs = !matches!(by, By::Mail { .. }) && !words.is_empty() && words != says;
    let other = text(row, "to");
    if text(row, "state") == "sending" && (differs || other != to) {
        let wrong = format!("{tag} says '{says}' to {to}, its row says '{words}' to {other}");
        oracle.accuse(JUDGE, at, wrong);
    }
}

/// Checks at rest that each row of an attempt belongs to an enrolment at that step.
pub fn at_rest(oracle: &Oracle) -> Vec<String> {
    let mut wrong = Vec::new();
    for (key, row) in oracle.attempt_rows.iter().filter(|(_, row)| text(row, "state") == "sending") {
        let enrolment = oracle.items.get(&enrolment_of(key, row));
        let stands = enrolment.is_some_and(|enrolment| {
            text(enrolment, "state") != "ended" && text(enrolment, "step") == text(row, "step")
        });
        if !stands {
            wrong.push(format!("{} is left as it was put down, and its step is over", text(row, "id")));
        }
    }
    wrong
}

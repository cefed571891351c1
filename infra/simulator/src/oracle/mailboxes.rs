//! From which mailbox the mail server got a mail: a lead's of one campaign come from the same one, unless that one was gone.

use super::raw::{Item, Key, flag, text};
use super::{GRACE, Oracle};
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use std::collections::BTreeSet;

/// A mailbox that is paused is gone as long as that lasts.
/// Called as a connection or a campaign is written, or a connection is deleted. When a mailbox goes, and when it is back, it
/// was gone.
pub fn changed(oracle: &mut Oracle, now: Timestamp, old: Option<&Item>, new: Option<&Item>) {
    let Some(item) = new.or(old) else { return };
    if text(item, "entity") == "connection" {
        let is_on = |item: Option<&Item>| item.is_some_and(sends);
        if is_on(old) != is_on(new) && old.is_some() {
            oracle.gone.insert((String::new(), text(item, "id").to_owned()), now);
        }
        return;
    }
    let (before, after) = (old.map(mailboxes).unwrap_or_default(), new.map(mailboxes).unwrap_or_default());
    for moved in before.symmetric_difference(&after) {
        oracle.gone.insert((text(item, "id").to_owned(), moved.clone()), now);
    }
}

pub fn is_paused(connection: &Item) -> bool {
    connection.0["pause"]["M"].is_object()
}

fn sends(connection: &Item) -> bool {
    flag(connection, &["enabled"]) && !is_paused(connection)
}

fn mailboxes(campaign: &Item) -> BTreeSet<String> {
    let list = campaign.0["mailboxes"]["L"].as_array().map(Vec::as_slice).unwrap_or_default();
    list.iter().filter_map(|id: &Value| Some(id["S"].as_str()?.to_owned())).collect()
}

/// For a day, as it says itself: whom it wrote to may go on from another.
fn has_failed(oracle: &Oracle, mailbox: &str, now: Timestamp) -> bool {
    let mut connections = oracle.items.values().filter(|item| text(item, "entity") == "connection");
    let Some(stored) = connections.find(|item| text(item, "id") == mailbox) else { return false };
    let last = &stored.0["last_error"]["M"];
    let since = last["since"]["S"].as_str().filter(|_| !last["over_at"]["S"].is_string());
    let since: Option<Timestamp> = since.and_then(|since| since.parse().ok());
    since.is_some_and(|since| now.duration_since(since) + GRACE >= SignedDuration::from_hours(24))
}

/// Of a mail that was just taken, what is wrong with where it came from.
pub fn fault(oracle: &Oracle, now: Timestamp, enrolment: &Key, tag: &str, account: &str) -> Option<String> {
    let owner = enrolment.0.split("#L#").next().unwrap_or_default();
    let campaign = (format!("{owner}#CAMPAIGNS"), enrolment.1.trim_start_matches("N#").to_owned());
    let campaign = oracle.items.get(&campaign)?;
    let gone = |mailbox: &str| {
        let of = |whose: &str| oracle.gone.get(&(whose.to_owned(), mailbox.to_owned())).copied();
        of("").max(of(text(campaign, "id")))
    };
    let is_there = |mailbox: &str| {
        let mut connections = oracle.items.values().filter(|item| text(item, "entity") == "connection");
        let stored = connections.find(|item| text(item, "id") == mailbox);
        stored.is_some_and(sends) && mailboxes(campaign).contains(mailbox)
    };
    let since = |mailbox: &str| gone(mailbox).filter(|_| !is_there(mailbox));
    if let Some(since) = since(account).filter(|since| now.duration_since(*since) > GRACE) {
        return Some(format!("{tag} came from {account}, which is gone since {since}"));
    }
    let mut before = oracle.taken.iter().rev().filter(|taken| taken.key == *enrolment && taken.tag != tag);
    let last = before.find(|taken| taken.account.is_some())?;
    let first = last.account.as_deref().filter(|first| *first != account)?;
    let moves = text(campaign, "when_mailbox_gone") == "reassign";
    let mut messages = oracle.items.values().filter(|item| text(item, "entity") == "message");
    let first_mail = messages.find(|item| text(item, "id") == last.tag);
    if !moves && first_mail.is_some_and(|mail| mail.0["acc"]["N"].is_string()) {
        let way = text(campaign, "when_mailbox_gone");
        return Some(format!("{tag} came from {account}, the one before it from {first}: {way}"));
    }
    let was_gone = !is_there(first)
        || has_failed(oracle, first, now)
        || gone(first).is_some_and(|at| at + GRACE >= last.at);
    (!was_gone).then(|| format!("{tag} came from {account}, the one before it from {first}, which is there"))
}

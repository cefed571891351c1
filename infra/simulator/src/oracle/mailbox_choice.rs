//! Mailbox rotation: a lead gets the mails of one campaign from the same mailbox, unless that one is gone,
//! or providers took nothing from it for a day.

use super::raw::{Item, Key, flag, instant, path, text};
use super::tenant_isolation::owner_of;
use super::{GRACE, Oracle};
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

#[derive(Default)]
pub struct Mailboxes {
    /// The instant at which a mailbox last went or came back, by the campaign that it left (or none) and its id.
    pub(super) gone: BTreeMap<(String, String), Timestamp>,
    /// The instant at which a mailbox was last paused or resumed.
    pub(super) paused: BTreeMap<String, Timestamp>,
    /// The refusals of each mailbox, by address, since it last took something.
    pub(super) refused: BTreeMap<String, Vec<Timestamp>>,
    /// The instant at which such a one took something, once.
    taken_again: BTreeMap<String, Timestamp>,
    /// The instant at which an enrolment came to its present mailbox.
    chosen: BTreeMap<Key, Timestamp>,
}

/// Called as an account or a campaign is written, or an account is deleted. When a mailbox goes, and when it is back, it
/// was gone. One that is paused is not gone: whoever knows it waits for it.
pub fn changed(oracle: &mut Oracle, now: Timestamp, old: Option<&Item>, new: Option<&Item>) {
    let Some(item) = new.or(old) else { return };
    if text(item, "entity") == "account" {
        let is_on = |item: Option<&Item>| item.is_some_and(is_switched_on);
        if is_on(old) != is_on(new) && old.is_some() {
            oracle.mailboxes.gone.insert((String::new(), text(item, "id").to_owned()), now);
        }
        if old.is_some_and(is_paused) != new.is_some_and(is_paused) {
            oracle.mailboxes.paused.insert(text(item, "id").to_owned(), now);
        }
        return;
    }
    let (before, after) = (old.map(mailboxes).unwrap_or_default(), new.map(mailboxes).unwrap_or_default());
    for moved in before.symmetric_difference(&after) {
        oracle.mailboxes.gone.insert((text(item, "id").to_owned(), moved.clone()), now);
    }
}

pub fn is_paused(account: &Item) -> bool {
    account.0["pause"]["M"].is_object()
}

fn is_switched_on(account: &Item) -> bool {
    flag(account, &["enabled"])
}

fn mailboxes(campaign: &Item) -> BTreeSet<String> {
    let list = campaign.0["mailboxes"]["L"].as_array().map(Vec::as_slice).unwrap_or_default();
    list.iter().filter_map(|id: &Value| Some(id["S"].as_str()?.to_owned())).collect()
}

/// How long a mailbox takes nothing until others may write in its place.
const SICK_AFTER: SignedDuration = SignedDuration::from_hours(24);
/// Refusals further apart say nothing of what was in between.
const IN_A_ROW: SignedDuration = SignedDuration::from_hours(18);
/// Then it is tried again, by whoever is next.
const TRIED_AGAIN_AFTER: SignedDuration = SignedDuration::from_hours(2);

/// Called as a message is written: its sender has heard that the mailbox took it. The first who hears so may die before it is
/// noted at the mailbox; the next, later, notes it.
pub fn message_written(oracle: &mut Oracle, now: Timestamp, old: Option<&Item>, new: &Item) {
    let accepted = |message: &Item| message.0["acc"]["N"].is_string();
    if !accepted(new) || old.is_some_and(accepted) || !path(new, &["ev", "c"]).is_empty() {
        return;
    }
    let taken = oracle.sent.taken.iter().rev().find(|taken| taken.tag == text(new, "id"));
    let account = taken.and_then(|taken| taken.account.clone());
    let Some(address) = account.and_then(|account| address_of(oracle, &account)) else { return };
    if !oracle.mailboxes.refused.contains_key(&address) {
        return;
    }
    let first = *oracle.mailboxes.taken_again.entry(address.clone()).or_insert(now);
    if now.duration_since(first) > GRACE {
        oracle.mailboxes.refused.remove(&address);
        oracle.mailboxes.taken_again.remove(&address);
    }
}

/// Called as an enrolment is written again.
pub fn moved(oracle: &mut Oracle, now: Timestamp, key: &Key, old: &Item, new: &Item) {
    if text(old, "mb") != text(new, "mb") {
        oracle.mailboxes.chosen.insert(key.clone(), now);
    }
}

fn address_of(oracle: &Oracle, mailbox: &str) -> Option<String> {
    let stored = oracle.stored("account", mailbox)?;
    Some(path(stored, &["settings", "from_address"]).to_owned())
}

/// Whether providers took nothing from the mailbox for a day and lately, so that its leads may go on from another.
fn has_failed(oracle: &Oracle, mailbox: &str, at: Timestamp) -> bool {
    let Some(refused) =
        address_of(oracle, mailbox).and_then(|address| oracle.mailboxes.refused.get(&address))
    else {
        return false;
    };
    let about = GRACE + oracle.off + oracle.off;
    let mut row = refused.iter().rev().copied().filter(|refused| *refused <= at);
    let Some(last) = row.next() else { return false };
    let mut first = last;
    for refused in row {
        if first.duration_since(refused) > IN_A_ROW + about {
            break;
        }
        first = refused;
    }
    at.duration_since(first) + about >= SICK_AFTER && at.duration_since(last) <= TRIED_AGAIN_AFTER + about
}

/// The instant at which a mailbox last went from this campaign, or came back to it.
fn moved_at(oracle: &Oracle, campaign: &Item, mailbox: &str) -> Option<Timestamp> {
    let of = |whose: &str| oracle.mailboxes.gone.get(&(whose.to_owned(), mailbox.to_owned())).copied();
    of("").max(of(text(campaign, "id")))
}

fn is_there(oracle: &Oracle, campaign: &Item, mailbox: &str) -> bool {
    oracle.stored("account", mailbox).is_some_and(is_switched_on) && mailboxes(campaign).contains(mailbox)
}

/// Checks that an enrolment that ends with its mailbox had one, and that it is gone.
pub fn left_rightly(oracle: &Oracle, now: Timestamp, key: &Key, name: &str) -> Option<String> {
    let mut theirs = oracle.sent.taken.iter().rev().filter(|taken| taken.key == *key);
    let known = theirs.find_map(|taken| taken.account.as_deref());
    let Some(known) = known else { return Some(format!("{name} has left with a mailbox that it never had")) };
    let campaign = oracle.campaign_of(key)?;
    let lately = moved_at(oracle, campaign, known).is_some_and(|at| !oracle.is_known(at, now));
    (is_there(oracle, campaign, known) && !lately && !has_failed(oracle, known, now))
        .then(|| format!("{name} has left because {known} is gone, which is there"))
}

/// Returns what is wrong with the mailbox that a mail was sent from.
pub fn fault(oracle: &Oracle, now: Timestamp, enrolment: &Key, tag: &str, account: &str) -> Option<String> {
    let campaign = oracle.campaign_of(enrolment)?;
    let gone = moved_at(oracle, campaign, account).filter(|_| !is_there(oracle, campaign, account));
    if let Some(since) = gone.filter(|since| now.duration_since(*since) > GRACE)
        && !was_begun_at(oracle, tag, account, since)
    {
        return Some(format!("{tag} came from {account}, which is gone since {since}"));
    }
    let key =
        (format!("{}#ACCOUNTS", owner_of(&enrolment.0)), account.trim_start_matches("account_").to_owned());
    let paused = oracle.gates.closed.get(&key);
    if let Some(since) = paused.filter(|since| now.duration_since(**since) > GRACE) {
        return Some(format!("{tag} came from {account}, which is paused since {since}"));
    }
    let mut before =
        oracle.sent.taken.iter().rev().filter(|taken| taken.key == *enrolment && taken.tag != tag);
    let last = before.find(|taken| taken.account.is_some())?;
    let first = last.account.as_deref().filter(|first| *first != account)?;
    let moves = text(campaign, "when_mailbox_gone") == "reassign";
    let knows_it = oracle.stored("message", &last.tag).is_some_and(|mail| mail.0["acc"]["N"].is_string());
    if !moves && knows_it {
        let way = text(campaign, "when_mailbox_gone");
        return Some(format!("{tag} came from {account}, the one before it from {first}: {way}"));
    }
    let was_gone = !is_there(oracle, campaign, first)
        || has_failed(oracle, first, oracle.mailboxes.chosen.get(enrolment).copied().unwrap_or(now))
        || moved_at(oracle, campaign, first).is_some_and(|at| at + GRACE >= last.at);
    // Nor does anybody wait for one of which they may have had nothing.
    let was_paused = oracle.mailboxes.paused.get(first).is_some_and(|at| *at + GRACE >= last.at);
    let was_gone = was_gone || was_paused && !knows_it;
    (!was_gone).then(|| format!("{tag} came from {account}, the one before it from {first}, which is there"))
}

/// What it may have taken already nobody else repeats, though the campaign has left it.
fn was_begun_at(oracle: &Oracle, tag: &str, account: &str, left: Timestamp) -> bool {
    let is_on = oracle.stored("account", account).is_some_and(is_switched_on);
    let mail = oracle.stored("message", tag).filter(|item| text(item, "conn") == account);
    is_on && mail.and_then(|mail| instant(mail, "at")).is_some_and(|begun| begun <= left)
}

#[cfg(test)]
mod tests;

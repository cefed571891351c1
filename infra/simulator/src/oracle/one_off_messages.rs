//! What a person writes outside every sequence: once, not before its time, not after it was called back, and not for ever
//! on its way.

use super::claim_conditions::{PAUSE_TAKES, barred};
use super::claims::has_lapsed;
use super::raw::{Item, Key, flag, instant, path, text};
use super::send_window::{Rules, shut};
use super::sends::{GivenUp, may_be_sent_again, was_lead_address};
use super::stored::workspace_key;
use super::tenant_isolation::owner_of;
use super::{Oracle, bulk_messages, caps, retry_waits, sender_blocks};
use jiff::{SignedDuration, Timestamp};
use local_cloud::LocalCloud;
use std::collections::{BTreeMap, BTreeSet};

const JUDGE: &str = "one_off_messages";
/// A lead that has written so long ago may be answered at night.
const JUST_WRITTEN: SignedDuration = SignedDuration::from_mins(61);
/// The time that a message may be under way to its provider.
const UNDER_WAY: SignedDuration = SignedDuration::from_mins(5);

#[derive(Default)]
pub struct OneOffs {
    /// When a provider last took it.
    pub taken: BTreeMap<String, Timestamp>,
    /// After how many changes it was claimed last.
    claimed: BTreeMap<String, u64>,
    /// When it was claimed last.
    begun: BTreeMap<String, OneOffClaim>,
    /// Until when whoever had it may be at it, whose claim had run out by another's clock alone.
    overtaken: BTreeMap<String, Timestamp>,
    /// Claimed while nothing was sent: since when.
    closed: BTreeMap<String, Timestamp>,
    /// Claimed last when nobody knew what had become of the try before.
    again: BTreeSet<String>,
    /// The messages that providers took, in order, without repeats.
    pub went: Vec<Went>,
}

/// One that a provider took for the first time.
pub struct Went {
    pub at: Timestamp,
    pub tag: String,
    /// The account.
    pub by: String,
    pub to: String,
    /// The lead's.
    pub partition: String,
    pub is_of_many: bool,
}

/// The claim of a one-off message.
#[derive(Clone)]
pub struct OneOffClaim {
    /// The lead's partition.
    pub partition: String,
    pub at: Timestamp,
    /// It goes to ourselves.
    pub is_test: bool,
}

impl OneOffs {
    pub fn begun(&self, tag: &str) -> Option<OneOffClaim> {
        self.begun.get(tag).cloned()
    }
}

/// The stored message, where it is of no campaign.
pub fn of(oracle: &Oracle, tag: &str) -> Option<Item> {
    let stored = oracle.items.values().find(|item| text(item, "id") == tag && is_letter(item));
    stored.cloned()
}

fn is_letter(item: &Item) -> bool {
    text(item, "entity") == "message" && text(item, "dir") == "out" && text(item, "camp").is_empty()
}

/// Called as a message is written.
pub fn written(oracle: &mut Oracle, now: Timestamp, key: &Key, old: Option<&Item>, new: &Item) {
    if !is_letter(new) {
        return;
    }
    let id = text(new, "id").to_owned();
    if GivenUp::of(now, new).is_some_and(|given_up| given_up.by_a_person) {
        retry_waits::forget_refusal(oracle, &id);
    }
    if let Some(old) = old {
        if let Some(has_lapsed) = has_lapsed(oracle, now, (old, new), "claim") {
            retry_waits::claim_ended(oracle, has_lapsed, &id);
            sender_blocks::claim_ended(oracle, has_lapsed, None, &id);
        }
    } else {
        let wrong = wrong_recipients(oracle, key, new);
        oracle.accuse_all(JUDGE, now, wrong);
    }
    let claimed = instant(new, "claim");
    if claimed.is_none() || claimed == old.and_then(|old| instant(old, "claim")) {
        return;
    }
    oracle.one_offs.claimed.insert(id.clone(), oracle.changes);
    let begun =
        OneOffClaim { partition: key.0.clone(), at: oracle.written_by(now), is_test: flag(new, &["test"]) };
    oracle.one_offs.begun.insert(id.clone(), begun);
    let mut wrong = Vec::new();
    let before = old.map_or("", |old| text(old, "state"));
    if before == "uncertain" {
        oracle.one_offs.again.insert(id.clone());
    } else {
        oracle.one_offs.again.remove(&id);
    }
    if !matches!(before, "queued" | "uncertain") {
        wrong.push(format!("{id} was claimed when {before}"));
    }
    if let Some(until) = old.and_then(|old| instant(old, "claim")) {
        oracle.one_offs.overtaken.insert(id.clone(), until);
        if until > now + oracle.off {
            wrong.push(format!("{id} was claimed while somebody held a claim"));
        }
    }
    if let Some(planned) = instant(new, "plan").filter(|planned| *planned > now + oracle.off) {
        wrong.push(format!("{id} was claimed before its time, {planned}"));
    }
    let gate = workspace_key(&key.0);
    // Whoever was put aside right before it must give it back.
    match oracle.gates.closed.get(&gate).filter(|since| now.duration_since(**since) > PAUSE_TAKES) {
        Some(since) => drop(oracle.one_offs.closed.insert(id.clone(), *since)),
        None => drop(oracle.one_offs.closed.remove(&id)),
    }
    let bulk_message = bulk_message_of(oracle, key, new);
    let called_back = bulk_message.and_then(|bulk_message| text(bulk_message, "cancelled_at").parse().ok());
    if let Some(since) = called_back.filter(|since| oracle.is_known(*since, now)) {
        wrong.push(format!("{id} was claimed although its bulk_message was called back at {since}"));
    }
    match oracle.lead(&key.0) {
        Some(lead) => {
            let (mail, phone) = (path(lead, &["core", "e"]), path(lead, &["core", "p"]));
            let by_mail = text(new, "ch") == "email";
            // One who wrote "stop" to a number may still get a mail that a person writes to them alone.
            let addresses = if by_mail { (mail, "") } else { ("", phone) };
            // What goes to ourselves is nothing to them.
            if !flag(new, &["test"]) {
                wrong.extend(barred(oracle, now, &key.0, addresses, &id));
            }
        }
        None => wrong.push(format!("{id} was claimed although its lead is gone")),
    }
    oracle.accuse_all(JUDGE, now, wrong);
}

/// The bulk message that this message is a part of.
fn bulk_message_of<'a>(oracle: &'a Oracle, key: &Key, letter: &Item) -> Option<&'a Item> {
    let id = text(letter, "many").strip_prefix("bulk_message_")?.to_owned();
    oracle.items.get(&(format!("{}#BULK_MESSAGES", owner_of(&key.0)), id))
}

/// A bulk_message reaches each once, and what is a test goes to a mailbox of ours.
fn wrong_recipients(oracle: &Oracle, key: &Key, letter: &Item) -> Vec<String> {
    let mut wrong = Vec::new();
    let (id, many) = (text(letter, "id"), text(letter, "many"));
    let other = |message: &Item| text(message, "many") == many && text(message, "id") != id;
    if !many.is_empty() && oracle.messages_of(&key.0).any(|(_, message)| other(message)) {
        wrong.push(format!("{id} is the second message of {many} to {}", key.0));
    }
    let to = text(letter, "to");
    let is_ours =
        oracle.all("account").any(|(_, account)| path(account, &["settings", "from_address"]) == to);
    if flag(letter, &["test"]) && !is_ours {
        wrong.push(format!("{id} is a test, and goes to {to}"));
    }
    wrong
}

/// A provider is called, for whom it was claimed.
pub fn called(oracle: &mut Oracle, now: Timestamp, (tag, to): (&str, &str), letter: &Item) {
    let begun = oracle.one_offs.begun(tag);
    if let Some(begun) = &begun
        && !begun.is_test
        && !was_lead_address(oracle, &begun.partition, to, begun.at)
    {
        let told = format!("{tag} was sent to {to}, and they were reached elsewhere when it was claimed");
        oracle.accuse(JUDGE, now, told);
    }
    let state = text(letter, "state").to_owned();
    let overtaken = oracle.one_offs.overtaken.get(tag).is_some_and(|until| *until + oracle.off > now);
    if !overtaken && (state != "uncertain" || instant(letter, "claim").is_none()) {
        oracle.accuse(JUDGE, now, format!("{tag} was sent without a claim: {state}"));
    }
    if let Some(since) = oracle.one_offs.closed.get(tag).copied() {
        oracle.accuse(JUDGE, now, format!("{tag} was sent, claimed although nothing is sent since {since}"));
    }
    // By whom it was claimed before, perhaps.
    if !overtaken && let Some(what) = barred_before(oracle, tag, letter) {
        oracle.accuse(JUDGE, now, what);
    }
}

/// Called as a provider has taken one.
pub fn arrived(oracle: &mut Oracle, now: Timestamp, (tag, to): (&str, &str), letter: &Item) {
    let begun = oracle.one_offs.begun(tag);
    let owner = begun.as_ref().map_or("", |begun| owner_of(&begun.partition)).to_owned();
    if let Some(first) = oracle.one_offs.taken.get(tag).copied()
        && !may_be_sent_again(oracle, now, &owner, (tag, first))
    {
        oracle.accuse(JUDGE, now, format!("{tag} was sent twice, first at {first}"));
    }
    // What is made again had its turn before.
    let is_first = !oracle.one_offs.again.contains(tag) && !oracle.one_offs.taken.contains_key(tag);
    oracle.one_offs.taken.insert(tag.to_owned(), now);
    if is_first && let Some(wrong) = at_night(oracle, now, (tag, to), letter) {
        oracle.accuse(JUDGE, now, wrong);
    }
    if is_first {
        bulk_messages::taken(oracle, now, (tag, to), letter);
    }
}

/// A text written by hand comes by day, or to somebody who has just written.
fn at_night(oracle: &Oracle, now: Timestamp, (tag, to): (&str, &str), letter: &Item) -> Option<String> {
    if text(letter, "ch") == "email" || !text(letter, "many").is_empty() || flag(letter, &["test"]) {
        return None;
    }
    let home = oracle.homes.get(to)?;
    let partition = oracle.one_offs.begun(tag)?.partition;
    let wrote = |message: &Item| {
        let at = instant(message, "at").is_some_and(|at| now.duration_since(at) <= JUST_WRITTEN + oracle.off);
        at && text(message, "dir") == "in" && text(message, "ch") != "email"
    };
    if oracle.messages_of(&partition).any(|(_, message)| wrote(message)) {
        return None;
    }
    let rules = Rules { version: None, workspace: None, sender: None, home: *home, wakes: true };
    shut(&rules, now, UNDER_WAY + oracle.off, oracle.off)?;
    Some(format!("{tag} came to {to} at {now}, in its night"))
}

/// What bars a lead, and was there before the latest claim of its letter, is heeded however short before that was.
fn barred_before(oracle: &Oracle, tag: &str, letter: &Item) -> Option<String> {
    let claimed = *oracle.one_offs.claimed.get(tag)?;
    let key = oracle.items.iter().find(|(_, item)| text(item, "id") == tag).map(|(key, _)| key)?;
    if flag(letter, &["test"]) {
        return None;
    }
    let (to, owner) = (text(letter, "to"), owner_of(&key.0).to_owned());
    let domain = to.split_once('@').map_or("", |(_, domain)| domain);
    let lead = (key.0.clone(), String::new());
    let scopes = [lead, (owner.clone(), to.to_owned()), (owner, domain.to_owned())];
    let which =
        scopes.iter().find(|scope| oracle.suppressions.barred.get(*scope).is_some_and(|at| *at < claimed))?;
    Some(format!("{tag} was claimed when {which:?} was barred already, and went out"))
}

/// Checks at rest that no message waits but for its account's slot or day, and that no cancelled one went out.
pub fn at_rest(oracle: &Oracle, cloud: &LocalCloud, now: Timestamp) -> Vec<String> {
    let mut wrong = Vec::new();
    for (key, item) in oracle.items.iter().filter(|(_, item)| is_letter(item)) {
        let (id, state) = (text(item, "id"), text(item, "state"));
        if state == "queued" && !(waits_its_turn(oracle, now, (key, item)) && is_found(oracle, cloud, id)) {
            wrong.push(format!("{id} is queued still"));
        }
        if state == "cancelled" && oracle.one_offs.taken.contains_key(id) {
            wrong.push(format!("{id} was called back, and went out"));
        }
    }
    wrong
}

/// One whose account is gone or switched off, since no other takes its place; one by an account that has limits, which may
/// have sent as much as it may; a text that waits for its lead's morning; or one of many, in a workspace that has caps, or
/// whose account had limits when it was planned and is gone since.
fn waits_its_turn(oracle: &Oracle, now: Timestamp, (key, letter): (&Key, &Item)) -> bool {
    let own = text(letter, "conn");
    let is_on = oracle.stored("account", own).is_some_and(|account| flag(account, &["enabled"]));
    let is_off = !own.is_empty() && !is_on;
    let is_of_many = !text(letter, "many").is_empty();
    let waits = match oracle.stored("account", own) {
        Some(account) => account.0["limits"]["M"].is_object(),
        None => is_of_many && instant(letter, "plan").is_some_and(|at| at > now),
    };
    let is_for_the_morning =
        text(letter, "ch") != "email" && instant(letter, "plan").is_some_and(|at| at > now);
    is_off || waits || is_for_the_morning || is_of_many && caps::may_keep_waiting(oracle, &key.0)
}

/// Whether a hint or a queue's message names it.
fn is_found(oracle: &Oracle, cloud: &LocalCloud, id: &str) -> bool {
    let tail = id.get(30..).unwrap_or(id);
    let mut hints = oracle.hints.iter().filter_map(|key| oracle.items.get(key));
    let queues = cloud.queues();
    let lies = |queue: &String| {
        queues.bodies(queue).is_ok_and(|bodies| bodies.iter().any(|body| body.contains(tail)))
    };
    hints.any(|hints| hints.0.to_string().contains(tail)) || queues.names().iter().any(lies)
}

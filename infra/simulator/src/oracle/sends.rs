//! What a provider accepted: whether the message may have been sent, and sent in this way.

use super::claim_conditions::PAUSE_TAKES;
use super::raw::{Item, Key, lead_of, number, path, text};
use super::stored::workspace_key;
use super::tenant_isolation::owner_of;
use super::{
    GRACE, Oracle, account_limits, automations, caps, deleted_leads, late_deliveries, mailbox_choice,
    message_texts, one_off_messages, read_before_send, send_ledger, send_window, sequence_path,
    whatsapp_window,
};
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeMap;

pub const JUDGE: &str = "sends";

/// Something that a provider accepted.
pub struct Taken {
    pub at: Timestamp,
    pub tag: String,
    pub to: String,
    pub lead: String,
    pub key: Key,
    pub generation: i64,
    pub step: String,
    /// The mailbox, if it is a mail.
    pub account: Option<String>,
    /// The account it went out by.
    pub by: Option<String>,
}

#[derive(Default)]
pub struct Sends {
    /// What providers took, in order.
    pub(super) taken: Vec<Taken>,
    /// The claim and the first write of each message.
    pub(super) begun: BTreeMap<String, ClaimTime>,
    given_up: BTreeMap<String, GivenUp>,
    /// Places where a campaign's message was refused for good, by enrolment and channel.
    pub(super) refused: BTreeMap<(Key, String), BTreeMap<String, Timestamp>>,
}

/// A policy of sending again waits so long for evidence.
pub const EVIDENCE_WAITS: SignedDuration = SignedDuration::from_hours(24);

/// A message of which nobody knows whether it arrived, and nobody waits for it any more.
pub struct GivenUp {
    at: Timestamp,
    pub by_a_person: bool,
}

impl GivenUp {
    pub fn of(now: Timestamp, message: &Item) -> Option<Self> {
        let by_a_person = path(message, &["ev", "a"]).starts_with("user_");
        (path(message, &["ev", "k"]) == "message_abandoned").then_some(Self { at: now, by_a_person })
    }
}

/// Called as a message is written: given up; or one of a campaign that was never taken, and never will be.
pub fn message_written(oracle: &mut Oracle, now: Timestamp, key: &Key, new: &Item) {
    if let Some(given_up) = GivenUp::of(now, new) {
        let id = text(new, "id");
        if !given_up.by_a_person && !resends_uncertain(oracle, &key.0) {
            oracle.accuse(JUDGE, now, format!("{id} was given up, and its workspace sends nothing again"));
        }
        oracle.sent.given_up.insert(id.to_owned(), given_up);
    }
    oracle.closed_channels.message_written(enrolment_of(key, new), new);
    let campaign = text(new, "camp").trim_start_matches("campaign_");
    if text(new, "state") == "failed" && !new.0["acc"]["N"].is_string() && !campaign.is_empty() {
        let enrolment = (key.0.clone(), format!("N#{campaign}"));
        let refused = oracle.sent.refused.entry((enrolment, text(new, "ch").to_owned())).or_default();
        refused.entry(text(new, "to").to_owned()).or_insert(now);
    }
}

/// What a provider accepted, and when: as of when it left, if it came late.
#[derive(Clone, Copy)]
pub struct Accepted<'a> {
    pub at: Timestamp,
    pub tag: &'a str,
    pub to: &'a str,
    pub by: By<'a>,
    pub says: &'a str,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum By<'a> {
    Mail { from: &'a str },
    Text,
    Chat,
}

impl By<'_> {
    /// The kind of step that sends this way.
    fn kind(self) -> &'static str {
        match self {
            Self::Mail { .. } => "email",
            Self::Text => "sms",
            Self::Chat => "whatsapp",
        }
    }
}

/// The instants of a message's claim and of its first write; days lie between them if its function died.
#[derive(Clone, Copy)]
pub struct ClaimTime {
    pub claimed: Timestamp,
    pub written: Timestamp,
}

/// The key of the enrolment that the message belongs to.
pub fn enrolment_of(key: &Key, message: &Item) -> Key {
    (key.0.clone(), format!("N#{}", text(message, "camp").trim_start_matches("campaign_")))
}

pub fn begun(oracle: &Oracle, now: Timestamp, key: &Key, message: &Item) -> ClaimTime {
    let enrolment = enrolment_of(key, message);
    let generation = oracle.items.get(&enrolment).map(|enrolment| number(enrolment, "generation"));
    let claim = oracle.claims.last.get(&enrolment).filter(|claim| Some(claim.generation) == generation);
    ClaimTime { claimed: claim.map_or(now, |claim| claim.at), written: now }
}

pub fn taken(oracle: &mut Oracle, accepted: &Accepted<'_>) {
    let Accepted { at: now, tag, to, by, .. } = *accepted;
    if let Some(way) = oracle.landing.take(tag) {
        return late_deliveries::landed(oracle, way, accepted);
    }
    if let Some(letter) = one_off_messages::of(oracle, tag) {
        one_off_messages::called(oracle, now, (tag, to), &letter);
        return one_off_messages::arrived(oracle, now, (tag, to), &letter);
    }
    let lead = tag.strip_prefix("msg_").and_then(|rest| rest.get(..26)).unwrap_or_default().to_owned();
    let Some((key, enrolment)) = sender(oracle, &lead, tag) else {
        if oracle.deleted.contains(&lead) {
            return deleted_leads::taken(oracle, &lead, accepted);
        }
        return oracle.accuse(JUDGE, now, format!("{tag} to {to} was sent for nobody who is enrolled"));
    };
    called(oracle, now, (&key, &enrolment), (tag, to));
    send_ledger::called(oracle, &key, accepted);
    let first = first_of(oracle, tag);
    if let Some(first) = first
        && !may_be_sent_again(oracle, now, owner_of(&key.0), (tag, first))
    {
        oracle.accuse(JUDGE, now, format!("{tag} to {to} was sent twice, first at {first}"));
    }
    let sender = check_version(oracle, &key, &enrolment, accepted);
    let account = sender.clone().filter(|_| by.kind() == "email");
    let fault = account.as_ref().and_then(|(_, id)| mailbox_choice::fault(oracle, now, &key, tag, id));
    oracle.accuse_all("mailbox_choice", now, fault);
    // What is repeated was read for before its first try.
    let generation = number(&enrolment, "generation");
    let is_repeated = oracle.claims.repeats.contains_key(&(key.clone(), generation));
    let first_claim = oracle.claims.last.get(&key).filter(|_| !is_repeated).map(|claim| claim.at);
    let taken = Taken::of(accepted, (key, &enrolment), &sender);
    oracle.sent.taken.push(taken);
    caps::check(oracle, now);
    if let (Some((account, _)), None) = (sender, first) {
        account_limits::check(oracle, now, &account, accepted.tag);
    }
    if let (By::Mail { from }, Some(claimed)) = (by, first_claim) {
        read_before_send::taken(oracle, claimed, from, accepted);
    }
}

/// When it was taken last.
pub fn first_of(oracle: &Oracle, tag: &str) -> Option<Timestamp> {
    oracle.sent.taken.iter().rev().find(|other| other.tag == tag).map(|other| other.at)
}

impl Taken {
    /// `sender`: the account, where it is known.
    pub fn of(accepted: &Accepted<'_>, (key, enrolment): (Key, &Item), sender: &Option<Account>) -> Self {
        let by = sender.as_ref().map(|(_, id)| id.clone());
        let account = by.clone().filter(|_| accepted.by.kind() == "email");
        let (tag, to) = (accepted.tag.to_owned(), accepted.to.to_owned());
        let (generation, step) = (number(enrolment, "generation"), text(enrolment, "step").to_owned());
        Self {
            at: accepted.at,
            tag,
            to,
            lead: lead_of(&key.0).to_owned(),
            key,
            generation,
            step,
            account,
            by,
        }
    }

    /// What is made again under its key had its turn at its first try, when its function died.
    pub fn first_tried_at(&self, oracle: &Oracle) -> Timestamp {
        oracle.claims.repeats.get(&(self.key.clone(), self.generation)).copied().unwrap_or(self.at)
    }
}

/// Called as an enrolment is written again: what was tried is repeated, perhaps, or goes out anew once it was given up.
pub fn repeated(oracle: &mut Oracle, key: &Key, new: &Item) {
    if path(new, &["ev", "k"]) != "send_repeated" {
        return;
    }
    let generation = number(new, "generation");
    let Some(claim) = oracle.claims.last.get(key).filter(|claim| claim.generation == generation) else {
        return;
    };
    let is_its = |(at, message): &(&Key, &Item)| {
        enrolment_of(at, message) == *key && text(message, "step") == text(new, "step")
    };
    let is_abandoned = |(_, message): (&Key, &Item)| text(message, "state") == "abandoned";
    let was_given_up = oracle.messages_of(&key.0).filter(is_its).any(is_abandoned);
    match was_given_up {
        true => drop(oracle.claims.repeats.remove(&(key.clone(), generation))),
        false => drop(oracle.claims.repeats.entry((key.clone(), generation)).or_insert(claim.at)),
    }
}

/// A provider is called: for somebody who is claimed for that, in order, where they are reached.
pub fn called(oracle: &mut Oracle, now: Timestamp, (key, enrolment): (&Key, &Item), (tag, to): (&str, &str)) {
    let (generation, state) = (number(enrolment, "generation"), text(enrolment, "state"));
    let claim = oracle.claims.last.get(key);
    let mut wrong = Vec::new();
    if let Some(closed) = claim.and_then(|claim| claim.closed.as_ref()) {
        wrong.push(format!("{tag} to {to} was sent, {closed}"));
    }
    if claim.is_none_or(|claim| claim.generation != generation) || !is_under_way(enrolment) {
        wrong.push(format!("{tag} to {to} was sent without a claim: generation {generation}, {state}"));
    }
    let before = oracle.sent.taken.iter().rev().find(|other| other.key == *key && other.tag != tag);
    if let Some(last) = before.map(|before| before.generation).filter(|last| *last >= generation) {
        wrong.push(format!("{tag} to {to} is of generation {generation} and came after generation {last}"));
    }
    if claim.is_some_and(|claim| !was_lead_address(oracle, &key.0, to, claim.at)) {
        wrong.push(format!("{tag} was sent to {to}, and they were reached elsewhere when it was claimed"));
    }
    oracle.accuse_all(JUDGE, now, wrong);
}

/// What was read of a lead before a claim is no older than what permits it.
pub fn was_lead_address(oracle: &Oracle, partition: &str, to: &str, claimed: Timestamp) -> bool {
    let then = claimed - PAUSE_TAKES - oracle.off;
    oracle.leads.was_reached_since(partition, to, then)
}

/// The enrolment for which this is being sent to the lead: of what was sent before the one it was sent for; else any.
pub fn sender(oracle: &Oracle, lead: &str, tag: &str) -> Option<(Key, Item)> {
    let theirs = || oracle.enrolments.iter().filter(|(pk, _)| lead_of(pk) == lead);
    let generation =
        |key: &Key| oracle.items.get(key).map_or(-1, |enrolment| number(enrolment, "generation"));
    let is_at_it = |key: &&Key| {
        let claimed = oracle.claims.last.get(*key).is_some_and(|claim| claim.generation == generation(key));
        claimed && oracle.items.get(*key).is_some_and(is_under_way)
    };
    let has_had_it = |key: &&Key| {
        oracle.sent.taken.iter().any(|taken| taken.key == **key && taken.generation == generation(key))
    };
    let made = |key: &&Key| oracle.claims.last.get(*key).map(|claim| claim.made);
    let again = oracle.sent.taken.iter().rev().find(|taken| taken.tag == tag).map(|taken| &taken.key);
    let key = again.filter(is_at_it);
    let key = key.or_else(|| theirs().filter(is_at_it).filter(|key| !has_had_it(key)).max_by_key(made));
    let key = key.or_else(|| theirs().find(is_at_it)).or_else(|| theirs().next())?;
    Some((key.clone(), oracle.items.get(key)?.clone()))
}

pub fn is_under_way(enrolment: &Item) -> bool {
    match text(enrolment, "state") {
        "claimed" => true,
        // Stopped meanwhile: the claim's end is kept until its outcome is told.
        "ended" => super::instant(enrolment, "expires").is_some(),
        _ => false,
    }
}

/// Whether a message may go out twice: a user had it sent again, or the workspace resends after a day without
/// evidence.
pub fn may_be_sent_again(oracle: &Oracle, now: Timestamp, owner: &str, sent: (&str, Timestamp)) -> bool {
    let (tag, first) = sent;
    let wanted = resends_uncertain(oracle, owner);
    let waited = now.duration_since(first) + oracle.off + GRACE >= EVIDENCE_WAITS;
    let given_up = oracle.sent.given_up.get(tag).filter(|given_up| given_up.at >= first);
    given_up.is_some_and(|given_up| given_up.by_a_person || (wanted && waited))
}

/// Whether the workspace of a partition wants sent again what may have arrived.
fn resends_uncertain(oracle: &Oracle, pk: &str) -> bool {
    oracle.workspace_of(pk).is_some_and(|workspace| text(workspace, "when_uncertain") == "resend")
}

/// An account's key and id.
pub type Account = (Key, String);

/// Judges a message by its step, as the enrolment's version has it. Returns the account that it went out by.
pub fn check_version(
    oracle: &mut Oracle,
    key: &Key,
    enrolment: &Item,
    accepted: &Accepted<'_>,
) -> Option<Account> {
    let Accepted { at: now, tag, to, by, .. } = *accepted;
    let Some(version) = sequence_path::version_of(oracle, key, enrolment) else {
        oracle.accuse(JUDGE, now, format!("{tag} is of a version that is not there"));
        return None;
    };
    let steps = sequence_path::steps(&version);
    let step = steps.iter().find(|step| text(step, "id") == text(enrolment, "step"));
    let kind = step.map_or("", |step| text(step, "kind"));
    let expected = by.kind();
    let campaign = oracle.campaign_of(key);
    let sender = |of: &str| campaign.map_or("", |item| text(item, of));
    let is_sender = |(_, item): &(&Key, &Item)| match by {
        By::Mail { from } => path(item, &["settings", "from_address"]) == from,
        By::Text => text(item, "id") == sender("sms_sender"),
        By::Chat => text(item, "id") == sender("whatsapp_sender"),
    };
    let account = oracle.all("account").find(is_sender);
    let in_force = |key: &Key| match oracle.items.get(key) {
        Some(present) => oracle.settings.in_force(key, present, now).map(Some).collect(),
        None => vec![None],
    };
    let home = oracle.homes.get(to).copied().unwrap_or(send_window::Home { zone: "UTC", country: "" });
    let wakes = !matches!(by, By::Mail { .. });
    let mut rules = Vec::new();
    for workspace in in_force(&workspace_key(&key.0)) {
        let senders = account.map_or_else(|| vec![None], |(key, _)| in_force(key));
        let rule = |sender| send_window::Rules { version: Some(&version), workspace, sender, home, wakes };
        rules.extend(senders.into_iter().map(rule));
    }
    let sender = account.map(|(key, item)| (key.clone(), text(item, "id").to_owned()));
    let shut = |rules| send_window::shut(rules, now, send_window::TOLERANCE + oracle.off, oracle.off);
    let shut: Option<Vec<&str>> = rules.iter().map(shut).collect();
    let shut = shut.and_then(|shut| shut.last().copied());
    let shut = shut.map(|shut| format!("{tag} to {to} went out at {now}, {shut} in {}", home.zone));
    oracle.accuse_all("send_window", now, shut);
    if kind != expected {
        oracle.accuse(JUDGE, now, format!("{tag} went out by {expected}, the step says '{kind}'"));
    }
    if let Some(step) = step {
        let version_key = sequence_path::version_key(key, enrolment);
        let other = message_texts::check(oracle, (&version_key, &version, step), accepted);
        let repeats = || message_texts::repeats_earlier_words(oracle, &version_key, step, accepted);
        let other = other.filter(|_| !repeats());
        oracle.accuse_all("message_texts", now, other);
        let another_day = automations::between_days(oracle, home.zone, step, accepted);
        oracle.accuse_all("send_window", now, another_day);
        if by == By::Chat {
            let words = whatsapp_window::check(oracle, owner_of(&key.0), step, accepted);
            oracle.accuse_all("whatsapp_window", now, words);
        }
    }
    sender
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn message_is_given_up_only_as_the_workspace_or_a_person_wants() {
        let wrong = |policy: &str, actor: &str| {
            let mut oracle = Oracle::default();
            let workspace = Item(json!({ "when_uncertain": { "S": policy } }));
            oracle.items.insert(("W#w".to_owned(), "WORKSPACE".to_owned()), workspace);
            let event = json!({ "M": { "k": { "S": "message_abandoned" }, "a": { "S": actor } } });
            let message = Item(json!({ "id": { "S": "msg_1" }, "ev": event }));
            let key = ("W#w#L#1".to_owned(), "M#1".to_owned());
            message_written(&mut oracle, Timestamp::UNIX_EPOCH, &key, &message);
            oracle.violations().len()
        };
        assert_eq!(wrong("hold", "system"), 1);
        assert_eq!(wrong("hold", "user_1") + wrong("resend", "system"), 0);
    }
}

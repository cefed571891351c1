//! Workspaces are apart: no item, no queue's message names what is another's, and what somebody did with one's message has
//! consequences there alone.

use super::Oracle;
use super::raw::{Item, Key, instant, lead_of, path, text};
use jiff::Timestamp;
use sandbox::{Deed, DeedKind, Observed, ObservedEmail};
use std::collections::{BTreeMap, BTreeSet};

const JUDGE: &str = "tenant_isolation";

/// Partitions of the installation: they hold ids, and logins.
const SYSTEM: [&str; 12] = [
    "DUE#",
    "SIGNIN#",
    "LOGIN#",
    "PREVIEW#",
    "ACCOUNT#",
    "EXTERNAL#",
    "INSTALLATION",
    "WORKSPACES",
    "SCHEDULES",
    "LIMIT#",
    "ONCE#",
    "ANSWER#",
];
/// An id's letters and digits behind its word.
const LONG: usize = 26;

/// The workspaces and what belongs to each.
#[derive(Default)]
pub struct Tenants {
    /// The workspace that was created first: numbers and payments are its own.
    first: Option<String>,
    all: BTreeSet<String>,
    /// The workspace's partition of each id, without its word.
    owners: BTreeMap<String, String>,
    /// The workspace of each mail that went out, by its Message-ID.
    mails: BTreeMap<String, String>,
    /// The messages of queues that were looked at, with the number of ids that were known then: most lie there for many steps.
    looked_at: BTreeMap<String, usize>,
}

impl Tenants {
    /// The workspace of an id without its word.
    pub fn owner_of_id(&self, id: &str) -> Option<&str> {
        self.owners.get(id).map(String::as_str)
    }

    pub fn all(&self) -> &BTreeSet<String> {
        &self.all
    }
}

/// The partition of the workspace that a key is of: `W#` and its id.
pub fn owner_of(pk: &str) -> &str {
    let end = pk.match_indices('#').nth(1).map_or(pk.len(), |(at, _)| at);
    &pk[..end]
}

pub fn check(oracle: &mut Oracle, now: Timestamp, key: &Key, item: &Item) {
    let (pk, sk) = key;
    let Some(owner) = pk.strip_prefix("W#").and_then(|rest| rest.split('#').next()) else {
        if !SYSTEM.iter().any(|word| pk.starts_with(word)) {
            oracle.accuse(
                JUDGE,
                now,
                format!("the key {pk} {sk} names no workspace and is not the installation's"),
            );
        }
        return;
    };
    if owner.len() != LONG {
        oracle.accuse(JUDGE, now, format!("the key {pk} {sk} names no workspace"));
    }
    let image = item.0.to_string();
    // Random words may have those three letters in them too.
    let is_id = |word: &&str| word.bytes().all(|b| b.is_ascii_digit() || b.is_ascii_uppercase());
    for other in image.split("ws_").skip(1).filter_map(|rest| rest.get(..LONG)).filter(is_id) {
        if other != owner {
            oracle.accuse(JUDGE, now, format!("{pk} {sk} names the workspace {other}"));
        }
    }
    let listed = item.0["lpk"]["S"].as_str();
    if listed.is_some_and(|listed| !listed.starts_with(&format!("W#{owner}#"))) {
        oracle.accuse(JUDGE, now, format!("{pk} {sk} is listed elsewhere: {listed:?}"));
    }
    let owner = owner_of(pk).to_owned();
    oracle.tenants.first.get_or_insert_with(|| owner.clone());
    oracle.tenants.all.insert(owner.clone());
    // A lead's item leaves to its key which it is.
    let lead = Some(lead_of(pk)).filter(|lead| !lead.is_empty());
    for id in ids_in(text(item, "id")).next().into_iter().chain(lead) {
        oracle.tenants.owners.entry(id.to_owned()).or_insert_with(|| owner.clone());
    }
    if let Some(foreign) = foreign_in(oracle, &owner, &image) {
        oracle.accuse(JUDGE, now, format!("{pk} {sk} names {foreign}, which is another workspace's"));
    }
    if text(item, "entity") == "message" && text(item, "dir") == "in" {
        let misdelivered = misdelivered_reply(oracle, &owner, item);
        oracle.accuse_all(JUDGE, now, misdelivered);
    }
}

/// What stands behind words and lines such as `lead_`.
fn ids_in(text: &str) -> impl Iterator<Item = &str> {
    let is_id = |id: &&str| id.bytes().all(|byte| byte.is_ascii_digit() || byte.is_ascii_uppercase());
    text.match_indices('_').filter_map(move |(at, _)| text.get(at + 1..at + 1 + LONG).filter(is_id))
}

/// What is said there to be another workspace's.
fn foreign_in<'a>(oracle: &Oracle, owner: &str, said: &'a str) -> Option<&'a str> {
    let tenants = &oracle.tenants;
    if tenants.all.len() < 2 {
        return None;
    }
    ids_in(said).find(|id| tenants.owners.get(*id).is_some_and(|other| other != owner))
}

/// Messages in queues name one workspace, and what is of it.
pub fn check_queued(oracle: &mut Oracle, now: Timestamp, bodies: &[String]) {
    let mut wrong = Vec::new();
    let (looked_at, known) = (&oracle.tenants.looked_at, oracle.tenants.owners.len());
    let new: Vec<&String> = bodies.iter().filter(|body| looked_at.get(*body) != Some(&known)).collect();
    for body in &new {
        let Some(ws) = body.split("ws_").nth(1).and_then(|rest| rest.get(..LONG)) else { continue };
        if let Some(foreign) = foreign_in(oracle, &format!("W#{ws}"), body) {
            wrong.push(format!("a message of {ws} names {foreign}, which is another workspace's"));
        }
    }
    oracle.tenants.looked_at.extend(new.into_iter().map(|body| (body.clone(), known)));
    oracle.accuse_all(JUDGE, now, wrong);
}

/// A reply is in the workspace that it was written to.
fn misdelivered_reply(oracle: &Oracle, owner: &str, message: &Item) -> Option<String> {
    let about = text(message, "re").trim_matches(['<', '>']);
    let whose = oracle.tenants.mails.get(about).filter(|whose| *whose != owner)?;
    Some(format!("{} answers {about} of {whose} and came to {owner}", text(message, "id")))
}

/// Called with what a mail server took, before it is judged.
pub fn mail_taken(oracle: &mut Oracle, now: Timestamp, mail: &ObservedEmail) {
    let lead = mail.tag.as_deref().and_then(|tag| tag.get(4..4 + LONG)).unwrap_or_default();
    let Some(owner) = oracle.tenants.owners.get(lead).cloned() else { return };
    oracle.tenants.mails.insert(mail.message_id.trim_matches(['<', '>']).to_owned(), owner.clone());
    let is_sender = |(_, item): &(&Key, &Item)| path(item, &["settings", "from_address"]) == mail.from;
    let by = oracle.all("account").find(is_sender).map(|(key, _)| key.clone());
    if oracle.tenants.first.as_deref() != Some(owner.as_str()) {
        *oracle.path.steps_passed.entry("neighbours' mail".to_owned()).or_default() += 1;
    }
    if let Some((_, account)) = by.filter(|(pk, _)| owner_of(pk) != owner) {
        let told = format!("{:?} of {owner} went out by {account}, which is another's", mail.tag);
        oracle.accuse(JUDGE, now, told);
    }
}

/// Whether what somebody did was done with this workspace's messages, by all that is known.
pub fn concerns(oracle: &Oracle, deed: &Deed, owner: &str) -> bool {
    use DeedKind::{Paid, TextedBack, TextedStop};
    let tenants = &oracle.tenants;
    if tenants.all.len() < 2 {
        return true;
    }
    if matches!(deed.kind, Paid | TextedBack | TextedStop) {
        return tenants.first.as_deref() == Some(owner);
    }
    let about = deed.about.as_deref().map(|about| about.trim_matches(['<', '>']));
    about.and_then(|about| tenants.mails.get(about)).is_none_or(|whose| whose == owner)
}

/// Checks at rest that a suppression or an end has its cause in the same workspace.
pub fn at_rest(oracle: &Oracle, observed: &Observed) -> Vec<String> {
    if oracle.tenants.all.len() < 2 {
        return Vec::new();
    }
    let mut wrong = Vec::new();
    for (key, item) in &oracle.items {
        let owner = owner_of(&key.0);
        let did = |is_theirs: &dyn Fn(&str) -> bool, by: Option<Timestamp>, kinds: &[DeedKind]| {
            let theirs = |deed: &&Deed| {
                is_theirs(&deed.who) && kinds.contains(&deed.kind) && by.is_none_or(|by| deed.at <= by)
            };
            observed.deeds.iter().filter(theirs).any(|deed| concerns(oracle, deed, owner))
        };
        match (text(item, "entity"), text(item, "reason"), text(item, "why")) {
            ("suppression", "opted_out", _) if !is_first(oracle, owner) => {
                let value = path(item, &["scope", "value"]);
                if !did(&|who| who == value, None, &LEAVING) {
                    wrong.push(format!("{value} is listed in {owner}, and never asked them for it"));
                }
            }
            ("enrolment", _, "replied" | "opted_out") if !is_first(oracle, owner) => {
                let is_theirs = |who: &str| oracle.leads.ever_had_address(&key.0, who);
                let by = instant(item, "ended").and_then(|at| at.checked_add(oracle.off).ok());
                if !did(&is_theirs, by, &SPEAKING) {
                    let (lead, why) = (lead_of(&key.0), text(item, "why"));
                    wrong.push(format!("{} of {lead} has {why}, and said nothing to {owner}", key.1));
                }
            }
            _ => {}
        }
    }
    wrong
}

/// How people ask to be left alone.
pub(super) const LEAVING: [DeedKind; 3] =
    [DeedKind::AskedToStop, DeedKind::Unsubscribed, DeedKind::TextedStop];
/// How people say anything at all.
pub(super) const SPEAKING: [DeedKind; 5] = [
    DeedKind::AskedToStop,
    DeedKind::Unsubscribed,
    DeedKind::TextedStop,
    DeedKind::Replied,
    DeedKind::TextedBack,
];

/// Whether this is the workspace that moved in first: there users end things by tasks, in the others only leads do.
pub fn is_first(oracle: &Oracle, owner: &str) -> bool {
    oracle.tenants.first.as_deref().is_none_or(|first| first == owner)
}

impl Oracle {
    /// What one workspace has read, or done, of another.
    pub fn note_foreign_access(&mut self, now: Timestamp, seen: &[String]) {
        *self.path.steps_passed.entry("pried".to_owned()).or_default() += 1;
        self.accuse_all(JUDGE, now, seen.iter().map(|what| format!("the neighbours {what}")));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_found_anywhere_in_text() {
        let id = "01KAAAAAAAAAAAAAAAAAAAAAAA";
        let said = format!(r#"{{"lead":"lead_{id}","text":"a_b","message":"msg_{id}{id}"}}"#);
        assert_eq!(ids_in(&said).collect::<Vec<_>>(), [id, id]);
        assert_eq!(owner_of(&format!("W#{id}#L#{id}")), format!("W#{id}"));
        assert_eq!(owner_of(&format!("W#{id}")), format!("W#{id}"));
    }
}

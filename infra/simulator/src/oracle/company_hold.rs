//! Once somebody of a company has answered nobody else there is written to for as long as the workspace wants, unless a
//! person lets them go on.

use super::claims::Written;
use super::raw::{Item, Key, instant, lead_of, number, path, reply_kind, text};
use super::{Oracle, tenant_isolation};
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeMap;

#[derive(Default)]
pub struct CompanyHold {
    replies: Vec<CompanyReply>,
    /// The instant at which a lead last paid, or was spoken to.
    contacted: BTreeMap<String, Timestamp>,
}

/// A lead of a company has replied.
pub struct CompanyReply {
    company: String,
    lead: String,
    at: Timestamp,
    /// Since when that is written down.
    known: Timestamp,
}

/// Called as a message is written.
pub fn message_written(oracle: &mut Oracle, now: Timestamp, key: &Key, old: Option<&Item>, new: &Item) {
    if old.is_some() || text(new, "dir") != "in" || !matches!(reply_kind(new), "person" | "possible_opt_out")
    {
        return;
    }
    let (Some(company), Some(at)) = (company_of(oracle, &key.0), instant(new, "at")) else { return };
    oracle.company_hold.replies.push(CompanyReply { company, lead: key.0.clone(), at, known: now });
}

/// Called as a lead is written: who pays, or is spoken to, is the company's latest too, and not held by that.
pub fn lead_written(oracle: &mut Oracle, now: Timestamp, key: &Key, new: &Item) {
    if matches!(path(new, &["ev", "k"]), "lead_won" | "lead_answered") {
        oracle.company_hold.contacted.insert(key.0.clone(), now);
    }
}

pub fn may_be_claimed(oracle: &Oracle, written: &Written<'_>) -> Option<String> {
    let Written { now, key, new: claimed, name } = *written;
    let days = number(oracle.workspace_of(&key.0)?, "company_hold_days");
    let company = company_of(oracle, &key.0).filter(|_| days > 0)?;
    if oracle.holds.resumed_by_user.contains(lead_of(&key.0)) || has_begun(oracle, key, claimed) {
        return None;
    }
    let about = oracle.read_to_write();
    let theirs = oracle.company_hold.replies.iter().filter(|answer| answer.company == company);
    let last = theirs.max_by_key(|answer| answer.at)?;
    let until = last.at + SignedDuration::from_hours(24 * days);
    let theirs = last.lead == key.0
        || oracle.company_hold.contacted.get(&key.0).is_some_and(|contacted| *contacted >= last.at);
    let held = now.duration_since(last.known) > about && now + about < until;
    (held && !theirs).then(|| format!("{name} was claimed although {} answered at {}", last.lead, last.at))
}

/// It may have gone out already, when nobody had answered.
fn has_begun(oracle: &Oracle, key: &Key, enrolment: &Item) -> bool {
    let campaign = key.1.trim_start_matches("N#");
    oracle.messages_of(&key.0).any(|(_, message)| {
        text(message, "camp").ends_with(campaign) && text(message, "step") == text(enrolment, "step")
    })
}

/// The company by its mail domain, in one workspace.
fn company_of(oracle: &Oracle, lead: &str) -> Option<String> {
    let domain = path(oracle.lead(lead)?, &["core", "e"]).split_once('@').map(|(_, domain)| domain)?;
    Some(format!("{domain} in {}", tenant_isolation::owner_of(lead)))
}

//! A lead that is deleted during a send may still get that message, and nothing else.

use super::one_off_messages::OneOffClaim;
use super::raw::{Item, Key, lead_of, number, text};
use super::sends::{Accepted, is_under_way, may_be_sent_again, was_lead_address};
use super::tenant_isolation::owner_of;
use super::{FUNCTION_LASTS, GRACE, Oracle, Taken};
use jiff::Timestamp;
use std::collections::BTreeMap;

const JUDGE: &str = "deleted_leads";

/// Claims that were held as their enrolments went.
#[derive(Default)]
pub struct DeletedLeads(BTreeMap<Key, Last>);

struct Last {
    at: Timestamp,
    generation: i64,
    step: String,
    /// The account that it goes out by.
    account: Option<String>,
}

/// Called as an enrolment is deleted.
pub fn forgotten(oracle: &mut Oracle, key: &Key, old: Option<&Item>) {
    let Some(old) = old.filter(|old| is_under_way(old)) else { return };
    let generation = number(old, "generation");
    let Some(claim) = oracle.claims.last.get(key).filter(|claim| claim.generation == generation) else {
        return;
    };
    let (at, account) = (claim.at, claim.account.clone());
    let last = Last { at, generation, step: text(old, "step").to_owned(), account };
    oracle.deleted_leads.0.insert(key.clone(), last);
}

/// Called as a provider has taken something of a lead that is deleted.
pub fn taken(oracle: &mut Oracle, lead: &str, accepted: &Accepted<'_>) {
    let Accepted { at: now, tag, to, .. } = *accepted;
    if let Some(begun) = oracle.one_offs.begun(tag) {
        return letter_taken(oracle, &begun, accepted);
    }
    let had = |key: &Key, last: &Last| {
        oracle.sent.taken.iter().any(|taken| taken.key == *key && taken.at >= last.at)
    };
    let mut held =
        oracle.deleted_leads.0.iter().filter(|(key, last)| lead_of(&key.0) == lead && !had(key, last));
    let Some((key, last)) = held.next() else {
        let wrong = format!("{tag} to {to} was sent without a claim, its lead deleted");
        return oracle.accuse(JUDGE, now, wrong);
    };
    let key = key.clone();
    let Last { at, generation, step, account } = last;
    let (at, generation, step, account) = (*at, *generation, step.clone(), account.clone());
    let mut wrong = Vec::from_iter(too_late(oracle, now, at, tag));
    let first = oracle.sent.taken.iter().rev().find(|other| other.key == key && other.step == step);
    if let Some(first) = first.map(|first| first.at)
        && !may_be_sent_again(oracle, now, owner_of(&key.0), (tag, first))
    {
        wrong.push(format!("{tag} to {to} was sent twice, its lead deleted, first at {first}"));
    }
    if !was_lead_address(oracle, &key.0, to, at) {
        wrong.push(format!("{tag} was sent to {to}, where its deleted lead was not when it was claimed"));
    }
    oracle.accuse_all(JUDGE, now, wrong);
    let (tag, to, lead) = (tag.to_owned(), to.to_owned(), lead.to_owned());
    let taken = Taken { at: now, tag, to, lead, key, generation, step, account: None, by: account };
    oracle.sent.taken.push(taken);
}

fn letter_taken(oracle: &mut Oracle, begun: &OneOffClaim, accepted: &Accepted<'_>) {
    let Accepted { at: now, tag, to, .. } = *accepted;
    let mut wrong = Vec::from_iter(too_late(oracle, now, begun.at, tag));
    if let Some(first) = oracle.one_offs.taken.get(tag).copied()
        && !may_be_sent_again(oracle, now, owner_of(&begun.partition), (tag, first))
    {
        wrong.push(format!("{tag} was sent twice, its lead deleted, first at {first}"));
    }
    if !begun.is_test && !was_lead_address(oracle, &begun.partition, to, begun.at) {
        wrong.push(format!("{tag} was sent to {to}, where its deleted lead was not when it was claimed"));
    }
    oracle.accuse_all(JUDGE, now, wrong);
    oracle.one_offs.taken.insert(tag.to_owned(), now);
}

/// No function that has claimed it lives that long.
fn too_late(oracle: &Oracle, now: Timestamp, claimed: Timestamp, tag: &str) -> Option<String> {
    let late = now.duration_since(claimed) > FUNCTION_LASTS + GRACE + oracle.off + oracle.off;
    late.then(|| format!("{tag} was sent at {now}, claimed at {claimed} before its lead was deleted"))
}

#[cfg(test)]
mod tests;

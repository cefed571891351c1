//! What may be claimed: an enrolment whose lead may be contacted, at an address and by a channel that are open, and
//! whose campaign, account and workspace send.

use super::claims::Written;
use super::raw::{Item, path, text};
use super::sends::JUDGE;
use super::stored::{campaign_key, workspace_key};
use super::tenant_isolation::owner_of;
use super::{GRACE, Oracle, company_hold, hand_overs, send_ledger, sequence_path};
use jiff::{SignedDuration, Timestamp};

/// A pause is complete after ten seconds; a permit is five seconds old at most.
pub const PAUSE_TAKES: SignedDuration = SignedDuration::from_secs(10);

/// Called as a claim is written. Returns what was closed by then: a function that was suspended right before the claim
/// must give it back.
pub fn may_be_claimed(oracle: &mut Oracle, written: &Written<'_>) -> Option<String> {
    let Written { now, key, new: claimed, name } = *written;
    let pk = &key.0;
    let Some(lead) = oracle.lead(pk).cloned() else {
        oracle.accuse(JUDGE, now, format!("{name} was claimed although its lead is gone"));
        return None;
    };
    let mut closed = None;
    let past_goal = sequence_path::may_be_claimed(oracle, written);
    oracle.accuse_all("sequence_path", now, past_goal);
    let handed_over = hand_overs::may_be_claimed(oracle, key, name);
    oracle.accuse_all("hand_overs", now, handed_over);
    let held = company_hold::may_be_claimed(oracle, written);
    oracle.accuse_all("company_hold", now, held);
    let wish = &claimed.0["pause"]["M"]["until"];
    let until: Option<Timestamp> = wish["S"].as_str().and_then(|at| at.parse().ok());
    if wish["NULL"] == true || until.is_some_and(|until| until > now + oracle.off) {
        oracle.accuse("pauses", now, format!("{name} was claimed although somebody wants it paused"));
    }
    let (email, phone) = (path(&lead, &["core", "e"]), path(&lead, &["core", "p"]));
    let by_text = oracle.listed(pk, phone).is_some_and(|(_, reason)| reason == "opted_out");
    let phone = if by_text && ends(oracle, pk, "text_stop") == "channel" { "" } else { phone };
    let mut listed = barred(oracle, now, pk, (email, phone), name);
    listed.extend(channel_is_closed(oracle, written, &lead));
    oracle.accuse_all("suppressions", now, listed);
    let failed = channel_has_failed(oracle, written);
    oracle.accuse_all("closed_channels", now, failed);
    // Its row names the account.
    let account = send_ledger::account_of(oracle, key, claimed).unwrap_or_default();
    let account = (format!("{}#ACCOUNTS", owner_of(pk)), account.trim_start_matches("account_").to_owned());
    for gate in [campaign_key(key), account, workspace_key(pk)] {
        if let Some(since) = oracle.gates.closed.get(&gate)
            && now.duration_since(*since) > PAUSE_TAKES
        {
            closed = Some(format!("claimed although {} {} is closed since {since}", gate.0, gate.1));
        }
    }
    closed
}

/// Why nothing may go to this lead at these addresses.
pub fn barred(oracle: &Oracle, now: Timestamp, pk: &str, reached: (&str, &str), name: &str) -> Vec<String> {
    let (email, phone) = reached;
    let mut wrong = Vec::new();
    if let Some(since) = oracle.suppressions.excluded.get(pk)
        && now.duration_since(*since) > GRACE
    {
        wrong.push(format!("{name} was claimed although nobody may contact the lead since {since}"));
    }
    let domain = email.split_once('@').map_or("", |(_, domain)| domain);
    for (address, reached) in [(email, email), (domain, email), (phone, phone)] {
        if let Some((since, reason)) = oracle.listed(pk, address)
            && reason != "hard_bounce"
            && now.duration_since(*since) > GRACE
            && !oracle.leads.got_address_recently(pk, reached, now)
        {
            wrong
                .push(format!("{name} was claimed although {address} is suppressed since {since}: {reason}"));
        }
    }
    wrong
}

/// A campaign sends nothing more by a channel where one of its messages was refused. Where the address was the reason,
/// it is listed since, and nothing more goes there until a user takes it off the list.
fn channel_has_failed(oracle: &Oracle, written: &Written<'_>) -> Option<String> {
    let Written { now, key, new: claimed, name } = *written;
    let step = oracle.step_of(key, claimed)?;
    let refused = oracle.sent.refused.get(&(key.clone(), text(&step, "kind").to_owned()))?;
    let left =
        |to: &str| oracle.listed(&key.0, to).is_some() && !oracle.leads.had_address_since(&key.0, to, now);
    let again = |to: &str, since: Timestamp| oracle.is_lifted(&key.0, to, (since, now));
    let still = |to: &str, since: Timestamp| !left(to) && !again(to, since);
    let (_, at) = refused.iter().find(|(to, since)| oracle.is_known(**since, now) && still(to, **since))?;
    Some(format!("{name} was claimed although a message was refused there at {at}"))
}

/// A closed channel takes no more messages, whatever else happens.
fn channel_is_closed(oracle: &Oracle, written: &Written<'_>, lead: &Item) -> Option<String> {
    let Written { now, key, new: claimed, name } = *written;
    let address = sequence_path::address_of_step(oracle, key, claimed, lead)?;
    let (since, reason) = oracle.listed(&key.0, &address)?;
    let long_ago =
        now.duration_since(*since) > GRACE && !oracle.leads.got_address_recently(&key.0, &address, now);
    long_ago.then(|| format!("{name} was claimed although {address} is closed since {since}: {reason}"))
}

/// What a workspace ends when mail comes back for good, or a lead wants no more texts.
pub fn ends<'a>(oracle: &'a Oracle, pk: &str, what: &str) -> &'a str {
    oracle.workspace_of(pk).map_or("", |workspace| path(workspace, &["chosen_endings", what]))
}

#[cfg(test)]
mod tests {
    use super::super::lead_history;
    use super::*;
    use serde_json::{Value, json};
    use std::collections::BTreeMap;

    fn item(value: Value) -> Item {
        Item(value)
    }

    #[test]
    fn claim_after_refusal_is_reported_unless_lead_moved() {
        let at = |minutes| Timestamp::UNIX_EPOCH + SignedDuration::from_mins(minutes);
        let lead = |email: &str| item(json!({ "core": { "M": { "e": { "S": email } } } }));
        let claimed =
            item(json!({ "seq": { "S": "sequence_s" }, "ver": { "N": "1" }, "step": { "S": "step_1" } }));
        let version = item(json!({ "steps": { "L": [
            { "M": { "id": { "S": "step_1" }, "kind": { "S": "email" } } },
        ] } }));
        let key = ("W#w#L#l".to_owned(), "N#c".to_owned());
        let of_lead = ("W#w#L#l".to_owned(), "LEAD".to_owned());
        let accused = |is_listed: bool, has_moved: bool| {
            let mut oracle = Oracle::new(BTreeMap::new(), false);
            oracle.items.insert(sequence_path::version_key(&key, &claimed), version.clone());
            lead_history::written(&mut oracle, at(0), &of_lead, None, &lead("pat@x.example"));
            let refused = BTreeMap::from([("pat@x.example".to_owned(), at(10))]);
            oracle.sent.refused.insert((key.clone(), "email".to_owned()), refused);
            if is_listed {
                let why = (at(10), "hard_bounce".to_owned());
                oracle.suppressions.listed.insert(("W#w".to_owned(), "pat@x.example".to_owned()), why);
            }
            if has_moved {
                let (before, after) = (lead("pat@x.example"), lead("kim@x.example"));
                lead_history::written(&mut oracle, at(20), &of_lead, Some(&before), &after);
            }
            let written = Written { now: at(30), key: &key, new: &claimed, name: "it" };
            channel_has_failed(&oracle, &written).is_some()
        };
        assert!(accused(true, false), "they are still there");
        assert!(!accused(true, true), "the address is closed, and they have left it");
        // For another reason than its address: the whole way is closed to this campaign.
        assert!(accused(false, false) && accused(false, true));
    }
}

//! A lead leaves a sequence before its end for a cause: something it did, a report of a provider, something a user
//! asked for, an entry of the suppression list, or that no channel reaches it.

use super::claims::Written;
use super::raw::{Item, Key, instant, lead_of, path, text};
use super::tenant_isolation::{LEAVING, SPEAKING, concerns, is_first, owner_of};
use super::{Oracle, closed_channels, inbox, sender_blocks};
use jiff::Timestamp;
use sandbox::{Deed, DeedKind, Observed};
use std::collections::BTreeSet;

#[derive(Default)]
pub struct Endings {
    ended: Vec<Ending>,
    /// What users have asked for, by lead and end.
    asked: BTreeSet<(String, &'static str)>,
}

struct Ending {
    key: Key,
    at: Timestamp,
    why: String,
    /// What brought it about.
    event: String,
    /// Whether something was against it then.
    was_barred: bool,
}

impl Oracle {
    /// A user is about to say what ends all sequences of a lead, or this one.
    pub fn asked(&mut self, lead: &str, why: &'static str) {
        self.endings.asked.insert((lead.trim_start_matches("lead_").to_owned(), why));
    }
}

/// Called as an enrolment ends: what is wrong with its cause, where that is known by then.
pub fn judge(oracle: &mut Oracle, written: &Written<'_>, steps: &[Item]) -> Option<String> {
    let Written { now, key, new: ended, name } = *written;
    let (why, event) = (text(ended, "why").to_owned(), path(ended, &["ev", "k"]).to_owned());
    let was_barred = closed_channels::may_be_barred(oracle, now, &key.0);
    let (answered, came_back) = (event == "lead_answered", event == "lead_bounced");
    let at = instant(ended, "ended").unwrap_or(now).max(now);
    oracle.endings.ended.push(Ending { key: key.clone(), at, why: why.clone(), event, was_barred });
    let open = || {
        let step = closed_channels::open_step(oracle, now, key, steps, text(ended, "step"))?;
        Some(format!("{name} has ended as {why}, and {step} reaches them"))
    };
    match why.as_str() {
        "unreachable" if !answered => open(),
        "failed" if !oracle.closed_channels.failed_in(key) => {
            Some(format!("{name} has failed, and nothing that was sent to them has"))
        }
        "failed" => open(),
        // What came back is marked last: at rest it is.
        "bounced" if !came_back && !oracle.closed_channels.failed_for_lead(&key.0) => {
            Some(format!("{name} has bounced, and nothing that was sent to them has"))
        }
        "bounced" => sender_blocks::ended(oracle, ended, name),
        _ => None,
    }
}

/// Checks at rest that people did, or users asked for, what ended the enrolments.
pub fn at_rest(oracle: &Oracle, observed: &Observed) -> Vec<String> {
    let there = |ending: &&Ending| !oracle.deleted.contains(lead_of(&ending.key.0));
    let causeless = |ending: &Ending| {
        let cause = lacks(oracle, observed, ending)?;
        let Ending { key, at, why, event, .. } = ending;
        Some(format!("{} of {} ended at {at} as {why} by {event}, {cause}", key.1, lead_of(&key.0)))
    };
    oracle.endings.ended.iter().filter(there).filter_map(causeless).collect()
}

/// What would have to be there and is not.
fn lacks(oracle: &Oracle, observed: &Observed, ending: &Ending) -> Option<&'static str> {
    let Ending { key, at, why, event, was_barred } = ending;
    let (pk, owner) = (&key.0, owner_of(&key.0));
    let by = *at + oracle.off;
    let did = |kinds: &[DeedKind]| {
        let theirs = |deed: &&Deed| kinds.contains(&deed.kind) && deed.at <= by;
        let mut deeds = observed.deeds.iter().filter(theirs);
        deeds.any(|deed| oracle.leads.ever_had_address(pk, &deed.who) && concerns(oracle, deed, owner))
    };
    // What the neighbours ask for nobody has told.
    let asked =
        |why| !is_first(oracle, owner) || oracle.endings.asked.contains(&(lead_of(pk).to_owned(), why));
    match (why.as_str(), event.as_str()) {
        ("replied", _) => (!did(&SPEAKING) && !asked("replied")).then_some("and they have said nothing"),
        ("opted_out", _) => {
            (!did(&LEAVING) && !asked("opted_out")).then_some("and they have not asked to be left alone")
        }
        ("bounced", "lead_bounced") => {
            let came_back = did(&[DeedKind::Bounced]) && oracle.closed_channels.failed_for_lead(pk);
            (!came_back).then_some("and nothing came back")
        }
        ("unreachable", "lead_answered") => (!did(&SPEAKING)).then_some("and nobody has answered for them"),
        ("won", _) => (!did(&[DeedKind::Paid]) && !asked("won")).then_some("and they have not paid"),
        ("booked", _) => (!asked("booked")).then_some("and nobody has met them"),
        ("suppressed", _) => (!was_barred && !asked("suppressed")).then_some("and nothing is against it"),
        ("removed", _) => {
            let asked = asked("removed")
                || oracle.campaign_of(key).is_some_and(inbox::is_over)
                || has_stopping_rule(oracle, owner, event);
            (!asked).then_some("and nobody has asked for it")
        }
        _ => None,
    }
}

/// Whether a trigger rule of the workspace stops people.
fn has_stopping_rule(oracle: &Oracle, owner: &str, event: &str) -> bool {
    let rules = oracle.items.get(&(owner.to_owned(), "RULES".to_owned()));
    event == "lead_stopped" && rules.is_some_and(|rules| rules.0.to_string().contains(r#"{"S":"stop"}"#))
}

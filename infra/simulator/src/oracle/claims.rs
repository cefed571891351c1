//! Claims: an enrolment is claimed by one function at a time, long enough for its send, and only where it may go out.

use super::raw::{self, Item, Key, instant, text};
use super::{
    FUNCTION_LASTS, Oracle, automations, caps, claim_conditions, closed_channels, late_steps, mailbox_choice,
    pauses, retry_waits, send_ledger, sender_blocks, sends, sequence_path, stops,
};
use jiff::Timestamp;
use std::collections::BTreeMap;

const JUDGE: &str = "claims";

#[derive(Default)]
pub struct Claims {
    /// The last claim of each enrolment.
    pub(super) last: BTreeMap<Key, Claim>,
    /// The instant of the first claim of what is repeated, by enrolment and generation.
    pub(super) repeats: BTreeMap<(Key, i64), Timestamp>,
}

/// An enrolment as it is written, at this moment, and its name in a complaint.
pub struct Written<'a> {
    pub now: Timestamp,
    pub key: &'a Key,
    pub new: &'a Item,
    pub name: &'a str,
}

pub struct Claim {
    pub at: Timestamp,
    pub generation: i64,
    /// The number of the change that made it, of all changes; a call follows its claim at once.
    pub made: u64,
    /// The account by which it goes out.
    pub account: Option<String>,
    /// What was closed by then, if anything was.
    pub closed: Option<String>,
}

/// Called as an enrolment is written: its judges see the move, and a claim is examined.
pub fn enrolment_written(oracle: &mut Oracle, now: Timestamp, key: &Key, old: Option<&Item>, new: &Item) {
    let (state, generation) = (text(new, "state"), raw::number(new, "generation"));
    let before = old.map_or("", |old| text(old, "state"));
    let name = format!("enrolment {} of {}", key.1, key.0);
    if before == "ended" && state != "ended" {
        oracle.accuse(JUDGE, now, format!("{name} has ended and is {state} again"));
    }
    if old.is_none() {
        let crowded = caps::may_be_enrolled(oracle, key, &name);
        oracle.accuse_all("caps", now, crowded);
        let beyond = automations::enrolled(oracle, now, key, new);
        oracle.accuse_all("automations", now, beyond);
    }
    let written = Written { now, key, new, name: &name };
    pauses::written(oracle, key, new);
    closed_channels::enrolment_written(oracle, key, new);
    if let Some(old) = old {
        sequence_path::moved(oracle, old, &written);
        late_steps::moved(oracle, old, &written);
        sends::repeated(oracle, key, new);
        stops::stopped(oracle, key, old, new);
        mailbox_choice::moved(oracle, now, key, old, new);
        if let Some(has_lapsed) = has_lapsed(oracle, now, (old, new), "expires") {
            retry_waits::claim_ended(oracle, has_lapsed, &format!("msg_{}", raw::lead_of(&key.0)));
            sender_blocks::claim_ended(oracle, has_lapsed, Some(key), "");
        }
    }
    let token = |item: &Item| text(item, "token").to_owned();
    if state != "claimed" || old.is_some_and(|old| token(old) == token(new)) {
        return;
    }
    if before == "claimed" {
        oracle.accuse(JUDGE, now, format!("{name} was claimed while somebody held a claim"));
    }
    if before == "ended" || before == "pending" {
        oracle.accuse(JUDGE, now, format!("{name} was claimed when {before}"));
    }
    // Its function lasts no longer for having stood still since it made the claim.
    let made = raw::written_at(new).map_or(now, |at| at.clamp(now - FUNCTION_LASTS, now));
    if instant(new, "expires").is_none_or(|expires| expires + oracle.off < made + FUNCTION_LASTS) {
        oracle.accuse(JUDGE, now, format!("{name} was claimed for less time than its sender may take"));
    }
    let closed = claim_conditions::may_be_claimed(oracle, &written);
    pauses::may_be_claimed(oracle, &written);
    sender_blocks::claimed(oracle, key, new);
    let account = send_ledger::account_of(oracle, key, new);
    if account.is_none() {
        oracle.accuse(JUDGE, now, format!("{name} was claimed, and no row says what is about to go out"));
    }
    let at = oracle.written_by(now);
    oracle.claims.last.insert(key.clone(), Claim { at, generation, made: oracle.changes, account, closed });
}

/// Says whether the claim of an enrolment or a message had run out when it is written with another end of its claim.
/// `expires`: the field of that end.
pub fn has_lapsed(
    oracle: &Oracle,
    now: Timestamp,
    (old, new): (&Item, &Item),
    expires: &str,
) -> Option<bool> {
    let until = instant(old, expires).filter(|until| instant(new, expires) != Some(*until))?;
    Some(until <= now + oracle.off)
}

//! Read before send: no step leaves a mailbox in which a lead's letter has lain unread for more than a quarter of an hour,
//! and whatever a mailbox was read up to has been read.

use super::raw::{Item, Key, text};
use super::sends::Accepted;
use super::{GRACE, Oracle};
use jiff::{SignedDuration, Timestamp};
use sandbox::{Deed, Observed};
use std::collections::BTreeMap;

const JUDGE: &str = "read_before_send";
/// How long a letter may lie unread while messages go out.
const MAY_LIE: SignedDuration = SignedDuration::from_mins(15);

#[derive(Default)]
pub struct Letters {
    /// Each mailbox, by its address: up to when it was read, and when that was noted.
    read_up_to: BTreeMap<String, Vec<(Timestamp, Timestamp)>>,
    /// Letters that nobody has read yet.
    pub(super) unread: Vec<Deed>,
}

/// Called as the reading of a mailbox is written.
pub fn reading_written(oracle: &mut Oracle, now: Timestamp, old: Option<&Item>, new: &Item) {
    let Ok(complete) = text(new, "complete_at").parse() else { return };
    let is_known = old.is_some_and(|old| text(old, "complete_at") == text(new, "complete_at"));
    if let (Some(address), false) = (address_of(oracle, text(new, "account")), is_known) {
        oracle.letters.read_up_to.entry(address).or_default().push((complete, now));
    }
}

pub fn address_of(oracle: &Oracle, account: &str) -> Option<String> {
    let account = oracle.stored("account", account)?;
    Some(super::raw::path(account, &["settings", "from_address"]).to_owned()).filter(|own| !own.is_empty())
}

impl Oracle {
    /// A letter in a mailbox counts as heard of once it was read and its mailbox is noted as read so far.
    pub fn date_answers(&self, observed: &mut Observed) {
        for deed in &mut observed.deeds {
            let Some(mailbox) = &deed.mailbox else { continue };
            let noted = self.letters.read_up_to.get(mailbox).into_iter().flatten();
            let noted = noted.filter(|(complete, _)| *complete >= deed.at).map(|(_, noted)| *noted).min();
            deed.answered_at = noted.and_then(|noted| Some(noted.max(deed.read_at?)));
        }
    }

    /// Letters that lie unread now.
    pub fn look_at_unread(&mut self, unread: Vec<Deed>) {
        self.letters.unread = unread;
    }
}

/// Called as a provider takes a step's mail, which was claimed then.
pub fn taken(oracle: &mut Oracle, claimed: Timestamp, mailbox: &str, accepted: &Accepted<'_>) {
    let since = claimed - MAY_LIE - GRACE - oracle.off - oracle.off;
    let lies = |deed: &&Deed| deed.mailbox.as_deref() == Some(mailbox) && deed.at < since;
    let left = oracle.letters.unread.iter().filter(lies).find(|deed| is_of_a_lead(oracle, &deed.who));
    let wrong = left.map(|deed| {
        let (Accepted { tag, to, .. }, Deed { kind, who, at, .. }) = (accepted, deed);
        format!("{tag} to {to} was claimed at {claimed} and left {mailbox}, where {kind:?} of {who} lies unread since {at}")
    });
    oracle.accuse_all(JUDGE, accepted.at, wrong);
}

/// What is from nobody who is known may stay unread.
fn is_of_a_lead(oracle: &Oracle, who: &str) -> bool {
    let is_theirs = |(pk, sk): &Key| sk == "LEAD" && oracle.leads.ever_had_address(pk, who);
    oracle.items.keys().any(is_theirs) && !oracle.leads.belonged_to_deleted(who)
}

/// Checks at rest that no letter lies unread in a mailbox that was read since.
pub fn at_rest(oracle: &Oracle, observed: &Observed) -> Vec<String> {
    let is_passed = |deed: &&Deed| {
        let noted = deed.mailbox.as_ref().and_then(|mailbox| oracle.letters.read_up_to.get(mailbox));
        let is_read =
            noted.is_some_and(|noted| noted.iter().any(|(complete, _)| *complete > deed.at + oracle.off));
        is_read && deed.read_at.is_none() && is_of_a_lead(oracle, &deed.who)
    };
    let told = |deed: &Deed| {
        format!(
            "{:?} of {} lies unread in {:?} since {}, which was read",
            deed.kind, deed.who, deed.mailbox, deed.at
        )
    };
    observed.deeds.iter().filter(is_passed).map(told).collect()
}

#[cfg(test)]
mod tests {
    use super::super::sends::By;
    use super::*;
    use sandbox::DeedKind;
    use serde_json::json;

    const MAYA: &str = "maya@x.example";

    fn at(minutes: i64) -> Timestamp {
        Timestamp::UNIX_EPOCH + SignedDuration::from_mins(minutes)
    }

    fn letter(arrived: i64, read: Option<i64>) -> Deed {
        Deed {
            at: at(arrived),
            who: "ann@y.example".to_owned(),
            kind: DeedKind::Replied,
            about: None,
            letter: None,
            detail: String::new(),
            status: None,
            answered_at: Some(at(arrived)),
            mailbox: Some(MAYA.to_owned()),
            read_at: read.map(at),
            money_told_at: None,
        }
    }

    fn oracle() -> Oracle {
        let mut oracle = Oracle::new(BTreeMap::new(), false);
        let key = |pk: &str, sk: &str| (pk.to_owned(), sk.to_owned());
        let lead = Item(json!({ "core": { "M": { "e": { "S": "ann@y.example" } } } }));
        let of_lead = key("W#w#L#l", "LEAD");
        super::super::lead_history::written(&mut oracle, at(0), &of_lead, None, &lead);
        oracle.items.insert(of_lead, lead);
        let settings = json!({ "M": { "from_address": { "S": MAYA } } });
        let account =
            json!({ "entity": { "S": "account" }, "id": { "S": "account_1" }, "settings": settings });
        oracle.items.insert(key("W#w#ACCOUNTS", "1"), Item(account));
        oracle
    }

    fn sends(oracle: &mut Oracle, minutes: i64) -> usize {
        let by = By::Mail { from: MAYA };
        let accepted = Accepted { at: at(minutes), tag: "msg_1", to: "bob@y.example", by, says: "" };
        taken(oracle, at(minutes), MAYA, &accepted);
        oracle.violations().len()
    }

    fn reads(oracle: &mut Oracle, up_to: i64, noted: i64) {
        let reading =
            json!({ "account": { "S": "account_1" }, "complete_at": { "S": at(up_to).to_string() } });
        reading_written(oracle, at(noted), None, &Item(reading));
    }

    #[test]
    fn send_from_mailbox_with_old_unread_letter_is_reported() {
        let mut oracle = oracle();
        oracle.look_at_unread(vec![letter(10, None)]);
        assert_eq!(sends(&mut oracle, 25), 0);
        assert_eq!(sends(&mut oracle, 27), 1);
        oracle.look_at_unread(vec![Deed { who: "stranger@z.example".to_owned(), ..letter(10, None) }]);
        assert_eq!(sends(&mut oracle, 60), 1, "nothing of a stranger is read");
    }

    #[test]
    fn letter_counts_as_heard_of_when_its_mailbox_is_noted_as_read() {
        let mut oracle = oracle();
        reads(&mut oracle, 5, 6);
        reads(&mut oracle, 12, 13);
        reads(&mut oracle, 17, 18);
        let deeds = vec![letter(10, Some(12)), letter(10, None), letter(20, Some(21))];
        let mut observed = Observed { deeds, ..Observed::default() };
        oracle.date_answers(&mut observed);
        let heard: Vec<_> = observed.deeds.iter().map(|deed| deed.answered_at).collect();
        assert_eq!(heard, [Some(at(13)), None, None]);
        assert_eq!(at_rest(&oracle, &observed).len(), 1, "the second one was passed over");
    }
}

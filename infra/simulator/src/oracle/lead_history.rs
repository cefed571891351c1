//! What becomes known of leads as they are written.

use super::raw::{self, Item, Key, path};
use super::tenant_isolation::owner_of;
use super::{FUNCTION_LASTS, GRACE, Oracle, closed_channels, company_hold, hand_overs};
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};

#[derive(Default)]
pub struct LeadHistory {
    /// How many were made, by workspace.
    pub made: BTreeMap<String, i64>,
    /// When each was first written, by its partition. What it says of itself may be older: an import's leads are dated with
    /// their file.
    pub known: BTreeMap<String, Timestamp>,
    /// Since when each one's status is what it is, by its partition.
    pub staged: BTreeMap<String, Timestamp>,
    /// How many were made anew after their address or number had been a deleted lead's, by workspace.
    pub back: BTreeMap<String, i64>,
    /// Addresses and numbers that each has had, by its partition.
    had: BTreeMap<String, Vec<Had>>,
    /// Those of deleted leads, by workspace.
    gone: BTreeSet<(String, String)>,
    /// What deleted leads had, by the partition that was theirs.
    left: BTreeMap<String, Vec<Had>>,
    /// Until when each one's address was known to reach nobody, by its partition.
    undeliverable: BTreeMap<String, Timestamp>,
}

struct Had {
    who: String,
    since: Timestamp,
    until: Timestamp,
}

impl Had {
    /// An address, or a number.
    fn is_of(&self, by_mail: bool) -> bool {
        self.who.contains('@') == by_mail
    }
}

impl LeadHistory {
    /// Whether this was their address or number at some time from then on.
    pub fn had_address_since(&self, partition: &str, who: &str, then: Timestamp) -> bool {
        self.had.get(partition).into_iter().flatten().any(|had| had.who == who && had.until >= then)
    }

    pub fn ever_had_address(&self, partition: &str, who: &str) -> bool {
        self.had_address_since(partition, who, Timestamp::MIN)
    }

    /// Whether this had been their address or number by then.
    pub fn had_address_by(&self, partition: &str, who: &str, then: Timestamp) -> bool {
        self.had.get(partition).into_iter().flatten().any(|had| had.who == who && had.since <= then)
    }

    /// Whether they have been there all the time since.
    pub fn kept_address_since(&self, partition: &str, who: &str, since: Timestamp) -> bool {
        let stayed = |had: &Had| had.who == who && had.since <= since && had.until == Timestamp::MAX;
        self.had.get(partition).into_iter().flatten().any(stayed)
    }

    /// Whether the lead has this address for less time than a function may stand still between its read and its
    /// claim.
    pub fn got_address_recently(&self, partition: &str, who: &str, now: Timestamp) -> bool {
        let recent = |had: &&Had| now.duration_since(had.since) <= GRACE + FUNCTION_LASTS;
        self.had.get(partition).into_iter().flatten().filter(recent).any(|had| had.who == who)
    }

    /// Whether they have had an address, or a number, all the time since, and still have it.
    pub fn had_any_since(&self, partition: &str, by_mail: bool, since: Timestamp) -> bool {
        let long = |had: &Had| had.is_of(by_mail) && had.since <= since && had.until == Timestamp::MAX;
        self.had.get(partition).into_iter().flatten().any(long)
    }

    /// Addresses, or numbers, that were theirs at some time since.
    pub fn recent_addresses(
        &self,
        partition: &str,
        by_mail: bool,
        since: Timestamp,
    ) -> impl Iterator<Item = &str> {
        let theirs = self.had.get(partition).into_iter().flatten();
        theirs.filter(move |had| had.is_of(by_mail) && had.until >= since).map(|had| had.who.as_str())
    }

    /// Whether their address was known to reach nobody at some time since.
    pub fn was_undeliverable(&self, partition: &str, since: Timestamp) -> bool {
        self.undeliverable.get(partition).is_some_and(|until| *until >= since)
    }

    /// Whether it was another lead's of the same workspace at that moment, be it theirs as well or no longer.
    pub fn belonged_to_another(&self, partition: &str, who: &str, at: Timestamp) -> bool {
        let has = |had: &Had| had.who == who && had.since <= at && at < had.until;
        let is_other = |holder: &str| holder != partition && owner_of(holder) == owner_of(partition);
        self.had.iter().any(|(holder, had)| is_other(holder) && had.iter().any(has))
    }

    /// Whether a lead that has or had it is deleted.
    pub fn belonged_to_deleted(&self, who: &str) -> bool {
        self.gone.iter().any(|(_, gone)| gone == who)
    }

    /// Whether the lead, deleted or not, had this address at some time from then on.
    pub fn was_reached_since(&self, partition: &str, who: &str, then: Timestamp) -> bool {
        let left = || self.left.get(partition).into_iter().flatten();
        self.had_address_since(partition, who, then) || left().any(|had| had.who == who && had.until >= then)
    }

    /// Its lead is deleted.
    pub fn forget(&mut self, partition: &str) {
        let had = self.had.remove(partition).unwrap_or_default();
        self.gone.extend(had.iter().map(|had| (owner_of(partition).to_owned(), had.who.clone())));
        self.left.entry(partition.to_owned()).or_default().extend(had);
    }

    fn made(&mut self, owner: &str, lead: &Item) {
        *self.made.entry(owner.to_owned()).or_default() += 1;
        let was_here = |who: &str| self.gone.contains(&(owner.to_owned(), who.to_owned()));
        if was_here(path(lead, &["core", "e"])) || was_here(path(lead, &["core", "p"])) {
            *self.back.entry(owner.to_owned()).or_default() += 1;
        }
    }

    fn has(&mut self, now: Timestamp, partition: &str, lead: &Item) {
        if closed_channels::is_undeliverable(lead) {
            self.undeliverable.insert(partition.to_owned(), Timestamp::MAX);
        } else if let Some(until) = self.undeliverable.get_mut(partition) {
            *until = now.min(*until);
        }
        let reached = [path(lead, &["core", "e"]), path(lead, &["core", "p"])];
        let had = self.had.entry(partition.to_owned()).or_default();
        let open = |had: &&mut Had| had.until == Timestamp::MAX;
        had.iter_mut()
            .filter(open)
            .filter(|had| !reached.contains(&had.who.as_str()))
            .for_each(|had| had.until = now);
        for who in reached.into_iter().filter(|who| !who.is_empty()) {
            if !had.iter().any(|had| had.until == Timestamp::MAX && had.who == who) {
                had.push(Had { who: who.to_owned(), since: now, until: Timestamp::MAX });
            }
        }
    }
}

pub fn written(oracle: &mut Oracle, now: Timestamp, key: &Key, old: Option<&Item>, new: &Item) {
    if old.is_none() {
        oracle.leads.made(owner_of(&key.0), new);
        oracle.leads.known.insert(key.0.clone(), now);
    }
    oracle.leads.has(now, &key.0, new);
    hand_overs::lead_written(oracle, now, key, old, new);
    company_hold::lead_written(oracle, now, key, new);
    if raw::flag(new, &["gone"]) {
        oracle.deleted.insert(raw::lead_of(&key.0).to_owned());
    }
    if raw::flag(new, &["core", "no"]) {
        oracle.suppressions.excluded.entry(key.0.clone()).or_insert(now);
        oracle.suppressions.barred.entry((key.0.clone(), String::new())).or_insert(oracle.changes);
    } else {
        oracle.suppressions.excluded.remove(&key.0);
        oracle.suppressions.barred.remove(&(key.0.clone(), String::new()));
    }
    let status = |lead: &Item| path(lead, &["core", "s"]).to_owned();
    if old.map(status) != Some(status(new)) {
        oracle.leads.staged.insert(key.0.clone(), now);
    }
}

#[cfg(test)]
mod tests {
    use super::super::sends::was_lead_address;
    use super::*;
    use jiff::SignedDuration;
    use serde_json::json;

    #[test]
    fn send_to_former_address_is_reported() {
        let mut oracle = Oracle::new(BTreeMap::new(), false);
        let key = ("W#w#L#l".to_owned(), "LEAD".to_owned());
        let lead = |email: &str| Item(json!({ "core": { "M": { "e": { "S": email } } } }));
        let at = |seconds| Timestamp::UNIX_EPOCH + SignedDuration::from_secs(seconds);
        written(&mut oracle, at(0), &key, None, &lead("pat@x.example"));
        written(&mut oracle, at(100), &key, Some(&lead("pat@x.example")), &lead("kim@x.example"));
        let goes = |oracle: &Oracle, to, claimed| was_lead_address(oracle, &key.0, to, at(claimed));
        assert!(goes(&oracle, "pat@x.example", 105) && !goes(&oracle, "pat@x.example", 200));
        assert!(
            goes(&oracle, "kim@x.example", 200) && oracle.leads.ever_had_address(&key.0, "pat@x.example")
        );
        let only_just = |after| oracle.leads.got_address_recently(&key.0, "kim@x.example", at(after));
        assert!(only_just(110) && !only_just(240));
        let by = |who, then| oracle.leads.had_address_by(&key.0, who, at(then));
        assert!(by("pat@x.example", 300) && by("kim@x.example", 100) && !by("kim@x.example", 99));
        let stayed = |who, since| oracle.leads.kept_address_since(&key.0, who, at(since));
        assert!(stayed("kim@x.example", 100) && !stayed("kim@x.example", 99) && !stayed("pat@x.example", 50));
        let other = ("W#w#L#o".to_owned(), "LEAD".to_owned());
        written(&mut oracle, at(300), &other, None, &lead("pat@x.example"));
        let others = |key: &Key, who, then| oracle.leads.belonged_to_another(&key.0, who, at(then));
        assert!(others(&key, "pat@x.example", 300) && !others(&key, "pat@x.example", 50));
        assert!(!others(&key, "pat@x.example", 200), "nobody's by then, so still from them");
        assert!(!others(&key, "kim@x.example", 300) && !others(&other, "pat@x.example", 300));
        written(&mut oracle, at(400), &key, Some(&lead("kim@x.example")), &lead("pat@x.example"));
        let others = |key: &Key, then| oracle.leads.belonged_to_another(&key.0, "pat@x.example", at(then));
        assert!(others(&key, 400) && others(&other, 400), "it is both's");
        assert!(!oracle.leads.belonged_to_deleted("kim@x.example"));
        oracle.leads.forget(&key.0);
        assert!(oracle.leads.belonged_to_deleted("kim@x.example"));
        assert!(!oracle.leads.ever_had_address(&key.0, "kim@x.example"));
    }
}

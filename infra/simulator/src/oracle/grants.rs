//! Grants of mailboxes: one function renews at a time, nobody loses a token that was given to a function that lived to
//! store it, and the owner of a grant that is lost is told.

use super::Oracle;
use super::raw::{Item, text};
use super::read_before_send::address_of;
use crate::trouble::mailbox_faults::{TokenAnswer, TokenEvent};
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeMap;

const JUDGE: &str = "grants";
/// A function stores what it was given within this time, or has died. The next one may ask a minute after it did.
const STORED_WITHIN: SignedDuration = SignedDuration::from_secs(40);
/// Functions ask for tokens again no sooner, not even where the answer was lost.
const APART: SignedDuration = SignedDuration::from_secs(25);

#[derive(Default)]
pub struct Grants(BTreeMap<String, Grant>);

#[derive(Default)]
struct Grant {
    /// When tokens were given last.
    given: Option<Timestamp>,
    /// Whether they were stored since.
    is_stored: bool,
    is_revoked: bool,
    /// When its token was refused first.
    lost: Option<Timestamp>,
}

impl Oracle {
    /// What became of tokens since it last looked. `catch_up` comes first: whoever asks has taken the lease before.
    pub fn look_at_tokens(&mut self, events: &[TokenEvent]) {
        for TokenEvent { at, mailbox, what } in events {
            let grant = self.grants.0.entry(mailbox.clone()).or_default();
            let mut wrong = None;
            match what {
                TokenAnswer::Revoked => grant.is_revoked = true,
                TokenAnswer::Refused => {
                    let is_explained = grant.is_revoked || !grant.is_stored;
                    grant.lost.get_or_insert(*at);
                    wrong = (!is_explained).then(|| {
                        format!(
                            "the grant of {mailbox} is lost, whose tokens of {:?} were stored",
                            grant.given
                        )
                    });
                }
                TokenAnswer::Granted | TokenAnswer::Renewed => {
                    let is_same = !grant.is_revoked && *what == TokenAnswer::Renewed;
                    let before = grant.given.replace(*at).filter(|_| is_same);
                    (grant.is_stored, grant.is_revoked) = (false, false);
                    let after = before.map(|before| at.duration_since(before) + self.off + self.off);
                    wrong = after
                        .filter(|after| *after < APART)
                        .map(|after| format!("the token of {mailbox} was renewed twice within {after}"));
                }
            }
            self.accuse_all(JUDGE, *at, wrong);
        }
    }
}

/// Called as an account is written: whether tokens that were just given are stored.
pub fn account_written(oracle: &mut Oracle, now: Timestamp, old: Option<&Item>, new: &Item) {
    let is_sealed_anew = old.is_some_and(|old| text(old, "sealed_secret") != text(new, "sealed_secret"));
    let address = address_of(oracle, text(new, "id")).filter(|_| is_sealed_anew);
    let Some(grant) = address.and_then(|address| oracle.grants.0.get_mut(&address)) else { return };
    grant.is_stored |= grant.given.is_some_and(|given| now.duration_since(given) <= STORED_WITHIN);
}

/// Checks at rest that the owner of a mailbox whose grant was lost has been told.
pub fn at_rest(oracle: &Oracle) -> Vec<String> {
    let is_told = |mailbox: &str| {
        let says = |note: &Item| text(note, "title") == format!("{mailbox} is no longer connected");
        oracle.all("notification").any(|(_, note)| says(note))
    };
    let lost = oracle.grants.0.iter().filter_map(|(mailbox, grant)| Some((mailbox, grant.lost?)));
    let untold = lost.filter(|(mailbox, _)| !is_told(mailbox));
    untold
        .map(|(mailbox, at)| format!("the grant of {mailbox} was lost at {at}, and nobody was told"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const MAYA: &str = "maya@x.example";

    fn at(seconds: i64) -> Timestamp {
        Timestamp::UNIX_EPOCH + SignedDuration::from_secs(seconds)
    }

    fn account(sealed: &str) -> Item {
        let settings = json!({ "M": { "from_address": { "S": MAYA } } });
        Item(json!({ "entity": { "S": "account" }, "id": { "S": "account_1" }, "settings": settings,
            "sealed_secret": { "S": sealed } }))
    }

    fn oracle() -> Oracle {
        let mut oracle = Oracle::new(BTreeMap::new(), false);
        oracle.items.insert(("W#w#ACCOUNTS".to_owned(), "1".to_owned()), account("a"));
        oracle
    }

    fn hears(oracle: &mut Oracle, seconds: i64, what: TokenAnswer) -> usize {
        oracle.look_at_tokens(&[TokenEvent { at: at(seconds), mailbox: MAYA.to_owned(), what }]);
        oracle.violations().len()
    }

    fn stores(oracle: &mut Oracle, seconds: i64) {
        account_written(oracle, at(seconds), Some(&account("a")), &account("b"));
    }

    #[test]
    fn refusal_of_stored_token_is_reported_unless_its_owner_took_the_grant_back() {
        let mut lost = oracle();
        hears(&mut lost, 0, TokenAnswer::Renewed);
        stores(&mut lost, 1);
        assert_eq!(hears(&mut lost, 3_600, TokenAnswer::Refused), 1);
        assert_eq!(at_rest(&lost).len(), 1, "nobody was told");
        let mut revoked = oracle();
        hears(&mut revoked, 0, TokenAnswer::Renewed);
        stores(&mut revoked, 1);
        hears(&mut revoked, 9, TokenAnswer::Revoked);
        assert_eq!(hears(&mut revoked, 3_600, TokenAnswer::Refused), 0);
        let mut died = oracle();
        hears(&mut died, 0, TokenAnswer::Renewed);
        stores(&mut died, 61);
        assert_eq!(hears(&mut died, 62, TokenAnswer::Refused), 0, "another one has taken the lease");
    }

    #[test]
    fn two_renewals_at_once_are_reported() {
        let mut oracle = oracle();
        hears(&mut oracle, 0, TokenAnswer::Renewed);
        assert_eq!(hears(&mut oracle, 30, TokenAnswer::Renewed), 0);
        assert_eq!(hears(&mut oracle, 31, TokenAnswer::Renewed), 1);
        assert_eq!(hears(&mut oracle, 32, TokenAnswer::Granted), 1, "the owner has allowed the access anew");
        assert_eq!(hears(&mut oracle, 33, TokenAnswer::Renewed), 2, "new tokens last");
    }

    #[test]
    fn owner_of_lost_grant_is_told() {
        let mut oracle = oracle();
        hears(&mut oracle, 0, TokenAnswer::Refused);
        let note = json!({ "entity": { "S": "notification" },
            "title": { "S": format!("{MAYA} is no longer connected") } });
        oracle.items.insert(("W#w#FEED".to_owned(), "N#1".to_owned()), Item(note));
        assert!(at_rest(&oracle).is_empty());
    }
}

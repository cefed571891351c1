//! What was put on the list of those who must not be written to, in the order in which it was. Whoever was looked up once and
//! found unlisted is compared with what has come since, which is read for a whole batch together.

use crate::suppression::SuppressionScope;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;

/// None of somebody's scopes was listed while this page was the newest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unlisted {
    pub page: u32,
    /// Which scopes: whoever is reached elsewhere by now has to be looked up again.
    scopes: u64,
}

impl Unlisted {
    pub fn new(page: u32, scopes: &[SuppressionScope]) -> Self {
        Self { page, scopes: u64::from_be_bytes(hash(scopes)) }
    }

    /// As it was stored: the page, and what knows the scopes again.
    pub fn parts(self) -> (u32, u64) {
        (self.page, self.scopes)
    }

    pub fn of_parts((page, scopes): (u32, u64)) -> Self {
        Self { page, scopes }
    }
}

/// One page of the order. Only the newest still grows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedPage {
    pub number: u32,
    pub marks: BTreeSet<u32>,
}

/// The newest pages, none missing in between.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ListedPages(pub Vec<ListedPage>);

impl ListedPages {
    /// Whatever is listed after these were read is on this page or a later one.
    pub fn newest(&self) -> u32 {
        self.0.iter().map(|page| page.number).max().unwrap_or(0)
    }

    /// Whether nothing that came since page `from` is missing here.
    pub fn reach_back_to(&self, from: u32) -> bool {
        self.0.iter().any(|page| page.number == from) || (from == 0 && self.0.is_empty())
    }

    /// They are what was looked up then, and none of them has been listed since. False also where that cannot be told.
    pub fn leave_unlisted(&self, known: Unlisted, scopes: &[SuppressionScope]) -> bool {
        let marks: Vec<u32> = scopes.iter().map(SuppressionScope::mark).collect();
        let since = || self.0.iter().filter(|page| page.number >= known.page);
        known == Unlisted::new(known.page, scopes)
            && self.reach_back_to(known.page)
            && !since().any(|page| marks.iter().any(|mark| page.marks.contains(mark)))
    }
}

impl SuppressionScope {
    /// What it leaves in the order. Another scope may happen to leave the same: then it is looked up for nothing.
    pub fn mark(&self) -> u32 {
        u32::from_be_bytes(hash(std::slice::from_ref(self)))
    }
}

fn hash<const N: usize>(scopes: &[SuppressionScope]) -> [u8; N] {
    let mut hash = Sha256::new();
    for scope in scopes {
        let (kind, value) = match scope {
            SuppressionScope::Email(value) => (b'e', value),
            SuppressionScope::Domain(value) => (b'd', value),
            SuppressionScope::Phone(value) => (b'p', value),
        };
        hash.update([kind]);
        hash.update(value.as_bytes());
        hash.update([0]);
    }
    let mut first = [0; N];
    first.copy_from_slice(&hash.finalize()[..N]);
    first
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scopes(name: &str) -> Vec<SuppressionScope> {
        let email = SuppressionScope::Email(format!("{name}@one.example"));
        vec![email, SuppressionScope::Domain("one.example".to_owned())]
    }

    fn pages(numbers: std::ops::Range<u32>, listed: &[(u32, &SuppressionScope)]) -> ListedPages {
        let marks =
            |number| listed.iter().filter(|(on, _)| *on == number).map(|(_, scope)| scope.mark()).collect();
        ListedPages(numbers.map(|number| ListedPage { number, marks: marks(number) }).collect())
    }

    #[test]
    fn who_was_unlisted_stays_that_until_something_of_theirs_is_listed() {
        let (ann, bob) = (scopes("ann"), scopes("bob"));
        let known = Unlisted::new(4, &ann);
        assert!(pages(4..6, &[]).leave_unlisted(known, &ann));
        assert!(
            pages(2..6, &[(3, &ann[0]), (5, &bob[0])]).leave_unlisted(known, &ann),
            "before, and somebody else"
        );
        for on in [4, 5] {
            assert!(!pages(4..6, &[(on, &ann[0])]).leave_unlisted(known, &ann), "on the page of then, too");
            assert!(!pages(4..6, &[(on, &ann[1])]).leave_unlisted(known, &ann), "their domain");
        }
    }

    #[test]
    fn who_is_reached_elsewhere_or_was_looked_up_too_long_ago_is_not_known_any_more() {
        let (ann, bob) = (scopes("ann"), scopes("bob"));
        let known = Unlisted::new(4, &ann);
        assert!(!pages(4..6, &[]).leave_unlisted(known, &bob));
        assert!(!pages(4..6, &[]).leave_unlisted(known, &ann[..1]));
        assert!(!pages(5..9, &[]).leave_unlisted(known, &ann));
        assert!(!ListedPages::default().leave_unlisted(known, &ann));
    }

    #[test]
    fn where_nothing_was_ever_listed_there_is_no_page() {
        let (ann, none) = (scopes("ann"), ListedPages::default());
        let known = Unlisted::new(none.newest(), &ann);
        assert!(none.leave_unlisted(known, &ann));
        assert!(pages(0..1, &[]).leave_unlisted(known, &ann));
        assert!(!pages(0..1, &[(0, &ann[0])]).leave_unlisted(known, &ann));
        assert!(!pages(1..3, &[]).leave_unlisted(known, &ann));
    }

    #[test]
    fn a_mark_tells_kinds_apart() {
        let of = |scope: SuppressionScope| scope.mark();
        assert_ne!(
            of(SuppressionScope::Email("x.example".into())),
            of(SuppressionScope::Domain("x.example".into()))
        );
        assert_eq!(
            of(SuppressionScope::Domain("x.example".into())),
            of(SuppressionScope::Domain("x.example".into()))
        );
    }
}

//! The log of the suppression list: what was put on it, in order, as pages of marks.
//!
//! A lead that was looked up once and was not on the list need not be looked up again for the next message:
//! it is compared with what was listed since. Those pages are read once for a whole batch of messages.

use crate::lead::suppression::SuppressionScope;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;

/// A look-up that found none of a lead's scopes listed, while this page was the newest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unlisted {
    pub page: u32,
    /// Hash of the scopes: a lead whose address or number has changed must be looked up again.
    scopes: u64,
}

impl Unlisted {
    pub fn new(page: u32, scopes: &[SuppressionScope]) -> Self {
        Self { page, scopes: u64::from_be_bytes(hash(scopes)) }
    }

    /// The parts as they are stored: the page and the scopes' hash.
    pub fn parts(self) -> (u32, u64) {
        (self.page, self.scopes)
    }

    pub fn of_parts((page, scopes): (u32, u64)) -> Self {
        Self { page, scopes }
    }
}

/// One page of the log. Only the newest page still grows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedPage {
    pub number: u32,
    pub marks: BTreeSet<u32>,
}

/// The newest pages, without gaps.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ListedPages(pub Vec<ListedPage>);

impl ListedPages {
    /// The page on or after which everything lies that is listed after these pages were read.
    pub fn newest(&self) -> u32 {
        self.0.iter().map(|page| page.number).max().unwrap_or(0)
    }

    /// Whether everything listed since page `from` is here.
    pub fn reach_back_to(&self, from: u32) -> bool {
        self.0.iter().any(|page| page.number == from) || (from == 0 && self.0.is_empty())
    }

    /// Whether the look-up still holds: it was for these scopes, and none of them has been listed since.
    /// False also if that is not known.
    pub fn leave_unlisted(&self, known: Unlisted, scopes: &[SuppressionScope]) -> bool {
        let marks: Vec<u32> = scopes.iter().map(SuppressionScope::mark).collect();
        let since = || self.0.iter().filter(|page| page.number >= known.page);
        known == Unlisted::new(known.page, scopes)
            && self.reach_back_to(known.page)
            && !since().any(|page| marks.iter().any(|mark| page.marks.contains(mark)))
    }
}

impl SuppressionScope {
    /// The scope's mark in the log. Another scope may have the same mark: then a look-up is made in vain.
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
    fn look_up_holds_until_one_of_its_scopes_is_listed() {
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
    fn look_up_is_void_for_other_scopes_or_missing_pages() {
        let (ann, bob) = (scopes("ann"), scopes("bob"));
        let known = Unlisted::new(4, &ann);
        assert!(!pages(4..6, &[]).leave_unlisted(known, &bob));
        assert!(!pages(4..6, &[]).leave_unlisted(known, &ann[..1]));
        assert!(!pages(5..9, &[]).leave_unlisted(known, &ann));
        assert!(!ListedPages::default().leave_unlisted(known, &ann));
    }

    #[test]
    fn list_without_entries_has_no_page() {
        let (ann, none) = (scopes("ann"), ListedPages::default());
        let known = Unlisted::new(none.newest(), &ann);
        assert!(none.leave_unlisted(known, &ann));
        assert!(pages(0..1, &[]).leave_unlisted(known, &ann));
        assert!(!pages(0..1, &[(0, &ann[0])]).leave_unlisted(known, &ann));
        assert!(!pages(1..3, &[]).leave_unlisted(known, &ann));
    }

    #[test]
    fn mark_differs_by_kind_of_scope() {
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

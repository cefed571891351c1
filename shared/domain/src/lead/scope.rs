//! The leads that a caller sees and acts on.

use crate::ids::UserId;
use std::collections::BTreeSet;

/// The leads that a caller sees and acts on: all of the workspace, or those of some owners. Jobs, API keys and admins
/// have all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LeadScope {
    All,
    /// The leads that one of these users owns; none if the set is empty.
    Owners(BTreeSet<UserId>),
}

impl LeadScope {
    pub fn none() -> Self {
        Self::Owners(BTreeSet::new())
    }

    pub fn of_owner(owner: UserId) -> Self {
        Self::Owners(BTreeSet::from([owner]))
    }

    pub fn is_all(&self) -> bool {
        matches!(self, Self::All)
    }

    /// Tells whether a lead with this owner is seen. A lead without an owner is seen by those who see all.
    pub fn sees(&self, owner: Option<&UserId>) -> bool {
        match self {
            Self::All => true,
            Self::Owners(owners) => owner.is_some_and(|owner| owners.contains(owner)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::Timestamp;

    fn user(name: &str) -> UserId {
        UserId::derived(Timestamp::UNIX_EPOCH, &[name])
    }

    #[test]
    fn scope_of_owners_sees_their_leads_and_no_unowned_one() {
        let scope = LeadScope::of_owner(user("ann"));
        assert!(scope.sees(Some(&user("ann"))));
        assert!(!scope.sees(Some(&user("bob"))) && !scope.sees(None));
        assert!(LeadScope::All.sees(None) && !LeadScope::none().sees(None));
    }
}

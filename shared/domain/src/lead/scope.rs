//! The leads that a caller sees and acts on.

use crate::ids::UserId;
use crate::lead::segment::{SegmentCondition, SegmentRule, Test};
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

    /// Narrows a rule to the leads of this scope.
    #[must_use]
    pub fn narrow(&self, rule: SegmentRule) -> SegmentRule {
        let Self::Owners(owners) = self else { return rule };
        let owned = match owners.is_empty() {
            true => SegmentRule::None(vec![SegmentRule::everyone()]),
            false => SegmentRule::If(SegmentCondition {
                field: "owner".to_owned(),
                test: Test::Is(owners.iter().map(ToString::to_string).collect()),
            }),
        };
        // The condition joins the outer group, which would else become one deeper.
        match rule {
            SegmentRule::All(mut rules) => {
                rules.push(owned);
                SegmentRule::All(rules)
            }
            other => other.and(owned),
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

    #[test]
    fn narrowed_rule_asks_for_the_owner_beside_every_alternative() {
        let any = SegmentRule::Any(vec![SegmentRule::everyone()]);
        assert_eq!(LeadScope::All.narrow(any.clone()), any);
        let SegmentRule::All(parts) = LeadScope::of_owner(user("ann")).narrow(any.clone()) else {
            panic!("both must match");
        };
        assert_eq!(parts[0], any);
        assert!(matches!(&parts[1], SegmentRule::If(condition) if condition.field == "owner"));
        let SegmentRule::All(parts) = LeadScope::none().narrow(SegmentRule::everyone()) else {
            panic!("both must match");
        };
        assert_eq!(parts, [SegmentRule::None(vec![SegmentRule::everyone()])]);
    }
}

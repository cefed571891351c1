//! A rule narrowed to the leads of a scope.

use domain::lead::scope::LeadScope;
use domain::lead::segment::{MOST_VALUES, SegmentCondition, SegmentRule, Test};
use domain::workspace::lead_access::MOST_MEMBERS;

// The members of a team are the values of one condition.
const _: () = assert!(MOST_MEMBERS <= MOST_VALUES);

/// Narrows a rule to the leads of a scope.
pub(super) fn narrowed(rule: SegmentRule, scope: &LeadScope) -> SegmentRule {
    let LeadScope::Owners(owners) = scope else { return rule };
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

#[cfg(test)]
mod tests {
    use super::*;
    use domain::UserId;
    use jiff::Timestamp;

    #[test]
    fn narrowed_rule_asks_for_the_owner_beside_every_alternative() {
        let any = SegmentRule::Any(vec![SegmentRule::everyone()]);
        assert_eq!(narrowed(any.clone(), &LeadScope::All), any);
        let ann = LeadScope::of_owner(UserId::derived(Timestamp::UNIX_EPOCH, &["ann"]));
        let SegmentRule::All(parts) = narrowed(any.clone(), &ann) else { panic!("both must match") };
        assert_eq!(parts[0], any);
        assert!(matches!(&parts[1], SegmentRule::If(condition) if condition.field == "owner"));
        let SegmentRule::All(parts) = narrowed(SegmentRule::everyone(), &LeadScope::none()) else {
            panic!("both must match")
        };
        assert_eq!(parts, [SegmentRule::None(vec![SegmentRule::everyone()])]);
    }
}

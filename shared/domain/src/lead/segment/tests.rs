use super::*;
use crate::ids::{CustomFieldId, WorkspaceId};
use crate::lead::custom_field::{CustomField, FieldKind};
use serde_json::json;

fn fields() -> CustomFields {
    let field = |key: &str, kind| {
        let id = CustomFieldId::new(ulid::Ulid::from_parts(1, 1));
        CustomField { id, key: key.to_owned(), label: key.to_owned(), kind }
    };
    let fields = vec![
        field("Seats", FieldKind::Number),
        field("Plan", FieldKind::Choice { options: vec!["Gold".to_owned()] }),
        field("Ends", FieldKind::Date),
    ];
    CustomFields { fields, rev: 1, ..CustomFields::none(WorkspaceId::new(ulid::Ulid::from_parts(1, 2))) }
}

fn rule(text: serde_json::Value) -> SegmentRule {
    serde_json::from_value(text).unwrap()
}

fn faults(text: serde_json::Value) -> Vec<(String, String)> {
    rule(text).faults(&fields()).into_iter().map(|fault| (fault.path, fault.why)).collect()
}

#[test]
fn rule_reads_and_writes_the_same_json() {
    let text = json!({"all": [
        {"if": {"field": "status", "is": ["new", "replied"]}},
        {"any": [
            {"if": {"field": "custom.Seats", "at_least": "10"}},
            {"if": {"field": "last_contacted", "in_last_days": 30}},
        ]},
        {"none": [{"if": {"field": "tag", "is": ["partner"]}}, {"if": {"field": "email", "filled": false}}]},
    ]});
    assert_eq!(serde_json::to_value(rule(text.clone())).unwrap(), text);
    assert_eq!(rule(text.clone()).faults(&fields()), []);
    assert_eq!(rule(text).conditions().len(), 5);
    assert_eq!(SegmentRule::everyone().faults(&fields()), []);
}

#[test]
fn every_fault_is_named_with_its_place() {
    let found = faults(json!({"all": [
        {"if": {"field": "shoe_size", "is": ["44"]}},
        {"any": []},
        {"if": {"field": "status", "is": ["asleep"]}},
        {"none": [{"if": {"field": "custom.Seats", "contains": "1"}}]},
        {"if": {"field": "custom.Ends", "at_most": "soon"}},
        {"if": {"field": "city", "is": []}},
        {"if": {"field": "custom.Plan", "is": ["removed since"]}},
    ]}));
    let found: Vec<(&str, &str)> = found.iter().map(|(path, why)| (path.as_str(), why.as_str())).collect();
    assert_eq!(
        found,
        [
            ("all[0]", "names 'shoe_size', which is not a field"),
            ("all[1]", "is a group without a condition"),
            (
                "all[2]",
                "'asleep' is not one of new, contacted, replied, qualified, won, lost, or stage_ with its number"
            ),
            ("all[3].none[0]", "custom.Seats has no test 'contains'"),
            ("all[4]", "'soon' is not a date such as 2026-11-28"),
            ("all[5]", "needs at least one value"),
        ]
    );
}

#[test]
fn rule_that_is_too_large_or_too_deep_is_refused() {
    let one = || json!({"if": {"field": "city", "is": ["Bonn"]}});
    let many: Vec<_> = (0..51).map(|_| one()).collect();
    assert!(faults(json!({"all": many}))[0].1.starts_with("has 51 conditions"));
    let mut deep = one();
    for _ in 0..6 {
        deep = json!({"any": [deep]});
    }
    assert!(faults(deep)[0].1.starts_with("has more than 5 groups"));
}

#[test]
fn days_of_a_test_include_both_ends() {
    let today: Date = "2026-11-28".parse().unwrap();
    let days = |test: Test| {
        days_of(&test, today).map(|(from, to)| (from.map(|d| d.to_string()), to.map(|d| d.to_string())))
    };
    let day = |text: &str| Some(text.to_owned());
    assert_eq!(days(Test::InLastDays(30)), Some((day("2026-10-29"), day("2026-11-28"))));
    assert_eq!(days(Test::InNextDays(3)), Some((day("2026-11-28"), day("2026-12-01"))));
    assert_eq!(days(Test::AtLeast("2026-01-01".to_owned())), Some((day("2026-01-01"), None)));
    assert_eq!(
        days(Test::InLastDays(u32::MAX)).unwrap().1,
        day("2026-11-28"),
        "a span beyond all dates does not panic"
    );
    assert_eq!(days(Test::Filled(true)), None);
}

fn refusal(text: serde_json::Value) -> String {
    serde_json::from_value::<SegmentRule>(text).expect_err("the rule is refused").to_string()
}

#[test]
fn rule_with_anything_unknown_or_twofold_is_refused() {
    assert!(refusal(json!({"every": []})).starts_with("unknown field `every`"));
    assert_eq!(refusal(json!({})), "needs one of all, any, none, if");
    assert_eq!(refusal(json!({"all": [], "any": []})), "has more than one of all, any, none, if");
    let condition = |test: serde_json::Value| refusal(json!({"all": [{"if": test}]}));
    assert_eq!(condition(json!({"field": "city"})), "has no test, such as is or filled");
    let two = json!({"field": "city", "is": ["Bonn"], "filled": true});
    assert_eq!(condition(two), "has more than one test");
    assert!(condition(json!({"field": "city", "equals": "Bonn"})).starts_with("unknown field `equals`"));
    assert_eq!(condition(json!({"is": ["Bonn"]})), "missing field `field`");
}

#[test]
fn joined_rule_may_be_as_large_as_its_two_parts() {
    let one = || json!({"if": {"field": "city", "is": ["Bonn"]}});
    let many = rule(json!({"all": (0..50).map(|_| one()).collect::<Vec<_>>()}));
    let mut deep = one();
    for _ in 0..5 {
        deep = json!({"any": [deep, one()]});
    }
    let joined = many.clone().and(rule(deep));
    assert_eq!(joined.faults(&fields()).len(), 2, "it is too large, and too deep, for a segment");
    assert_eq!(joined.faults_of_joined(&fields()), []);
    assert!(!many.clone().and(many.clone()).and(many).faults_of_joined(&fields()).is_empty());
}

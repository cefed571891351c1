use super::*;
use crate::lead::custom_field::{CustomField, CustomFields, FieldKind};
use crate::{CustomFieldId, IcpId, WorkspaceId};
use jiff::Timestamp;
use serde_json::{Value, json};
use ulid::Ulid;

fn fields() -> CustomFields {
    let workspace = WorkspaceId::new(Ulid(1));
    let field = |number: u128, key: &str, kind| CustomField {
        id: CustomFieldId::new(Ulid(number)),
        key: key.to_owned(),
        label: key.to_owned(),
        kind,
    };
    let fields = vec![field(1, "Rooms", FieldKind::Number), field(2, "Chain", FieldKind::Check)];
    CustomFields { fields, ..CustomFields::none(workspace) }
}

fn rule(value: Value) -> SegmentRule {
    serde_json::from_value(value).unwrap()
}

fn rooms() -> Value {
    json!({"all": [{"if": {"field": "custom.Rooms", "at_least": "2"}},
        {"if": {"field": "custom.Rooms", "at_most": "8"}}]})
}

fn profile() -> IcpProfile {
    serde_json::from_value(json!({
        "rules": [{"rule": rooms()}, {"rule": {"if": {"field": "city", "is": ["Bonn"]}}, "not_known": "keep"}],
        "weights": [{"rule": {"if": {"field": "phone", "filled": true}}, "points": 30},
            {"rule": {"if": {"field": "rating", "at_least": "4.6"}}, "points": 20},
            {"rule": {"if": {"field": "reviews", "at_least": "100"}}, "points": 10}],
        "threshold": 60,
    }))
    .unwrap()
}

fn answers(rules: [FitAnswer; 2], weights: [FitAnswer; 3]) -> FitAnswers {
    FitAnswers { rules: rules.to_vec(), weights: weights.to_vec(), opted_out: false }
}

use FitAnswer::{Met, NotKnown as Unknown, NotMet};

#[test]
fn lead_that_passes_every_rule_has_its_share_of_the_points() {
    let judge = |weights| fit_verdict(&profile(), &answers([Met, Met], weights));
    assert_eq!(judge([Met, Met, Met]), FitVerdict::Fits(100));
    assert_eq!(judge([Met, NotMet, NotMet]), FitVerdict::Fits(50), "30 of 60");
    assert_eq!(judge([NotMet, Met, NotMet]), FitVerdict::Fits(33));
    assert_eq!(judge([NotMet, Unknown, NotMet]), FitVerdict::Fits(0), "what is not known adds nothing");
    let plain = IcpProfile { weights: Vec::new(), ..profile() };
    assert_eq!(fit_verdict(&plain, &answers([Met, Met], [NotMet; 3])), FitVerdict::Fits(100));
}

#[test]
fn lead_that_fails_one_rule_is_just_outside_and_opted_out_leads_never_fit() {
    let judge = |rules| fit_verdict(&profile(), &answers(rules, [Met; 3]));
    assert_eq!(judge([NotMet, Met]), FitVerdict::JustOutside(0));
    assert_eq!(judge([Met, NotMet]), FitVerdict::JustOutside(1));
    assert_eq!(judge([NotMet, NotMet]), FitVerdict::DoesNotFit);
    assert_eq!(judge([Unknown, Met]), FitVerdict::JustOutside(0), "this rule leaves unknown leads out");
    assert_eq!(judge([Met, Unknown]), FitVerdict::Fits(100), "this one keeps them");
    let opted_out = FitAnswers { opted_out: true, ..answers([Met, Met], [Met; 3]) };
    assert_eq!(fit_verdict(&profile(), &opted_out), FitVerdict::DoesNotFit);
    let nearly = FitAnswers { opted_out: true, ..answers([NotMet, Met], [Met; 3]) };
    assert_eq!(fit_verdict(&profile(), &nearly), FitVerdict::DoesNotFit);
}

#[test]
fn histogram_has_ten_bins_and_a_hundred_is_in_the_last() {
    assert_eq!([0, 9, 10, 59, 60, 99, 100].map(bin_of), [0, 0, 1, 5, 6, 9, 9]);
}

#[test]
fn reasons_say_what_the_lead_has_and_which_limit_it_breaks() {
    let has = |field: &str| match field {
        "custom.Rooms" => Some("9".to_owned()),
        "city" => Some("Rome".to_owned()),
        "custom.Chain" => Some("yes".to_owned()),
        _ => None,
    };
    let reason = |asked: Value, answer| reason_text(&rule(asked), answer, &fields(), has);
    assert_eq!(reason(rooms(), NotMet), "Rooms is 9, the limit is 8");
    let many = json!({"if": {"field": "custom.Rooms", "at_least": "12"}});
    assert_eq!(reason(many, NotMet), "Rooms is 9, at least 12 is asked for");
    assert_eq!(reason(rooms(), Met), "Rooms 9");
    assert_eq!(reason(json!({"if": {"field": "rating", "at_least": "4"}}), Unknown), "Rating not known");
    let bonn = json!({"if": {"field": "city", "is": ["Bonn"]}});
    assert_eq!(reason(bonn, NotMet), "City is Rome; asked for: City is Bonn");
    let phone = json!({"if": {"field": "phone", "filled": true}});
    assert_eq!(reason(phone, NotMet), "no phone; asked for: Phone has a value");
    let city = json!({"if": {"field": "city", "filled": true}});
    assert_eq!(reason(city, Met), "City known");
    let chain = json!({"none": [{"if": {"field": "custom.Chain", "is": ["yes"]}}]});
    assert_eq!(reason(chain, NotMet), "Chain is yes; asked for: not Chain is yes");
}

#[test]
fn rule_is_told_in_words() {
    let text = |asked: Value| rule_text(&rule(asked), &fields());
    assert_eq!(text(rooms()), "Rooms 2 to 8");
    let cities = json!({"if": {"field": "city", "is": ["Bonn", "Rome", "Lyon", "Oslo", "Graz"]}});
    assert_eq!(text(cities), "City is Bonn, Rome, Lyon or 2 more");
    let users = json!({"if": {"field": "owner", "is": ["user_01J00000000000000000000000"]}});
    assert_eq!(text(users), "Owner is one of 1 chosen");
}

#[test]
fn profile_names_each_part_that_is_wrong() {
    let faults = |change: &dyn Fn(&mut Value)| {
        let mut value = serde_json::to_value(profile()).unwrap();
        change(&mut value);
        let profile: IcpProfile = serde_json::from_value(value).unwrap();
        profile.faults(&fields()).into_iter().map(|fault| fault.path).collect::<Vec<_>>()
    };
    assert_eq!(faults(&|_| ()), Vec::<String>::new());
    assert_eq!(faults(&|icp| icp["threshold"] = json!(101)), ["threshold"]);
    assert_eq!(faults(&|icp| icp["weights"][1]["points"] = json!(0)), ["weights[1].points"]);
    let shoes = json!({"any": [{"if": {"field": "shoes", "filled": true}}]});
    assert_eq!(faults(&|icp| icp["rules"][1]["rule"] = shoes.clone()), ["rules[1].rule.any[0]"]);
    let fit = json!({"if": {"field": "fit", "at_least": "1"}});
    assert_eq!(faults(&|icp| icp["weights"][0]["rule"] = fit.clone()), ["weights[0].rule"]);
    assert_eq!(faults(&|icp| icp["rules"][0]["rule"] = json!({"all": []})), ["rules[0].rule"]);
    let many = vec![json!({"rule": rooms()}); 21];
    assert_eq!(faults(&|icp| icp["rules"] = json!(many)), ["rules"]);
}

#[test]
fn fit_field_names_the_main_icp_or_one_by_its_id() {
    let icp = |number: u128, main: bool| Icp {
        id: IcpId::new(Ulid(number)),
        workspace: WorkspaceId::new(Ulid(9)),
        name: "Clinics".to_owned(),
        profile: profile(),
        main,
        version: 1,
        by: None,
        created_at: Timestamp::UNIX_EPOCH,
        updated_at: Timestamp::UNIX_EPOCH,
        rev: 1,
    };
    let icps = [icp(1, false), icp(2, true)];
    let of =
        |name: &str| FitField::named(name).and_then(|field| Icp::of_field(&icps, field)).map(|icp| &icp.id);
    assert_eq!(of("fit"), Some(&icps[1].id));
    assert_eq!(of(&icps[0].field()), Some(&icps[0].id));
    assert_eq!(of(&icp(3, false).field()), None);
    assert_eq!(FitField::named("fit:lead_01J00000000000000000000000"), None);
    assert_eq!(Icp::main_of(&icps[..1]), None);
}

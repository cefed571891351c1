use super::*;
use crate::contact::email_address::EmailAddress;
use crate::workspace::own_phone::PhoneProof;
use crate::{LeadId, LoginId, WorkspaceId};
use jiff::Timestamp;
use jiff::civil::date;

const NOW: Timestamp = Timestamp::UNIX_EPOCH;

fn user(name: &str) -> UserId {
    UserId::derived(NOW, &[name])
}

fn member(name: &str, role: Role, disabled: bool) -> User {
    User {
        id: user(name),
        workspace: WorkspaceId::derived(NOW, &["w"]),
        login: LoginId::derived(NOW, &[name]),
        email: EmailAddress::parse(&format!("{name}@one.example")).unwrap(),
        name: name.to_owned(),
        role,
        created_at: NOW,
        disabled,
        ai_off: false,
        phone: None,
        phone_proof: PhoneProof::default(),
        offers_ended: 0,
        rev: 1,
    }
}

fn lead(change: impl FnOnce(&mut Lead)) -> Lead {
    let mut lead = Lead::blank(LeadId::derived(NOW, &["l"]), WorkspaceId::derived(NOW, &["w"]), NOW);
    change(&mut lead);
    lead
}

fn rule(name: &str, when: RoutingConditions, assign: OwnerChoice) -> RoutingRule {
    RoutingRule { id: RoutingRuleId::derived(NOW, &[name]), name: name.to_owned(), when, assign }
}

fn routing(rules: Vec<RoutingRule>, otherwise: OwnerChoice) -> Routing {
    Routing { rules, otherwise, ..Routing::none(WorkspaceId::derived(NOW, &["w"])) }
}

fn everyone() -> BTreeSet<UserId> {
    ["ana", "ben", "kim"].into_iter().map(user).collect()
}

fn texts(values: &[&str]) -> Vec<String> {
    values.iter().map(|value| (*value).to_owned()).collect()
}

#[test]
fn first_rule_that_the_lead_meets_decides_and_the_default_takes_the_rest() {
    let germany = RoutingConditions { countries: vec![Country::parse("DE").unwrap()], ..Default::default() };
    let routing = routing(
        vec![
            rule("Germany", germany, OwnerChoice::One { user: user("ana") }),
            rule("Everyone", RoutingConditions::default(), OwnerChoice::One { user: user("ben") }),
        ],
        OwnerChoice::One { user: user("kim") },
    );
    let name =
        |lead: &Lead| routing.route(lead, &everyone()).and_then(|route| route.rule).map(|rule| &*rule.name);
    assert_eq!(name(&lead(|lead| lead.country = Country::parse("DE"))), Some("Germany"));
    assert_eq!(name(&lead(|lead| lead.country = Country::parse("GB"))), Some("Everyone"));
    let only_default = Routing { rules: Vec::new(), ..routing };
    let any = lead(|_| {});
    let route = only_default.route(&any, &everyone()).unwrap();
    let told = route.decision(route.users[0]);
    assert_eq!((told.owner, told.rule, told.name.as_str()), (user("kim"), None, ""));
}

#[test]
fn conditions_are_met_together_and_their_values_are_alternatives() {
    let when = RoutingConditions {
        countries: vec![Country::parse("US").unwrap(), Country::parse("CA").unwrap()],
        regions: texts(&["Québec", "ny"]),
        sources: texts(&["Web form"]),
        tags: texts(&["vip"]),
    };
    let met = lead(|lead| {
        lead.country = Country::parse("CA");
        lead.custom.insert("State".to_owned(), "quebec".to_owned());
        lead.source = Some("web  form".to_owned());
        lead.tags.insert("VIP".to_owned());
    });
    assert!(when.are_met_by(&met));
    let misses: [fn(&mut Lead); 4] = [
        |lead| lead.country = Country::parse("GB"),
        |lead| lead.custom.clear(),
        |lead| lead.source = None,
        |lead| lead.tags.clear(),
    ];
    for miss in misses {
        let mut other = met.clone();
        miss(&mut other);
        assert!(!when.are_met_by(&other), "{other:?}");
    }
    let mut by_city = met.clone();
    by_city.custom.clear();
    by_city.city = Some("NY".to_owned());
    assert!(when.are_met_by(&by_city));
}

#[test]
fn users_who_are_away_disabled_or_read_only_are_passed_over() {
    let mut routing = routing(
        vec![rule("Ana", RoutingConditions::default(), OwnerChoice::One { user: user("ana") })],
        OwnerChoice::RoundRobin { users: vec![user("ben"), user("kim"), user("zoe")] },
    );
    routing.away = vec![OwnerAway { user: user("ana"), until: date(2026, 5, 8) }];
    let team = [
        member("ana", Role::Rep, false),
        member("ben", Role::Rep, true),
        member("kim", Role::Manager, false),
        member("zoe", Role::ReadOnly, false),
    ];
    let of = |day| routing.available(&team, day);
    assert_eq!(of(date(2026, 5, 8)), [user("kim")].into());
    assert_eq!(of(date(2026, 5, 9)), [user("ana"), user("kim")].into());
    let any = lead(|_| {});
    let away = of(date(2026, 5, 8));
    let route = routing.route(&any, &away).unwrap();
    assert_eq!((route.rule, route.users), (None, vec![&user("kim")]));
    assert_eq!(routing.route(&any, &BTreeSet::new()), None);
}

#[test]
fn rule_for_nobody_leaves_its_leads_without_an_owner() {
    let partners = RoutingConditions { tags: texts(&["partner"]), ..Default::default() };
    let routing = routing(
        vec![rule("Partners", partners, OwnerChoice::Nobody {})],
        OwnerChoice::One { user: user("ana") },
    );
    let partner = lead(|lead| lead.tags = ["partner".to_owned()].into());
    assert_eq!(routing.route(&partner, &everyone()), None);
    assert!(routing.route(&lead(|_| {}), &everyone()).is_some());
    assert!(Routing::none(WorkspaceId::derived(NOW, &["w"])).assigns_nothing() && !routing.assigns_nothing());
}

#[test]
fn turns_go_round_and_least_load_takes_the_first_of_the_least() {
    let users = vec![user("ana"), user("ben"), user("kim")];
    let routing = routing(Vec::new(), OwnerChoice::RoundRobin { users });
    let any = lead(|_| {});
    let everyone = everyone();
    let route = routing.route(&any, &everyone).unwrap();
    let turns: Vec<&UserId> = (4..8).map(|position| route.at_turn(position)).collect();
    assert_eq!(turns, [&user("ben"), &user("kim"), &user("ana"), &user("ben")]);
    let load = |who: &UserId| if *who == user("ana") { 3 } else { 1 };
    assert_eq!(route.least_loaded(load), &user("ben"));
}

#[test]
fn rules_are_stored_as_they_are_shown() {
    let when = RoutingConditions { regions: texts(&["Bavaria"]), ..Default::default() };
    let stored = rule("South", when, OwnerChoice::LeastLoad { users: vec![user("ana")] });
    let text = serde_json::to_value(&stored).unwrap();
    assert_eq!(text["when"], serde_json::json!({ "regions": ["Bavaria"] }));
    assert_eq!(text["assign"]["how"], "least_load");
    assert_eq!(serde_json::from_value::<RoutingRule>(text).unwrap(), stored);
    assert_eq!(serde_json::to_value(OwnerChoice::Nobody {}).unwrap(), serde_json::json!({ "how": "nobody" }));
}

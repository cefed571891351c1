//! The filters of a search that an ICP's rules come to, as far as the provider can be asked for them.

use crate::ports::data_providers::ProspectCriterion;
use domain::contact::country::Country;
use domain::icp::{IcpProfile, rule_text};
use domain::lead::custom_field::CustomFields;
use domain::lead::segment::{SegmentCondition, SegmentRule, Test};
use domain::prospect::{EmployeeRange, MOST_FILTER_VALUES, ProspectFilters};

/// The keys of custom fields that hold a company's size, as users name them.
const SIZE_FIELDS: [&str; 6] =
    ["employees", "number of employees", "company size", "headcount", "team size", "staff"];

/// Translates the rules. Those that the provider cannot be asked for are returned in plain words: results are checked by
/// them, as far as they tell enough. Of two rules about the same thing only the narrower one is asked for.
pub fn filters_of(
    profile: &IcpProfile,
    fields: &CustomFields,
    criteria: &[ProspectCriterion],
) -> (ProspectFilters, Vec<String>) {
    let mut filters = ProspectFilters::default();
    let mut unasked = Vec::new();
    let can = |criterion| criteria.contains(&criterion);
    let mut rules: Vec<&SegmentRule> = profile.rules.iter().map(|rule| &rule.rule).collect();
    // A city is narrower than its country.
    rules.sort_by_key(|rule| rule.conditions().first().is_some_and(|one| one.field == "country"));
    for rule in rules {
        if !take(rule, &mut filters, can) {
            unasked.push(rule_text(rule, fields));
        }
    }
    (filters, unasked)
}

fn take(rule: &SegmentRule, filters: &mut ProspectFilters, can: impl Fn(ProspectCriterion) -> bool) -> bool {
    if let Some(range) = size_of(rule) {
        return can(ProspectCriterion::Employees) && fill(&mut filters.employees, vec![range]);
    }
    let Some((field, values)) = values_of(rule) else { return false };
    if values.is_empty() || values.len() > MOST_FILTER_VALUES {
        return false;
    }
    match field.as_str() {
        "job_title" => can(ProspectCriterion::Titles) && fill(&mut filters.titles, values),
        "city" => can(ProspectCriterion::Locations) && fill(&mut filters.locations, values),
        "country" => {
            let named = values.iter().map(|code| match Country::parse(code) {
                Some(country) => country.name().to_owned(),
                None => code.clone(),
            });
            can(ProspectCriterion::Locations) && fill(&mut filters.locations, named.collect())
        }
        "category" if can(ProspectCriterion::Industries) => fill(&mut filters.industries, values),
        // Keywords must all be there.
        "category" if values.len() == 1 => {
            can(ProspectCriterion::Keywords) && fill(&mut filters.keywords, values)
        }
        "company_domain" | "website" => can(ProspectCriterion::Domains) && fill(&mut filters.domains, values),
        _ => false,
    }
}

fn fill<T>(filter: &mut Vec<T>, values: Vec<T>) -> bool {
    let is_open = filter.is_empty();
    if is_open {
        *filter = values;
    }
    is_open
}

/// The one field that a rule asks for, with the values of which it wants one.
fn values_of(rule: &SegmentRule) -> Option<(String, Vec<String>)> {
    match rule {
        SegmentRule::If(SegmentCondition { field, test }) => match test {
            Test::Is(values) => Some((field.clone(), values.clone())),
            // A text that a website or a city has in it is no name of one.
            Test::Contains(text) if matches!(field.as_str(), "job_title" | "category") => {
                Some((field.clone(), vec![text.clone()]))
            }
            _ => None,
        },
        SegmentRule::All(rules) => match rules.as_slice() {
            [rule] => values_of(rule),
            _ => None,
        },
        SegmentRule::Any(rules) => {
            let parts: Vec<_> = rules.iter().map(values_of).collect::<Option<_>>()?;
            let (field, _) = parts.first()?.clone();
            let is_one = parts.iter().all(|(other, _)| *other == field);
            is_one.then(|| (field, parts.into_iter().flat_map(|(_, values)| values).collect()))
        }
        SegmentRule::None(_) => None,
    }
}

/// The size of companies that a rule asks for.
fn size_of(rule: &SegmentRule) -> Option<EmployeeRange> {
    let bounds: Vec<&SegmentCondition> = match rule {
        SegmentRule::If(condition) => vec![condition],
        SegmentRule::All(rules) => rules
            .iter()
            .map(|rule| match rule {
                SegmentRule::If(condition) => Some(condition),
                _ => None,
            })
            .collect::<Option<_>>()?,
        _ => return None,
    };
    let (mut from, mut to) = (None, None);
    for SegmentCondition { field, test } in bounds {
        let key = field.strip_prefix("custom.")?.trim().to_lowercase().replace('_', " ");
        if !SIZE_FIELDS.contains(&key.as_str()) {
            return None;
        }
        let number =
            |text: &str| text.parse::<f64>().ok().filter(|n| (0.0..1e9).contains(n)).map(|n| n as u32);
        match test {
            Test::AtLeast(text) if from.is_none() => from = Some(number(text)?),
            Test::AtMost(text) if to.is_none() => to = Some(number(text)?),
            _ => return None,
        }
    }
    (from.is_some() || to.is_some()).then(|| EmployeeRange { from: from.unwrap_or(1), to })
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::WorkspaceId;
    use serde_json::{Value, json};

    const ALL: [ProspectCriterion; 7] = ProspectCriterion::ALL;

    fn translated(rules: Vec<Value>, criteria: &[ProspectCriterion]) -> (ProspectFilters, Vec<String>) {
        let rules: Vec<Value> = rules.into_iter().map(|rule| json!({ "rule": rule })).collect();
        let profile: IcpProfile =
            serde_json::from_value(json!({ "rules": rules, "weights": [], "threshold": 60 })).unwrap();
        let workspace = WorkspaceId::derived(jiff::Timestamp::UNIX_EPOCH, &["w"]);
        filters_of(&profile, &CustomFields::none(workspace), criteria)
    }

    fn is(field: &str, values: &[&str]) -> Value {
        json!({ "if": { "field": field, "is": values } })
    }

    #[test]
    fn rules_that_a_provider_can_be_asked_for_become_filters() {
        let either = json!({ "any": [is("job_title", &["Owner"]),
            { "if": { "field": "job_title", "contains": "manager" } }] });
        let size = json!({ "all": [{ "if": { "field": "custom.Employees", "at_least": "2" } },
            { "if": { "field": "custom.Employees", "at_most": "50" } }] });
        let rules = vec![either, is("country", &["DE"]), is("category", &["Dental"]), size];
        let (filters, unasked) = translated(rules, &ALL);
        assert_eq!(filters.titles, ["Owner", "manager"]);
        assert_eq!(filters.locations, ["Germany"]);
        assert_eq!(filters.industries, ["Dental"]);
        assert_eq!(filters.employees, [EmployeeRange { from: 2, to: Some(50) }]);
        assert_eq!(unasked, Vec::<String>::new());
    }

    #[test]
    fn rules_that_a_provider_cannot_be_asked_for_are_told() {
        let rules = vec![
            is("country", &["DE"]),
            is("city", &["Bonn"]),
            json!({ "none": [is("category", &["Chain"])] }),
            json!({ "if": { "field": "rating", "at_least": "4" } }),
            is("job_title", &["Owner"]),
        ];
        let (filters, unasked) = translated(rules, &[ProspectCriterion::Locations]);
        let asked = ProspectFilters { locations: vec!["Bonn".to_owned()], ..ProspectFilters::default() };
        assert_eq!(filters, asked, "a city is narrower than its country");
        assert_eq!(unasked.len(), 4, "{unasked:?}");
        assert!(unasked.contains(&"Job title is Owner".to_owned()), "{unasked:?}");
    }

    #[test]
    fn category_is_a_keyword_where_a_provider_knows_no_industries() {
        let keywords = [ProspectCriterion::Keywords];
        let (filters, unasked) = translated(vec![is("category", &["Plumber"])], &keywords);
        assert_eq!((filters.keywords, unasked.len()), (vec!["Plumber".to_owned()], 0));
        let (filters, unasked) = translated(vec![is("category", &["Plumber", "Roofer"])], &keywords);
        assert_eq!((filters.keywords.len(), unasked.len()), (0, 1), "keywords must all be there");
    }
}

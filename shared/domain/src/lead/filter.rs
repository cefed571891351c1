//! The filter that selects leads for a list, a bulk change, an enrolment job or auto-enrol.

use crate::contact::country::Country;
use crate::ids::{CampaignId, SegmentId, UserId};
use crate::lead::attributes::LeadText;
use crate::lead::segment::{SegmentCondition, SegmentRule, Test};
use crate::lead::stage::StageId;
use crate::lead::{Priority, Temperature};
use serde::{Deserialize, Serialize};

/// Different filters are combined with AND, the values of one with OR. An empty filter selects every lead.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct LeadFilter {
    /// Words in name, company, e-mail, phone, city, industry or tags.
    pub q: Option<String>,
    #[serde(default)]
    pub status: Vec<StageId>,
    #[serde(default)]
    pub temperature: Vec<Temperature>,
    #[serde(default)]
    pub priority: Vec<Priority>,
    pub owner: Option<UserId>,
    /// Leads without an owner.
    #[serde(default)]
    pub unowned: bool,
    #[serde(default)]
    pub country: Vec<Country>,
    #[serde(default)]
    pub category: Vec<String>,
    #[serde(default)]
    pub tag: Vec<String>,
    pub campaign: Option<CampaignId>,
    /// Leads of this segment, by its rule at that moment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub segment: Option<SegmentId>,
    /// Leads that this rule selects, too.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rule: Option<SegmentRule>,
    /// The domains of companies: leads with an address there.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub company_domain: Vec<String>,
}

/// The most values of a stored filter: an item has a size limit.
const MOST_VALUES: usize = 100;
/// The most bytes of a stored filter's words, and of each of its texts.
const LONGEST_WORDS: usize = 200;
/// The most characters of a filter's rule as JSON.
pub const LONGEST_RULE: usize = 4_000;

impl LeadFilter {
    /// Each part of a filter that is too large to be stored, and what was expected. An empty part is the filter itself.
    pub fn faults(&self) -> Vec<(&'static str, &'static str)> {
        let mut faults = Vec::new();
        if self.q.as_ref().is_some_and(|words| words.len() > LONGEST_WORDS) {
            faults.push(("q", "is at most 200 characters"));
        }
        if self.values() > MOST_VALUES {
            faults.push(("", "has at most 100 values"));
        }
        let texts = self.texts().into_iter().map(|(text, values)| (text.name(), values));
        for (field, values) in
            texts.chain([("tag", self.tag.as_slice()), ("company_domain", self.company_domain.as_slice())])
        {
            if values.iter().any(|value| value.len() > LONGEST_WORDS) {
                faults.push((field, "is at most 200 characters a value"));
            }
        }
        let written = self.rule.as_ref().map(|rule| serde_json::to_string(rule).unwrap_or_default());
        if written.is_some_and(|written| written.chars().count() > LONGEST_RULE) {
            faults.push(("rule", "is at most 4,000 characters as JSON"));
        }
        faults
    }

    /// How many values the filter names.
    pub fn values(&self) -> usize {
        let listed = self.status.len() + self.temperature.len() + self.priority.len() + self.country.len();
        let texts: usize = self.texts().iter().map(|(_, values)| values.len()).sum();
        listed + texts + self.tag.len() + self.company_domain.len()
    }

    /// The filters by a text of the lead. The case of letters does not matter.
    pub fn texts(&self) -> [(LeadText, &[String]); 1] {
        [(LeadText::Category, &self.category)]
    }

    /// The filter as a rule. Its words are not in it: they are searched for. Nor is its segment, whose rule has to be
    /// read.
    pub fn as_rule(&self) -> SegmentRule {
        let owner = if self.unowned { vec!["none".to_owned()] } else { texts(self.owner.as_slice()) };
        let conditions = [
            ("status", codes(&self.status)),
            ("temperature", codes(&self.temperature)),
            ("priority", codes(&self.priority)),
            ("owner", owner),
            ("country", texts(&self.country)),
            ("category", self.category.clone()),
            ("tag", self.tag.clone()),
            ("campaign", texts(self.campaign.as_slice())),
            ("company_domain", self.company_domain.clone()),
        ];
        let asked = conditions.into_iter().filter(|(_, values)| !values.is_empty());
        let condition = |(field, values): (&str, Vec<String>)| {
            SegmentRule::If(SegmentCondition { field: field.to_owned(), test: Test::Is(values) })
        };
        SegmentRule::All(asked.map(condition).chain(self.rule.clone()).collect())
    }
}

fn texts<T: ToString>(values: &[T]) -> Vec<String> {
    values.iter().map(ToString::to_string).collect()
}

/// The codes of values as rules and requests spell them.
fn codes<T: Serialize>(values: &[T]) -> Vec<String> {
    let code = |value: &T| serde_json::to_value(value).ok()?.as_str().map(str::to_owned);
    values.iter().filter_map(code).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lead::custom_field::CustomFields;
    use crate::{CampaignId, UserId, WorkspaceId};
    use ulid::Ulid;

    #[test]
    fn rule_has_a_condition_for_each_thing_that_is_asked_for() {
        let filter = LeadFilter {
            q: Some("words".to_owned()),
            status: vec![StageId::NEW, StageId::WON],
            temperature: vec![Temperature::Hot],
            priority: vec![Priority::High],
            owner: Some(UserId::new(Ulid(1))),
            country: Country::parse("DE").into_iter().collect(),
            category: vec!["Dentist".to_owned()],
            tag: vec!["fair".to_owned()],
            campaign: Some(CampaignId::new(Ulid(2))),
            unowned: false,
            segment: Some(SegmentId::new(Ulid(4))),
            rule: serde_json::from_str(r#"{"if":{"field":"city","is":["Bonn"]}}"#).ok(),
            company_domain: vec!["quay.example".to_owned()],
        };
        let rule = filter.as_rule();
        assert_eq!(rule.faults(&CustomFields::none(WorkspaceId::new(Ulid(3)))), []);
        let asked: Vec<String> = rule
            .conditions()
            .iter()
            .map(|condition| match &condition.test {
                Test::Is(values) => format!("{}: {}", condition.field, values.join(", ")),
                other => format!("{other:?}"),
            })
            .collect();
        let owner = format!("owner: {}", UserId::new(Ulid(1)));
        let campaign = format!("campaign: {}", CampaignId::new(Ulid(2)));
        let wanted = [
            "status: new, won",
            "temperature: hot",
            "priority: high",
            &owner,
            "country: DE",
            "category: Dentist",
            "tag: fair",
            &campaign,
            "company_domain: quay.example",
            "city: Bonn",
        ];
        assert_eq!(asked, wanted);
        let nobodys =
            LeadFilter { unowned: true, owner: Some(UserId::new(Ulid(1))), ..LeadFilter::default() };
        assert!(format!("{:?}", nobodys.as_rule()).contains("none"));
        assert_eq!(LeadFilter::default().as_rule(), SegmentRule::everyone());
    }

    #[test]
    fn filter_that_was_stored_before_segments_reads_as_it_was() {
        let stored = r#"{"q":null,"status":["new"],"temperature":[],"priority":[],"owner":null,"unowned":false,
            "country":[],"category":[],"tag":["fair"],"campaign":null}"#;
        let filter: LeadFilter = serde_json::from_str(stored).unwrap();
        assert_eq!((&filter.segment, &filter.rule), (&None, &None));
        let again = serde_json::to_value(&filter).unwrap();
        assert_eq!(again, serde_json::from_str::<serde_json::Value>(stored).unwrap());
    }

    #[test]
    fn stored_filter_has_bounds_for_its_values_and_its_rule() {
        let long = SegmentRule::Any(vec![
            SegmentRule::If(SegmentCondition {
                field: "city".to_owned(),
                test: Test::Is(vec!["x".repeat(500)]),
            });
            9
        ]);
        let filter = LeadFilter { q: Some("q".repeat(201)), rule: Some(long), ..LeadFilter::default() };
        let parts: Vec<&str> = filter.faults().into_iter().map(|(part, _)| part).collect();
        assert_eq!(parts, ["q", "rule"]);
        assert_eq!(LeadFilter { tag: vec!["a".to_owned(); 101], ..LeadFilter::default() }.faults()[0].0, "");
        assert_eq!(LeadFilter { tag: vec!["a".repeat(201)], ..LeadFilter::default() }.faults()[0].0, "tag");
    }
}

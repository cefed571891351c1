//! The filter that selects leads for a list, a bulk change, an enrolment job or auto-enrol.

use crate::contact::country::Country;
use crate::ids::{CampaignId, UserId};
use crate::lead::attributes::LeadText;
use crate::lead::segment::{SegmentCondition, SegmentRule, Test};
use crate::lead::{LeadStatus, Priority, Temperature};
use serde::{Deserialize, Serialize};

/// Different filters are combined with AND, the values of one with OR. An empty filter selects every lead.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct LeadFilter {
    /// Words in name, company, e-mail, phone, city, industry or tags.
    pub q: Option<String>,
    #[serde(default)]
    pub status: Vec<LeadStatus>,
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
}

impl LeadFilter {
    /// How many values the filter names.
    pub fn values(&self) -> usize {
        let listed = self.status.len() + self.temperature.len() + self.priority.len() + self.country.len();
        let texts: usize = self.texts().iter().map(|(_, values)| values.len()).sum();
        listed + texts + self.tag.len()
    }

    /// The filters by a text of the lead. The case of letters does not matter.
    pub fn texts(&self) -> [(LeadText, &[String]); 1] {
        [(LeadText::Category, &self.category)]
    }

    /// The filter as a rule. Its words are not in it: they are searched for.
    pub fn rule(&self) -> SegmentRule {
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
        ];
        let asked = conditions.into_iter().filter(|(_, values)| !values.is_empty());
        let condition = |(field, values): (&str, Vec<String>)| {
            SegmentRule::If(SegmentCondition { field: field.to_owned(), test: Test::Is(values) })
        };
        SegmentRule::All(asked.map(condition).collect())
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
            status: vec![LeadStatus::New, LeadStatus::Won],
            temperature: vec![Temperature::Hot],
            priority: vec![Priority::High],
            owner: Some(UserId::new(Ulid(1))),
            country: Country::parse("DE").into_iter().collect(),
            category: vec!["Dentist".to_owned()],
            tag: vec!["fair".to_owned()],
            campaign: Some(CampaignId::new(Ulid(2))),
            unowned: false,
        };
        let rule = filter.rule();
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
        ];
        assert_eq!(asked, wanted);
        let nobodys =
            LeadFilter { unowned: true, owner: Some(UserId::new(Ulid(1))), ..LeadFilter::default() };
        assert!(format!("{:?}", nobodys.rule()).contains("none"));
        assert_eq!(LeadFilter::default().rule(), SegmentRule::everyone());
    }
}

//! The auto-enrol rule of a campaign: which leads it enrols automatically, and how many a day.

use crate::lead::filter::LeadFilter;
use serde::{Deserialize, Serialize};

/// The auto-enrol rule of a campaign.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct AutoEnrolRule {
    pub filter: LeadFilter,
    /// New leads per day of the campaign's zone: 1 to 1,000.
    pub per_day: u32,
}

impl AutoEnrolRule {
    /// Each invalid field, and what was expected.
    pub fn faults(&self) -> Vec<(String, &'static str)> {
        let mut faults = Vec::new();
        if !(1..=MOST_PER_DAY).contains(&self.per_day) {
            faults.push(("per_day".to_owned(), "is from 1 to 1,000"));
        }
        if self.filter.q.as_ref().is_some_and(|words| words.len() > LONGEST_WORDS) {
            faults.push(("filter.q".to_owned(), "is at most 200 characters"));
        }
        if self.filter.values() > MOST_VALUES {
            faults.push(("filter".to_owned(), "has at most 100 values"));
        }
        let texts = self.filter.texts().into_iter().map(|(text, values)| (text.name(), values));
        for (field, values) in texts.chain([("tag", self.filter.tag.as_slice())]) {
            if values.iter().any(|value| value.len() > LONGEST_WORDS) {
                faults.push((format!("filter.{field}"), "is at most 200 characters a value"));
            }
        }
        faults
    }
}

const MOST_PER_DAY: u32 = 1_000;

/// The filter is stored in its campaign's item, which has a size limit.
const MOST_VALUES: usize = 100;

const LONGEST_WORDS: usize = 200;

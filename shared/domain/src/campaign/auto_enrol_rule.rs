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
        for (part, why) in self.filter.faults() {
            let dot = if part.is_empty() { "" } else { "." };
            faults.push((format!("filter{dot}{part}"), why));
        }
        faults
    }
}

const MOST_PER_DAY: u32 = 1_000;

//! Changes of a workspace's choices about the calls that the app places.

use crate::countries::countries;
use domain::workspace::call_rules::{CallRules, MOST_COUNTRIES};
use http_api::{FieldErrors, utoipa};
use serde::Deserialize;

#[derive(Debug, Default, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CallChanges {
    /// Replaces the whole list; two letters each. Phones in these countries may be rung, besides those in the workspace's own,
    /// and those of leads in the lead's.
    countries: Option<Vec<String>>,
}

impl CallChanges {
    /// Applies the changes; each fault is named by its field.
    pub fn apply(self, rules: &mut CallRules, errors: &mut FieldErrors) {
        let Some(given) = self.countries else { return };
        if let Some(read) = countries(&given, "calls.countries", MOST_COUNTRIES, errors) {
            rules.countries = read;
        }
    }
}

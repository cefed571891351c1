//! Changes of a workspace's choices about recordings of calls.

use crate::countries::countries;
use domain::workspace::recording::{MOST_COUNTRIES, MOST_DAYS, RecordingRules};
use http_api::{FieldErrors, utoipa};
use serde::Deserialize;

#[derive(Debug, Default, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RecordingChanges {
    /// Whether calls are recorded. The user and the lead hear a notice before they are connected.
    enabled: Option<bool>,
    /// Replaces the whole list; two letters each. Calls to these countries are not recorded.
    countries_off: Option<Vec<String>>,
    /// 1–1,095 days, after which a recording is deleted, also at the provider.
    keep_days: Option<u16>,
}

impl RecordingChanges {
    /// Applies the changes; each fault is named by its field.
    pub fn apply(self, rules: &mut RecordingRules, errors: &mut FieldErrors) {
        rules.enabled = self.enabled.unwrap_or(rules.enabled);
        if let Some(days) = self.keep_days {
            if !(1..=MOST_DAYS).contains(&days) {
                errors.add("recording.keep_days", format!("must be 1 to {MOST_DAYS}"));
            }
            rules.keep_days = days;
        }
        let Some(given) = self.countries_off else { return };
        if let Some(read) = countries(&given, "recording.countries_off", MOST_COUNTRIES, errors) {
            rules.countries_off = read;
        }
    }
}

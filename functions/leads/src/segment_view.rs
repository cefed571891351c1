//! A segment as the API shows it, and the checks of what a request says of one.

use crate::App;
use domain::lead::custom_field::CustomFields;
use domain::lead::segment::{Segment, SegmentRule};
use domain::{SegmentId, UserId};
use http_api::{ApiError, ApiResult, Caller, FieldErrors, utoipa};
use jiff::Timestamp;
use serde::Serialize;

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct SegmentView {
    pub id: SegmentId,
    pub name: String,
    pub rule: SegmentRule,
    /// The user who made it; none if a program did.
    pub by: Option<UserId>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    pub rev: u64,
}

impl From<Segment> for SegmentView {
    fn from(segment: Segment) -> Self {
        let Segment { id, name, rule, by, created_at, updated_at, rev, .. } = segment;
        Self { id, name, rule, by, created_at, updated_at, rev }
    }
}

/// The most characters of a segment's rule as JSON.
const LONGEST_SEGMENT_RULE: usize = 20_000;

impl App {
    /// The refusal of a name that another segment has.
    pub async fn segment_name_taken(&self, caller: &Caller, name: &str) -> ApiError {
        let taken = ApiError::invalid("name", "is taken by another segment");
        let all = match self.segments.list(&caller.workspace).await {
            Ok(all) => all,
            Err(error) => return error.into(),
        };
        let name = Segment::folded_name(name);
        match all.into_iter().find(|other| Segment::folded_name(&other.name) == name) {
            Some(other) => taken.existing(other.id),
            None => taken,
        }
    }

    /// Checks the rule of a segment: each fault has the place that has it, such as `rule.all[1]`.
    pub async fn check_segment_rule(
        &self,
        caller: &Caller,
        rule: &SegmentRule,
        errors: &mut FieldErrors,
    ) -> ApiResult<()> {
        let written = serde_json::to_string(rule).unwrap_or_default();
        if written.chars().count() > LONGEST_SEGMENT_RULE {
            errors.add("rule", "is at most 20,000 characters as JSON");
            return Ok(());
        }
        let fields = match rule.names_custom_fields() {
            true => self.custom_fields.get(&caller.workspace).await?,
            false => CustomFields::none(caller.workspace.clone()),
        };
        for fault in rule.faults(&fields) {
            let dot = if fault.path.is_empty() { "" } else { "." };
            errors.add(format!("rule{dot}{}", fault.path), fault.why);
        }
        Ok(())
    }
}

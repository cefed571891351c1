//! What goes by the fit with an ICP, and would select nobody without it.

use crate::App;
use application::lead::rule_uses::rule_uses;
use domain::icp::Icp;
use domain::lead::filter::LeadFilter;
use domain::lead::segment::{FitField, SegmentRule};
use http_api::{ApiError, ApiResult, Caller, FieldError};

impl App {
    /// Answers 409 with the segments, the views and the automatic enrolments that go by the fit with an ICP that is about
    /// to go, or with the main one if it is about to be the main one no longer.
    pub async fn refuse_used_fit(
        &self,
        caller: &Caller,
        icps: &[Icp],
        gone: &Icp,
        stays: bool,
    ) -> ApiResult<()> {
        let is_meant = |field: FitField| {
            let meant = Icp::of_field(icps, field).is_some_and(|icp| icp.id == gone.id);
            meant && !(stays && field != FitField::Main)
        };
        let in_rule = |rule: &SegmentRule| rule.fits().any(is_meant);
        let is_used = |filter: &LeadFilter, sort: Option<&str>| {
            filter.rule.as_ref().is_some_and(in_rule) || sort.and_then(FitField::named).is_some_and(is_meant)
        };
        let segments = self.segments.list(&caller.workspace).await?;
        let segments = segments.into_iter().filter(|segment| in_rule(&segment.rule)).map(|segment| {
            FieldError {
                field: segment.id.to_string(), detail: format!("the segment “{}”", segment.name)
            }
        });
        let mut uses: Vec<FieldError> = segments.collect();
        let others = rule_uses(&self.rule_uses, &caller.workspace, caller.user(), is_used).await?;
        uses.extend(others.into_iter().map(|used| FieldError { field: used.id, detail: used.what }));
        if uses.is_empty() { Ok(()) } else { Err(ApiError::in_use("Its fit is", uses)) }
    }
}

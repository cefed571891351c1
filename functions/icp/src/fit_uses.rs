//! What goes by the fit with an ICP: it would select nobody without the ICP, and others with another one.

use crate::App;
use application::lead::rule_uses::{enrols_by_itself, rule_uses};
use domain::SegmentId;
use domain::icp::Icp;
use domain::lead::filter::LeadFilter;
use domain::lead::segment::{FitField, SegmentRule};
use domain::workspace::api_key::ApiScope;
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

    /// Refuses a program without the scope of campaigns where a campaign enrols by itself by a fit that is about to change,
    /// in its own rule or in its segment's: the change would enrol leads.
    pub async fn demand_for_enrolling(
        &self,
        caller: &Caller,
        changes: impl Fn(FitField) -> bool,
    ) -> ApiResult<()> {
        if caller.may(ApiScope::CampaignsWrite) {
            return Ok(());
        }
        let in_rule = |rule: &SegmentRule| rule.fits().any(&changes);
        let segments = self.segments.list(&caller.workspace).await?;
        let segments: Vec<SegmentId> =
            segments.into_iter().filter(|segment| in_rule(&segment.rule)).map(|segment| segment.id).collect();
        let is_used = |filter: &LeadFilter| {
            filter.rule.as_ref().is_some_and(in_rule)
                || filter.segment.as_ref().is_some_and(|segment| segments.contains(segment))
        };
        if enrols_by_itself(&*self.rule_uses.campaigns, &caller.workspace, is_used).await? {
            return Err(ApiError::scope_missing(ApiScope::CampaignsWrite));
        }
        Ok(())
    }
}

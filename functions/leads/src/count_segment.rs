//! `POST /api/segments/count`: how many leads a rule selects that is being written, with a few of them.

use crate::App;
use crate::list_leads::LeadRowView;
use application::StoreError;
use application::ports::leads::LeadQuery;
use axum::extract::State;
use domain::SegmentId;
use domain::lead::filter::LeadFilter;
use domain::lead::segment::{RuleFault, SegmentRule};
use http_api::{ApiError, ApiResult, Caller, FieldError, JsonBody, axum, utoipa};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// The leads that are shown as a sample.
const SAMPLE: usize = 5;

/// Leads that match everything that is given. Nothing given selects every lead.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SegmentCountRequest {
    rule: Option<SegmentRule>,
    filter: Option<LeadFilter>,
    segment: Option<SegmentId>,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct SegmentCount {
    pub total: usize,
    /// The first of them by time of creation, at most five.
    pub sample: Vec<LeadRowView>,
}

#[utoipa::path(post, path = "/api/segments/count", operation_id = "count_segment",
    request_body = SegmentCountRequest, responses((status = 200, body = SegmentCount)))]
pub async fn count_segment(
    State(app): State<Arc<App>>,
    caller: Caller,
    JsonBody(asked): JsonBody<SegmentCountRequest>,
) -> ApiResult<JsonBody<SegmentCount>> {
    let mut filter = asked.filter.unwrap_or_default();
    let has_own_rule = filter.rule.is_some();
    if has_own_rule && asked.rule.is_some() {
        return Err(ApiError::invalid("rule", "is in the filter already: give it once"));
    }
    if filter.segment.is_some() && asked.segment.is_some() {
        return Err(ApiError::invalid("segment", "is in the filter already: give it once"));
    }
    let has_own_segment = filter.segment.is_some();
    filter.rule = filter.rule.or(asked.rule);
    filter.segment = filter.segment.or(asked.segment);
    let query = LeadQuery::of(&filter, SAMPLE, None, app.clock.now());
    let found = match app.lists.page(&caller.workspace, caller.leads(), &query).await {
        Err(StoreError::BadQuery(faults)) => {
            // A fault is told where the request has it.
            let told = |RuleFault { path, why }: RuleFault| {
                let is_within = if path == "segment" { has_own_segment } else { has_own_rule };
                let field = match path.as_str() {
                    "" => "filter".to_owned(),
                    _ if is_within => format!("filter.{path}"),
                    _ => path,
                };
                FieldError { field, detail: why }
            };
            return Err(ApiError::invalid_fields(faults.into_iter().map(told).collect()));
        }
        found => found?,
    };
    let sample = found.leads.into_iter().map(LeadRowView::from).collect();
    Ok(JsonBody(SegmentCount { total: found.total, sample }))
}

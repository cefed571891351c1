//! `GET /api/icp/{id}/leads/{lead}`: how a lead fits, and why.

use crate::App;
use crate::fit_view::FitView;
use application::lead::list::LeadFit;
use axum::extract::State;
use domain::{IcpId, LeadId};
use http_api::{ApiResult, Caller, JsonBody, PathOf, axum, utoipa};
use serde::Serialize;
use std::sync::Arc;

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct LeadFitView {
    pub fit: FitView,
    /// The fit from which on a lead is a good one.
    pub threshold: u8,
    /// The points of each weight, in their order, before they are scaled to 100.
    pub points: Vec<u8>,
}

#[utoipa::path(get, path = "/api/icp/{id}/leads/{lead}", operation_id = "get_lead_fit",
    params(("id" = IcpId, Path), ("lead" = LeadId, Path)), responses((status = 200, body = LeadFitView)))]
pub async fn get_lead_fit(
    State(app): State<Arc<App>>,
    caller: Caller,
    PathOf((id, lead)): PathOf<(IcpId, LeadId)>,
) -> ApiResult<JsonBody<LeadFitView>> {
    let icp = app.icps.get(&caller.workspace, &id).await?;
    let lead = app.leads.get(&caller.workspace, &lead).await?;
    let fields = app.fields_of(&caller, &icp.profile).await?;
    let LeadFit { fit, threshold } = LeadFit::of(&lead, &icp.profile, &fields, app.clock.now());
    let points = icp.profile.weights.iter().map(|weight| weight.points).collect();
    Ok(JsonBody(LeadFitView { fit: fit.into(), threshold, points }))
}

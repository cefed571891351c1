//! `GET /api/leads/{id}`: everything known about one lead.

use crate::App;
use crate::lead_view::{LeadView, with_enrichment};
use axum::extract::State;
use domain::LeadId;
use http_api::{ApiResult, Caller, JsonBody, PathOf, axum, utoipa};
use std::sync::Arc;

#[utoipa::path(get, path = "/api/leads/{id}", operation_id = "get_lead", params(("id" = LeadId, Path)),
    responses((status = 200, body = LeadView)))]
pub async fn get_lead(
    State(app): State<Arc<App>>,
    caller: Caller,
    PathOf(id): PathOf<LeadId>,
) -> ApiResult<JsonBody<LeadView>> {
    let lead = app.leads.get(&caller.workspace, &id).await?;
    Ok(JsonBody(with_enrichment(&app, lead).await?))
}

//! `GET /api/emails/draft/of/{lead}`: what the caller was writing to this lead, on whatever device.

use crate::App;
use crate::draft_view::{DraftView, draft_to};
use axum::extract::State;
use domain::LeadId;
use http_api::{ApiResult, Caller, JsonBody, PathOf, axum, utoipa};
use std::sync::Arc;

#[utoipa::path(get, path = "/api/emails/draft/of/{lead}", operation_id = "get_lead_draft",
    params(("lead" = LeadId, Path)), responses((status = 200, body = DraftView)))]
pub async fn get_lead_draft(
    State(app): State<Arc<App>>,
    caller: Caller,
    PathOf(lead): PathOf<LeadId>,
) -> ApiResult<JsonBody<DraftView>> {
    let id = draft_to(&caller.user, &lead);
    Ok(JsonBody(app.own_draft(&caller, &id).await?.into()))
}

//! `GET /api/leads/{id}`: everything known about one lead.

use crate::App;
use crate::known_lead::missing_lead;
use crate::lead_view::{LeadView, with_enrichment};
use application::ports::store::found;
use axum::extract::State;
use domain::LeadId;
use http_api::{ApiResult, Caller, JsonBody, PathOf, axum, utoipa};
use std::sync::Arc;

/// A deleted lead is answered with 404 and the code `lead_deleted`, as long as it can be restored.
#[utoipa::path(get, path = "/api/leads/{id}", operation_id = "get_lead", params(("id" = LeadId, Path)),
    responses((status = 200, body = LeadView)))]
pub async fn get_lead(
    State(app): State<Arc<App>>,
    caller: Caller,
    PathOf(id): PathOf<LeadId>,
) -> ApiResult<JsonBody<LeadView>> {
    let Some(lead) = found(app.leads.get(&caller.workspace, &id).await)? else {
        return Err(missing_lead(&app, &caller.workspace, &id).await);
    };
    Ok(JsonBody(with_enrichment(&app, lead).await?))
}

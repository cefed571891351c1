//! `GET /api/leads/{id}`: everything known about one lead.

use crate::App;
use crate::known_lead::missing_lead;
use crate::lead_view::{LeadView, read_view};
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
    match found(read_view(&app, &caller.workspace, &id).await)? {
        Some(shown) => Ok(JsonBody(shown)),
        None => Err(missing_lead(&app, &caller.workspace, &id).await),
    }
}

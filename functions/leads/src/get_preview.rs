//! `GET /api/leads/{id}/preview`: the link to the lead's preview page.

use crate::App;
use application::identity::links::preview_url;
use application::lead::preview_links::preview_page;
use axum::extract::State;
use domain::LeadId;
use http_api::{ApiResult, Caller, JsonBody, PathOf, axum, utoipa};
use jiff::Timestamp;
use serde::Serialize;
use std::sync::Arc;

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct PreviewLink {
    pub url: String,
    pub expires_at: Timestamp,
    pub revoked: bool,
}

#[utoipa::path(get, path = "/api/leads/{id}/preview", operation_id = "get_preview", params(("id" = LeadId, Path)),
    responses((status = 200, body = PreviewLink)))]
pub async fn get_preview(
    State(app): State<Arc<App>>,
    caller: Caller,
    PathOf(id): PathOf<LeadId>,
) -> ApiResult<JsonBody<PreviewLink>> {
    app.leads.get(&caller.workspace, &id).await?;
    let stores = (&*app.previews, &*app.leads);
    let page = preview_page(stores, &*app.ids, &*app.clock, &caller.workspace, &id).await?;
    let url = preview_url(&app.public_url, &page.token);
    Ok(JsonBody(PreviewLink { url, expires_at: page.expires_at, revoked: page.revoked }))
}

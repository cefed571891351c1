//! `PATCH /api/leads/{id}/preview`: closes the lead's preview page, or opens it again for as long as a new one.

use crate::App;
use crate::get_preview::PreviewLink;
use application::identity::links::preview_url;
use application::lead::preview_links::{PAGE_LIFETIME, preview_page};
use axum::extract::State;
use domain::LeadId;
use http_api::{ApiResult, Caller, JsonBody, PathOf, axum, utoipa};
use serde::Deserialize;
use std::sync::Arc;

#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PreviewChanges {
    /// `false` closes the page at once, whatever link leads there; `true` opens it for 180 days from now.
    open: bool,
}

#[utoipa::path(patch, path = "/api/leads/{id}/preview", operation_id = "change_preview",
    params(("id" = LeadId, Path)), request_body = PreviewChanges, responses((status = 200, body = PreviewLink)))]
pub async fn change_preview(
    State(app): State<Arc<App>>,
    caller: Caller,
    PathOf(id): PathOf<LeadId>,
    JsonBody(changes): JsonBody<PreviewChanges>,
) -> ApiResult<JsonBody<PreviewLink>> {
    let lead = app.leads.get(&caller.workspace, &id).await?.id;
    let stores = (&*app.previews, &*app.leads);
    let mut page = preview_page(stores, &*app.ids, &*app.clock, &caller.workspace, &lead).await?;
    let now = app.clock.now();
    if changes.open {
        page.expires_at = now.checked_add(PAGE_LIFETIME).unwrap_or(now);
        app.previews.reopen(&caller.workspace, &lead, page.expires_at).await?;
    } else {
        app.previews.revoke(&caller.workspace, &lead).await?;
    }
    let url = preview_url(&app.public_url, &page.token);
    Ok(JsonBody(PreviewLink { url, expires_at: page.expires_at, revoked: !changes.open }))
}

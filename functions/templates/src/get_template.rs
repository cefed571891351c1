//! `GET /api/templates/{id}`: one template.

use crate::App;
use crate::template_view::{TemplateView, uses};
use axum::extract::State;
use domain::TemplateId;
use http_api::{ApiResult, Caller, JsonBody, PathOf, axum, utoipa};
use std::sync::Arc;

#[utoipa::path(get, path = "/api/templates/{id}", operation_id = "get_template", params(("id" = TemplateId, Path)),
    responses((status = 200, body = TemplateView)))]
pub async fn get_template(
    State(app): State<Arc<App>>,
    caller: Caller,
    PathOf(id): PathOf<TemplateId>,
) -> ApiResult<JsonBody<TemplateView>> {
    let template = app.templates.get(&caller.workspace, &id).await?;
    let uses = uses(&app.sequences.list(&caller.workspace).await?);
    Ok(JsonBody(TemplateView::of(template, uses.get(&id).copied().unwrap_or(0))))
}

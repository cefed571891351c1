//! `GET /api/emails/draft/{id}`: one draft of the caller.

use crate::App;
use crate::draft_view::DraftView;
use axum::extract::State;
use domain::DraftId;
use http_api::{ApiResult, Caller, JsonBody, PathOf, axum, utoipa};
use std::sync::Arc;

#[utoipa::path(get, path = "/api/emails/draft/{id}", operation_id = "get_draft", params(("id" = DraftId, Path)),
    responses((status = 200, body = DraftView)))]
pub async fn get_draft(
    State(app): State<Arc<App>>,
    caller: Caller,
    PathOf(id): PathOf<DraftId>,
) -> ApiResult<JsonBody<DraftView>> {
    Ok(JsonBody(app.own_draft(&caller, &id).await?.into()))
}

//! `GET /api/imports/{id}`: one import and its progress.

use crate::App;
use crate::import_view::ImportView;
use axum::extract::State;
use domain::ImportId;
use http_api::{ApiResult, Caller, JsonBody, PathOf, axum, utoipa};
use std::sync::Arc;

#[utoipa::path(get, path = "/api/imports/{id}", operation_id = "get_import", params(("id" = ImportId, Path)),
    responses((status = 200, body = ImportView)))]
pub async fn get_import(
    State(app): State<Arc<App>>,
    caller: Caller,
    PathOf(id): PathOf<ImportId>,
) -> ApiResult<JsonBody<ImportView>> {
    Ok(JsonBody(app.import(&caller, &id).await?.into()))
}

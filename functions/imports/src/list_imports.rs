//! `GET /api/imports`: the latest hundred imports, newest first.

use crate::App;
use crate::import_view::ImportView;
use crate::is_seen;
use axum::extract::State;
use http_api::{ApiResult, Caller, JsonBody, PageBody, axum, utoipa};
use std::sync::Arc;

#[utoipa::path(get, path = "/api/imports", operation_id = "list_imports",
    responses((status = 200, body = PageBody<ImportView>)))]
pub async fn list_imports(
    State(app): State<Arc<App>>,
    caller: Caller,
) -> ApiResult<JsonBody<PageBody<ImportView>>> {
    let mut all = app.imports.list(&caller.workspace).await?;
    all.retain(|import| is_seen(&caller, import));
    let total = Some(all.len());
    let items = all.into_iter().map(ImportView::from).collect();
    Ok(JsonBody(PageBody { items, next_cursor: None, total }))
}

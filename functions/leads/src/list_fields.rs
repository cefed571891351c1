//! `GET /api/fields`: the workspace's custom fields, in the order in which they are shown.

use crate::App;
use axum::extract::State;
use domain::lead::custom_field::CustomField;
use http_api::{ApiResult, Caller, JsonBody, PageBody, axum, utoipa};
use std::sync::Arc;

#[utoipa::path(get, path = "/api/fields", operation_id = "list_fields",
    responses((status = 200, body = PageBody<CustomField>)))]
pub async fn list_fields(
    State(app): State<Arc<App>>,
    caller: Caller,
) -> ApiResult<JsonBody<PageBody<CustomField>>> {
    let items = app.custom_fields.get(&caller.workspace).await?.fields;
    Ok(JsonBody(PageBody { items, next_cursor: None, total: None }))
}

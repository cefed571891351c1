//! `GET /api/settings/rules`: all trigger rules, in the order of their creation.

use crate::App;
use axum::extract::State;
use domain::campaign::trigger_rule::TriggerRule;
use http_api::{ApiResult, Caller, JsonBody, PageBody, axum, utoipa};
use std::sync::Arc;

#[utoipa::path(get, path = "/api/settings/rules", operation_id = "list_rules",
    responses((status = 200, body = PageBody<TriggerRule>)))]
pub async fn list_rules(
    State(app): State<Arc<App>>,
    caller: Caller,
) -> ApiResult<JsonBody<PageBody<TriggerRule>>> {
    let items = app.rules.get(&caller.workspace).await?.rules;
    Ok(JsonBody(PageBody { items, next_cursor: None, total: None }))
}

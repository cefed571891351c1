//! `GET /api/team`: the workspace's users.

use crate::App;
use crate::member_view::MemberView;
use axum::extract::State;
use http_api::{ApiResult, Caller, JsonBody, PageBody, axum, utoipa};
use std::sync::Arc;

#[utoipa::path(get, path = "/api/team", operation_id = "list_team",
    responses((status = 200, body = PageBody<MemberView>)))]
pub async fn list_team(
    State(app): State<Arc<App>>,
    caller: Caller,
) -> ApiResult<JsonBody<PageBody<MemberView>>> {
    let all = app.users.list(&caller.workspace).await?;
    let total = Some(all.len());
    let items = app.members(&caller, all).await?;
    Ok(JsonBody(PageBody { items, next_cursor: None, total }))
}

//! `GET /api/inbox/unmatched`: messages that came in, belong to no known lead and wait for a user, newest first.

use crate::App;
use crate::unmatched_view::UnmatchedView;
use axum::extract::State;
use http_api::{ApiResult, Caller, JsonBody, PageBody, PageQuery, QueryOf, axum, utoipa};
use std::sync::Arc;

#[utoipa::path(get, path = "/api/inbox/unmatched", operation_id = "list_unmatched", params(PageQuery),
    responses((status = 200, body = PageBody<UnmatchedView>)))]
pub async fn list_unmatched(
    State(app): State<Arc<App>>,
    caller: Caller,
    QueryOf(page): QueryOf<PageQuery>,
) -> ApiResult<JsonBody<PageBody<UnmatchedView>>> {
    let found = app.conversations.unmatched(&caller.workspace, page.parse()?).await?;
    Ok(JsonBody(found.map(UnmatchedView::from).into()))
}

//! `GET /api/settings/suppressions`: the suppression list.

use crate::App;
use crate::suppression_view::SuppressionView;
use axum::extract::State;
use http_api::{ApiResult, Caller, JsonBody, PageBody, PageQuery, QueryOf, axum, utoipa};
use std::sync::Arc;

#[utoipa::path(get, path = "/api/settings/suppressions", operation_id = "list_suppressions",
    params(("limit" = Option<usize>, Query), ("cursor" = Option<String>, Query)),
    responses((status = 200, body = PageBody<SuppressionView>)))]
pub async fn list_suppressions(
    State(app): State<Arc<App>>,
    caller: Caller,
    QueryOf(query): QueryOf<PageQuery>,
) -> ApiResult<JsonBody<PageBody<SuppressionView>>> {
    let page = app.suppressions.list(&caller.workspace, query.parse()?).await?;
    Ok(JsonBody(page.map(SuppressionView::from).into()))
}

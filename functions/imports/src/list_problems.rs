//! `GET /api/imports/{id}/problems`: the rows that were rejected, or imported with a warning.

use crate::App;
use axum::extract::State;
use domain::ImportId;
use domain::import::RowProblem;
use http_api::{ApiError, ApiResult, Caller, JsonBody, PageBody, PageQuery, PathOf, QueryOf, axum, utoipa};
use std::sync::Arc;

const MOST: usize = 10_000;

#[utoipa::path(get, path = "/api/imports/{id}/problems", operation_id = "list_problems",
    params(("id" = ImportId, Path), ("limit" = Option<usize>, Query), ("cursor" = Option<String>, Query)),
    responses((status = 200, body = PageBody<RowProblem>)))]
pub async fn list_problems(
    State(app): State<Arc<App>>,
    caller: Caller,
    PathOf(id): PathOf<ImportId>,
    QueryOf(query): QueryOf<PageQuery>,
) -> ApiResult<JsonBody<PageBody<RowProblem>>> {
    let page = query.parse()?;
    let from = match page.cursor.as_deref().map(str::parse::<usize>) {
        None => 0,
        Some(Ok(from)) => from,
        Some(Err(_)) => return Err(ApiError::bad_cursor()),
    };
    let import = app.import(&caller, &id).await?;
    let all = app.problems(&import, MOST).await?;
    let to = from.saturating_add(page.limit).min(all.len());
    let next_cursor = (to < all.len()).then(|| to.to_string());
    let total = Some(all.len());
    let items = all.into_iter().skip(from).take(page.limit).collect();
    Ok(JsonBody(PageBody { items, next_cursor, total }))
}

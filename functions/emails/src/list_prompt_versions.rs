//! `GET /api/ai/prompts/{name}/versions`: the instructions that a prompt has had, the latest first.

use crate::App;
use crate::prompt_view::PromptVersionView;
use axum::extract::State;
use domain::spend::AiUse;
use http_api::{ApiResult, Caller, JsonBody, PageBody, PageQuery, PathOf, QueryOf, axum, utoipa};
use std::sync::Arc;

#[utoipa::path(get, path = "/api/ai/prompts/{name}/versions", operation_id = "list_prompt_versions",
    params(("name" = AiUse, Path), PageQuery), responses((status = 200, body = PageBody<PromptVersionView>)))]
pub async fn list_prompt_versions(
    State(app): State<Arc<App>>,
    caller: Caller,
    PathOf(name): PathOf<AiUse>,
    QueryOf(page): QueryOf<PageQuery>,
) -> ApiResult<JsonBody<PageBody<PromptVersionView>>> {
    let found = app.prompts.versions(&caller.workspace, name, page.parse()?).await?;
    let items = found.items.into_iter().map(PromptVersionView::from).collect();
    Ok(JsonBody(PageBody { items, next_cursor: found.next_cursor, total: None }))
}

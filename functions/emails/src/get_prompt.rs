//! `GET /api/ai/prompts/{name}`: what language models are told for one thing.

use crate::App;
use crate::prompt_view::PromptView;
use axum::extract::State;
use domain::spend::AiUse;
use http_api::{ApiResult, Caller, JsonBody, PathOf, axum, utoipa};
use std::sync::Arc;

#[utoipa::path(get, path = "/api/ai/prompts/{name}", operation_id = "get_prompt", params(("name" = AiUse, Path)),
    responses((status = 200, body = PromptView)))]
pub async fn get_prompt(
    State(app): State<Arc<App>>,
    caller: Caller,
    PathOf(name): PathOf<AiUse>,
) -> ApiResult<JsonBody<PromptView>> {
    let latest = app.prompts.latest(&caller.workspace, name).await?;
    Ok(JsonBody(PromptView::of(name, latest)))
}

//! `GET /api/ai/prompts`: what language models are told, our text and the workspace's instructions.

use crate::App;
use crate::prompt_view::PromptView;
use axum::extract::State;
use domain::spend::AiUse;
use http_api::{ApiResult, Caller, JsonBody, axum, utoipa};
use serde::Serialize;
use std::sync::Arc;

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct PromptList {
    pub items: Vec<PromptView>,
}

#[utoipa::path(get, path = "/api/ai/prompts", operation_id = "list_prompts",
    responses((status = 200, body = PromptList)))]
pub async fn list_prompts(State(app): State<Arc<App>>, caller: Caller) -> ApiResult<JsonBody<PromptList>> {
    let latest = AiUse::ALL.iter().map(|name| app.prompts.latest(&caller.workspace, *name));
    let latest = futures::future::try_join_all(latest).await?;
    let items = AiUse::ALL.iter().zip(latest).map(|(name, latest)| PromptView::of(*name, latest));
    Ok(JsonBody(PromptList { items: items.collect() }))
}

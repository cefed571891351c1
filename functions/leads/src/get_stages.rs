//! `GET /api/stages`: the stages and lost reasons of the workspace.

use crate::App;
use axum::extract::State;
use domain::lead::stage::{LostReason, Stage, Stages};
use http_api::{ApiResult, Caller, JsonBody, axum, utoipa};
use serde::Serialize;
use std::sync::Arc;

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct StagesView {
    /// The stages from left to right; won and lost are the last two.
    pub stages: Vec<Stage>,
    pub lost_reasons: Vec<LostReason>,
    pub rev: u64,
}

impl From<Stages> for StagesView {
    fn from(
        Stages { workspace: _, stages, lost_reasons, last_stage: _, last_reason: _, rev }: Stages,
    ) -> Self {
        Self { stages, lost_reasons, rev }
    }
}

#[utoipa::path(get, path = "/api/stages", operation_id = "get_stages",
    responses((status = 200, body = StagesView)))]
pub async fn get_stages(State(app): State<Arc<App>>, caller: Caller) -> ApiResult<JsonBody<StagesView>> {
    Ok(JsonBody(app.stages.get(&caller.workspace).await?.into()))
}

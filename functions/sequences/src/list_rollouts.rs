//! `GET /api/sequences/{id}/rollouts`: the latest rollouts and their progress, newest first.

use crate::App;
use crate::rollout_view::RolloutView;
use axum::extract::State;
use domain::SequenceId;
use http_api::{ApiResult, Caller, JsonBody, PageBody, PathOf, axum, utoipa};
use std::sync::Arc;

const LATEST: usize = 20;

#[utoipa::path(get, path = "/api/sequences/{id}/rollouts", operation_id = "list_rollouts",
    params(("id" = SequenceId, Path)), responses((status = 200, body = PageBody<RolloutView>)))]
pub async fn list_rollouts(
    State(app): State<Arc<App>>,
    caller: Caller,
    PathOf(id): PathOf<SequenceId>,
) -> ApiResult<JsonBody<PageBody<RolloutView>>> {
    app.sequences.get(&caller.workspace, &id).await?;
    let latest = app.sequences.rollouts(&caller.workspace, &id, LATEST).await?;
    let views = latest.into_iter().map(|rollout| app.rollout_view(rollout));
    let items = futures::future::try_join_all(views).await?;
    Ok(JsonBody(PageBody { items, next_cursor: None, total: None }))
}

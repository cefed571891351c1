//! `POST /api/settings/tracking/judge-visits`: judges the stored visits of all leads again by the present rules and
//! own networks.

use crate::App;
use application::ports::outbox::send_all;
use application::queue_messages::CampaignJob;
use axum::extract::State;
use http::StatusCode;
use http_api::{ApiResult, Caller, axum, utoipa};
use std::sync::Arc;

/// Works in the background. Lead scores and counters follow the verdicts that change; what a first verdict has led to,
/// such as a task, stays. Asking twice changes nothing more.
#[utoipa::path(post, path = "/api/settings/tracking/judge-visits", operation_id = "judge_visits",
    responses((status = 202, description = "Accepted")))]
pub async fn judge_visits(State(app): State<Arc<App>>, caller: Caller) -> ApiResult<StatusCode> {
    let job = CampaignJob::JudgeVisits { workspace: caller.workspace, cursor: None };
    send_all(&*app.outbox, &[job], 0).await?;
    Ok(StatusCode::ACCEPTED)
}

//! `DELETE /api/settings/slack`: disconnects the Slack channel and forgets its address.

use crate::App;
use axum::extract::State;
use domain::event::{Event, EventKind};
use http::StatusCode;
use http_api::{ApiError, ApiResult, Caller, axum, utoipa};
use std::sync::Arc;

#[utoipa::path(delete, path = "/api/settings/slack", operation_id = "disconnect_slack", responses((status = 204)))]
pub async fn disconnect_slack(State(app): State<Arc<App>>, caller: Caller) -> ApiResult<StatusCode> {
    let known = app.slack.slack.channel(&caller.workspace).await?;
    let channel = known.ok_or_else(|| ApiError::not_found("Slack channel"))?;
    let event = Event::new(EventKind::SettingsChanged, caller.actor(), app.clock.now());
    app.slack.slack.disconnect(&channel, &event).await?;
    Ok(StatusCode::NO_CONTENT)
}

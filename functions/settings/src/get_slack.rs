//! `GET /api/settings/slack`: the Slack channel that is told of notifications, without its address.

use crate::App;
use crate::slack_view::SlackView;
use axum::extract::State;
use http_api::{ApiResult, Caller, JsonBody, axum, utoipa};
use std::sync::Arc;

#[utoipa::path(get, path = "/api/settings/slack", operation_id = "get_slack",
    responses((status = 200, body = SlackView)))]
pub async fn get_slack(State(app): State<Arc<App>>, caller: Caller) -> ApiResult<JsonBody<SlackView>> {
    let channel = app.slack.slack.channel(&caller.workspace).await?;
    Ok(JsonBody(SlackView::of(channel.as_ref())))
}

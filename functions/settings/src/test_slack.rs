//! `POST /api/settings/slack/test`: sends a text to the Slack channel; the caller waits for Slack's answer.

use crate::App;
use crate::slack_view::SlackView;
use application::workspace::slack::send_slack_test;
use axum::extract::State;
use domain::event::{Event, EventKind};
use http_api::{ApiError, ApiResult, Caller, JsonBody, axum, utoipa};
use jiff::SignedDuration;
use serde::Serialize;
use std::sync::Arc;

/// The hourly limit of a workspace's tests.
const MOST_TESTS: u32 = 20;
const HOUR: SignedDuration = SignedDuration::from_hours(1);

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct SlackTest {
    /// Whether Slack took the text.
    pub sent: bool,
    /// What went wrong and what to do.
    pub detail: Option<String>,
    /// The channel afterwards: a text that was taken switches it on, a webhook that works no more switches it off.
    pub slack: SlackView,
}

#[utoipa::path(post, path = "/api/settings/slack/test", operation_id = "test_slack",
    responses((status = 200, body = SlackTest)))]
pub async fn test_slack(State(app): State<Arc<App>>, caller: Caller) -> ApiResult<JsonBody<SlackTest>> {
    let known = app.slack.slack.channel(&caller.workspace).await?;
    let channel = known.ok_or_else(|| ApiError::not_found("Slack channel"))?;
    let now = app.clock.now();
    let bucket = format!("slack-tests/{}", caller.workspace);
    if let Err(wait) = app.limits.take(&bucket, MOST_TESTS, HOUR, now).await? {
        return Err(ApiError::too_many_requests(wait.as_secs().max(1).unsigned_abs()));
    }
    let event = Event::new(EventKind::SettingsChanged, caller.actor(), now);
    let detail = send_slack_test(&app.slack, channel, &event).await?.trouble();
    let after = app.slack.slack.channel(&caller.workspace).await?;
    Ok(JsonBody(SlackTest { sent: detail.is_none(), detail, slack: SlackView::of(after.as_ref()) }))
}

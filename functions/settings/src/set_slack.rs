//! `PUT /api/settings/slack`: connects a Slack channel by its incoming webhook, or changes what it is told.

use crate::App;
use crate::slack_view::{SlackBody, SlackView};
use axum::extract::State;
use domain::event::{Event, EventKind};
use http_api::{ApiResult, Caller, IfMatch, JsonBody, axum, utoipa};
use std::sync::Arc;

/// Nothing is sent: `test_slack` shows whether the channel works.
#[utoipa::path(put, path = "/api/settings/slack", operation_id = "set_slack", request_body = SlackBody,
    responses((status = 200, body = SlackView)))]
pub async fn set_slack(
    State(app): State<Arc<App>>,
    caller: Caller,
    if_match: IfMatch,
    JsonBody(body): JsonBody<SlackBody>,
) -> ApiResult<JsonBody<SlackView>> {
    let known = app.slack.slack.channel(&caller.workspace).await?;
    if_match.check(body.rev, known.as_ref().map_or(0, |known| known.rev))?;
    let mut channel = body.parse(&app.keys, &caller.workspace, known)?;
    caller.demand_proof().await?;
    let event = Event::new(EventKind::SettingsChanged, caller.actor(), app.clock.now());
    channel.rev = app.slack.slack.save(&channel, &event).await?;
    Ok(JsonBody(SlackView::of(Some(&channel))))
}

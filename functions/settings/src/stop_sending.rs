//! `POST /api/settings/sending`: stops all sending of the workspace, with or without an end, or starts it
//! again.

use crate::App;
use crate::settings_view::SendingView;
use application::campaign::resume::{put_end_of_pause, put_recovery_hint, schedule_all_campaigns};
use axum::extract::State;
use domain::enrolment::pause::{PausedScope, read_until};
use domain::enrolment::resume_order::Resumption;
use domain::event::{Event, EventKind};
use domain::workspace::Sending;
use domain::workspace::user::Role;
use http_api::{ApiError, ApiResult, Caller, JsonBody, axum, utoipa};
use serde::Deserialize;
use std::sync::Arc;

#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SendingOrder {
    action: SendingAction,
    /// Only with `stop`: when sending resumes automatically. A day or a time in the workspace's time zone
    /// (`2026-12-01`, `2026-12-01T09:00`), or a time with an offset; at most a year ahead. If left out, only
    /// a user starts it again.
    until: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SendingAction {
    /// Takes effect after 10 s, `stopping` until then. Another stop changes the end; an earlier end needs a
    /// manager.
    Stop,
    /// Needs a manager.
    Start,
}

#[utoipa::path(post, path = "/api/settings/sending", operation_id = "stop_sending", request_body = SendingOrder,
    responses((status = 200, body = SendingView)))]
pub async fn stop_sending(
    State(app): State<Arc<App>>,
    caller: Caller,
    JsonBody(order): JsonBody<SendingOrder>,
) -> ApiResult<JsonBody<SendingView>> {
    let mut workspace = app.workspaces.get(&caller.workspace).await?;
    let now = app.clock.now();
    let before = workspace.sending;
    let may_start = caller.signed_in()?.role >= Role::Manager;
    let (event, until) = match order.action {
        SendingAction::Start if !may_start => return Err(ApiError::forbidden()),
        SendingAction::Start if order.until.is_some() => {
            return Err(ApiError::invalid("until", "is only for a stop"));
        }
        SendingAction::Start => {
            workspace.sending = Sending::Running;
            (EventKind::SendingStarted, None)
        }
        SendingAction::Stop => {
            let until = order.until.map(|text| read_until(&text, &workspace.default_zone, now)).transpose();
            let until = until.map_err(|bad| ApiError::invalid("until", bad.to_string()))?;
            if before.would_end_sooner(until) && !may_start {
                return Err(ApiError::forbidden());
            }
            workspace.sending = before.stop(until, now);
            (EventKind::SendingStopped, until)
        }
    };
    let mut in_case = None;
    if workspace.sending != before {
        match order.action {
            SendingAction::Start => {
                in_case =
                    Some(put_recovery_hint(&*app.due, &caller.workspace, PausedScope::Workspace, now).await?);
            }
            SendingAction::Stop => {
                put_end_of_pause(&*app.due, &caller.workspace, PausedScope::Workspace, until).await?;
            }
        }
        app.workspaces.save(&workspace, &Event::new(event, caller.actor(), now)).await?;
    }
    let resumed = match before {
        Sending::Stopped { since, .. } => Some(Resumption { since, at: now }),
        Sending::Running => None,
    };
    if order.action == SendingAction::Start {
        schedule_all_campaigns(&*app.campaigns, &*app.outbox, &caller.workspace, resumed).await?;
    }
    if let Some(in_case) = in_case {
        in_case.over(&*app.due).await;
    }
    Ok(JsonBody(SendingView::of(workspace.sending, now)))
}

//! `POST /api/settings/sending`: stops everything the workspace sends, or lets it go on.

use crate::App;
use crate::settings_view::SendingView;
use application::outbox::send_all;
use application::queue_messages::EnrolLeads;
use axum::extract::State;
use domain::campaign::CampaignState;
use domain::event::Event;
use domain::user::Role;
use domain::workspace::Sending;
use http_api::{ApiError, ApiResult, Caller, JsonBody, axum, utoipa};
use serde::Deserialize;
use std::sync::Arc;

#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SendingOrder {
    action: SendingAction,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SendingAction {
    /// Complete after 10 s: `stopping` until then.
    Stop,
    /// Takes a manager.
    Start,
}

#[utoipa::path(post, path = "/api/settings/sending", operation_id = "stop_sending", request_body = SendingOrder,
    responses((status = 200, body = SendingView)))]
pub async fn stop_sending(
    State(app): State<Arc<App>>,
    caller: Caller,
    JsonBody(order): JsonBody<SendingOrder>,
) -> ApiResult<JsonBody<SendingView>> {
    if order.action == SendingAction::Start && caller.role < Role::Manager {
        return Err(ApiError::forbidden());
    }
    let mut workspace = app.workspaces.get(&caller.workspace).await?;
    let now = app.clock.now();
    let (sending, kind) = match order.action {
        SendingAction::Stop => (Sending::Stopped { since: now }, "sending_stopped"),
        SendingAction::Start => (Sending::Running, "sending_started"),
    };
    let stopped = workspace.sending != Sending::Running;
    if stopped != (order.action == SendingAction::Stop) {
        workspace.sending = sending;
        app.workspaces.save(&workspace, &Event::new(kind, caller.actor(), now)).await?;
    }
    if order.action == SendingAction::Start {
        schedule_what_was_held(&app, &caller).await?;
    }
    Ok(JsonBody(SendingView::of(workspace.sending, now)))
}

async fn schedule_what_was_held(app: &App, caller: &Caller) -> ApiResult<()> {
    let campaigns = app.campaigns.list(&caller.workspace).await?;
    let active = campaigns.into_iter().filter(|campaign| campaign.state == CampaignState::Active);
    let schedule = |campaign: domain::campaign::Campaign| EnrolLeads::Schedule {
        workspace: campaign.workspace,
        campaign: campaign.id,
        cursor: None,
        second: false,
    };
    Ok(send_all(&*app.outbox, &active.map(schedule).collect::<Vec<_>>(), 0).await?)
}

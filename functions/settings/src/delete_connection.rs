//! `DELETE /api/settings/connections/{id}`: refused while a campaign sends with it.

use crate::App;
use axum::extract::State;
use domain::ConnectionId;
use domain::campaign::CampaignState;
use domain::event::Event;
use http::StatusCode;
use http_api::{ApiError, ApiResult, Caller, PathOf, axum, utoipa};
use std::sync::Arc;

#[utoipa::path(delete, path = "/api/settings/connections/{id}", operation_id = "delete_connection",
    params(("id" = ConnectionId, Path)), responses((status = 204)))]
pub async fn delete_connection(
    State(app): State<Arc<App>>,
    caller: Caller,
    PathOf(id): PathOf<ConnectionId>,
) -> ApiResult<StatusCode> {
    app.connections.get(&caller.workspace, &id).await?;
    let campaigns = app.campaigns.list(&caller.workspace).await?;
    let user = campaigns.iter().find(|campaign| {
        let open = matches!(campaign.state, CampaignState::Active | CampaignState::Paused);
        open && campaign.sends_by(&id)
    });
    if let Some(campaign) = user {
        let detail =
            format!("The campaign “{}” sends with it. Choose another sender there first.", campaign.name);
        return Err(ApiError::conflict("in_use", detail));
    }
    let event = Event::new("connection_deleted", caller.actor(), app.clock.now());
    app.breakers.forget(&caller.workspace, &id).await?;
    app.connections.delete(&caller.workspace, &id, &event).await?;
    Ok(StatusCode::NO_CONTENT)
}

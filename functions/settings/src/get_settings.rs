//! `GET /api/settings`: the workspace's settings.

use crate::App;
use crate::settings_view::SettingsView;
use axum::extract::State;
use http_api::{ApiResult, Caller, JsonBody, axum, utoipa};
use std::sync::Arc;

#[utoipa::path(get, path = "/api/settings", operation_id = "get_settings", responses((status = 200, body = SettingsView)))]
pub async fn get_settings(State(app): State<Arc<App>>, caller: Caller) -> ApiResult<JsonBody<SettingsView>> {
    let workspace = app.workspaces.get(&caller.workspace).await?;
    Ok(JsonBody(SettingsView::of(workspace, app.clock.now())))
}

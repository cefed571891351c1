//! `PATCH /api/auth/me`: changes the signed-in user's name.

use crate::App;
use crate::session_view::Me;
use application::identity::memberships::count_open_workspaces;
use axum::extract::State;
use domain::event::{Event, EventKind};
use http_api::{ApiResult, Caller, FieldErrors, JsonBody, axum, utoipa};
use serde::Deserialize;
use std::sync::Arc;

#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MyChanges {
    name: String,
}

#[utoipa::path(patch, path = "/api/auth/me", operation_id = "change_me", request_body = MyChanges,
    responses((status = 200, body = Me)))]
pub async fn change_me(
    State(app): State<Arc<App>>,
    caller: Caller,
    JsonBody(changes): JsonBody<MyChanges>,
) -> ApiResult<JsonBody<Me>> {
    let mut errors = FieldErrors::default();
    let name = errors.required("name", &changes.name, 120);
    errors.finish()?;
    let (login, mut user) = app.login_and_user(&caller).await?;
    user.name = name;
    let event = Event::new(EventKind::UserChanged, caller.actor(), app.clock.now());
    user.rev = app.users.save(&user, &event).await?;
    let workspace = app.workspaces.get(&caller.workspace).await?;
    let workspaces = count_open_workspaces(&*app.users, &login).await?;
    Ok(JsonBody(Me::of((user, workspaces), workspace)))
}

//! `PATCH /api/auth/me`: changes the signed-in user's name, or removes their phone. A phone is entered by
//! `POST /api/calls/phone`, which proves that it is theirs.

use crate::App;
use crate::session_view::Me;
use axum::extract::State;
use domain::event::{Event, EventKind};
use http_api::{ApiResult, Caller, FieldErrors, JsonBody, axum, given, utoipa};
use serde::Deserialize;
use std::sync::Arc;

#[derive(Debug, Default, Deserialize, utoipa::ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct MyChanges {
    name: Option<String>,
    /// Null removes the user's own phone. Anything else is refused: `POST /api/calls/phone` enters one.
    #[serde(deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    phone: Option<Option<String>>,
}

#[utoipa::path(patch, path = "/api/auth/me", operation_id = "change_me", request_body = MyChanges,
    responses((status = 200, body = Me)))]
pub async fn change_me(
    State(app): State<Arc<App>>,
    caller: Caller,
    JsonBody(changes): JsonBody<MyChanges>,
) -> ApiResult<JsonBody<Me>> {
    let mut errors = FieldErrors::default();
    let name = changes.name.map(|name| errors.required("name", &name, 120));
    if let Some(Some(_)) = &changes.phone {
        errors.add("phone", "can only be removed here; have a code read to it by POST /api/calls/phone");
    }
    errors.finish()?;
    let (login, mut user) = app.login_and_user(&caller).await?;
    user.name = name.unwrap_or(user.name);
    if changes.phone.is_some() {
        user.remove_phone();
    }
    let kind = if changes.phone.is_some() { EventKind::PhoneRemoved } else { EventKind::UserChanged };
    let event = Event::new(kind, caller.actor(), app.clock.now());
    user.rev = app.users.save(&user, &event).await?;
    let workspace = app.workspaces.get(&caller.workspace).await?;
    app.me(&login, user, workspace).await.map(JsonBody)
}

//! `GET /api/notifications/choices`: what the caller is told outside the app, and when nothing is pushed.

use crate::App;
use crate::choices_view::NotificationChoicesView;
use axum::extract::State;
use http_api::{ApiResult, Caller, JsonBody, axum, utoipa};
use std::sync::Arc;

#[utoipa::path(get, path = "/api/notifications/choices", operation_id = "get_notification_choices",
    responses((status = 200, body = NotificationChoicesView)))]
pub async fn get_notification_choices(
    State(app): State<Arc<App>>,
    caller: Caller,
) -> ApiResult<JsonBody<NotificationChoicesView>> {
    let store = &app.web_push.notification_choices;
    Ok(JsonBody(store.choices(&caller.workspace, &caller.signed_in()?.user).await?.into()))
}

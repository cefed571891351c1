//! `PUT /api/notifications/choices`: chooses what the caller is told outside the app, and when nothing is pushed.

use crate::App;
use crate::choices_view::{NotificationChoicesBody, NotificationChoicesView};
use axum::extract::State;
use domain::event::{Event, EventKind};
use http_api::{ApiResult, Caller, IfMatch, JsonBody, axum, utoipa};
use std::sync::Arc;

#[utoipa::path(put, path = "/api/notifications/choices", operation_id = "set_notification_choices",
    request_body = NotificationChoicesBody, responses((status = 200, body = NotificationChoicesView)))]
pub async fn set_notification_choices(
    State(app): State<Arc<App>>,
    caller: Caller,
    if_match: IfMatch,
    JsonBody(body): JsonBody<NotificationChoicesBody>,
) -> ApiResult<JsonBody<NotificationChoicesView>> {
    let store = &app.web_push.notification_choices;
    let known = store.choices(&caller.workspace, &caller.signed_in()?.user).await?;
    if_match.check(body.rev, known.rev)?;
    let mut choices = body.parse(known)?;
    let event = Event::new(EventKind::SettingsChanged, caller.actor(), app.clock.now());
    choices.rev = store.save(&choices, &event).await?;
    Ok(JsonBody(choices.into()))
}

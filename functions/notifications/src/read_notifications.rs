//! `POST /api/notifications/read`: marks these notifications, or all, as read.

use crate::App;
use crate::count_unread::UnreadCount;
use axum::extract::State;
use domain::NotificationId;
use http_api::{ApiError, ApiResult, Caller, JsonBody, axum, utoipa};
use serde::Deserialize;
use std::sync::Arc;

#[derive(Debug, Default, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SeenNotifications {
    /// Ids of at most 100 notifications; all unread ones, if left out. An unknown id changes nothing.
    #[serde(default)]
    ids: Option<Vec<NotificationId>>,
}

#[utoipa::path(post, path = "/api/notifications/read", operation_id = "read_notifications",
    request_body = SeenNotifications, responses((status = 200, body = UnreadCount)))]
pub async fn read_notifications(
    State(app): State<Arc<App>>,
    caller: Caller,
    JsonBody(seen): JsonBody<SeenNotifications>,
) -> ApiResult<JsonBody<UnreadCount>> {
    let ids = match seen.ids {
        Some(ids) if ids.len() > 100 => return Err(ApiError::invalid("ids", "at most 100 at a time")),
        Some(ids) => ids,
        None => app.unread(&caller).await?.into_iter().map(|notification| notification.id).collect(),
    };
    app.notifications.mark_read(&caller.workspace, &caller.signed_in()?.user, &ids, app.clock.now()).await?;
    Ok(JsonBody(UnreadCount { unread: app.unread(&caller).await?.len() }))
}

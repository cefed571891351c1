//! `GET /api/notifications`: the user's and the workspace's notifications, newest first.

use crate::App;
use axum::extract::State;
use domain::workspace::notification::{Notification, NotificationKind};
use domain::{LeadId, NotificationId};
use http_api::{ApiResult, Caller, JsonBody, PageQuery, QueryOf, axum, utoipa};
use jiff::Timestamp;
use serde::Serialize;
use std::sync::Arc;

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct NotificationPage {
    pub items: Vec<NotificationView>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_cursor: Option<String>,
    /// Unread ones among the latest 100.
    pub unread: usize,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct NotificationView {
    pub id: NotificationId,
    pub kind: NotificationKind,
    pub title: String,
    pub detail: String,
    pub lead_id: Option<LeadId>,
    pub created_at: Timestamp,
    pub read_at: Option<Timestamp>,
}

#[utoipa::path(get, path = "/api/notifications", operation_id = "list_notifications", params(PageQuery),
    responses((status = 200, body = NotificationPage)))]
pub async fn list_notifications(
    State(app): State<Arc<App>>,
    caller: Caller,
    QueryOf(page): QueryOf<PageQuery>,
) -> ApiResult<JsonBody<NotificationPage>> {
    let found = app.notifications.list(&caller.workspace, &caller.signed_in()?.user, page.parse()?).await?;
    let unread = app.unread(&caller).await?.len();
    let items = app.seen(&caller, found.items).await?.into_iter().map(NotificationView::from).collect();
    Ok(JsonBody(NotificationPage { items, next_cursor: found.next_cursor, unread }))
}

impl From<Notification> for NotificationView {
    fn from(notification: Notification) -> Self {
        Self {
            id: notification.id,
            kind: notification.kind,
            title: notification.title,
            detail: notification.detail,
            lead_id: notification.lead,
            created_at: notification.created_at,
            read_at: notification.read_at,
        }
    }
}

//! `/api/notifications*`: what a user should know now.

mod count_unread;
mod list_notifications;
mod read_notifications;
#[cfg(test)]
mod tests;

use application::ports::notifications::NotificationStore;
use application::{Clock, PageRequest};
use domain::workspace::notification::Notification;
use http_api::Access::ReadOnly;
use http_api::{ApiResult, Caller, Routes, routes};
use std::sync::Arc;

application::ports! {
    pub struct App {
        notifications: Arc<dyn NotificationStore>,
        clock: Arc<dyn Clock>,
    }
}

impl App {
    /// The unread ones of the latest 100: older ones are no longer news.
    pub(crate) async fn unread(&self, caller: &Caller) -> ApiResult<Vec<Notification>> {
        let page = PageRequest::first(100);
        let latest = self.notifications.list(&caller.workspace, &caller.signed_in()?.user, page).await?.items;
        Ok(latest.into_iter().filter(|notification| notification.read_at.is_none()).collect())
    }
}

pub fn routes() -> Routes<App> {
    Routes::new()
        .group("/api/notifications")
        .add(ReadOnly, routes!(list_notifications::list_notifications))
        .add(ReadOnly, routes!(count_unread::count_unread))
        .add(ReadOnly, routes!(read_notifications::read_notifications))
}

//! `/api/notifications*`: what a user should know now, how a page is told at once, the digest by mail, and the
//! devices that are told while the app is closed.

mod add_push_device;
mod choices_view;
mod count_unread;
mod digest_view;
mod get_digest;
mod get_notification_choices;
mod list_notifications;
mod list_push_devices;
mod make_push_ticket;
mod preview_digest;
mod push_device_view;
mod read_notifications;
mod remove_push_device;
mod set_digest;
mod set_notification_choices;
mod test_push_device;
#[cfg(test)]
mod tests;

use application::digest::DigestPorts;
use application::ports::notifications::NotificationStore;
use application::ports::push::{PushSender, PushStore};
use application::ports::rate_limits::RateLimitStore;
use application::web_push::devices::WebPushPorts;
use application::{Clock, Ids, PageRequest};
use domain::LeadId;
use domain::workspace::notification::Notification;
use http_api::Access::ReadOnly;
use http_api::{ApiResult, Caller, Routes, routes};
use std::sync::Arc;

application::ports! {
    pub struct App {
        digest: DigestPorts = DigestPorts::new,
        notifications: Arc<dyn NotificationStore>,
        push: Arc<dyn PushStore>,
        pages: Arc<dyn PushSender>,
        limits: Arc<dyn RateLimitStore>,
        web_push: WebPushPorts = WebPushPorts::new,
        ids: Arc<dyn Ids>,
        clock: Arc<dyn Clock>,
    }
}

impl App {
    /// The unread ones of the latest 100: older ones are no longer news.
    pub(crate) async fn unread(&self, caller: &Caller) -> ApiResult<Vec<Notification>> {
        let page = PageRequest::first(100);
        let latest = self.notifications.list(&caller.workspace, &caller.signed_in()?.user, page).await?.items;
        let unread = latest.into_iter().filter(|notification| notification.read_at.is_none()).collect();
        self.seen(caller, unread).await
    }

    /// Keeps what the caller may know.
    pub(crate) async fn seen(
        &self,
        caller: &Caller,
        mut all: Vec<Notification>,
    ) -> ApiResult<Vec<Notification>> {
        if caller.leads().is_all() {
            return Ok(all);
        }
        let leads: Vec<LeadId> = all.iter().filter_map(|notification| notification.lead.clone()).collect();
        let (seen, own) = (caller.those_seen(&leads).await?, caller.user());
        all.retain(|notification| notification.is_known_to(own, |lead| seen.contains(lead)));
        Ok(all)
    }
}

pub fn routes() -> Routes<App> {
    Routes::new()
        .group("/api/notifications")
        .add(ReadOnly.narrowed(), routes!(list_notifications::list_notifications))
        .add(ReadOnly.narrowed(), routes!(count_unread::count_unread))
        .add(ReadOnly.narrowed(), routes!(read_notifications::read_notifications))
        .add(ReadOnly.without_leads(), routes!(get_digest::get_digest))
        .add(ReadOnly.without_leads(), routes!(set_digest::set_digest))
        .add(ReadOnly.narrowed(), routes!(preview_digest::preview_digest))
        .add(ReadOnly.without_leads(), routes!(make_push_ticket::make_push_ticket))
        .add(ReadOnly.without_leads(), routes!(list_push_devices::list_push_devices))
        .add(ReadOnly.without_leads(), routes!(add_push_device::add_push_device))
        .add(ReadOnly.without_leads(), routes!(remove_push_device::remove_push_device))
        .add(ReadOnly.without_leads(), routes!(test_push_device::test_push_device))
        .add(ReadOnly.without_leads(), routes!(get_notification_choices::get_notification_choices))
        .add(ReadOnly.without_leads(), routes!(set_notification_choices::set_notification_choices))
}

//! `/api/notifications*`: what a user should know now, how a page is told at once, and the digest by mail.

mod count_unread;
mod digest_view;
mod get_digest;
mod list_notifications;
mod make_push_ticket;
mod preview_digest;
mod read_notifications;
mod set_digest;
#[cfg(test)]
mod tests;

use application::digest::DigestPorts;
use application::ports::notifications::NotificationStore;
use application::ports::push::{PushSender, PushStore};
use application::{Clock, Ids, PageRequest};
use domain::LeadId;
use domain::workspace::notification::{Notification, NotificationKind};
use http_api::Access::ReadOnly;
use http_api::{ApiResult, Caller, Routes, routes};
use std::sync::Arc;

application::ports! {
    pub struct App {
        digest: DigestPorts = DigestPorts::new,
        notifications: Arc<dyn NotificationStore>,
        push: Arc<dyn PushStore>,
        pages: Arc<dyn PushSender>,
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

    /// Keeps what the caller may know: what is about leads that the caller sees, what is addressed to the caller and about
    /// no lead, and what concerns the workspace's sending.
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
        all.retain(|notification| match &notification.lead {
            Some(lead) => seen.contains(lead),
            None => {
                let is_own = notification.user.is_some() && notification.user.as_ref() == own;
                is_own || names_no_lead(notification.kind)
            }
        });
        Ok(all)
    }
}

/// Tells whether notifications of this kind never name a lead.
fn names_no_lead(kind: NotificationKind) -> bool {
    use NotificationKind::{Health, Late, Spend, VariantAhead};
    matches!(kind, Health | Late | Spend | VariantAhead)
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
}

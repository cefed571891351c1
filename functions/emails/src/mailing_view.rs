//! What the API tells of a message to many.

use crate::App;
use application::ports::stats::{Counters, Metric};
use domain::contact::channel::Channel;
use domain::message::bulk_message::{Mailing, QUEUED};
use domain::{ConnectionId, MailingId, UserId};
use http_api::{ApiResult, utoipa};
use jiff::Timestamp;
use serde::Serialize;
use std::collections::BTreeMap;

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct MailingView {
    pub id: MailingId,
    pub author: UserId,
    pub channel: Channel,
    pub connection_id: ConnectionId,
    pub subject: String,
    pub people: u32,
    /// Who has a message by now, sent or waiting.
    pub queued: u32,
    /// Who gets none, by reason.
    pub left_out: BTreeMap<String, u32>,
    /// Taken by a provider; with those below a few seconds behind.
    pub sent: i64,
    pub failed: i64,
    /// Nobody knows whether they arrived.
    pub uncertain: i64,
    /// Called back, one by one or with all of them.
    pub cancelled: i64,
    pub send_at: Option<Timestamp>,
    pub created_at: Timestamp,
    /// Since when everybody has been looked at.
    pub finished_at: Option<Timestamp>,
    /// What had not gone out by then does not.
    pub cancelled_at: Option<Timestamp>,
}

impl App {
    pub async fn mailing_view(&self, mailing: Mailing) -> ApiResult<MailingView> {
        let counted = self.stats.mailing(&mailing.workspace, &mailing.id).await?;
        Ok(view(mailing, &counted))
    }
}

pub fn view(mut mailing: Mailing, counted: &Counters) -> MailingView {
    let of = |metrics: &[Metric]| metrics.iter().filter_map(|metric| counted.get(metric)).sum();
    let queued = mailing.counts.remove(QUEUED).unwrap_or_default();
    MailingView {
        id: mailing.id,
        author: mailing.author,
        channel: mailing.channel,
        connection_id: mailing.connection,
        subject: mailing.subject,
        people: mailing.people,
        queued,
        left_out: mailing.counts,
        sent: of(&[Metric::EmailsSent, Metric::SmsSent]),
        failed: of(&[Metric::SendFailed]),
        uncertain: of(&[Metric::Uncertain]),
        cancelled: of(&[Metric::Cancelled]),
        send_at: mailing.send_at,
        created_at: mailing.created_at,
        finished_at: mailing.finished_at,
        cancelled_at: mailing.cancelled_at,
    }
}

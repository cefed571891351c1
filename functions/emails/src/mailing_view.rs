//! A bulk message as the API shows it.

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
    /// Leads who have a message by now, sent or waiting.
    pub queued: u32,
    /// Leads who get no message, by reason.
    pub left_out: BTreeMap<String, u32>,
    /// Messages that a provider accepted. This and the three counts below lag by a few seconds.
    pub sent: i64,
    pub failed: i64,
    /// Messages whose delivery is uncertain.
    pub uncertain: i64,
    /// Messages that were cancelled, one by one or all together.
    pub cancelled: i64,
    pub send_at: Option<Timestamp>,
    pub created_at: Timestamp,
    /// When the last lead of the audience was processed.
    pub finished_at: Option<Timestamp>,
    /// When it was cancelled; what had not gone out by then does not go out.
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

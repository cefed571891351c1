//! A bulk message as the API shows it.

use crate::App;
use application::StoreError;
use application::ports::stats::{Counters, Metric};
use domain::contact::channel::Channel;
use domain::message::bulk_message::{BulkMessage, QUEUED};
use domain::{AccountId, BulkMessageId, UserId};
use http_api::{ApiResult, Caller, utoipa};
use jiff::Timestamp;
use serde::Serialize;
use std::collections::BTreeMap;

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct BulkMessageView {
    pub id: BulkMessageId,
    pub author: UserId,
    pub channel: Channel,
    pub account_id: AccountId,
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
    /// Reads a bulk message: 404 where its author's leads are not the caller's to see.
    pub async fn seen_bulk_message(&self, caller: &Caller, id: &BulkMessageId) -> ApiResult<BulkMessage> {
        let found = self.bulk_messages.bulk_messages.get(&caller.workspace, id).await?;
        match caller.leads().sees(Some(&found.author)) {
            true => Ok(found),
            false => Err(StoreError::NotFound.into()),
        }
    }

    pub async fn bulk_message_view(&self, bulk_message: BulkMessage) -> ApiResult<BulkMessageView> {
        let counted = self.stats.bulk_message(&bulk_message.workspace, &bulk_message.id).await?;
        Ok(view(bulk_message, &counted))
    }
}

pub fn view(mut bulk_message: BulkMessage, counted: &Counters) -> BulkMessageView {
    let of = |metrics: &[Metric]| metrics.iter().filter_map(|metric| counted.get(metric)).sum();
    let queued = bulk_message.counts.remove(QUEUED).unwrap_or_default();
    BulkMessageView {
        id: bulk_message.id,
        author: bulk_message.author,
        channel: bulk_message.channel,
        account_id: bulk_message.account,
        subject: bulk_message.subject,
        people: bulk_message.people,
        queued,
        left_out: bulk_message.counts,
        sent: of(&[Metric::EmailsSent, Metric::SmsSent]),
        failed: of(&[Metric::SendFailed]),
        uncertain: of(&[Metric::Uncertain]),
        cancelled: of(&[Metric::Cancelled]),
        send_at: bulk_message.send_at,
        created_at: bulk_message.created_at,
        finished_at: bulk_message.finished_at,
        cancelled_at: bulk_message.cancelled_at,
    }
}

//! Starts and cancels bulk messages. The text and the audience lie in the bucket, the audience is queued page by
//! page, and each message goes out in its account's quota like any other that a user writes.

use crate::campaign::enrol_jobs::Audience;
use crate::inbox::compose_by_hand::WritePorts;
use crate::lead::list::LeadLists;
use crate::retry;

use crate::ports::accounts::AccountStore;
use crate::ports::blobs::Blobs;
use crate::ports::bulk_messages::BulkMessageStore;
use crate::ports::clock::Clock;
use crate::ports::ids::Ids;
use crate::ports::outbox::{Outbox, send_all};
use crate::ports::quotas::QuotaStore;
use crate::ports::rate_limits::RateLimitStore;
use crate::ports::store::{StoreError, StoreResult, found};
use crate::ports::users::UserStore;
use crate::ports::workspaces::WorkspaceStore;
use crate::queue_messages::CampaignJob;

use domain::contact::channel::Channel;
use domain::event::{Actor, Event, EventKind};
use domain::message::bulk_message::{BulkMessage, BulkMessageCounts};
use domain::{AccountId, BulkMessageId, UserId, WorkspaceId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use ulid::Ulid;

crate::ports! {
    #[derive(Clone)]
    pub struct BulkMessagePorts {
        pub writing: WritePorts = WritePorts::new,
        pub lists: LeadLists = LeadLists::new,
        pub bulk_messages: Arc<dyn BulkMessageStore>,
        pub blobs: Arc<dyn Blobs>,
        pub outbox: Arc<dyn Outbox>,
        pub accounts: Arc<dyn AccountStore>,
        pub quotas: Arc<dyn QuotaStore>,
        pub workspaces: Arc<dyn WorkspaceStore>,
        pub users: Arc<dyn UserStore>,
        pub limits: Arc<dyn RateLimitStore>,
        pub clock: Arc<dyn Clock>,
        pub ids: Arc<dyn Ids>,
        pub public_url: Arc<str>,
    }
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BulkMessageWords {
    /// The subject; empty on any channel but e-mail.
    pub subject: String,
    pub text: String,
}

/// The bulk message's text and audience, as the bucket stores them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Job {
    pub whom: Audience,
    pub words: BulkMessageWords,
    /// Whether a user has chosen the bulk message's account: it then also takes the place of one that was removed.
    #[serde(default)]
    pub is_chosen: bool,
}

impl Job {
    pub fn stored(&self) -> StoreResult<Vec<u8>> {
        serde_json::to_vec(self).map_err(|e| StoreError::Unavailable(Box::new(e)))
    }
}

pub(crate) fn blob_key(workspace: &WorkspaceId, id: &BulkMessageId) -> String {
    format!("{workspace}/bulk_messages/{id}")
}

pub struct NewBulkMessage {
    /// An id of the request, the same for each repetition of it. Only requests with an idempotency key have one.
    pub request: Option<String>,
    pub whom: Audience,
    pub people: u32,
    pub words: BulkMessageWords,
    pub channel: Channel,
    /// The account for leads that know none of the workspace's.
    pub account: AccountId,
    /// Whether a user has chosen it.
    pub is_chosen: bool,
    pub author: UserId,
    pub send_at: Option<Timestamp>,
}

/// Starts a bulk message. The queue message is written last: until then nothing is sent, and the caller may ask
/// again. If it is uncertain whether the queue has it, the bulk message is cancelled, and a repeated request starts
/// another one. A bulk message that an earlier, broken attempt of the same request has started is continued.
pub async fn start_bulk_message(
    ports: &BulkMessagePorts,
    workspace: &WorkspaceId,
    mut new: NewBulkMessage,
) -> StoreResult<BulkMessage> {
    if let Audience::Ids(named) = &mut new.whom {
        named.sort();
        named.dedup();
        new.people = u32::try_from(named.len()).unwrap_or(u32::MAX);
    }
    let (id, begun) = id_of(ports, workspace, new.request.as_deref()).await?;
    if let Some(runs) = begun.as_ref().filter(|bulk_message| bulk_message.is_found()) {
        return Ok(runs.clone());
    }
    let now = ports.clock.now();
    let mut bulk_message = BulkMessage {
        id,
        workspace: workspace.clone(),
        author: new.author.clone(),
        channel: new.channel,
        account: new.account,
        subject: new.words.subject.clone(),
        people: new.people,
        counts: BulkMessageCounts::new(),
        send_at: new.send_at,
        created_at: now,
        finished_at: None,
        cancelled_at: None,
        rev: 0,
    };
    let job = Job { whom: new.whom, words: new.words, is_chosen: new.is_chosen };
    ports.blobs.put(&blob_key(workspace, &bulk_message.id), "application/json", job.stored()?).await?;
    match begun {
        Some(begun) => bulk_message = begun,
        None => {
            let event = Event::new(EventKind::BulkMessageStarted, Actor::User(new.author), now);
            bulk_message.rev = ports.bulk_messages.save(&bulk_message, &event).await?;
        }
    }
    let message = CampaignJob::Write {
        workspace: workspace.clone(),
        bulk_message: bulk_message.id.clone(),
        cursor: None,
        counts: BulkMessageCounts::new(),
    };
    if let Err(lost) = send_all(&*ports.outbox, &[message], 0).await {
        cancel_bulk_message(ports, workspace, &bulk_message.id, Actor::System).await?;
        return Err(lost);
    }
    Ok(bulk_message)
}

/// Returns the id that all attempts at a request share, and the bulk message that exists under it. Where that one was
/// cancelled, the next id is taken.
async fn id_of(
    ports: &BulkMessagePorts,
    workspace: &WorkspaceId,
    request: Option<&str>,
) -> StoreResult<(BulkMessageId, Option<BulkMessage>)> {
    let Some((request, at)) = request.and_then(|request| Some((request, request_began_at(request)?))) else {
        return Ok((BulkMessageId::new(ports.ids.next()), None));
    };
    let mut called_off = 0_u32;
    loop {
        let id = BulkMessageId::derived(at, &[request, &called_off.to_string()]);
        match found(ports.bulk_messages.get(workspace, &id).await)? {
            Some(bulk_message) if bulk_message.cancelled_at.is_some() => called_off += 1,
            there => return Ok((id, there)),
        }
    }
}

/// Returns the time of the request's first attempt, which its id holds.
pub fn request_began_at(request: &str) -> Option<Timestamp> {
    let millis = Ulid::from_string(request).ok()?.timestamp_ms();
    Timestamp::from_millisecond(i64::try_from(millis).ok()?).ok()
}

/// Cancels a bulk message: what has not gone out stays unsent. Cancelling it again changes nothing.
pub async fn cancel_bulk_message(
    ports: &BulkMessagePorts,
    workspace: &WorkspaceId,
    id: &BulkMessageId,
    actor: Actor,
) -> StoreResult<BulkMessage> {
    change(ports, workspace, id, |bulk_message, now| {
        bulk_message.cancelled_at.is_none().then(|| {
            bulk_message.cancelled_at = Some(now);
            Event::new(EventKind::BulkMessageCancelled, actor.clone(), now)
        })
    })
    .await
}

pub(crate) async fn change(
    ports: &BulkMessagePorts,
    workspace: &WorkspaceId,
    id: &BulkMessageId,
    mut change: impl FnMut(&mut BulkMessage, Timestamp) -> Option<Event> + Send,
) -> StoreResult<BulkMessage> {
    retry!(async {
        let mut bulk_message = ports.bulk_messages.get(workspace, id).await?;
        let Some(event) = change(&mut bulk_message, ports.clock.now()) else { return Ok(bulk_message) };
        let rev = ports.bulk_messages.save(&bulk_message, &event).await?;
        Ok(BulkMessage { rev, ..bulk_message })
    })
}

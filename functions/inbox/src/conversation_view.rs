//! A conversation as the API shows it, and how one is changed.

use crate::App;
use application::retry;
use domain::contact::channel::Channel;
use domain::event::{Event, EventKind};
use domain::message::Direction;
use domain::message::conversation::{Conversation, Folder};
use domain::message::understanding::Understanding;
use domain::{LeadId, UserId};
use http_api::{ApiError, ApiResult, Caller, utoipa};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct ConversationView {
    pub lead_id: LeadId,
    pub lead_name: String,
    pub folder: Folder,
    /// The channel of the latest message.
    pub channel: Channel,
    pub last_direction: Direction,
    pub last_at: Timestamp,
    /// First 140 characters of the latest message.
    pub snippet: String,
    pub unread: u32,
    /// What the lead's latest message was understood as.
    pub understood: Option<Understanding>,
    pub assignee: Option<UserId>,
    /// Identifies the message that came in last. Sent back as `seen`, it leaves open what has come in since.
    pub latest_answer: Option<String>,
    /// Whether a draft of an answer waits for approval.
    pub draft_waits: bool,
    pub rev: u64,
}

/// Tells which messages the user has seen when closing or reading a conversation.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct SeenQuery {
    /// `latest_answer` of the conversation as the caller saw it. If left out, all that has come in counts as
    /// seen.
    pub seen: Option<String>,
}

impl From<Conversation> for ConversationView {
    fn from(conversation: Conversation) -> Self {
        Self {
            latest_answer: conversation.latest_answer().map(str::to_owned),
            draft_waits: conversation.draft_waits(),
            lead_id: conversation.lead,
            lead_name: conversation.lead_name,
            folder: conversation.folder,
            channel: conversation.channel,
            last_direction: conversation.last_direction,
            last_at: conversation.last_at,
            snippet: conversation.snippet,
            unread: conversation.unread,
            understood: conversation.understood,
            assignee: conversation.assignee,
            rev: conversation.rev,
        }
    }
}

impl App {
    pub(crate) async fn conversation(&self, caller: &Caller, lead: &LeadId) -> ApiResult<Conversation> {
        let found = self.conversations.get(&caller.workspace, lead).await?;
        found.ok_or_else(|| ApiError::not_found("conversation"))
    }

    /// Reads, changes and saves a conversation; retries if a message came in between. An unchanged one is not
    /// written.
    pub(crate) async fn change(
        &self,
        caller: &Caller,
        lead: &LeadId,
        kind: EventKind,
        change: impl Fn(&mut Conversation),
    ) -> ApiResult<ConversationView> {
        let changed = retry!(async {
            let found = self.conversations.get(&caller.workspace, lead).await?;
            let Some(before) = found else { return Ok(None) };
            let mut after = before.clone();
            change(&mut after);
            if after != before {
                let event = Event::new(kind, caller.actor(), self.clock.now());
                after.rev = self.conversations.save(&after, &event).await?;
            }
            Ok(Some(after))
        });
        changed?.map(ConversationView::from).ok_or_else(|| ApiError::not_found("conversation"))
    }
}

//! Messages, out and in, in their lead's partition.

use crate::store::StoreResult;
use async_trait::async_trait;
use domain::event::Event;
use domain::message::Message;
use domain::{MessageId, WorkspaceId};

#[async_trait]
pub trait MessageStore: Send + Sync {
    /// `Conflict` if the id is known.
    async fn create(&self, message: &Message, event: &Event) -> StoreResult<()>;
    async fn get(&self, workspace: &WorkspaceId, id: &MessageId) -> StoreResult<Message>;
    async fn save(&self, message: &Message, event: &Event) -> StoreResult<u64>;

    /// Autosaved drafts of one user, by conversation.
    async fn put_draft(&self, draft: &Draft) -> StoreResult<()>;
    async fn draft(&self, workspace: &WorkspaceId, id: &domain::DraftId) -> StoreResult<Draft>;
    async fn delete_draft(&self, workspace: &WorkspaceId, id: &domain::DraftId) -> StoreResult<()>;
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    pub id: domain::DraftId,
    pub workspace: WorkspaceId,
    pub author: domain::UserId,
    pub lead: Option<domain::LeadId>,
    pub channel: domain::sequence::Channel,
    pub subject: String,
    pub body: String,
    pub updated_at: jiff::Timestamp,
}

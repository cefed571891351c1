//! Stores messages, outbound and inbound, in their lead's partition.

use crate::ports::store::{Page, PageRequest, StoreResult};
use async_trait::async_trait;
use domain::event::Event;
use domain::message::Message;
use domain::workspace::task::Task;
use domain::{MessageId, WorkspaceId};

#[async_trait]
pub trait MessageStore: Send + Sync {
    /// Stores a new message; `Conflict` if the id is known.
    async fn create(&self, message: &Message, event: &Event) -> StoreResult<()>;
    async fn get(&self, workspace: &WorkspaceId, id: &MessageId) -> StoreResult<Message>;
    async fn save(&self, message: &Message, event: &Event) -> StoreResult<u64>;
    /// Saves an uncertain message together with the task that asks a user about it, so that a user is asked exactly
    /// while it is uncertain.
    async fn save_with_task(&self, message: (&Message, &Event), question: (&Task, &Event))
    -> StoreResult<()>;

    /// Returns the messages that are in doubt, oldest attempt first. A page MAY be shorter than asked for.
    async fn uncertain(&self, workspace: &WorkspaceId, page: PageRequest) -> StoreResult<Page<Message>>;

    /// Stores an autosaved draft of one user, by conversation. A draft that has not changed for 90 days is deleted.
    async fn put_draft(&self, draft: &Draft) -> StoreResult<()>;
    async fn draft(&self, workspace: &WorkspaceId, id: &domain::DraftId) -> StoreResult<Draft>;
    async fn delete_draft(&self, workspace: &WorkspaceId, id: &domain::DraftId) -> StoreResult<()>;
}

/// Returns the id of an author's draft to a lead: there is one.
pub fn draft_to(author: &domain::UserId, lead: &domain::LeadId) -> domain::DraftId {
    domain::DraftId::derived(jiff::Timestamp::UNIX_EPOCH, &[author.as_str(), lead.as_str()])
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    pub id: domain::DraftId,
    pub workspace: WorkspaceId,
    pub author: domain::UserId,
    pub lead: Option<domain::LeadId>,
    pub channel: domain::contact::channel::Channel,
    pub subject: String,
    pub body: String,
    pub updated_at: jiff::Timestamp,
}

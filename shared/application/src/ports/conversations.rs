//! Stores the conversations of the inbox, and the replies that match no lead.

use crate::ports::store::Page;
use crate::ports::store::PageRequest;
use crate::ports::store::StoreResult;
use async_trait::async_trait;
use domain::LeadId;
use domain::WorkspaceId;
use domain::event::Event;
use domain::message::conversation::Conversation;
use domain::message::conversation::Folder;
use domain::message::conversation::UnmatchedReply;

#[async_trait]
pub trait ConversationStore: Send + Sync {
    async fn get(&self, workspace: &WorkspaceId, lead: &LeadId) -> StoreResult<Option<Conversation>>;
    async fn save(&self, conversation: &Conversation, event: &Event) -> StoreResult<u64>;
    /// Returns a folder's conversations, newest first.
    async fn list(
        &self,
        workspace: &WorkspaceId,
        folder: Folder,
        page: PageRequest,
    ) -> StoreResult<Page<Conversation>>;
    /// Stores a reply that matches no lead. A repeat of the same external id changes nothing.
    async fn put_unmatched(&self, reply: &UnmatchedReply, event: &Event) -> StoreResult<()>;
    async fn unmatched(
        &self,
        workspace: &WorkspaceId,
        page: PageRequest,
    ) -> StoreResult<Page<UnmatchedReply>>;
}

//! Stores the conversations of the inbox, and the replies that match no lead.

use crate::ports::store::Page;
use crate::ports::store::PageRequest;
use crate::ports::store::StoreResult;
use async_trait::async_trait;
use domain::LeadId;
use domain::UnmatchedId;
use domain::WorkspaceId;
use domain::event::Event;
use domain::message::conversation::Conversation;
use domain::message::conversation::Folder;
use domain::message::unmatched::UnmatchedReply;

#[async_trait]
pub trait ConversationStore: Send + Sync {
    /// Reads the conversation of a lead. Where it was merged into another one and its own is hidden, that lead's is read.
    async fn get(&self, workspace: &WorkspaceId, lead: &LeadId) -> StoreResult<Option<Conversation>>;
    async fn save(&self, conversation: &Conversation, event: &Event) -> StoreResult<u64>;
    /// Returns a folder's conversations, newest first.
    async fn list(
        &self,
        workspace: &WorkspaceId,
        folder: Folder,
        page: PageRequest,
    ) -> StoreResult<Page<Conversation>>;
    /// Stores a reply that matches no lead. A repeat of the same external id changes nothing, also where a user has
    /// linked or dismissed it since.
    async fn put_unmatched(&self, reply: &UnmatchedReply, event: &Event) -> StoreResult<()>;
    /// Returns the replies that wait for a user, newest first.
    async fn unmatched(
        &self,
        workspace: &WorkspaceId,
        page: PageRequest,
    ) -> StoreResult<Page<UnmatchedReply>>;
    /// Reads one of them, also one that a user has linked or dismissed.
    async fn unmatched_reply(&self, workspace: &WorkspaceId, id: &UnmatchedId)
    -> StoreResult<UnmatchedReply>;
    /// Saves what a user has decided about a reply. `Conflict` if another user was faster.
    async fn save_unmatched(&self, reply: &UnmatchedReply, event: &Event) -> StoreResult<u64>;
}

//! Stores the conversations of the inbox, and the replies that match no lead.

use crate::ports::store::Page;
use crate::ports::store::PageRequest;
use crate::ports::store::StoreResult;
use async_trait::async_trait;
use domain::LeadId;
use domain::UnmatchedId;
use domain::UserId;
use domain::WorkspaceId;
use domain::event::Event;
use domain::message::answer_draft::AnswerDraft;
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
    /// Returns the open conversations in which the lead spoke last, latest first: those of this user and of nobody, or
    /// all; no more than `most` of those that are wanted. The store leaves out the others, so that those of colleagues take
    /// no place of a user's.
    async fn waiting(
        &self,
        workspace: &WorkspaceId,
        user: Option<&UserId>,
        wanted: &(dyn for<'c> Fn(&'c Conversation) -> bool + Sync),
        most: usize,
    ) -> StoreResult<Vec<Conversation>>;
    /// Returns the open conversations in which a draft waits for approval, newest first. A page MAY be shorter than
    /// asked for.
    async fn with_draft(&self, workspace: &WorkspaceId, page: PageRequest)
    -> StoreResult<Page<Conversation>>;
    /// Reads the draft of a lead's own conversation.
    async fn answer_draft(&self, workspace: &WorkspaceId, lead: &LeadId) -> StoreResult<Option<AnswerDraft>>;
    /// Reads the drafts of several leads; missing ones are left out.
    async fn answer_drafts(&self, workspace: &WorkspaceId, leads: &[LeadId])
    -> StoreResult<Vec<AnswerDraft>>;
    /// Saves a draft with its conversation, which says whether it waits, in one transaction. `Conflict` if either was
    /// saved since it was read: a message that has come in between is seen first.
    async fn save_answer_draft(
        &self,
        draft: &AnswerDraft,
        conversation: &Conversation,
        event: &Event,
    ) -> StoreResult<()>;
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

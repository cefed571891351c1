//! The inbox: a conversation in its lead's partition, listed by folder; and replies that match no lead.

use crate::errors::Refused;
use crate::item::{Head, Item, Stored, decode, encode, head, plain_item, read_body};
use crate::keys::answer_drafts::answer_draft;
use crate::keys::{self, Key, Listing, Tenant};
use crate::pages::Order;
use crate::query::Query;
use crate::table::Table;
use crate::times::passes;
use crate::write::{absent, put, saving};
use application::ports::conversations::ConversationStore;
use application::{Page, PageRequest, StoreError, StoreResult};
use async_trait::async_trait;
use domain::contact::channel::Channel;
use domain::event::Event;
use domain::message::Direction;
use domain::message::answer_draft::AnswerDraft;
use domain::message::conversation::{Conversation, Folder};
use domain::message::understanding::Understanding;
use domain::message::unmatched::{UnmatchedReply, UnmatchedState};
use domain::{AccountId, InboundId, LeadId, UnmatchedId, UserId, WorkspaceId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::ops::ControlFlow;

#[async_trait]
impl ConversationStore for Table {
    async fn get(&self, workspace: &WorkspaceId, lead: &LeadId) -> StoreResult<Option<Conversation>> {
        let found: Option<Conversation> = self.find(&keys::conversation(workspace, lead)).await?;
        if found.as_ref().is_none_or(|found| !found.lead_deleted) {
            return Ok(found);
        }
        // That of a lead that was merged into another one is hidden, and that lead's is meant.
        match self.read_lead_or_deleted(workspace, lead).await {
            Ok(survivor) if survivor.id != *lead => {
                self.find(&keys::conversation(workspace, &survivor.id)).await
            }
            Ok(_) | Err(StoreError::NotFound) => Ok(found),
            Err(error) => Err(error),
        }
    }

    async fn save(&self, conversation: &Conversation, event: &Event) -> StoreResult<u64> {
        self.save_entity(conversation, Some(event)).await
    }

    async fn list(
        &self,
        workspace: &WorkspaceId,
        folder: Folder,
        page: PageRequest,
    ) -> StoreResult<Page<Conversation>> {
        let inbox = keys::inbox(workspace, folder);
        let limit = page.limit.clamp(1, 200);
        let found =
            self.page(&inbox, Order::IndexDescending, limit, page.cursor.as_deref(), |_| true).await?;
        let items = found.items.into_iter().map(listed).collect::<StoreResult<_>>()?;
        Ok(Page { items, next_cursor: found.next_cursor })
    }

    async fn waiting(
        &self,
        workspace: &WorkspaceId,
        user: Option<&UserId>,
        wanted: &(dyn for<'c> Fn(&'c Conversation) -> bool + Sync),
        most: usize,
    ) -> StoreResult<Vec<Conversation>> {
        let inbox = keys::inbox(workspace, Folder::Open);
        let query = Query::index(&inbox).descending().limit(WAITING_LOOKED_AT);
        let mut waiting = Vec::new();
        self.query_pages(query, |page| {
            for item in page {
                let one = listed(item)?;
                let is_theirs =
                    user.is_none_or(|user| one.assignee.as_ref().is_none_or(|assignee| assignee == user));
                if is_theirs && one.last_direction == Direction::In && wanted(&one) {
                    waiting.push(one);
                }
                if waiting.len() >= most {
                    return Ok(ControlFlow::Break(()));
                }
            }
            Ok(ControlFlow::Continue(()))
        })
        .await?;
        Ok(waiting)
    }

    async fn with_draft(
        &self,
        workspace: &WorkspaceId,
        page: PageRequest,
    ) -> StoreResult<Page<Conversation>> {
        let inbox = keys::inbox(workspace, Folder::Open);
        let sizes = (page.limit.clamp(1, 200), MOST_LOOKED_AT);
        // One that cannot be read is an error, and is not passed over.
        let keep = |item: &Item| listed(item.clone()).map_or(true, |found| found.draft_waits());
        let found =
            self.page_within(&inbox, Order::IndexDescending, sizes, page.cursor.as_deref(), keep).await?;
        let items = found.items.into_iter().map(listed).collect::<StoreResult<_>>()?;
        Ok(Page { items, next_cursor: found.next_cursor })
    }

    async fn answer_draft(&self, workspace: &WorkspaceId, lead: &LeadId) -> StoreResult<Option<AnswerDraft>> {
        self.find(&answer_draft(workspace, lead)).await
    }

    async fn answer_drafts(
        &self,
        workspace: &WorkspaceId,
        leads: &[LeadId],
    ) -> StoreResult<Vec<AnswerDraft>> {
        let keys: Vec<_> = leads.iter().map(|lead| answer_draft(workspace, lead)).collect();
        self.read_many(&keys).await
    }

    async fn save_answer_draft(
        &self,
        draft: &AnswerDraft,
        conversation: &Conversation,
        event: &Event,
    ) -> StoreResult<()> {
        let both = vec![saving(draft, Some(event))?, saving(conversation, Some(event))?];
        Ok(self.transact(both).await?)
    }

    async fn put_unmatched(&self, reply: &UnmatchedReply, event: &Event) -> StoreResult<()> {
        match self.write(put(encode(reply, 1, Some(event))?, absent())).await {
            Ok(()) | Err(Refused::Condition(_)) => Ok(()),
            Err(refused) => Err(refused.into()),
        }
    }

    async fn unmatched(
        &self,
        workspace: &WorkspaceId,
        page: PageRequest,
    ) -> StoreResult<Page<UnmatchedReply>> {
        let partition = keys::unmatched_partition(workspace);
        let limit = page.limit.clamp(1, 200);
        let found =
            self.page(&partition, Order::IndexDescending, limit, page.cursor.as_deref(), |_| true).await?;
        let mut wanted = Vec::with_capacity(found.items.len());
        for item in &found.items {
            wanted.push(partition.found(&head(item)?.sk));
        }
        let replies = self.read_items(&wanted).await?.into_iter().map(decode);
        let mut replies: Vec<UnmatchedReply> = replies.collect::<StoreResult<_>>()?;
        // The index may be a moment behind.
        replies.retain(UnmatchedReply::is_waiting);
        replies.sort_by(|a, b| (b.received_at, &b.id).cmp(&(a.received_at, &a.id)));
        Ok(Page { items: replies, next_cursor: found.next_cursor })
    }

    async fn unmatched_reply(
        &self,
        workspace: &WorkspaceId,
        id: &UnmatchedId,
    ) -> StoreResult<UnmatchedReply> {
        self.read(&keys::unmatched(workspace, id)).await
    }

    async fn save_unmatched(&self, reply: &UnmatchedReply, event: &Event) -> StoreResult<u64> {
        self.save_entity(reply, Some(event)).await
    }
}

/// How many open conversations of a workspace are looked at for those of one user.
const WAITING_LOOKED_AT: usize = 5_000;

/// The most conversations that a page looks at for drafts.
const MOST_LOOKED_AT: usize = 1_000;

fn listed(item: Item) -> StoreResult<Conversation> {
    let head = head(&item)?;
    let body: ListedConversation = read_body(item, &head)?;
    Conversation::from_body(body, &head).map_err(|why| head.corrupt(why))
}

#[derive(Serialize, Deserialize)]
pub(crate) struct ListedConversation {
    sum: ConversationItem,
}

#[derive(Serialize, Deserialize)]
struct ConversationItem {
    rev: u64,
    lead_name: String,
    /// Whether the lead is deleted.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    hidden: bool,
    folder: Folder,
    channel: Channel,
    last_direction: Direction,
    last_at: Timestamp,
    snippet: String,
    unread: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    understood: Option<Understanding>,
    assignee: Option<UserId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    lead_owner: Option<UserId>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    taken_in: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    draft: Option<String>,
}

impl Stored for Conversation {
    const ENTITY: &'static str = "conversation";
    type Scope = Tenant;
    type Body = ListedConversation;

    fn key(&self) -> Key<Tenant> {
        keys::conversation(&self.workspace, &self.lead)
    }
    fn listing(&self) -> Option<Listing> {
        let listing = || keys::inbox_listing(&self.workspace, self.folder, self.last_at, &self.lead);
        (!self.lead_deleted).then(listing)
    }
    fn rev(&self) -> u64 {
        self.rev
    }
    fn body(&self, rev: u64) -> ListedConversation {
        let conversation = self.clone();
        ListedConversation {
            sum: ConversationItem {
                rev,
                lead_name: conversation.lead_name,
                hidden: conversation.lead_deleted,
                folder: conversation.folder,
                channel: conversation.channel,
                last_direction: conversation.last_direction,
                last_at: conversation.last_at,
                snippet: conversation.snippet,
                unread: conversation.unread,
                understood: conversation.understood,
                assignee: conversation.assignee,
                lead_owner: conversation.lead_owner,
                taken_in: conversation.taken_in,
                draft: conversation.draft,
            },
        }
    }
    fn from_body(body: ListedConversation, head: &Head) -> Result<Self, String> {
        let (workspace, lead) = keys::lead_of(&head.pk)?;
        let sum = body.sum;
        Ok(Self {
            workspace,
            lead,
            lead_name: sum.lead_name,
            lead_deleted: sum.hidden,
            folder: sum.folder,
            channel: sum.channel,
            last_direction: sum.last_direction,
            last_at: sum.last_at,
            snippet: sum.snippet,
            unread: sum.unread,
            understood: sum.understood,
            assignee: sum.assignee,
            lead_owner: sum.lead_owner,
            taken_in: sum.taken_in,
            draft: sum.draft,
            rev: sum.rev,
        })
    }
}

plain_item! { UnmatchedItem of UnmatchedReply, rev, {
    id: UnmatchedId,
    workspace: WorkspaceId,
    account: AccountId,
    channel: Channel,
    from: String,
    from_name: String,
    chat_user: Option<String>,
    to: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    wrote_to: Option<AccountId>,
    subject: String,
    text: String,
    understood: Understanding,
    blob: Option<String>,
    received_at: Timestamp,
    external_id: String,
    record: Option<InboundId>,
    state: UnmatchedState,
} }

impl Stored for UnmatchedReply {
    const ENTITY: &'static str = "unmatched_reply";
    type Scope = Tenant;
    type Body = UnmatchedItem;

    fn key(&self) -> Key<Tenant> {
        keys::unmatched(&self.workspace, &self.id)
    }
    fn listing(&self) -> Option<Listing> {
        self.is_waiting().then(|| keys::unmatched_listing(&self.workspace, self.received_at, &self.id))
    }
    fn rev(&self) -> u64 {
        self.rev
    }
    fn expires(&self) -> Option<Timestamp> {
        Some(passes(self.received_at))
    }
    fn body(&self, _rev: u64) -> UnmatchedItem {
        UnmatchedItem::of(self)
    }
    fn from_body(body: UnmatchedItem, head: &Head) -> Result<Self, String> {
        Ok(body.into_entity(head.rev))
    }
}

//! What users decide about a message that matches no lead: it is linked to one, dismissed, or restored. Each decision is
//! one conditional write, so of two users who act at once one is told that the other was faster.

use crate::ports::conversations::ConversationStore;
use crate::ports::outbox::{Outbox, send_all};
use crate::ports::store::StoreResult;
use crate::queue_messages::IngestEvent;
use crate::retry;
use domain::event::{Actor, Event, EventKind};
use domain::message::unmatched::{Link, UnmatchedReply};
use domain::{UnmatchedId, WorkspaceId};

/// Links a message. Its ingestion is queued first: if the request breaks off behind that, the consumer completes the
/// link. Returns the message as it is now, which another user may have decided about before.
pub async fn link(
    conversations: &dyn ConversationStore,
    outbox: &dyn Outbox,
    (workspace, reply): (&WorkspaceId, &UnmatchedId),
    link: &Link,
) -> StoreResult<UnmatchedReply> {
    let (workspace, reply) = (workspace.clone(), reply.clone());
    let order =
        IngestEvent::Linked { workspace: workspace.clone(), reply: reply.clone(), link: link.clone() };
    send_all(outbox, &[order], 0).await?;
    settle_link(conversations, &workspace, &reply, link).await
}

/// Stores the link of a message that waits. Returns the message as it is now.
pub(crate) async fn settle_link(
    conversations: &dyn ConversationStore,
    workspace: &WorkspaceId,
    reply: &UnmatchedId,
    link: &Link,
) -> StoreResult<UnmatchedReply> {
    let event = Event::new(EventKind::UnmatchedLinked, Actor::User(link.by.clone()), link.at)
        .because(link.lead.as_str());
    decide(conversations, (workspace, reply), &event, |reply| reply.link(link)).await
}

/// Reads a message, lets `change` decide about it, and saves it if that changed it. Returns it as it is now.
pub async fn decide(
    conversations: &dyn ConversationStore,
    (workspace, reply): (&WorkspaceId, &UnmatchedId),
    event: &Event,
    change: impl Fn(&mut UnmatchedReply),
) -> StoreResult<UnmatchedReply> {
    retry!(async {
        let before = conversations.unmatched_reply(workspace, reply).await?;
        let mut after = before.clone();
        change(&mut after);
        if after.state != before.state {
            after.rev = conversations.save_unmatched(&after, event).await?;
        }
        Ok(after)
    })
}

//! What a person writes to a lead by hand: allowed or refused, stored as queued, seen in the conversation.

use crate::clock::Clock;
use crate::conversations::ConversationStore;
use crate::ids::Ids;
use crate::messages::MessageStore;
use crate::outbox::Outbox;
use crate::ports::Ports;
use crate::sending::queue_one_off;
use crate::store::{StoreError, StoreResult};
use crate::suppressions::{SuppressionStore, scopes_of};
use domain::conversation::Folder;
use domain::event::{Actor, Event};
use domain::lead::Lead;
use domain::message::{Direction, Message};
use domain::reach::{SkipReason, channel_closed};
use domain::sequence::Channel;
use domain::{ConnectionId, MessageId, UserId};
use jiff::Timestamp;
use std::sync::Arc;

#[derive(Clone)]
pub struct WritePorts {
    pub messages: Arc<dyn MessageStore>,
    pub conversations: Arc<dyn ConversationStore>,
    pub suppressions: Arc<dyn SuppressionStore>,
    pub outbox: Arc<dyn Outbox>,
    pub clock: Arc<dyn Clock>,
    pub ids: Arc<dyn Ids>,
}

impl<P: Ports> From<&P> for WritePorts {
    fn from(ports: &P) -> Self {
        Self {
            messages: ports.messages(),
            conversations: ports.conversations(),
            suppressions: ports.suppressions(),
            outbox: ports.outbox(),
            clock: ports.clock(),
            ids: ports.ids(),
        }
    }
}

#[derive(Debug, Clone)]
pub struct Written {
    pub channel: Channel,
    /// Empty: that of the thread.
    pub subject: String,
    pub text: String,
    /// The account to send by; `None`: the workspace's own choice.
    pub connection: Option<ConnectionId>,
    pub author: UserId,
    /// ≤ 900.
    pub delay_seconds: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Silence {
    /// Marked by a person as not to be contacted.
    DoNotContact,
    Closed(SkipReason),
}

/// Why nothing may be sent to this lead over this channel, if so.
pub async fn silenced(
    suppressions: &dyn SuppressionStore,
    lead: &Lead,
    channel: Channel,
    now: Timestamp,
) -> StoreResult<Option<Silence>> {
    if lead.do_not_contact {
        return Ok(Some(Silence::DoNotContact));
    }
    let listed = suppressions.find(&lead.workspace, &scopes_of(lead)).await?;
    Ok(channel_closed(lead, channel, &listed, now).map(Silence::Closed))
}

/// Queues the message, or answers why this lead is not written to.
pub async fn write(
    ports: &WritePorts,
    lead: &Lead,
    written: Written,
) -> StoreResult<Result<Message, Silence>> {
    let now = ports.clock.now();
    if let Some(silence) = silenced(&*ports.suppressions, lead, written.channel, now).await? {
        return Ok(Err(silence));
    }
    let delay_seconds = written.delay_seconds;
    let actor = Actor::User(written.author.clone());
    let message = message_of(lead, MessageId::new(&lead.id, ports.ids.next()), written, now);
    queue_one_off(&*ports.messages, &*ports.outbox, &message, actor.clone(), delay_seconds).await?;
    // The message is under way: what the inbox shows of it must not make the caller send it again.
    if let Err(error) = note_in_conversation(ports, lead, &message, &actor).await {
        tracing::warn!(message.id = %message.id, %error, "a conversation does not show its answer");
    }
    Ok(Ok(message))
}

fn message_of(lead: &Lead, id: MessageId, written: Written, now: Timestamp) -> Message {
    Message {
        connection: written.connection,
        author: Some(written.author),
        to: lead.reached_by(written.channel).unwrap_or_default(),
        subject: written.subject,
        text: written.text,
        ..Message::blank(id, lead.workspace.clone(), Direction::Out, written.channel, now)
    }
}

/// It no longer waits for us. Nobody's conversation begins by our writing: that needs an answer.
async fn note_in_conversation(
    ports: &WritePorts,
    lead: &Lead,
    message: &Message,
    actor: &Actor,
) -> StoreResult<()> {
    for _ in 0..5 {
        let Some(mut conversation) = ports.conversations.get(&lead.workspace, &lead.id).await? else {
            return Ok(());
        };
        conversation.folder = Folder::Done;
        conversation.unread = 0;
        conversation.channel = message.channel;
        conversation.last_direction = Direction::Out;
        conversation.last_at = conversation.last_at.max(message.created_at);
        conversation.snippet = snippet(&message.text);
        let event = Event::new("conversation_continued", actor.clone(), message.created_at)
            .because(message.id.as_str());
        match ports.conversations.save(&conversation, &event).await {
            Ok(_) => return Ok(()),
            Err(StoreError::Conflict) => {}
            Err(other) => return Err(other),
        }
    }
    Err(StoreError::Conflict)
}

fn snippet(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(140).collect()
}

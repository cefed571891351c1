//! Changes of conversations that follow what becomes of our messages.

use crate::ports::conversations::ConversationStore;
use crate::ports::leads::LeadStore;
use crate::ports::store::{StoreError, StoreResult};
use crate::retry;

use domain::event::{Actor, Event, EventKind};
use domain::message::conversation::{Conversation, Folder, snippet};
use domain::message::understanding::{ReplyKind, Understanding};
use domain::message::{Direction, Message, MessageState};

use jiff::Timestamp;
use understanding::own_words;

/// Shows an inbound message as what it is understood as now, in the conversation whose latest answer it is, and files the
/// conversation anew. `before`: the kind that it was taken for.
pub async fn show_understanding(
    conversations: &dyn ConversationStore,
    message: &Message,
    (before, now): (ReplyKind, &Understanding),
    event: &Event,
) -> StoreResult<()> {
    retry!(async {
        let found = conversations.get(&message.workspace, &message.id.lead()).await?;
        let is_latest = |latest: &str| message.id.as_str().ends_with(latest);
        let Some(mut conversation) = found.filter(|known| known.latest_answer().is_some_and(is_latest))
        else {
            return Ok(());
        };
        conversation.understood = Some(now.clone());
        conversation.file_again(before, now.kind);
        conversations.save(&conversation, event).await.map(drop)
    })
}

/// Shows a message written by hand as it went out, with its merge fields filled in.
pub async fn show_as_sent(
    conversations: &dyn ConversationStore,
    message: &Message,
    at: Timestamp,
) -> StoreResult<()> {
    let said = snippet(&message.text);
    let found = conversations.get(&message.workspace, &message.id.lead()).await?;
    let stands_for_it = |known: &Conversation| {
        known.last_direction == Direction::Out && known.last_at <= message.created_at && known.snippet != said
    };
    let Some(mut conversation) = found.filter(stands_for_it) else { return Ok(()) };
    conversation.snippet = said;
    let event = Event::system(EventKind::ConversationContinued, at).because(message.id.as_str());
    match conversations.save(&conversation, &event).await {
        // The conversation changed meanwhile, and shows something newer.
        Ok(_) | Err(StoreError::Conflict) => Ok(()),
        Err(other) => Err(other),
    }
}

const NEVER_SAID: [MessageState; 4] =
    [MessageState::Cancelled, MessageState::Failed, MessageState::Bounced, MessageState::Abandoned];

/// Removes a message that does not go out from its conversation: where it was the last word, the lead's message
/// before it waits for a reply again.
pub async fn remove_from_conversation(
    (conversations, leads): (&dyn ConversationStore, &dyn LeadStore),
    message: &Message,
    actor: &Actor,
    now: Timestamp,
) -> StoreResult<()> {
    let (workspace, lead) = (&message.workspace, message.id.lead());
    retry!(async {
        let Some(mut conversation) = conversations.get(workspace, &lead).await? else { return Ok(()) };
        if conversation.last_direction == Direction::In || conversation.last_at > message.created_at {
            return Ok(());
        }
        let file = leads.file(workspace, &lead).await?;
        let stands =
            |other: &&Message| other.id != message.id && !NEVER_SAID.contains(&other.state) && !other.test;
        let Some(last) = file.messages.iter().filter(stands).max_by_key(|other| other.created_at) else {
            return Ok(());
        };
        if last.direction == Direction::In && last.reply_kind().is_none_or(ReplyKind::waits_for_us) {
            conversation.folder = Folder::Open;
        }
        conversation.channel = last.channel;
        conversation.last_direction = last.direction;
        conversation.last_at = last.created_at;
        conversation.snippet = snippet(&own_words(&last.text));
        let event =
            Event::new(EventKind::ConversationReopened, actor.clone(), now).because(message.id.as_str());
        conversations.save(&conversation, &event).await.map(drop)
    })
}

//! The change of a message by read, modify and conditional save.

use crate::ports::messages::MessageStore;
use crate::ports::store::{StoreResult, found};
use crate::retry;
use domain::MessageId;
use domain::WorkspaceId;
use domain::event::Event;
use domain::message::Message;

/// Reads, changes and saves a message, again from the start when another writer saved in between (five
/// tries). `change` returns the event to store, or `None` when there is nothing to do. Returns `None` if
/// there is no such message.
pub async fn change_message(
    messages: &dyn MessageStore,
    workspace: &WorkspaceId,
    id: &MessageId,
    mut change: impl FnMut(&mut Message) -> Option<Event> + Send,
) -> StoreResult<Option<Message>> {
    retry!(async {
        let Some(mut message) = found(messages.get(workspace, id).await)? else { return Ok(None) };
        let Some(event) = change(&mut message) else { return Ok(Some(message)) };
        message.rev = messages.save(&message, &event).await?;
        Ok(Some(message))
    })
}

//! A user has written to a lead outside this app: in a mail program, or in a chat app on a phone that shares the account's
//! number. The user takes the lead over: its enrolments end, the message stands in the timeline and in the conversation,
//! and the conversation waits for the lead.

use crate::ingesting::context::{IngestPorts, Origin};
use crate::lead::change::first_contact;
use crate::ports::store::{StoreResult, found, unless_taken};
use crate::retry;
use domain::LeadId;
use domain::enrolment::reasons::EndReason;
use domain::event::{Actor, Event, EventKind};
use domain::lead::Lead;
use domain::message::conversation::{Conversation, Folder, snippet};
use domain::message::{Direction, Message};
use understanding::own_words;

/// Ends the enrolments of the lead, and of the others behind the same number, and records the message. It may be
/// read long after it was written: what began since goes on, also with a repeat.
pub(super) async fn take_over(
    ports: &IngestPorts,
    origin: &Origin<'_>,
    (lead, others): (&Lead, &[LeadId]),
    message: Message,
) -> StoreResult<()> {
    let actor = Actor::Provider(origin.account.clone());
    let event = Event::new(EventKind::LeadTakenOver, actor, origin.received_at).because(message.id.as_str());
    let written = Event { kind: EventKind::MessageAccepted, ..event.clone() };
    if found(ports.messages.get(origin.workspace, &message.id).await)?.is_none() {
        for id in std::iter::once(&lead.id).chain(others) {
            let (why, at) = (EndReason::TakenOver, message.created_at);
            let enrolments = &ports.enrolments;
            enrolments.stop_begun_by(origin.workspace, id, why, &event, at, &mut |_| true).await?;
        }
        // This is written after the stop, because a repeat is recognised by it; what follows is the same each time.
        unless_taken(ports.messages.create(&message, &written).await)?;
    }
    continue_conversation(ports, lead, &message, &written).await?;
    first_contact(&*ports.leads, lead, &message, origin.received_at).await.map(drop)
}

/// Shows the message as the last word of the conversation, unless something came since.
async fn continue_conversation(
    ports: &IngestPorts,
    lead: &Lead,
    message: &Message,
    event: &Event,
) -> StoreResult<()> {
    retry!(async {
        let known = ports.conversations.get(&lead.workspace, &lead.id).await?;
        if known.as_ref().is_some_and(|known| known.last_at >= message.created_at) {
            return Ok(());
        }
        let mut conversation = known.unwrap_or_else(|| begun(lead, message));
        // The user has read what they answer.
        conversation.folder = Folder::Done;
        conversation.unread = 0;
        conversation.channel = message.channel;
        conversation.last_direction = Direction::Out;
        conversation.last_at = message.created_at;
        conversation.snippet = snippet(&own_words(&message.text));
        let event = Event { kind: EventKind::ConversationContinued, ..event.clone() };
        ports.conversations.save(&conversation, &event).await.map(drop)
    })
}

fn begun(lead: &Lead, message: &Message) -> Conversation {
    Conversation {
        workspace: lead.workspace.clone(),
        lead: lead.id.clone(),
        lead_name: lead.display_name(),
        lead_deleted: lead.is_deleted(),
        folder: Folder::Done,
        channel: message.channel,
        last_direction: Direction::Out,
        last_at: message.created_at,
        snippet: String::new(),
        unread: 0,
        understood: None,
        assignee: lead.owner.clone(),
        lead_owner: lead.owner.clone(),
        taken_in: Vec::new(),
        draft: None,
        rev: 0,
    }
}

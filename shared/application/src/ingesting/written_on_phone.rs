//! Handles a message to a lead that a colleague wrote in the chat app itself, on a phone that shares the account's
//! number. A person has taken over: the lead's sequences end, and the message stands in the conversation.

use crate::ingesting::context::{IngestPorts, Origin};
use crate::ingesting::reply::clip;
use crate::ingesting::writers::{Person, find_writers};
use crate::ports::provider_events::WrittenOnPhone;
use crate::ports::store::{StoreResult, found, unless_taken};
use crate::retry;
use domain::MessageId;
use domain::contact::phone_number::PhoneNumber;
use domain::enrolment::reasons::EndReason;
use domain::event::{Actor, Event, EventKind};
use domain::lead::Lead;
use domain::message::conversation::{Conversation, Folder, snippet};
use domain::message::{Direction, Message, MessageState};
use jiff::Timestamp;

const LONGEST_KEPT: usize = 16 * 1024;

pub(super) async fn receive(
    ports: &IngestPorts,
    origin: &Origin<'_>,
    written: &WrittenOnPhone,
) -> StoreResult<()> {
    let at = origin.written_at(written.at);
    let number = PhoneNumber::try_from(written.to.clone()).ok();
    let person = Person { channel: written.channel, number: number.as_ref(), user: written.user.as_deref() };
    // A chat with somebody who is no lead is none of ours.
    let Some(writers) = find_writers(ports, origin, &person, at).await? else { return Ok(()) };
    let first = &writers.first;
    origin.findings.concerns(&first.id);
    let id = MessageId::derived(&first.id, &["on_phone", &written.provider_id]);
    if found(ports.messages.get(origin.workspace, &id).await)?.is_none() {
        let cause = &written.provider_id;
        let event = Event::new(EventKind::LeadStopped, provider(origin), origin.received_at).because(cause);
        for lead in std::iter::once(first).chain(writers.others.iter().map(|(lead, _)| lead)) {
            ports.enrolments.stop(origin.workspace, &lead.id, EndReason::Removed, &event).await?;
        }
        let message = Message {
            account: Some(origin.account.clone()),
            from: written.from.clone(),
            to: written.to.clone(),
            text: clip(&written.text, LONGEST_KEPT),
            provider_id: Some(cause.clone()),
            state: MessageState::Accepted,
            accepted_at: Some(at),
            ..Message::blank(id, origin.workspace.clone(), Direction::Out, written.channel, at)
        };
        let event =
            Event::new(EventKind::MessageAccepted, provider(origin), origin.received_at).because(cause);
        unless_taken(ports.messages.create(&message, &event).await.map(drop))?;
    }
    continue_conversation(ports, origin, (first, written), at).await
}

fn provider(origin: &Origin<'_>) -> Actor {
    Actor::Provider(origin.account.clone())
}

async fn continue_conversation(
    ports: &IngestPorts,
    origin: &Origin<'_>,
    (lead, written): (&Lead, &WrittenOnPhone),
    at: Timestamp,
) -> StoreResult<()> {
    retry!(async {
        let known = ports.conversations.get(origin.workspace, &lead.id).await?;
        if known.as_ref().is_some_and(|known| known.last_at >= at) {
            return Ok(());
        }
        let mut conversation = known.unwrap_or_else(|| Conversation {
            workspace: origin.workspace.clone(),
            lead: lead.id.clone(),
            lead_name: lead.display_name(),
            folder: Folder::Done,
            channel: written.channel,
            last_direction: Direction::Out,
            last_at: at,
            snippet: String::new(),
            unread: 0,
            understood: None,
            assignee: lead.owner.clone(),
            taken_in: Vec::new(),
            rev: 0,
        });
        conversation.channel = written.channel;
        conversation.last_direction = Direction::Out;
        conversation.last_at = at;
        conversation.snippet = snippet(&written.text);
        // The colleague has read what they answer.
        conversation.folder = Folder::Done;
        conversation.unread = 0;
        let event = Event::new(EventKind::ConversationContinued, provider(origin), origin.received_at)
            .because(&written.provider_id);
        ports.conversations.save(&conversation, &event).await.map(drop)
    })
}

//! Shows in the conversation what a lead has sent, and files it: it waits for us, or nobody has to answer it.

use crate::ingesting::context::{IngestPorts, Origin};
use crate::ingesting::reply::Answer;
use crate::ports::store::{StoreResult, found};
use crate::retry;
use domain::LeadId;
use domain::event::{Actor, Event, EventKind};
use domain::message::conversation::{Conversation, Folder};
use domain::message::understanding::ReplyKind;
use domain::message::{Direction, Message};
use jiff::Timestamp;

pub(super) async fn update_conversation(
    ports: &IngestPorts,
    origin: &Origin<'_>,
    answer: &Answer<'_>,
    message: &Message,
) -> StoreResult<()> {
    let at = message.created_at;
    let kind = answer.understood.kind;
    retry!(async {
        let known = ports.conversations.get(origin.workspace, &answer.lead.id).await?;
        let lead = answer.lead;
        let mut conversation = known.unwrap_or_else(|| Conversation {
            workspace: origin.workspace.clone(),
            lead: lead.id.clone(),
            lead_name: lead.display_name(),
            lead_deleted: lead.is_deleted(),
            folder: Folder::Done,
            channel: answer.channel,
            last_direction: Direction::In,
            last_at: at,
            snippet: String::new(),
            unread: 0,
            understood: None,
            assignee: lead.owner.clone(),
            lead_owner: lead.owner.clone(),
            taken_in: Vec::new(),
            draft: None,
            rev: 0,
        });
        if !conversation.add_inbound(&message.id) {
            return Ok(());
        }
        if is_filed(ports, &conversation, (kind, at)).await? {
            conversation.unread += u32::from(kind.waits_for_us());
            conversation.file_as(kind);
        }
        if at >= conversation.last_at {
            conversation.channel = answer.channel;
            conversation.last_direction = Direction::In;
            conversation.last_at = at;
            conversation.snippet = answer.snippet();
            conversation.understood = Some(answer.understood.clone());
        }
        let event = Event::new(EventKind::ConversationAnswered, Actor::Lead, origin.received_at)
            .because(origin.event_id);
        ports.conversations.save(&conversation, &event).await.map(drop)
    })
}

/// Tells whether this message decides where the conversation is filed. One that comes late does only if it waits for us
/// and may be new to the user: the lead has not opted out since, and no user has answered it in their mail program or on
/// their phone, where it stood already.
async fn is_filed(
    ports: &IngestPorts,
    known: &Conversation,
    (kind, at): (ReplyKind, Timestamp),
) -> StoreResult<bool> {
    if at >= known.last_at || !kind.waits_for_us() {
        return Ok(at >= known.last_at);
    }
    if known.last_direction == Direction::In {
        return Ok(known.understood.as_ref().is_none_or(|last| last.kind != ReplyKind::OptOut));
    }
    let file = found(ports.leads.file(&known.workspace, &known.lead).await)?;
    let written_here = |message: &Message| {
        message.direction == Direction::Out && message.author.is_some() && message.created_at > at
    };
    Ok(file.is_some_and(|file| file.messages.iter().any(written_here)))
}

/// Files the conversation of a lead that has opted out without a message, or complained: nobody has to answer it.
pub(super) async fn file_opted_out(
    ports: &IngestPorts,
    origin: &Origin<'_>,
    lead: &LeadId,
) -> StoreResult<()> {
    retry!(async {
        let found = ports.conversations.get(origin.workspace, lead).await?;
        let Some(mut conversation) = found.filter(|known| known.folder == Folder::Open) else {
            return Ok(());
        };
        conversation.file_as(ReplyKind::OptOut);
        let event =
            Event::new(EventKind::ConversationDone, Actor::Lead, origin.received_at).because(origin.event_id);
        ports.conversations.save(&conversation, &event).await.map(drop)
    })
}

//! Entries of the suppression list that a model alone has made. None is made any more: what only a model takes for an
//! opt-out holds the lead until a user decides. Those from before are shown to admins with the words that they were read
//! from, to lift or to keep. An entry that is kept is that admin's, and an entry that is lifted is gone, so each is shown
//! until it is decided, once.

use crate::ports::conversations::ConversationStore;
use crate::ports::leads::{LeadStore, Reached};
use crate::ports::messages::MessageStore;
use crate::ports::store::{Page, PageRequest, StoreResult, found};
use crate::ports::suppressions::SuppressionStore;
use domain::contact::channel::Channel;
use domain::contact::chat_recipient::ChatUser;
use domain::contact::email_address::EmailAddress;
use domain::contact::phone_number::PhoneNumber;
use domain::lead::suppression::{Suppression, SuppressionReason, SuppressionScope};
use domain::message::understanding::{DecidedBy, ReplyKind, Understanding};
use domain::message::unmatched::UnmatchedReply;
use domain::{LeadId, MessageId, WorkspaceId};
use futures::StreamExt;
use jiff::Timestamp;
use std::sync::Arc;

const AT_ONCE: usize = 8;
const LONGEST_TEXT: usize = 2_000;

crate::ports! {
    #[derive(Clone)]
    pub struct ModelSuppressionPorts {
        pub conversations: Arc<dyn ConversationStore>,
        pub leads: Arc<dyn LeadStore>,
        pub messages: Arc<dyn MessageStore>,
        pub suppressions: Arc<dyn SuppressionStore>,
    }
}

/// An entry with the message that a model took for an opt-out.
#[derive(Debug, Clone)]
pub struct ModelSuppression {
    pub entry: Suppression,
    pub read: ReadMessage,
}

#[derive(Debug, Clone)]
pub struct ReadMessage {
    /// The lead that the message is filed with; none for a writer who matched no lead.
    pub lead: Option<LeadId>,
    pub channel: Channel,
    pub at: Timestamp,
    /// The sentence that the model took for an opt-out.
    pub sentence: String,
    /// The beginning of the message.
    pub text: String,
}

/// Returns those of a page of the suppression list that a model alone has made. A page may have none and yet be
/// followed by others.
pub async fn model_suppressions(
    ports: &ModelSuppressionPorts,
    workspace: &WorkspaceId,
    page: PageRequest,
) -> StoreResult<Page<ModelSuppression>> {
    let Page { items, next_cursor } = ports.suppressions.list(workspace, page).await?;
    let looked = items.into_iter().map(|entry| async move {
        let read = read_by_model(ports, &entry).await?;
        Ok(read.map(|read| ModelSuppression { entry, read }))
    });
    let looked: Vec<StoreResult<Option<ModelSuppression>>> =
        futures::stream::iter(looked).buffered(AT_ONCE).collect().await;
    let items = looked.into_iter().filter_map(StoreResult::transpose).collect::<StoreResult<_>>()?;
    Ok(Page { items, next_cursor })
}

/// Returns the message that a model alone took for this entry's opt-out. An entry that a user made, confirmed or
/// corrected a message to is not a model's.
pub async fn read_by_model(
    ports: &ModelSuppressionPorts,
    entry: &Suppression,
) -> StoreResult<Option<ReadMessage>> {
    let Some(source) = entry.source.as_deref().filter(|_| entry.created_by.is_none()) else {
        return Ok(None);
    };
    if entry.reason != SuppressionReason::OptedOut
        || entry.came_with_lead()
        || source.starts_with("corrected-")
    {
        return Ok(None);
    }
    let named = source.strip_prefix("read-").unwrap_or(source);
    let mut messages: Vec<MessageId> = MessageId::parse(named).into_iter().collect();
    if messages.is_empty() {
        // The entry names the provider's id of the message, which is filed with one of the leads there.
        messages =
            leads_there(ports, entry).await?.iter().map(|lead| MessageId::of_inbound(lead, source)).collect();
    }
    for id in &messages {
        let Some(message) = found(ports.messages.get(&entry.workspace, id).await)? else { continue };
        let Some(understood) = message.understood.as_ref() else { continue };
        return Ok(is_models(understood).then(|| ReadMessage {
            lead: Some(message.id.lead()),
            channel: message.channel,
            at: message.created_at,
            sentence: understood.sentence.clone(),
            text: message.text.chars().take(LONGEST_TEXT).collect(),
        }));
    }
    let unmatched = UnmatchedReply::id_of(source);
    let reply = found(ports.conversations.unmatched_reply(&entry.workspace, &unmatched).await)?;
    Ok(reply.filter(|reply| is_models(&reply.understood)).map(|reply| ReadMessage {
        lead: None,
        channel: reply.channel,
        at: reply.received_at,
        sentence: reply.understood.sentence,
        text: reply.text.chars().take(LONGEST_TEXT).collect(),
    }))
}

fn is_models(understood: &Understanding) -> bool {
    let is_confirmed = understood.by == DecidedBy::User && understood.kind == ReplyKind::OptOut;
    understood.was_read_by_model() && !is_confirmed
}

async fn leads_there(ports: &ModelSuppressionPorts, entry: &Suppression) -> StoreResult<Vec<LeadId>> {
    match &entry.scope {
        SuppressionScope::Email(value) => match EmailAddress::parse(value) {
            Ok(email) => Ok(ports.leads.find_by_email(&entry.workspace, &email).await?.into_iter().collect()),
            Err(_) => Ok(Vec::new()),
        },
        SuppressionScope::Phone(value) => match PhoneNumber::try_from(value.clone()) {
            Ok(number) => ports.leads.find_by_phone(&entry.workspace, &number).await,
            Err(_) => Ok(Vec::new()),
        },
        SuppressionScope::ChatUser(value) => match ChatUser::parse(value) {
            Ok(user) => ports.leads.find_by_former(&entry.workspace, Reached::ChatUser(&user)).await,
            Err(_) => Ok(Vec::new()),
        },
        SuppressionScope::Domain(_) => Ok(Vec::new()),
    }
}

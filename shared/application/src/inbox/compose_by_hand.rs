//! Messages that a user writes to a lead by hand: allowed or refused, stored as queued, shown in the conversation.

use crate::identity::links::with_dead_links;
use crate::inbox::conversation_changes::remove_from_conversation;
use crate::inbox::message_change::change_message;
use crate::lead::suppression_lookup::entries_against;
use crate::retry;

use crate::ports::clock::Clock;
use crate::ports::conversations::ConversationStore;
use crate::ports::due::DueStore;
use crate::ports::ids::Ids;
use crate::ports::leads::{LeadFile, LeadStore};
use crate::ports::messages::MessageStore;
use crate::ports::outbox::Outbox;
use crate::ports::store::{StoreResult, found};
use crate::ports::suppressions::SuppressionStore;
use crate::ports::users::UserStore;
use crate::ports::workspaces::WorkspaceStore;
use crate::sending::{author_of, queue_one_off};
use domain::contact::channel::Channel;
use domain::contact::email_address::EmailAddress;
use domain::event::{Actor, Event, EventKind};
use domain::lead::Lead;
use domain::lead::do_not_contact::{ContactBar, contact_bar};
use domain::message::conversation::{Folder, Seen, snippet};
use domain::message::whatsapp;
use domain::message::{Direction, Message, MessageState};
use domain::planning::read_behaviour::last_text_of;
use domain::planning::send_window::by_hand_from;
use domain::sequence::merge_fields::MergeContext;
use domain::sequence::render::{Escaping, TemplateError, render};
use domain::sequence::validation::MAX_SMS_CHARS;
use domain::workspace::Workspace;
use domain::{AccountId, MessageId, UserId, WorkspaceId};
use jiff::{SignedDuration, Timestamp};
use std::sync::Arc;

/// Returns the most characters that a text may have on this channel.
pub fn longest_text(channel: Channel) -> usize {
    match channel {
        Channel::Email => 20_000,
        Channel::Sms => MAX_SMS_CHARS,
        Channel::Whatsapp => whatsapp::MAX_TEXT_CHARS,
    }
}

/// Renders a text with this lead's values and its author's name; its links lead nowhere, and are as long as real ones.
pub async fn filled(
    users: &dyn UserStore,
    (workspace, file): (&Workspace, &LeadFile),
    (text, author): (&str, &UserId),
    (public_url, id): (&str, &MessageId),
) -> StoreResult<Result<String, TemplateError>> {
    let author = author_of(users, workspace, Some(author), text).await?;
    let values = MergeContext::from_lead(&file.lead, &workspace.company)
        .with_opening_line(file.opening_line())
        .with_sender(author.as_deref());
    Ok(render(text, &with_dead_links(values, public_url, (&workspace.id, id)), Escaping::None))
}

/// The time in which a message can be called back before it goes out.
pub const UNDO: SignedDuration = SignedDuration::from_secs(10);
/// The furthest ahead that a message may be planned.
const FURTHEST_AHEAD: SignedDuration = SignedDuration::from_hours(90 * 24);

/// Checks a planned time. A time that has passed means now.
pub fn may_be_planned_for(at: Option<Timestamp>, now: Timestamp) -> Result<(), &'static str> {
    let too_far = at.is_some_and(|at| at.duration_since(now) > FURTHEST_AHEAD);
    if too_far { Err("must be at most 90 days from now") } else { Ok(()) }
}

crate::ports! {
    #[derive(Clone)]
    pub struct WritePorts {
        pub leads: Arc<dyn LeadStore>,
        pub messages: Arc<dyn MessageStore>,
        pub conversations: Arc<dyn ConversationStore>,
        pub suppressions: Arc<dyn SuppressionStore>,
        pub workspaces: Arc<dyn WorkspaceStore>,
        pub due: Arc<dyn DueStore>,
        pub outbox: Arc<dyn Outbox>,
        pub clock: Arc<dyn Clock>,
        pub ids: Arc<dyn Ids>,
    }
}

#[derive(Debug, Clone)]
pub struct Written {
    pub channel: Channel,
    /// The subject; if empty, that of the thread.
    pub subject: String,
    pub text: String,
    /// The account that it leaves from, as `sender_choice` chooses it; `None`: the workspace has none yet.
    pub account: Option<AccountId>,
    pub author: UserId,
    /// The time to send it; now, if left out.
    pub send_at: Option<Timestamp>,
    /// How much of the conversation the author has seen.
    pub seen: Seen,
    /// The address that a reply by e-mail goes to; `None`: the lead's own.
    pub reply_address: Option<EmailAddress>,
    /// An id of the request, where it may be repeated: a repeated request makes the same message.
    pub request: Option<String>,
}

/// The reason why a message is refused, and not kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotWritten {
    Silent(ContactBar),
    /// The workspace lacks this field, which its mails need, and why they need it.
    Unidentified(&'static str, &'static str),
}

impl NotWritten {
    /// Returns a code for programs, the field of the request that is at fault, and a sentence for people.
    pub fn describe(&self, lead: &Lead, channel: Channel) -> (&'static str, &'static str, String) {
        match self {
            Self::Silent(contact_bar) => {
                let code = match contact_bar {
                    ContactBar::DoNotContact | ContactBar::Listed(_) | ContactBar::MayHaveOptedOut(_) => {
                        "left_alone"
                    }
                    ContactBar::Unreachable(_) => "unreachable",
                };
                (code, "channel", contact_bar.describe(lead, channel))
            }
            Self::Unidentified(field, why) => {
                ("no_postal_address", "channel", format!("{field} {why}. Add it under Settings, Company."))
            }
        }
    }
}

/// Returns why this lead may not be written to on this channel, if so.
async fn refused(
    ports: &WritePorts,
    (lead, reply_address): (&Lead, Option<&EmailAddress>),
    channel: Channel,
    now: Timestamp,
) -> StoreResult<Option<NotWritten>> {
    let listed = entries_against(&*ports.suppressions, lead, reply_address).await?;
    let workspace = ports.workspaces.get(&lead.workspace).await?;
    let there = lead.clone().written_to_at(reply_address);
    if let Some(contact_bar) = contact_bar(&there, channel, (&listed, &workspace.endings), now) {
        return Ok(Some(NotWritten::Silent(contact_bar)));
    }
    let lacks = workspace.company.lacks_for_mail().filter(|_| channel == Channel::Email);
    Ok(lacks.map(|(field, why)| NotWritten::Unidentified(field, why)))
}

/// Queues the message, or returns why this lead is not written to.
pub async fn write(
    ports: &WritePorts,
    lead: &Lead,
    written: Written,
) -> StoreResult<Result<Message, NotWritten>> {
    let now = ports.clock.now();
    if let Some(why) = refused(ports, (lead, written.reply_address.as_ref()), written.channel, now).await? {
        return Ok(Err(why));
    }
    let actor = Actor::User(written.author.clone());
    let seen = written.seen.clone();
    let id = match &written.request {
        Some(request) => MessageId::written(&lead.id, request),
        None => MessageId::new(&lead.id, ports.ids.next()),
    };
    let message = message_of(lead, id, written, now);
    let message = by_day(ports, lead, message).await?;
    let stores = (&*ports.messages, &*ports.due, &*ports.outbox);
    queue_one_off(stores, &message, actor.clone()).await?;
    // The message is queued: a failure to show it in the inbox must not make the caller send it again.
    if let Err(error) = note_in_conversation(ports, (&message, &seen), &actor).await {
        tracing::warn!(message.id = %message.id, %error, "a conversation does not show its answer");
    }
    Ok(Ok(message))
}

/// Calls a message back before it goes out. Returns false when it is too late: one write of the message decides
/// between this and its claim.
pub async fn cancel_message(
    ports: &WritePorts,
    workspace: &WorkspaceId,
    id: &MessageId,
    actor: Actor,
) -> StoreResult<bool> {
    let now = ports.clock.now();
    let mut called_back = false;
    let message = change_message(&*ports.messages, workspace, id, |message| {
        // A message that is sent once more may have arrived the first time. It has no planned time any more.
        let waits = message.state == MessageState::Queued && message.planned_for.is_some();
        called_back = waits || message.state == MessageState::Cancelled;
        waits.then(|| {
            message.state = MessageState::Cancelled;
            Event::new(EventKind::MessageCancelled, actor.clone(), now)
        })
    });
    let Some(message) = message.await?.filter(|_| called_back) else { return Ok(false) };
    // The message is cancelled for good: a failure to update the inbox must not fail the caller.
    let stores = (&*ports.conversations, &*ports.leads);
    if let Err(error) = remove_from_conversation(stores, &message, &actor, now).await {
        tracing::warn!(message.id = %message.id, %error, "a conversation still shows what was called back");
    }
    Ok(true)
}

/// Has a text wait for the lead's morning, if it would come in its night.
async fn by_day(ports: &WritePorts, lead: &Lead, mut message: Message) -> StoreResult<Message> {
    let at = message.planned_for.unwrap_or(message.created_at);
    let from = |heard| by_hand_from(lead, message.channel, heard, at);
    if from(None) > at {
        let file = found(ports.leads.file(&lead.workspace, &lead.id).await)?;
        let heard = file.and_then(|file| last_text_of(&file.messages));
        message.planned_for = Some(from(heard));
    }
    Ok(message)
}

fn message_of(lead: &Lead, id: MessageId, written: Written, now: Timestamp) -> Message {
    let soonest = now.checked_add(UNDO).ok();
    let reply_address = written.reply_address.filter(|_| written.channel == Channel::Email);
    let own = || lead.address_on(written.channel).unwrap_or_default();
    Message {
        account: written.account,
        author: Some(written.author),
        to: reply_address.as_ref().map_or_else(own, ToString::to_string),
        reply_address,
        subject: written.subject,
        text: written.text,
        planned_for: soonest.max(written.send_at),
        ..Message::blank(id, lead.workspace.clone(), Direction::Out, written.channel, now)
    }
}

/// Closes the conversation, unless more has come in than its author has seen. A message from us does not open one:
/// that needs a reply.
async fn note_in_conversation(
    ports: &WritePorts,
    (message, seen): (&Message, &Seen),
    actor: &Actor,
) -> StoreResult<()> {
    retry!(async {
        let found = ports.conversations.get(&message.workspace, &message.id.lead()).await?;
        let Some(mut conversation) = found.filter(|known| !known.has_more_than(seen)) else { return Ok(()) };
        conversation.folder = Folder::Done;
        conversation.unread = 0;
        conversation.channel = message.channel;
        conversation.last_direction = Direction::Out;
        conversation.last_at = conversation.last_at.max(message.created_at);
        conversation.snippet = snippet(&message.text);
        let event = Event::new(EventKind::ConversationContinued, actor.clone(), message.created_at)
            .because(message.id.as_str());
        ports.conversations.save(&conversation, &event).await.map(drop)
    })
}

//! Handles a mail that a user has written to a lead in their mail program: the user takes the lead over. All of the lead's
//! enrolments end, the mail stands in the timeline, and the conversation waits for the lead.

use crate::ingesting::context::{IngestError, IngestPorts, Origin};
use crate::ingesting::reply::clip;
use crate::lead::change::{find_by_present_or_former_email, first_contact};
use crate::ports::provider_events::InboundEmail;
use crate::ports::store::{StoreResult, found, unless_taken};
use crate::retry;
use domain::contact::channel::Channel;
use domain::contact::email_address::EmailAddress;
use domain::enrolment::reasons::EndReason;
use domain::event::{Actor, Event, EventKind};
use domain::message::conversation::{Folder, snippet};
use domain::message::identity::message_of;
use domain::message::inbound_outcome::Became;
use domain::message::{Direction, Message, MessageState};
use domain::{LeadId, MessageId};
use understanding::own_words;

const MOST_RECIPIENTS: usize = 20;
const LONGEST_KEPT: usize = 16 * 1024;
/// The header that each of our mails carries.
const OUR_TAG: &str = "x-leadflow-message";

pub(super) async fn receive(
    ports: &IngestPorts,
    origin: &Origin<'_>,
    mail: &InboundEmail,
) -> Result<(), IngestError> {
    if is_ours(mail) {
        return Ok(());
    }
    let mut known: Vec<LeadId> = Vec::new();
    for to in mail.to.iter().take(MOST_RECIPIENTS) {
        let Ok(to) = EmailAddress::parse(to) else { continue };
        let lead = find_by_present_or_former_email(&*ports.leads, origin.workspace, &to).await?;
        let Some(lead) = lead.filter(|lead| !known.contains(lead)) else { continue };
        if take_over(ports, origin, mail, (&lead, &to)).await? {
            origin.findings.became(Became::TakeOver);
            origin.findings.concerns(&lead);
        }
        known.push(lead);
    }
    Ok(())
}

/// Ends the lead's enrolments and records the mail. False if the mail is one of ours after all.
async fn take_over(
    ports: &IngestPorts,
    origin: &Origin<'_>,
    mail: &InboundEmail,
    (lead, to): (&LeadId, &EmailAddress),
) -> Result<bool, IngestError> {
    let Some(file) = found(ports.leads.file(origin.workspace, lead).await)? else { return Ok(false) };
    let external_id = mail.internet_id.as_deref().unwrap_or(origin.event_id);
    let id = MessageId::derived(lead, &["by hand", external_id]);
    if file.messages.iter().any(|known| known.id == id) {
        // A repeat, perhaps long after, stops nothing that began since.
        return Ok(true);
    }
    // A provider that gives mails other ids tells us which; until then a copy of ours may look like a user's.
    let ours = |known: &&Message| known.direction == Direction::Out && known.channel == Channel::Email;
    if mail.internet_id.is_some()
        && file.messages.iter().filter(ours).any(|known| known.internet_id == mail.internet_id)
    {
        return Ok(false);
    }
    let unsettled = |known: &&Message| matches!(known.state, MessageState::Sending | MessageState::Uncertain);
    let from_here = |known: &&Message| known.account.as_ref() == Some(origin.account);
    let mut all = file.messages.iter().chain(&file.attempts).filter(ours);
    if let Some(open) = all.find(|known| unsettled(known) && from_here(known)) {
        return Err(IngestError::Early(format!("the outcome of {}", open.id)));
    }
    let event =
        Event::new(EventKind::LeadTakenOver, Actor::Provider(origin.account.clone()), origin.received_at)
            .because(id.as_str());
    ports.enrolments.stop(origin.workspace, lead, EndReason::TakenOver, &event).await?;
    let message = message_by_hand(origin, mail, (id, to));
    // This is written after the stop, because a repeat is recognised by it; what follows is the same each time.
    let written = Event { kind: EventKind::MessageAccepted, ..event };
    unless_taken(ports.messages.create(&message, &written).await)?;
    show(ports, &message, &written).await?;
    first_contact(&*ports.leads, &file.lead, &message, origin.received_at).await?;
    Ok(true)
}

fn message_by_hand(
    origin: &Origin<'_>,
    mail: &InboundEmail,
    (id, to): (MessageId, &EmailAddress),
) -> Message {
    let at = origin.received_at;
    Message {
        state: MessageState::Accepted,
        account: Some(origin.account.clone()),
        from: mail.from.clone().unwrap_or_default(),
        to: to.to_string(),
        subject: mail.mail.subject.chars().take(300).collect(),
        text: clip(&mail.mail.plain(), LONGEST_KEPT),
        blob: origin.blob.map(str::to_owned),
        internet_id: mail.internet_id.clone(),
        in_reply_to: mail.in_reply_to.clone(),
        accepted_at: Some(at),
        ..Message::blank(id, origin.workspace.clone(), Direction::Out, Channel::Email, at)
    }
}

/// Shows the mail as the last word of the conversation, where there is one and nothing came since.
async fn show(ports: &IngestPorts, message: &Message, event: &Event) -> StoreResult<()> {
    retry!(async {
        let found = ports.conversations.get(&message.workspace, &message.id.lead()).await?;
        let Some(mut conversation) = found.filter(|known| known.last_at < message.created_at) else {
            return Ok(());
        };
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

/// Whether this app has sent the mail: a copy of it is neither a reply nor written by hand.
pub(crate) fn is_ours(mail: &InboundEmail) -> bool {
    mail.mail.header(OUR_TAG).is_some_and(|tag| MessageId::parse(tag).is_ok())
        || mail.internet_id.as_deref().and_then(message_of).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::Timestamp;

    fn mail(tag: &str, internet_id: Option<&str>) -> InboundEmail {
        InboundEmail {
            from: None,
            to: Vec::new(),
            internet_id: internet_id.map(str::to_owned),
            in_reply_to: None,
            references: Vec::new(),
            mail: understanding::Mail {
                headers: vec![(OUR_TAG.to_owned(), tag.to_owned())],
                ..Default::default()
            },
        }
    }

    #[test]
    fn own_mail_is_told_by_its_tag_or_its_id() {
        let id = MessageId::derived(&LeadId::derived(Timestamp::UNIX_EPOCH, &["l"]), &["m"]);
        let internet_id = domain::message::identity::internet_id(&id, "a.example");
        assert!(is_ours(&mail(id.as_str(), None)) && is_ours(&mail("", Some(&internet_id))));
        assert!(!is_ours(&mail("x", Some("1234@a.example"))));
    }
}

//! Handles a mail that a user has written to a lead in their mail program: the user takes the lead over.

use crate::ingesting::context::{IngestError, IngestPorts, Origin};
use crate::ingesting::login_links::without_login_links;
use crate::ingesting::reply::clip;
use crate::ingesting::take_over::take_over;
use crate::lead::change::find_by_present_or_former_email;
use crate::ports::leads::LeadFile;
use crate::ports::mailboxes::MailReference;
use crate::ports::provider_events::InboundEmail;
use crate::ports::store::found;
use crate::sending::uncertain::record_sent;
use domain::contact::channel::Channel;
use domain::contact::email_address::EmailAddress;
use domain::event::Actor;
use domain::message::identity::message_of;
use domain::message::inbound_outcome::Became;
use domain::message::{Direction, Message, MessageState};
use domain::{LeadId, MessageId};

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
    let mail = &*without_login_links(mail);
    let mut known: Vec<LeadId> = Vec::new();
    for to in mail.to.iter().take(MOST_RECIPIENTS) {
        let Ok(to) = EmailAddress::parse(to) else { continue };
        let lead = find_by_present_or_former_email(&*ports.leads, origin.workspace, &to).await?;
        let Some(lead) = lead else { continue };
        // Two ids are one lead where one was merged into the other.
        let lead = found(ports.leads.get(origin.workspace, &lead).await)?.map_or(lead, |lead| lead.id);
        if known.contains(&lead) {
            continue;
        }
        if receive_for_lead(ports, origin, mail, (&lead, &to)).await? {
            origin.findings.became(Became::TakeOver);
            origin.findings.concerns(&lead);
        }
        known.push(lead);
    }
    Ok(())
}

/// Returns false if the mail is one of ours after all.
async fn receive_for_lead(
    ports: &IngestPorts,
    origin: &Origin<'_>,
    mail: &InboundEmail,
    (lead, to): (&LeadId, &EmailAddress),
) -> Result<bool, IngestError> {
    let Some(file) = found(ports.leads.file(origin.workspace, lead).await)? else { return Ok(false) };
    let external_id = mail.internet_id.as_deref().unwrap_or(origin.event_id);
    let id = MessageId::derived(lead, &["by hand", external_id]);
    // A repeat is recorded already, whatever else stands in the file by now.
    let is_repeat = file.messages.iter().any(|known| known.id == id);
    if !is_repeat && is_sent_by_us(ports, origin, mail, &file).await? {
        return Ok(false);
    }
    take_over(ports, origin, (&file.lead, &[]), message_by_hand(origin, mail, (id, to))).await?;
    Ok(true)
}

/// Tells whether the mail is a message of ours: it has the message's Message-ID, or it is what the message's draft has
/// become. Microsoft gives mails other Message-IDs and does not tell our tag of them, but a draft keeps its own id as it
/// becomes the copy among sent mail. So the copy of an uncertain message shows that it went out.
async fn is_sent_by_us(
    ports: &IngestPorts,
    origin: &Origin<'_>,
    mail: &InboundEmail,
    file: &LeadFile,
) -> Result<bool, IngestError> {
    let is_copy = |known: &Message| {
        known.account.as_ref() == Some(origin.account)
            && known
                .mail_in_mailbox()
                .is_some_and(|id| MailReference(id.to_owned()).event_id() == origin.event_id)
    };
    let is_it = |known: &&Message| {
        let has_its_id = mail.internet_id.is_some() && known.internet_id == mail.internet_id;
        known.direction == Direction::Out && known.channel == Channel::Email && (has_its_id || is_copy(known))
    };
    let mut all = file.messages.iter().chain(&file.attempts);
    let Some(known) = all.find(is_it) else { return Ok(false) };
    if is_copy(known) {
        record_sent(&ports.settle, origin.workspace, &known.id, Actor::System, origin.received_at).await?;
    }
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

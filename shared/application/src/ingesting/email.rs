//! Handles an inbound mail: a bounce or complaint about one of ours, or a reply.

use crate::ingesting::context::{IngestError, IngestPorts, Origin, known_message, lead};
use crate::ingesting::kept_mail::keep_mail;
use crate::ingesting::login_links::without_login_links;
use crate::ingesting::opt_out::suppress;
use crate::ingesting::reply::{Answer, clip, find_recorded_reply, handle_reply};
use crate::ingesting::understood::{Known, stored};
use crate::ingesting::writer::from_its_writer;
use crate::ingesting::{bounce, complaint};
use crate::lead::change::find_by_present_or_former_email;
use crate::ports::provider_events::InboundEmail;
use crate::ports::store::{StoreResult, found};
use crate::sending::uncertain::record_sent;
use domain::contact::channel::Channel;
use domain::contact::email_address::EmailAddress;
use domain::event::{Actor, Event, EventKind};
use domain::lead::Lead;
use domain::lead::suppression::{SuppressionReason, SuppressionScope};
use domain::message::Message;
use domain::message::identity::{AnswerHeaders, MatchRule, candidates, same_subject};
use domain::message::inbound_outcome::Became;
use domain::message::sender::address_written_to;
use domain::message::understanding::ReplyKind;
use domain::message::unmatched::{UnmatchedReply, UnmatchedState};
use domain::workspace::account::Account;
use domain::workspace::own_addresses::{Nearness, OwnAddresses};
use domain::{AccountId, LeadId, MessageId};
use jiff::Timestamp;
use sha2::{Digest, Sha256};
use understanding::{Kind, Understood, understand};

const LONGEST_NAME: usize = 200;
const LONGEST_SUBJECT: usize = 1_000;

pub(super) async fn receive(
    ports: &IngestPorts,
    origin: &Origin<'_>,
    mail: &InboundEmail,
) -> Result<(), IngestError> {
    let accounts = ports.accounts.list(origin.workspace).await?;
    let own = OwnAddresses::of(&accounts, &[]);
    let mail = &*without_login_links(mail);
    let mail = &*from_its_writer(mail, &own);
    let answered_to = find_message(ports, origin, mail).await?;
    let person = match &answered_to {
        Some(message) => lead(ports, origin, &message.id.lead()).await?,
        None => by_sender(ports, origin, mail).await?,
    };
    let known = Known::of(ports, origin, &accounts, (person.as_ref(), Channel::Email)).await?;
    let read = known.read(origin.received_at, |context| understand(&mail.mail, context));
    match read.kind {
        Kind::Bounce => return bounce::receive(ports, origin, mail, &read).await,
        Kind::Complaint => return complaint::receive(ports, origin, mail, &read).await,
        _ => {}
    }
    if is_ours(&own, mail, person.as_ref().map(|person| (person, answered_to.is_some()))) {
        origin.findings.became(Became::OwnCopy);
        tracing::info!(event.id = origin.event_id, "a mail from a mailbox of the workspace is no reply");
        return Ok(());
    }
    if let Some(test) = answered_to.as_ref().filter(|message| message.test) {
        record_sent(&ports.settle, origin.workspace, &test.id, Actor::System, origin.received_at).await?;
        origin.findings.became(Became::TestAnswer);
        tracing::info!(message.id = %test.id, "an answer to a test is not the lead's");
        return Ok(());
    }
    match person {
        Some(person) => {
            let written_to = WrittenTo::of(origin, mail, (&known, &accounts), answered_to.as_ref());
            let answers = (answered_to.as_ref(), origin.received_at);
            answer_of(ports, origin, mail, (&person, &known, &read), answers, written_to).await
        }
        None => {
            let written_to = WrittenTo::of(origin, mail, (&known, &accounts), None);
            note_unmatched(ports, origin, mail, &read, written_to).await
        }
    }
}

/// The address of ours that a mail was written to, and the account that has it or takes the answers to it.
struct WrittenTo {
    address: String,
    account: Option<AccountId>,
}

impl WrittenTo {
    fn of(
        origin: &Origin<'_>,
        mail: &InboundEmail,
        (known, accounts): (&Known, &[Account]),
        answered_to: Option<&Message>,
    ) -> Self {
        let address = address_written_to(accounts, &mail.to).unwrap_or_default();
        let answers = answered_to.or_else(|| known.answered_by_headers(mail));
        let account = known.account_written_to(accounts, (address, origin.account), answers);
        Self { address: address.to_owned(), account }
    }
}

/// Ingests a mail of which a user has said that it is this lead's: `reply`, as it was stored when it came.
pub(super) async fn receive_from(
    ports: &IngestPorts,
    origin: &Origin<'_>,
    mail: &InboundEmail,
    (person, reply): (&Lead, &UnmatchedReply),
) -> Result<(), IngestError> {
    let at = reply.received_at;
    let accounts = ports.accounts.list(origin.workspace).await?;
    let mail = &*without_login_links(mail);
    let mail = &*from_its_writer(mail, &OwnAddresses::of(&accounts, &[]));
    let answered_to = find_message(ports, origin, mail).await?;
    let answered_to = answered_to.filter(|message| !message.test && person.has_been(&message.id.lead()));
    let known = Known::of(ports, origin, &accounts, (Some(person), Channel::Email)).await?;
    let read = known.read(at, |context| understand(&mail.mail, context));
    let written_to = match reply.wrote_to.clone() {
        known @ Some(_) => WrittenTo { address: reply.to.clone(), account: known },
        None => WrittenTo::of(origin, mail, (&known, &accounts), answered_to.as_ref()),
    };
    answer_of(ports, origin, mail, (person, &known, &read), (answered_to.as_ref(), at), written_to).await
}

/// Handles a mail as the lead's answer, to our message if one is known.
async fn answer_of(
    ports: &IngestPorts,
    origin: &Origin<'_>,
    mail: &InboundEmail,
    (person, known, read): (&Lead, &Known, &Understood),
    (answered_to, at): (Option<&Message>, Timestamp),
    written_to: WrittenTo,
) -> Result<(), IngestError> {
    let external_id = id_of_answer(ports, origin, mail, (person, known, read)).await?;
    if let Some(message) = answered_to {
        record_sent(&ports.settle, origin.workspace, &message.id, Actor::System, origin.received_at).await?;
    }
    let has_html = !mail.mail.html.trim().is_empty();
    let kept = match has_html {
        true => Some(keep_mail(&*ports.blobs, origin, mail).await?),
        false => None,
    };
    let (mut understood, text) = (stored(read), mail.mail.plain());
    let opts_out = match understood.kind {
        ReplyKind::OptOut => {
            by_sender(ports, origin, mail).await?.filter(|writer| !person.has_been(&writer.id))
        }
        _ => None,
    };
    if opts_out.is_some() {
        understood.kind = ReplyKind::PossibleOptOut;
        origin.findings.became(Became::OptOut);
    }
    let answer = Answer {
        lead: person,
        channel: Channel::Email,
        understood: &understood,
        own_words: &read.fresh,
        from: mail.from.as_deref().unwrap_or_default(),
        to: &written_to.address,
        wrote_to: written_to.account,
        subject: &mail.mail.subject,
        text: &text,
        internet_id: mail.internet_id.as_deref(),
        in_reply_to: mail.in_reply_to.as_deref(),
        answers: answered_to,
        opts_out: opts_out.as_ref(),
        campaign: answered_to.and_then(|message| message.campaign.clone()),
        at,
        external_id: &external_id,
        blob: kept.as_deref().or(origin.blob),
        has_html,
    };
    handle_reply(ports, origin, &answer).await?;
    Ok(())
}

/// Stores a mail that matches no lead until a user says whose it is. Out of a user's own mailbox it is not kept.
async fn note_unmatched(
    ports: &IngestPorts,
    origin: &Origin<'_>,
    mail: &InboundEmail,
    read: &Understood,
    written_to: WrittenTo,
) -> Result<(), IngestError> {
    let (external_id, understood) = (id_of_unmatched(ports, origin, mail).await?, stored(read));
    let from = mail.from.as_deref().unwrap_or_default();
    // An opt-out counts for the address, even if no lead has it.
    if understood.kind == ReplyKind::OptOut
        && !origin.was(Became::OptOut)
        && let Ok(address) = EmailAddress::parse(from)
    {
        let listed = (SuppressionScope::Email(address.to_string()), origin.received_at);
        suppress(ports, origin, listed, SuppressionReason::OptedOut, &external_id).await?;
    }
    if origin.is_private {
        return Ok(());
    }
    if understood.kind == ReplyKind::OptOut {
        origin.findings.became(Became::OptOut);
    }
    origin.findings.became(Became::Unmatched);
    if origin.was_handled() {
        return Ok(());
    }
    let kept = keep_mail(&*ports.blobs, origin, mail).await?;
    let reply = UnmatchedReply {
        id: UnmatchedReply::id_of(&external_id),
        workspace: origin.workspace.clone(),
        account: origin.account.clone(),
        channel: Channel::Email,
        from: from.to_owned(),
        from_name: clip(mail.mail.from_name.trim(), LONGEST_NAME),
        chat_user: None,
        to: written_to.address,
        wrote_to: written_to.account,
        subject: clip(&mail.mail.subject, LONGEST_SUBJECT),
        text: clip(&mail.mail.plain(), 16 * 1024),
        understood,
        blob: Some(kept),
        received_at: origin.received_at,
        external_id,
        record: Some(origin.record()),
        state: UnmatchedState::Waiting {},
        rev: 0,
    };
    let actor = Actor::Provider(origin.account.clone());
    let event = Event::new(EventKind::ReplyUnmatched, actor, origin.received_at);
    ports.conversations.put_unmatched(&reply, &event).await?;
    Ok(())
}

/// Returns the id that tells the mail from any other: its Message-ID with a digest of its sender. Anybody may give a mail
/// the Message-ID of another's.
fn external_id(origin: &Origin<'_>, mail: &InboundEmail) -> String {
    let Some(id) = &mail.internet_id else { return origin.event_id.to_owned() };
    let from = mail.from.as_deref().unwrap_or_default().trim().to_lowercase();
    let digest = hex::encode(&Sha256::digest(from)[..8]);
    format!("{id} {digest}")
}

/// Does the same, and finds an answer again that an earlier version recorded under its Message-ID alone. Some programs give
/// all that a person writes one Message-ID: an opt-out under that of a mail which was none is a mail of its own.
async fn id_of_answer(
    ports: &IngestPorts,
    origin: &Origin<'_>,
    mail: &InboundEmail,
    (person, known, read): (&Lead, &Known, &Understood),
) -> StoreResult<String> {
    let id = id_of_same(ports, origin, mail, (person, known)).await?;
    if !matches!(read.kind, Kind::OptOut | Kind::PossibleOptOut) {
        return Ok(id);
    }
    let is_other = find_recorded_reply(ports, person, &id).await?.is_some_and(|recorded| {
        let understood = recorded.understood.as_ref().map(|understood| understood.kind);
        !matches!(understood, Some(ReplyKind::OptOut | ReplyKind::PossibleOptOut))
            && !recorded.text.contains(read.fresh.trim())
    });
    let digest = hex::encode(&Sha256::digest(&read.fresh)[..8]);
    Ok(if is_other { format!("{id} {digest}") } else { id })
}

async fn id_of_same(
    ports: &IngestPorts,
    origin: &Origin<'_>,
    mail: &InboundEmail,
    (person, known): (&Lead, &Known),
) -> StoreResult<String> {
    let Some(alone) = &mail.internet_id else { return Ok(external_id(origin, mail)) };
    let recorded = |lead: &LeadId| MessageId::of_inbound(lead, alone);
    let mut from = known.sender_of(&recorded(&person.id)).map(str::to_owned);
    for lead in &person.absorbed {
        if from.is_none() {
            from = known_message(ports, origin.workspace, &recorded(lead)).await?.map(|known| known.from);
        }
    }
    Ok(match from {
        Some(from) if is_sender(mail, &from) => alone.clone(),
        _ => external_id(origin, mail),
    })
}

/// Does the same for a mail that belongs to no lead.
async fn id_of_unmatched(
    ports: &IngestPorts,
    origin: &Origin<'_>,
    mail: &InboundEmail,
) -> StoreResult<String> {
    let Some(alone) = &mail.internet_id else { return Ok(external_id(origin, mail)) };
    let id = UnmatchedReply::id_of(alone);
    let known = found(ports.conversations.unmatched_reply(origin.workspace, &id).await)?;
    Ok(match known {
        Some(known) if is_sender(mail, &known.from) => alone.clone(),
        _ => external_id(origin, mail),
    })
}

/// Whether the mail is from this address, its writer's or, through a list, the list's.
fn is_sender(mail: &InboundEmail, address: &str) -> bool {
    let address = address.trim().to_lowercase();
    let header = mail.mail.header("from").unwrap_or_default().to_lowercase();
    mail.from.as_deref().is_some_and(|from| from.trim().to_lowercase() == address)
        || !address.is_empty() && header.contains(&address)
}

/// Tells whether the mail is from the workspace itself: a copy, or written by a team member in their mail program. An
/// address at the workspace's domain is a lead's only if that lead has it. `person`: the lead whose mail it would be, and
/// whether it answers a message to them.
fn is_ours(own: &OwnAddresses, mail: &InboundEmail, person: Option<(&Lead, bool)>) -> bool {
    let from = mail.from.as_deref().and_then(|from| EmailAddress::parse(from).ok());
    let Some(from) = from else { return false };
    match own.nearness(&from) {
        Nearness::Foreign => false,
        Nearness::Own => true,
        Nearness::OwnDomain => person.is_some_and(|(person, answers)| {
            answers && person.email.as_ref() != Some(&from) && person.second_email.as_ref() != Some(&from)
        }),
    }
}

/// Finds our message that this one answers: by reply token, then `In-Reply-To`, then `References`.
async fn find_message(
    ports: &IngestPorts,
    origin: &Origin<'_>,
    mail: &InboundEmail,
) -> StoreResult<Option<Message>> {
    let headers = AnswerHeaders {
        recipients: mail.to.clone(),
        in_reply_to: mail.in_reply_to.clone().unwrap_or_default(),
        references: mail.references.join(" "),
    };
    for candidate in candidates(&headers) {
        let Some(id) = candidate.message else { continue };
        let Some(message) = known_message(ports, origin.workspace, &id).await? else { continue };
        if candidate.rule != MatchRule::Reference || same_subject(&message.subject, &mail.mail.subject) {
            return Ok(Some(message));
        }
    }
    Ok(None)
}

async fn by_sender(
    ports: &IngestPorts,
    origin: &Origin<'_>,
    mail: &InboundEmail,
) -> StoreResult<Option<Lead>> {
    let Some(from) = mail.from.as_deref().and_then(|from| EmailAddress::parse(from).ok()) else {
        return Ok(None);
    };
    match find_by_present_or_former_email(&*ports.leads, origin.workspace, &from).await? {
        Some(id) => lead(ports, origin, &id).await,
        None => Ok(None),
    }
}

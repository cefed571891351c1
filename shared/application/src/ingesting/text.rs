//! Handles an inbound text by SMS or WhatsApp: a reply, STOP, or START.

use crate::ingesting::context::{IngestPorts, Origin, known_message};
use crate::ingesting::opt_out::{APP_SWITCH, PROVIDER_SAYS_STOP, Why, suppress};
use crate::ingesting::reply::{Answer, find_recorded_reply, handle_reply};
use crate::ingesting::understood::{Known, stored};
use crate::ingesting::writers::{Person, Writers, find_writers, stop_others};
use crate::lead::change::change_lead;
use crate::ports::provider_events::OptOutWord;
use crate::ports::store::{StoreResult, found};
use crate::retry;
use domain::contact::channel::Channel;
use domain::event::{Actor, Event, EventKind};
use domain::lead::Lead;
use domain::lead::suppression::{StopSign, Suppression, SuppressionReason, SuppressionScope};
use domain::message::inbound_outcome::Became;
use domain::message::sms::is_start_word;
use domain::message::understanding::{ReplyKind, Understanding};
use domain::message::unmatched::{UnmatchedReply, UnmatchedState};
use domain::{AccountId, LeadId, MessageId};
use jiff::Timestamp;
use understanding::{Text, TextChannel, TextEvent, understand_text};

pub(super) struct Received {
    pub channel: Channel,
    /// The number, or the provider's own id of the person.
    pub from: String,
    pub user: Option<String>,
    pub to: String,
    pub text: String,
    pub wordless: bool,
    pub provider_id: String,
    pub opt_out: Option<OptOutWord>,
    pub at: Timestamp,
}

impl Received {
    fn allows_texts_again(&self) -> bool {
        self.opt_out == Some(OptOutWord::Start) || !self.wordless && is_start_word(&self.text)
    }
}

pub(super) async fn receive(ports: &IngestPorts, origin: &Origin<'_>, text: &Received) -> StoreResult<()> {
    let person = Person::read(text.channel, &text.from, text.user.as_deref());
    let known = find_writers(ports, origin, &person, text.at).await?;
    let writer = known.as_ref().map(|writers| &writers.first);
    let scopes = person.scopes(writer);
    let number = person.number.as_ref().or_else(|| writer?.phone.as_ref());
    let (understood, wrote_to) = understand_received(ports, origin, (text, writer)).await?;
    if text.allows_texts_again()
        && !scopes.is_empty()
        && !is_repeated_start(ports, text, known.as_ref()).await?
        && opt_in(ports, origin, &scopes, (StopSign::Keyword, text.at)).await?
    {
        for lead in known.as_ref().map(Writers::leads).unwrap_or_default() {
            renew_consent(ports, origin, &lead, text.at).await?;
        }
    }
    let from = number.map_or_else(|| text.from.clone(), ToString::to_string);
    let from = from.as_str();
    let Some(writers) = known else {
        if understood.kind == ReplyKind::OptOut {
            origin.findings.became(Became::OptOut);
            let anew = if origin.was(Became::OptOut) { Vec::new() } else { scopes };
            for scope in anew {
                // Number and id are suppressed, whichever lead has them.
                let (listed, why) = ((scope, text.at), Why::of_message(&understood, &text.text));
                suppress(ports, origin, listed, why, &text.provider_id).await?;
            }
        }
        return note_unmatched(ports, origin, (text, from), understood, wrote_to).await;
    };
    let last = writers.answers.as_ref();
    let answer = Answer {
        lead: &writers.first,
        channel: text.channel,
        understood: &understood,
        own_words: &text.text,
        from,
        to: &text.to,
        wrote_to,
        subject: "",
        text: &text.text,
        internet_id: None,
        in_reply_to: None,
        campaign: last.and_then(|message| message.campaign.clone()),
        answers: last,
        opts_out: None,
        at: text.at,
        external_id: &text.provider_id,
        blob: None,
        has_html: false,
    };
    for (other, _) in &writers.others {
        origin.findings.concerns(&other.id);
    }
    stop_others(ports, origin, &writers, &answer).await?;
    handle_reply(ports, origin, &answer).await
}

/// Tells whether a START is a repeat. It must not opt in again: a STOP may have come since.
async fn is_repeated_start(
    ports: &IngestPorts,
    text: &Received,
    known: Option<&Writers>,
) -> StoreResult<bool> {
    let Some(Writers { first, .. }) = known else { return Ok(false) };
    Ok(find_recorded_reply(ports, first, &text.provider_id).await?.is_some())
}

/// Understands the text, with what we wrote to its writer, and tells which of our numbers it was written to. A text message
/// quotes nothing.
async fn understand_received(
    ports: &IngestPorts,
    origin: &Origin<'_>,
    (text, writer): (&Received, Option<&Lead>),
) -> StoreResult<(Understanding, Option<AccountId>)> {
    if text.opt_out == Some(OptOutWord::Stop) {
        // Who has written nothing has used the app's own switch.
        let rule = if text.wordless { APP_SWITCH } else { PROVIDER_SAYS_STOP };
        return Ok((Understanding::by_rule(ReplyKind::OptOut, rule, &text.text), None));
    }
    let channel = if text.channel == Channel::Whatsapp { TextChannel::Whatsapp } else { TextChannel::Sms };
    let event = match text.text.as_str() {
        words if !text.wordless => TextEvent::Words(words),
        // What cannot be shown is named in brackets.
        name if name.is_empty() || name.starts_with('[') => TextEvent::Wordless,
        emoji => TextEvent::Reaction(emoji),
    };
    let accounts = ports.accounts.list(origin.workspace).await?;
    let known = Known::of(ports, origin, &accounts, (writer, text.channel)).await?;
    let read = known.read(origin.received_at, |context| understand_text(&Text { channel, event }, context));
    let wrote_to = known.account_written_to(&accounts, (&text.to, origin.account), None);
    Ok((stored(&read), wrote_to))
}

/// Removes what an earlier STOP put on the suppression list under these scopes, and nothing that a user put there, nor what
/// was said in words, before it or after. Returns whether nothing of the lead's own speaks against texts any more.
pub(super) async fn opt_in(
    ports: &IngestPorts,
    origin: &Origin<'_>,
    scopes: &[SuppressionScope],
    resumed: (StopSign, Timestamp),
) -> StoreResult<bool> {
    let mut is_open = true;
    for scope in scopes {
        is_open &= opt_in_under(ports, origin, scope, resumed).await?;
    }
    Ok(is_open)
}

async fn opt_in_under(
    ports: &IngestPorts,
    origin: &Origin<'_>,
    scope: &SuppressionScope,
    (resume, at): (StopSign, Timestamp),
) -> StoreResult<bool> {
    let event =
        Event::new(EventKind::NumberOptedIn, Actor::Lead, origin.received_at).because(origin.event_id);
    retry!(async {
        let listed = ports.suppressions.find(origin.workspace, std::slice::from_ref(scope)).await?;
        let is_theirs =
            |entry: &Suppression| entry.reason == SuppressionReason::OptedOut && entry.created_by.is_none();
        let Some(mut entry) = listed.into_iter().find(is_theirs) else { return Ok(true) };
        if entry.sign.is_none() {
            entry.sign = sign_of_source(ports, &entry).await?;
        }
        if !entry.is_taken_back_by(resume) || entry.created_at > at {
            return Ok(false);
        }
        // A conflict means that it was suppressed again just now, perhaps by a later STOP.
        found(ports.suppressions.lift(&entry, &event).await).map(|_| true)
    })
}

/// Reads from the message that caused an entry how it was said, where an earlier version has not noted it. Where that
/// cannot be found, the entry stays until a user lifts it.
async fn sign_of_source(ports: &IngestPorts, entry: &Suppression) -> StoreResult<Option<StopSign>> {
    let Some(id) = entry.source.as_deref().and_then(|source| MessageId::parse(source).ok()) else {
        return Ok(None);
    };
    let message = known_message(ports, &entry.workspace, &id).await?;
    let said = message.as_ref().and_then(|message| Some((message.understood.as_ref()?, &message.text)));
    Ok(said.and_then(|(understood, text)| Why::of_message(understood, text).sign))
}

/// Puts the lead's consent for its number, which a STOP withdrew, in force again. Safe to repeat.
async fn renew_consent(
    ports: &IngestPorts,
    origin: &Origin<'_>,
    lead: &LeadId,
    at: Timestamp,
) -> StoreResult<()> {
    let renewed =
        Event::new(EventKind::ConsentRenewed, Actor::Lead, origin.received_at).because(origin.event_id);
    let change = |lead: &mut Lead| {
        lead.consents.renew(&[Channel::Sms, Channel::Whatsapp], at).then(|| renewed.clone())
    };
    found(change_lead(&*ports.leads, origin.workspace, lead, change).await).map(drop)
}

async fn note_unmatched(
    ports: &IngestPorts,
    origin: &Origin<'_>,
    (text, from): (&Received, &str),
    understood: Understanding,
    wrote_to: Option<AccountId>,
) -> StoreResult<()> {
    origin.findings.became(Became::Unmatched);
    if origin.was_handled() {
        return Ok(());
    }
    let reply = UnmatchedReply {
        id: UnmatchedReply::id_of(&text.provider_id),
        workspace: origin.workspace.clone(),
        account: origin.account.clone(),
        channel: text.channel,
        from: from.to_owned(),
        from_name: String::new(),
        chat_user: text.user.clone(),
        to: text.to.clone(),
        wrote_to,
        subject: String::new(),
        text: text.text.clone(),
        understood,
        blob: None,
        received_at: text.at,
        external_id: text.provider_id.clone(),
        record: Some(origin.record()),
        state: UnmatchedState::Waiting {},
        rev: 0,
    };
    let event =
        Event::new(EventKind::ReplyUnmatched, Actor::Provider(origin.account.clone()), origin.received_at);
    ports.conversations.put_unmatched(&reply, &event).await
}

//! Finds the leads that a text may come from, and notes by which number and id. Several leads may share a number: the
//! answer is filed with the one that we wrote to last, it stops everybody who could have written it, and the timeline of
//! each names the others.

use crate::ingesting::context::{IngestPorts, Origin};
use crate::ingesting::opt_out::{Why, end_or_close, show_opt_out, suppress, suppress_survivor};
use crate::ingesting::reply::{Answer, find_recorded_reply};
use crate::lead::carried_opt_outs::{carry_opt_outs_over, chat_scopes};
use crate::ports::leads::{Activity, ActivityKind, LeadStore, Reached};
use crate::ports::store::{StoreResult, found, unless_taken};
use crate::retry;
use domain::LeadId;
use domain::contact::channel::Channel;
use domain::contact::chat_recipient::ChatUser;
use domain::contact::phone_number::PhoneNumber;
use domain::enrolment::reasons::EndReason;
use domain::event::{Actor, Event, EventKind};
use domain::lead::Lead;
use domain::lead::suppression::SuppressionScope;
use domain::message::understanding::ReplyKind;
use domain::message::{Direction, Message};
use jiff::Timestamp;

/// A person as a text names them: by a number, by WhatsApp's id, or by both.
pub(super) struct Person {
    pub channel: Channel,
    pub number: Option<PhoneNumber>,
    pub user: Option<ChatUser>,
}

impl Person {
    /// Reads the names that a provider gives; `from` may be either.
    pub fn read(channel: Channel, from: &str, user: Option<&str>) -> Self {
        let number = PhoneNumber::try_from(from.to_owned()).ok();
        Self { channel, number, user: user.and_then(|user| ChatUser::parse(user).ok()) }
    }

    /// The scopes of the number and the id, those that are known of this lead where the text does not name them.
    pub fn scopes(&self, lead: Option<&Lead>) -> Vec<SuppressionScope> {
        let number = self.number.as_ref().or_else(|| lead?.phone.as_ref()).map(SuppressionScope::phone);
        let user = self.user.as_ref().or_else(|| lead?.chat_user.as_ref()).map(SuppressionScope::chat_user);
        number.into_iter().chain(user).collect()
    }
}

pub(super) struct Writers {
    /// The lead that we wrote to last before the text.
    pub first: Lead,
    /// The message of ours that the text answers.
    pub answers: Option<Message>,
    /// The other leads with this number, and whether we wrote to each on this channel.
    pub others: Vec<(Lead, bool)>,
}

impl Writers {
    /// Returns all the leads.
    pub fn leads(&self) -> Vec<LeadId> {
        let others = self.others.iter().map(|(lead, _)| lead.id.clone());
        std::iter::once(self.first.id.clone()).chain(others).collect()
    }
}

/// Finds the leads with this number, else those with this id, else those who had the number before. A number and an id
/// that come together are noted as one person's, also where no lead has them: an opt-out under one counts under both.
pub(super) async fn find_writers(
    ports: &IngestPorts,
    origin: &Origin<'_>,
    person: &Person,
    at: Timestamp,
) -> StoreResult<Option<Writers>> {
    let mut ids = Vec::new();
    if let Some(number) = &person.number {
        ids = ports.leads.find_by_phone(origin.workspace, number).await?;
    }
    if let Some(user) = person.user.as_ref().filter(|_| ids.is_empty()) {
        ids = ports.leads.find_by_former(origin.workspace, Reached::ChatUser(user)).await?;
    }
    let is_told_id = person.user.is_some() && !ids.is_empty();
    if let Some(number) = person.number.as_ref().filter(|_| ids.is_empty()) {
        // A reply may come from a former number, to what was sent there before.
        ids = ports.leads.find_by_former(origin.workspace, Reached::Phone(number)).await?;
    }
    // Messages before the text come first. Clocks may differ by the seconds that a first reply takes.
    let place = |m: &Message| (m.accepted_at <= Some(at), m.accepted_at);
    let mut known = Vec::new();
    for id in &ids {
        let Some(file) = found(ports.leads.file(origin.workspace, id).await)? else { continue };
        // Two ids are one lead where one was merged into the other.
        if known.iter().any(|(lead, _): &(Lead, _)| lead.id == file.lead.id) {
            continue;
        }
        let ours = |m: &&Message| m.direction == Direction::Out && m.channel == person.channel;
        let texts = file.messages.iter().filter(ours).filter(|m| m.accepted_at.is_some());
        let last = texts.max_by_key(|m| place(m)).cloned();
        let lead = if is_told_id { learn(ports, origin, file.lead, person).await? } else { file.lead };
        known.push((lead, last));
    }
    // A lead that users see comes before a deleted one.
    let rank = |(lead, last): &(Lead, Option<Message>)| (!lead.is_deleted(), last.as_ref().map(place));
    let mut best: Option<usize> = None;
    for (at, one) in known.iter().enumerate() {
        if best.is_none_or(|best| rank(one) > rank(&known[best])) {
            best = Some(at);
        }
    }
    let Some(best) = best else {
        carry(ports, origin, person.scopes(None)).await?;
        return Ok(None);
    };
    let (first, answers) = known.swap_remove(best);
    let others = known.into_iter().map(|(lead, last)| (lead, last.is_some())).collect();
    Ok(Some(Writers { first, answers, others }))
}

/// Notes on the lead that this is its number and its id, as far as it is news. What was asked for under one of its numbers
/// or ids holds under the new one.
pub(super) async fn learn(
    ports: &IngestPorts,
    origin: &Origin<'_>,
    lead: Lead,
    person: &Person,
) -> StoreResult<Lead> {
    let numbers = [&lead.phone, &lead.second_phone];
    let is_own = |number: &&PhoneNumber| {
        numbers.iter().any(|own| own.as_ref().is_some_and(|own| own.subscriber() == number.subscriber()))
    };
    let number = person.number.as_ref().filter(|number| !is_own(number));
    let user = person.user.as_ref().filter(|user| lead.chat_user.as_ref() != Some(*user));
    if number.is_none() && user.is_none() {
        return Ok(lead);
    }
    // It comes first: a repeat finds what is noted, and carries nothing.
    let scopes = chat_scopes(&lead).into_iter().chain(person.scopes(None)).collect();
    carry(ports, origin, scopes).await?;
    if let Some(number) = number {
        ports.leads.note_address(origin.workspace, &lead.id, Reached::Phone(number)).await?;
    }
    let Some(user) = user else { return Ok(lead) };
    let changed = set_chat_user(&*ports.leads, &lead, user, origin.received_at).await;
    Ok(found(changed)?.unwrap_or(lead))
}

async fn set_chat_user(
    leads: &dyn LeadStore,
    read: &Lead,
    user: &ChatUser,
    at: Timestamp,
) -> StoreResult<Lead> {
    let (workspace, id) = (&read.workspace, &read.id);
    let mut read = Some(read.clone());
    retry!(async {
        let before = match read.take() {
            Some(lead) => lead,
            None => leads.get(workspace, id).await?,
        };
        if before.chat_user.as_ref() == Some(user) {
            return Ok(before);
        }
        let after = Lead { chat_user: Some(user.clone()), updated_at: at, ..before.clone() };
        let event = Event::new(EventKind::LeadChanged, Actor::Lead, at);
        let rev = leads.change_identity(&before, &after, &event).await?;
        Ok(Lead { rev, ..after })
    })
}

async fn carry(ports: &IngestPorts, origin: &Origin<'_>, scopes: Vec<SuppressionScope>) -> StoreResult<()> {
    let event = Event::system(EventKind::AddressSuppressed, origin.received_at).because(origin.event_id);
    carry_opt_outs_over(&ports.suppressing, origin.workspace, scopes, (&event, origin.received_at)).await
}

/// Stops the leads that share the number: all of them after an opt-out, else those that we wrote to there. It comes
/// before the answer is recorded, because the record tells a repeat that all is done.
pub(super) async fn stop_others(
    ports: &IngestPorts,
    origin: &Origin<'_>,
    writers: &Writers,
    answer: &Answer<'_>,
) -> StoreResult<()> {
    let kind = answer.understood.kind;
    if writers.others.is_empty()
        || !(kind.is_answer() || kind == ReplyKind::OptOut)
        || find_recorded_reply(ports, &writers.first, answer.external_id).await?.is_some()
    {
        return Ok(());
    }
    let cause = answer.external_id;
    let concerned = writers.others.iter().filter(|(_, written_to)| kind == ReplyKind::OptOut || *written_to);
    let concerned: Vec<&Lead> = concerned.map(|(lead, _)| lead).collect();
    if kind == ReplyKind::OptOut {
        let listed = SuppressionScope::of_recipient(answer.channel, answer.from);
        if let Some(scope) = listed {
            let why = Why::of_message(answer.understood, answer.own_words);
            suppress(ports, origin, (scope, answer.at), why, cause).await?;
        }
    }
    for lead in &concerned {
        if kind == ReplyKind::OptOut {
            let event = Event::new(EventKind::LeadOptedOut, Actor::Lead, origin.received_at).because(cause);
            let (channel, why) = (answer.channel, EndReason::OptedOut);
            end_or_close(ports, origin, &lead.id, (channel, why), &event).await?;
            let why = Why::of_message(answer.understood, answer.own_words);
            suppress_survivor(ports, origin, lead, (channel, answer.at), why, cause).await?;
            show_opt_out(ports, origin, &lead.id, cause).await?;
        } else {
            let event = Event::new(EventKind::LeadAnswered, Actor::Lead, origin.received_at).because(cause);
            ports.enrolments.stop(origin.workspace, &lead.id, EndReason::Replied, &event).await?;
        }
    }
    name_each_other(ports, origin, (&writers.first, &concerned), answer).await
}

/// Notes on each lead's timeline who else could have written.
async fn name_each_other(
    ports: &IngestPorts,
    origin: &Origin<'_>,
    (first, others): (&Lead, &[&Lead]),
    answer: &Answer<'_>,
) -> StoreResult<()> {
    if others.is_empty() {
        return Ok(());
    }
    let names = |leads: &[&Lead]| leads.iter().map(|lead| lead.display_name()).collect::<Vec<_>>().join(", ");
    let told =
        format!("The number {} is shared: the answer may be from {}, too.", answer.from, names(others));
    let mut notes = vec![(first, told)];
    for lead in others {
        let filed = first.display_name();
        let told =
            format!("An answer came from the shared number {}. It is filed with {filed}.", answer.from);
        notes.push((lead, told));
    }
    for (lead, text) in notes {
        let activity = Activity {
            id: format!("shared-number-{}", answer.external_id),
            at: answer.at,
            kind: ActivityKind::Note { text: text.chars().take(1_000).collect() },
            actor: None,
        };
        unless_taken(ports.leads.put_activity(origin.workspace, &lead.id, &activity).await)?;
    }
    Ok(())
}

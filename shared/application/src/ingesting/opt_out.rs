//! Ends contact with a person: suppresses addresses, and ends the enrolments or closes one channel.

use crate::ingesting::context::{IngestPorts, Origin};
use crate::lead::address_closed::{ClosingPorts, close_channel};
use crate::lead::change::change_lead;
use crate::lead::suppressing::{own_addresses, suppress_foreign, suppress_scope};
use crate::ports::leads::{Activity, ActivityKind};
use crate::ports::store::{StoreResult, found, unless_taken};
use domain::LeadId;
use domain::contact::channel::Channel;
use domain::enrolment::reasons::EndReason;
use domain::event::{Actor, Event, EventKind};
use domain::lead::Lead;
use domain::lead::suppression::{Ends, StopSign, Suppression, SuppressionReason, SuppressionScope};
use domain::message::understanding::Understanding;
use jiff::Timestamp;

/// Why addresses are suppressed, and how their owner has said so.
#[derive(Debug, Clone, Copy)]
pub(super) struct Why {
    pub reason: SuppressionReason,
    pub sign: Option<StopSign>,
}

impl Why {
    /// An opt-out that was said so.
    pub fn said(sign: StopSign) -> Self {
        Self { reason: SuppressionReason::OptedOut, sign: Some(sign) }
    }

    /// An opt-out as a message says it, by a word of its own or by a provider's report.
    pub fn of_message(understood: &Understanding, text: &str) -> Self {
        Self::said(match understood.rule.as_str() {
            APP_SWITCH => StopSign::AppSwitch,
            PROVIDER_SAYS_STOP => StopSign::Keyword,
            ONE_WORD => StopSign::of_text(text),
            // A sentence may have no spaces.
            _ => StopSign::Words,
        })
    }
}

/// An opt-out without a further sign is one in words.
impl From<SuppressionReason> for Why {
    fn from(reason: SuppressionReason) -> Self {
        Self { reason, sign: (reason == SuppressionReason::OptedOut).then_some(StopSign::Words) }
    }
}

/// The rule of an opt-out by one of the words that ask for it, which may stand among others.
const ONE_WORD: &str = "opt_out_word";
/// The rule of an opt-out that the provider reports upon a keyword.
pub(super) const PROVIDER_SAYS_STOP: &str = "provider_says_stop";
/// The rule of an opt-out that was chosen in the chat app's own settings.
pub(super) const APP_SWITCH: &str = "app_says_stop";

/// Suppresses the address that had the message, the one that the opt-out came from, and the lead's present one,
/// before the enrolments end: a lead enrolled meanwhile is stopped by the suppression.
pub(super) async fn opt_out(
    ports: &IngestPorts,
    origin: &Origin<'_>,
    whose: (&Lead, [Option<&str>; 2]),
    when: (Channel, Timestamp),
    cause: &str,
) -> StoreResult<()> {
    opt_out_for(ports, origin, whose, when, (SuppressionReason::OptedOut.into(), cause)).await
}

/// Does the same for an opt-out that was said in a certain way.
pub(super) async fn opt_out_for(
    ports: &IngestPorts,
    origin: &Origin<'_>,
    (lead, also): (&Lead, [Option<&str>; 2]),
    (channel, at): (Channel, Timestamp),
    (why, cause): (Why, &str),
) -> StoreResult<()> {
    suppress_person(ports, origin, (lead, also), (channel, at), why, cause).await?;
    let event = Event::new(EventKind::LeadOptedOut, Actor::Lead, origin.received_at).because(cause);
    end_or_close(ports, origin, &lead.id, (channel, EndReason::OptedOut), &event).await?;
    suppress_survivor(ports, origin, lead, (channel, at), why, cause).await
}

/// Suppresses the addresses of the lead that this one was merged into since it was read. The enrolments of that one have
/// ended with the stop, which finds it; its addresses were not known before.
pub(super) async fn suppress_survivor(
    ports: &IngestPorts,
    origin: &Origin<'_>,
    lead: &Lead,
    (channel, at): (Channel, Timestamp),
    why: impl Into<Why>,
    cause: &str,
) -> StoreResult<()> {
    match found(ports.leads.get(origin.workspace, &lead.id).await)? {
        Some(now) if now.id != lead.id => {
            suppress_person(ports, origin, (&now, [None, None]), (channel, at), why.into(), cause).await
        }
        _ => Ok(()),
    }
}

/// Shows the opt-out on the timeline, once everything that it asks for is done.
pub(super) async fn show_opt_out(
    ports: &IngestPorts,
    origin: &Origin<'_>,
    lead: &LeadId,
    cause: &str,
) -> StoreResult<()> {
    let activity = Activity {
        id: opt_out_entry(cause),
        at: origin.received_at,
        kind: ActivityKind::Suppressed { reason: SuppressionReason::OptedOut },
        actor: None,
    };
    unless_taken(ports.leads.put_activity(origin.workspace, lead, &activity).await)
}

pub(super) fn opt_out_entry(cause: &str) -> String {
    format!("opt-out-{cause}")
}

/// Ends all of a lead's enrolments, or closes one channel, as the workspace has set. The address must be suppressed
/// before.
pub(super) async fn end_or_close(
    ports: &IngestPorts,
    origin: &Origin<'_>,
    lead: &LeadId,
    (channel, reason): (Channel, EndReason),
    event: &Event,
) -> StoreResult<()> {
    let opted_out = reason == EndReason::OptedOut;
    let ends = match channel {
        Channel::Email if opted_out => Ends::Everything,
        _ => ports.workspaces.get(origin.workspace).await?.endings.of(channel, opted_out),
    };
    match ends {
        Ends::Everything => ports.enrolments.stop(origin.workspace, lead, reason, event).await.map(drop)?,
        Ends::Channel => {
            close_channel(&ClosingPorts::from(&ports.enrol), (origin.workspace, lead), reason, event).await?;
        }
    }
    if opted_out { withdraw_consent(ports, origin, lead, channel, event).await } else { Ok(()) }
}

/// Marks the consents that the opt-out concerns as withdrawn, once it has stopped everything: the one for e-mail, or
/// those for the number. Safe to repeat.
async fn withdraw_consent(
    ports: &IngestPorts,
    origin: &Origin<'_>,
    lead: &LeadId,
    channel: Channel,
    event: &Event,
) -> StoreResult<()> {
    let channels: &[Channel] = match channel {
        Channel::Email => &[Channel::Email],
        Channel::Sms | Channel::Whatsapp => &[Channel::Sms, Channel::Whatsapp],
    };
    let withdrawn = Event { kind: EventKind::ConsentWithdrawn, ..event.clone() };
    let change = |lead: &mut Lead| lead.consents.withdraw(channels, event.at).then(|| withdrawn.clone());
    found(change_lead(&*ports.leads, origin.workspace, lead, change).await).map(drop)
}

/// Suppresses the lead's present address on this channel, its second one, WhatsApp's id, those of leads that were merged into it, and
/// these other addresses.
pub(super) async fn suppress_person(
    ports: &IngestPorts,
    origin: &Origin<'_>,
    (lead, also): (&Lead, [Option<&str>; 2]),
    (channel, at): (Channel, Timestamp),
    why: impl Into<Why>,
    cause: &str,
) -> StoreResult<()> {
    let also = also.into_iter().flatten().filter_map(|to| SuppressionScope::of_recipient(channel, to));
    let mut done = Vec::new();
    let of = |lead: &Lead| SuppressionScope::of_person(lead, channel);
    let mut own = of(lead);
    if !lead.absorbed.is_empty() {
        let absorbed = Vec::from_iter(lead.absorbed.iter().cloned());
        own.extend(ports.lead_merges.stored(origin.workspace, &absorbed).await?.iter().flat_map(of));
    }
    let (why, ours) = (why.into(), own_addresses(&ports.suppressing, origin.workspace).await?);
    for scope in also.chain(own) {
        if !done.contains(&scope) {
            let (entry, event) = entry(origin, (scope.clone(), at), why, cause);
            suppress_foreign(&ports.suppressing, &ours, &entry, &event).await?;
            done.push(scope);
        }
    }
    Ok(())
}

pub(super) async fn suppress(
    ports: &IngestPorts,
    origin: &Origin<'_>,
    listed: (SuppressionScope, Timestamp),
    why: impl Into<Why>,
    cause: &str,
) -> StoreResult<()> {
    let (entry, event) = entry(origin, listed, why.into(), cause);
    suppress_scope(&ports.suppressing, &entry, &event).await.map(drop)
}

fn entry(
    origin: &Origin<'_>,
    (scope, at): (SuppressionScope, Timestamp),
    Why { reason, sign }: Why,
    cause: &str,
) -> (Suppression, Event) {
    let entry = Suppression {
        workspace: origin.workspace.clone(),
        scope,
        reason,
        source: Some(cause.to_owned()),
        created_by: None,
        created_at: at,
        expires_at: None,
        sign,
    };
    (entry, Event::system(EventKind::AddressSuppressed, origin.received_at).because(cause))
}

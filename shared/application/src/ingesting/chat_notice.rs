//! Handles what a chat app reports about a person who has written nothing: marketing switched off or on again, and a
//! changed number.

use crate::ingesting::context::{IngestPorts, Origin};
use crate::ingesting::opt_out::{Why, suppress};
use crate::ingesting::text;
use crate::ingesting::writers::{Person, find_writers};
use crate::lead::carried_opt_outs::keep_opt_outs;
use crate::ports::leads::{Activity, ActivityKind};
use crate::ports::provider_events::{ChatNews, ChatNotice, OptOutWord};
use crate::ports::store::{StoreResult, found, unless_taken};
use crate::retry;
use domain::LeadId;
use domain::contact::phone_number::PhoneNumber;
use domain::event::{Actor, Event, EventKind};
use domain::lead::suppression::{StopSign, SuppressionReason, SuppressionScope};
use domain::lead::zone::forget_stale_zone;
use jiff::Timestamp;

pub(super) async fn receive(ports: &IngestPorts, origin: &Origin<'_>, notice: ChatNotice) -> StoreResult<()> {
    let ChatNotice { channel, from, user, to, news, provider_id, at } = notice;
    let at = origin.written_at(at);
    match news {
        // The person has said no more to a machine than to a user: it counts and shows as an opt-out does.
        ChatNews::MarketingStopped => {
            let text = "Stopped marketing messages in the app.".to_owned();
            let opt_out = Some(OptOutWord::Stop);
            let said =
                text::Received { channel, from, user, to, text, wordless: true, provider_id, opt_out, at };
            text::receive(ports, origin, &said).await
        }
        ChatNews::MarketingResumed => {
            let person = Person::read(channel, &from, user.as_deref());
            let known = find_writers(ports, origin, &person, at).await?;
            let scopes = person.scopes(known.as_ref().map(|known| &known.first));
            text::opt_in(ports, origin, &scopes, (StopSign::AppSwitch, at)).await.map(drop)
        }
        ChatNews::NumberChanged { to: new } => {
            match (PhoneNumber::try_from(from), PhoneNumber::try_from(new)) {
                (Ok(old), Ok(new)) if old.subscriber() != new.subscriber() => {
                    move_to_number(ports, origin, (&old, &new), &provider_id, at).await
                }
                _ => Ok(()),
            }
        }
    }
}

/// Gives the lead the new number, and lists the old one: its next owner has nothing to do with us. An opt-out goes with
/// the person. Where several leads share the old number it is unknown whose it was, so each timeline says what happened,
/// and users decide.
async fn move_to_number(
    ports: &IngestPorts,
    origin: &Origin<'_>,
    (old, new): (&PhoneNumber, &PhoneNumber),
    cause: &str,
    at: Timestamp,
) -> StoreResult<()> {
    let leads = ports.leads.find_by_phone(origin.workspace, old).await?;
    // A later owner of the old number has nothing to do with it.
    if leads.is_empty() || origin.was_handled() {
        return Ok(());
    }
    let scope = SuppressionScope::phone(old);
    let listed = ports.suppressions.find(origin.workspace, std::slice::from_ref(&scope)).await?;
    if let Some(entry) = listed.iter().find(|entry| entry.reason == SuppressionReason::OptedOut) {
        let why = Why { reason: entry.reason, sign: entry.sign.or(Some(StopSign::Words)) };
        suppress(ports, origin, (SuppressionScope::phone(new), at), why, cause).await?;
    }
    if let [lead] = leads.as_slice() {
        change_number(ports, origin, lead, (old, new), cause).await?;
    }
    suppress(ports, origin, (scope, at), SuppressionReason::HardBounce, cause).await?;
    let told = match leads.as_slice() {
        [_] => format!("Changed the number from {old} to {new}, as WhatsApp reports."),
        _ => format!(
            "One of the leads with the number {old} has {new} now, as WhatsApp reports. Change it if it is this one."
        ),
    };
    for lead in &leads {
        origin.findings.concerns(lead);
        let activity = Activity {
            id: format!("number-changed-{cause}"),
            at,
            kind: ActivityKind::Note { text: told.clone() },
            actor: None,
        };
        unless_taken(ports.leads.put_activity(origin.workspace, lead, &activity).await)?;
    }
    Ok(())
}

async fn change_number(
    ports: &IngestPorts,
    origin: &Origin<'_>,
    lead: &LeadId,
    (old, new): (&PhoneNumber, &PhoneNumber),
    cause: &str,
) -> StoreResult<()> {
    retry!(async {
        let Some(before) = found(ports.leads.get(origin.workspace, lead).await)? else { return Ok(()) };
        if before.phone.as_ref() != Some(old) {
            return Ok(());
        }
        let mut after = before.clone();
        after.phone = Some(new.clone());
        // WhatsApp gives the person another id, too, which comes with their next message.
        after.chat_user = None;
        after.updated_at = origin.received_at;
        forget_stale_zone(&before, &mut after);
        let event = Event::new(EventKind::LeadChanged, Actor::Lead, origin.received_at).because(cause);
        let endings = &ports.workspaces.get(origin.workspace).await?.endings;
        keep_opt_outs(&ports.suppressing, endings, (&before, &mut after), &event).await?;
        ports.leads.change_identity(&before, &after, &event).await.map(drop)
    })
}

//! Handles a complaint: a recipient took one of our mails for spam, and their provider reports it (RFC 5965). They
//! are not written to again.

use crate::ingesting::attribution::{Noted, note};
use crate::ingesting::bounce::find_returned_message;
use crate::ingesting::context::{IngestError, IngestPorts, Origin, known_message, lead};
use crate::ingesting::filing::file_opted_out;
use crate::ingesting::opt_out::{suppress, suppress_person, suppress_survivor};
use crate::ingesting::status::went_to;
use crate::lead::change::find_by_present_or_former_email;
use crate::ports::leads::{Activity, ActivityKind};
use crate::ports::provider_events::{Addressee, InboundEmail};
use crate::ports::store::{StoreResult, unless_taken};
use crate::sending::uncertain::record_sent;
use domain::MessageId;
use domain::contact::channel::Channel;
use domain::contact::email_address::EmailAddress;
use domain::enrolment::reasons::EndReason;
use domain::event::{Actor, Event, EventKind};
use domain::lead::Lead;
use domain::lead::suppression::{SuppressionReason, SuppressionScope};
use domain::message::inbound_outcome::Became;
use understanding::Understood;

pub(super) async fn receive(
    ports: &IngestPorts,
    origin: &Origin<'_>,
    mail: &InboundEmail,
    read: &Understood,
) -> Result<(), IngestError> {
    let complainer = read.returned.as_ref().and_then(|returned| returned.to.clone());
    let addressee = Addressee { to: None, end: complainer };
    match find_returned_message(ports, origin, mail, read).await? {
        Some(message) => complained(ports, origin, &message.id, &addressee).await,
        None => {
            tracing::info!(workspace.id = %origin.workspace, "a complaint returns none of our messages");
            Ok(())
        }
    }
}

/// Applies a complaint about this message, if it went to the address that the report names. The address of the one who
/// complains counts if the lead is or was reached there: an attempt at the same message may have gone there.
pub(super) async fn complained(
    ports: &IngestPorts,
    origin: &Origin<'_>,
    id: &MessageId,
    addressee: &Addressee,
) -> Result<(), IngestError> {
    let Origin { workspace, received_at: at, .. } = origin;
    record_sent(&ports.settle, workspace, id, Actor::System, *at).await?;
    let Some(message) = known_message(ports, workspace, id).await?.filter(|known| went_to(known, addressee))
    else {
        return Ok(());
    };
    origin.findings.became(Became::Complaint);
    if message.test {
        return Ok(());
    }
    // The address is suppressed first, so that a lead enrolled meanwhile is stopped by it.
    let reason = SuppressionReason::Complaint;
    let Some(person) = lead(ports, origin, &id.lead()).await? else {
        if origin.was_handled() {
            return Ok(());
        }
        let scope = SuppressionScope::Email(message.to);
        return Ok(suppress(ports, origin, (scope, *at), reason, id.as_str()).await?);
    };
    let complainer = match addressee.end.as_deref() {
        Some(address) if is_address_of(ports, &person, address).await? => Some(address),
        _ => None,
    };
    let whose = (&person, [Some(message.to.as_str()), complainer]);
    let shown = format!("complaint-{id}");
    // The same report has been handled; a user may have taken the address off the suppression list since.
    if ports.leads.has_had_activity(&person, &shown).await? {
        return Ok(());
    }
    suppress_person(ports, origin, whose, (Channel::Email, *at), reason, id.as_str()).await?;
    let lead = person.id.clone();
    let event = Event::new(EventKind::LeadComplained, Actor::Lead, *at).because(id.as_str());
    ports.enrolments.stop(workspace, &lead, EndReason::OptedOut, &event).await?;
    suppress_survivor(ports, origin, &person, (Channel::Email, *at), reason, id.as_str()).await?;
    file_opted_out(ports, origin, &lead).await?;
    let noted = (*at, origin.event_id);
    note(ports, (workspace, &lead), Some(id), Noted::Complaint, noted).await?;
    // This is written last, because a repeated report is recognised by it.
    let kind = ActivityKind::Suppressed { reason };
    let activity = Activity { id: shown, at: *at, kind, actor: None };
    Ok(unless_taken(ports.leads.put_activity(workspace, &lead, &activity).await)?)
}

async fn is_address_of(ports: &IngestPorts, lead: &Lead, address: &str) -> StoreResult<bool> {
    let Ok(address) = EmailAddress::parse(address) else { return Ok(false) };
    if lead.email.as_ref() == Some(&address) {
        return Ok(true);
    }
    let found = find_by_present_or_former_email(&*ports.leads, &lead.workspace, &address).await?;
    Ok(found.is_some_and(|id| lead.has_been(&id)))
}

//! Somebody pressed the button, or their mail program did (RFC 8058).

use super::attribution::{Noted, note};
use super::early::unless_early;
use super::reply::opt_out;
use super::{IngestError, IngestPorts, Origin};
use crate::store::found;
use crate::uncertain_sends::it_was_sent;
use domain::event::Actor;
use domain::sequence::Channel;
use domain::{ConnectionId, LeadId, MessageId, WorkspaceId};
use jiff::Timestamp;

pub(super) async fn unsubscribe(
    ports: &IngestPorts,
    workspace: &WorkspaceId,
    lead: &LeadId,
    message: Option<&MessageId>,
    event_id: &str,
    at: Timestamp,
) -> Result<(), IngestError> {
    let Some(lead) = found(ports.leads.get(workspace, lead).await)? else { return Ok(()) };
    let ours = ConnectionId::derived(Timestamp::UNIX_EPOCH, &["unsubscribe"]);
    let origin = Origin { workspace, connection: &ours, event_id, received_at: at, blob: None };
    let known = match message {
        Some(id) => {
            it_was_sent(&ports.settle, workspace, id, Actor::System, at).await?;
            super::known_message(ports, workspace, id).await?
        }
        None => None,
    };
    // What it is put down to may still be written.
    let early = match (message, &known) {
        (Some(id), None) => unless_early(ports, (workspace, at), id).await,
        _ => Ok(()),
    };
    let channels = match &known {
        Some(message) => vec![message.channel],
        // Ends all that they are in; by which channel they were written to is told once it is.
        None if early.is_err() => vec![Channel::Email],
        // Asked on the lead's own page, which is no message of one channel: then it holds for all of them.
        None => vec![Channel::Email, Channel::Sms],
    };
    let had_at = known.as_ref().map(|message| message.to.as_str());
    let cause = message.map_or(event_id, MessageId::as_str);
    for channel in channels {
        opt_out(ports, &origin, (&lead, had_at), (channel, at), cause).await?;
    }
    early?;
    let known = known.as_ref().map(|message| &message.id);
    Ok(note(ports, (workspace, &lead.id), known, Noted::OptOut, (at, event_id)).await?)
}

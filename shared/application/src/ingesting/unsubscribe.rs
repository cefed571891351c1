//! Somebody pressed the button, or their mail program did (RFC 8058).

use super::reply::opt_out;
use super::{IngestPorts, Origin, evidence};
use crate::store::{StoreError, StoreResult};
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
) -> StoreResult<()> {
    let lead = match ports.leads.get(workspace, lead).await {
        Ok(lead) => lead,
        Err(StoreError::NotFound) => return Ok(()),
        Err(other) => return Err(other),
    };
    let ours = ConnectionId::derived(Timestamp::UNIX_EPOCH, &["unsubscribe"]);
    let origin = Origin { workspace, connection: &ours, event_id, received_at: at, blob: None };
    let channel = match message {
        Some(id) => {
            evidence::of_acceptance(ports, workspace, id, at).await?;
            super::known_message(ports, workspace, id)
                .await?
                .map_or(Channel::Email, |message| message.channel)
        }
        None => Channel::Email,
    };
    let cause = message.map_or(event_id, MessageId::as_str);
    opt_out(ports, &origin, &lead, channel, cause).await?;
    Ok(())
}

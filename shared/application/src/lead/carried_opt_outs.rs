//! What a person asked for under one address, number or id holds under all of them. Where it becomes known that two are one
//! person's, the entries of the suppression list are carried over.

use crate::lead::suppressing::{SuppressPorts, suppress_scope};
use crate::ports::store::StoreResult;
use domain::WorkspaceId;
use domain::event::{Event, EventKind};
use domain::lead::Lead;
use domain::lead::suppression::{Suppression, SuppressionReason, SuppressionScope};
use jiff::Timestamp;

/// The scopes of the lead's number and of WhatsApp's id.
pub fn chat_scopes(lead: &Lead) -> Vec<SuppressionScope> {
    let user = lead.chat_user.as_ref().map(SuppressionScope::chat_user);
    lead.phone.as_ref().map(SuppressionScope::phone).into_iter().chain(user).collect()
}

/// Suppresses each of one person's scopes of a kind, where they have asked under another one not to be contacted. That an
/// address is dead says nothing about the others.
pub async fn carry_opt_outs_over(
    ports: &SuppressPorts,
    workspace: &WorkspaceId,
    mut scopes: Vec<SuppressionScope>,
    (event, now): (&Event, Timestamp),
) -> StoreResult<()> {
    scopes.sort();
    scopes.dedup();
    if scopes.len() < 2 {
        return Ok(());
    }
    let mut listed = ports.suppressions.find(workspace, &scopes).await?;
    listed.retain(|entry| entry.in_force(now) && entry.reason != SuppressionReason::HardBounce);
    let Some(strongest) = listed.iter().max_by_key(|entry| entry.reason.weight()) else { return Ok(()) };
    for scope in scopes.into_iter().filter(|scope| listed.iter().all(|entry| entry.scope != *scope)) {
        let entry = Suppression { scope, ..strongest.clone() };
        let event = Event { kind: EventKind::AddressSuppressed, ..event.clone() };
        suppress_scope(ports, &entry, &event).await?;
    }
    Ok(())
}

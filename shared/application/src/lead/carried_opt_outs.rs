//! What a person asked for under one address, number or id holds under all of them. Where it becomes known that two are one
//! person's, the entries of the suppression list are carried over.

use crate::lead::suppressing::{SuppressPorts, suppress_scope};
use crate::ports::store::StoreResult;
use domain::WorkspaceId;
use domain::event::{Event, EventKind};
use domain::lead::Lead;
use domain::lead::suppression::{Endings, Suppression, SuppressionReason, SuppressionScope};
use jiff::Timestamp;

type Scopes = fn(&Lead) -> Vec<SuppressionScope>;

/// Keeps what a person has asked for where the address, the number or the id of their lead changes: what comes in its place
/// is on the list, too. Where nothing comes in its place and the entry closes every channel, `after` is marked as *Do not
/// contact*. It is called before `after` is saved; a repeat changes nothing.
pub async fn keep_opt_outs(
    ports: &SuppressPorts,
    endings: &Endings,
    (before, after): (&Lead, &mut Lead),
    event: &Event,
) -> StoreResult<()> {
    for scopes in [mail_scopes as Scopes, chat_scopes as Scopes] {
        let (was, is) = (scopes(before), scopes(after));
        if was.is_empty() || was == is {
            continue;
        }
        if is.is_empty() {
            let listed = ports.suppressions.find(&before.workspace, &was).await?;
            let closes = |entry: &Suppression| entry.in_force(event.at) && entry.ends_everything(endings);
            after.do_not_contact |= listed.iter().any(closes);
        } else {
            carry_opt_outs_over(ports, &before.workspace, [was, is].concat(), (event, event.at)).await?;
        }
    }
    Ok(())
}

pub(crate) fn mail_scopes(lead: &Lead) -> Vec<SuppressionScope> {
    lead.email.iter().map(|email| SuppressionScope::Email(email.as_str().to_owned())).collect()
}

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

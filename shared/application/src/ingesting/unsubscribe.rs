//! Handles an unsubscribe by the link, or by a mail program's button (RFC 8058). A second click counts as a second
//! opt-out; a repeated delivery of the same click does not.

use crate::ingesting::attribution::{Noted, note};
use crate::ingesting::context::{IngestError, IngestPorts, Origin};
use crate::ingesting::filing::file_opted_out;
use crate::ingesting::findings::Findings;
use crate::ingesting::opt_out::{opt_out, opt_out_entry, show_opt_out, suppress};
use crate::ports::store::found;
use crate::sending::uncertain::record_sent;
use domain::contact::channel::Channel;
use domain::contact::email_address::EmailAddress;
use domain::event::Actor;
use domain::lead::suppression::{SuppressionReason, SuppressionScope};
use domain::{AccountId, LeadId, MessageId, WorkspaceId};
use jiff::Timestamp;

/// The contents of the unsubscribe link.
pub(super) struct UnsubscribeLink<'a> {
    pub lead: &'a LeadId,
    pub message: Option<&'a MessageId>,
    pub to: Option<&'a EmailAddress>,
}

pub(super) async fn unsubscribe(
    ports: &IngestPorts,
    workspace: &WorkspaceId,
    UnsubscribeLink { lead, message, to }: UnsubscribeLink<'_>,
    event_id: &str,
    at: Timestamp,
) -> Result<(), IngestError> {
    let ours = AccountId::derived(Timestamp::UNIX_EPOCH, &["unsubscribe"]);
    let origin = Origin {
        workspace,
        account: &ours,
        event_id,
        received_at: at,
        blob: None,
        is_private: false,
        findings: &Findings::default(),
        before: None,
    };
    let cause = message.map_or(event_id, MessageId::as_str);
    let Some(lead) = found(ports.leads.get(workspace, lead).await)? else {
        // The lead was deleted since, and might be imported again one day.
        let scope = to.map(|to| SuppressionScope::Email(to.to_string()));
        return match scope {
            Some(scope) => {
                Ok(suppress(ports, &origin, (scope, at), SuppressionReason::OptedOut, cause).await?)
            }
            None => Ok(()),
        };
    };
    if ports.leads.has_had_activity(&lead, &opt_out_entry(event_id)).await? {
        return Ok(());
    }
    let known = match message {
        Some(id) => {
            record_sent(&ports.settle, workspace, id, Actor::System, at).await?;
            crate::ingesting::context::known_message(ports, workspace, id).await?
        }
        None => None,
    };
    let channels = match &known {
        Some(message) => vec![message.channel],
        // Asked on the lead's own page, which is no message of one channel: then it holds for all of them.
        None => vec![Channel::Email, Channel::Sms],
    };
    let had_at = [known.as_ref().map(|message| message.to.as_str()), to.map(EmailAddress::as_str)];
    for channel in channels {
        opt_out(ports, &origin, (&lead, had_at), (channel, at), cause).await?;
    }
    file_opted_out(ports, &origin, &lead.id).await?;
    let known = known.as_ref().map(|message| &message.id);
    note(ports, (workspace, &lead.id), known, Noted::OptOut, (at, event_id)).await?;
    // This is written last, because a repeated event is recognised by it.
    Ok(show_opt_out(ports, &origin, &lead.id, event_id).await?)
}

//! Opt-outs that somebody else tells of a lead: a row of a list, or a custom value of an earlier one. The address and the
//! number go on the suppression list first; then a known lead is marked, its enrolments end and its consents are withdrawn.

use crate::campaign::unenrol::unenrol_before_close;
use crate::lead::suppressing::{SuppressPorts, own_addresses, suppress_foreign};
use crate::ports::enrolments::EnrolmentStore;
use crate::ports::leads::{Activity, ActivityKind, LeadStore};
use crate::ports::store::{StoreError, StoreResult, found, unless_taken};
use crate::retry;
use domain::event::{Actor, Event, EventKind, UserOrKey};
use domain::import::DuplicatePolicy;
use domain::import::fields::NewLeadFields;
use domain::import::opt_out_columns::RowOptOuts;
use domain::lead::Lead;
use domain::lead::suppression::SuppressionReason;
use domain::workspace::own_addresses::OwnAddresses;
use domain::{LeadId, WorkspaceId};
use jiff::Timestamp;

/// The import, or `FROM_API`, and the user or program behind it.
#[derive(Debug, Clone, Copy)]
pub struct ToldBy<'a> {
    pub source: &'a str,
    pub by: Option<&'a UserOrKey>,
    /// When it was told: that of a repeat is the same.
    pub at: Timestamp,
}

impl ToldBy<'_> {
    fn event(&self, kind: EventKind, now: Timestamp) -> Event {
        Event::new(kind, self.by.map_or(Actor::System, UserOrKey::actor), now).because(self.source)
    }
}

/// Reads the workspace's own addresses for many leads of which some may be listed; none of them is read where nobody is.
pub async fn own_if_listing<'a>(
    ports: &SuppressPorts,
    workspace: &WorkspaceId,
    mut says: impl Iterator<Item = &'a RowOptOuts> + Send,
) -> StoreResult<OwnAddresses> {
    if says.any(RowOptOuts::lists) {
        own_addresses(ports, workspace).await
    } else {
        Ok(OwnAddresses::default())
    }
}

/// Lists what is said of the lead's own address and number, unless that is one of the workspace's own. Safe to repeat.
pub async fn list_told(
    (ports, own): (&SuppressPorts, &OwnAddresses),
    (lead, says): (&Lead, &RowOptOuts),
    told: ToldBy<'_>,
    now: Timestamp,
) -> StoreResult<()> {
    for entry in says.entries(lead, (told.source, told.by), told.at) {
        suppress_foreign(ports, own, &entry, &told.event(EventKind::SuppressionAdded, now)).await?;
    }
    Ok(())
}

/// Marks the known lead; tells whether that changed it. A deleted lead stays as it is, and so does one that `may_change`
/// leaves out: the suppression list keeps both from messages. Safe to repeat.
pub async fn mark_told(
    (leads, enrolments): (&dyn LeadStore, &dyn EnrolmentStore),
    (workspace, known): (&WorkspaceId, &LeadId),
    (says, told): (RowOptOuts, ToldBy<'_>),
    may_change: &(dyn Fn(&Lead) -> bool + Sync),
    now: Timestamp,
) -> StoreResult<bool> {
    let fields = NewLeadFields { opt_outs: says, ..NewLeadFields::default() };
    retry!(async {
        let Some(before) = found(leads.get(workspace, known).await)? else { return Ok(false) };
        let mut after = before.clone();
        let leaves = before.is_deleted() || !may_change(&before);
        if leaves || !fields.clone().apply_to(&mut after, DuplicatePolicy::UpdateEmpty, now) {
            return Ok(false);
        }
        let event = told.event(EventKind::LeadOptedOut, now);
        if unenrol_before_close(enrolments, (&before, &after), false, &event).await? {
            return Err(StoreError::Conflict);
        }
        leads.save(&after, &event).await?;
        let activity = Activity {
            id: format!("opt-out-{}", told.source),
            at: now,
            kind: ActivityKind::Suppressed { reason: SuppressionReason::OptedOut },
            actor: told.by.cloned(),
        };
        unless_taken(leads.put_activity(workspace, &after.id, &activity).await)?;
        Ok(true)
    })
}

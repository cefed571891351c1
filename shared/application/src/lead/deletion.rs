//! A lead is deleted, restored, and erased.
//!
//! Deleting is one transaction: the lead is marked and its enrolments end, so that no claim succeeds afterwards. The mark
//! takes the lead out of every list. Its keys stay, so that a reply or an opt-out still finds it, and its address
//! cannot be given to another lead meanwhile. Restoring removes the mark; the enrolments stay ended. Erasing is
//! final: everything stored about the lead goes.

use crate::lead::carried_opt_outs::{chat_scopes, mail_scopes};
use crate::lead::change::{change_lead, erase_blobs};
use crate::lead::lead_copies::{KeepUpPorts, update_all_copies};
use crate::lead::suppressing::{SuppressPorts, suppress_scope};
use crate::lead::temperature_job::in_tonights_order;
use crate::ports::blobs::Blobs;
use crate::ports::calls::CallStore;
use crate::ports::clock::Clock;
use crate::ports::due::{DueStore, DueWork, Hint};
use crate::ports::enrolments::EnrolmentStore;
use crate::ports::leads::{Activity, ActivityKind, LeadStore};
use crate::ports::preview_pages::PreviewStore;
use crate::ports::store::{StoreError, StoreResult, found, unless_taken};
use crate::ports::workspaces::WorkspaceStore;
use crate::retry;
use crate::tasks::follow_up::plan_follow_up;
use crate::tasks::recordings::plan_deletions;
use domain::enrolment::reasons::EndReason;
use domain::event::{Actor, Event, EventKind, UserOrKey};
use domain::lead::Lead;
use domain::lead::deletion::{Deletion, erased_if_deleted_by};
use domain::lead::suppression::{Suppression, SuppressionReason};
use domain::{LeadId, WorkspaceId};
use jiff::{SignedDuration, Timestamp};
use std::sync::Arc;

/// The hint of an erasure is due after this time, which is longer than a function runs.
const LOOKED_AT_AGAIN: SignedDuration = SignedDuration::from_mins(15);

/// A lead is erased this much later than it can be restored, so that clocks that differ never do both.
const AFTER_THE_END: SignedDuration = SignedDuration::from_hours(1);

/// The leads of a workspace that are erased within a minute.
const ERASED_A_MINUTE: usize = 100;

crate::ports! {
    #[derive(Clone)]
    pub struct DeletionPorts {
        pub clock: Arc<dyn Clock>,
        pub blobs: Arc<dyn Blobs>,
        pub calls: Arc<dyn CallStore>,
        pub due: Arc<dyn DueStore>,
        pub enrolments: Arc<dyn EnrolmentStore>,
        pub leads: Arc<dyn LeadStore> = crate::Ports::leads_with_deleted,
        pub copies: KeepUpPorts = KeepUpPorts::new,
        pub previews: Arc<dyn PreviewStore>,
        pub suppressing: SuppressPorts = SuppressPorts::new,
    }
}

/// Deletes the lead, and returns it as it is stored now, unless it was erased meanwhile. A repeat changes nothing. A lead
/// that was merged into another is not deleted, and neither is that one, which is returned in its place.
pub async fn delete_lead(
    ports: &DeletionPorts,
    (workspace, id): (&WorkspaceId, &LeadId),
    by: Option<UserOrKey>,
) -> StoreResult<Option<Lead>> {
    let at = ports.clock.now();
    let actor = by.as_ref().map_or(Actor::System, UserOrKey::actor);
    let event = Event::new(EventKind::LeadDeleted, actor, at);
    let mut mark = |lead: &mut Lead| {
        if lead.is_deleted() || lead.id != *id {
            return false;
        }
        lead.deleted = Some(Deletion { at, by: by.clone(), into: None });
        true
    };
    ports.enrolments.stop_and(workspace, id, EndReason::Removed, &event, &mut mark).await?;
    match update_all_copies(&ports.copies, workspace, id).await {
        Ok(lead) => Ok(lead),
        Err(error) => {
            note_late_copies(id, &error);
            found(ports.leads.get(workspace, id).await)
        }
    }
}

/// The lead is changed, whatever becomes of its copies: the table's stream updates them, a moment later.
fn note_late_copies(id: &LeadId, error: &StoreError) {
    tracing::warn!(lead.id = %id, %error, "the copies of a lead are updated later");
}

/// Restores a deleted lead as it was, with its enrolments ended; one whose stage was deleted meanwhile comes into another. A
/// lead that is not deleted stays as it is. `NotFound`
/// once its time is over, even if it is not erased yet.
pub async fn restore_lead(
    ports: &DeletionPorts,
    (workspace, id): (&WorkspaceId, &LeadId),
    by: Option<UserOrKey>,
) -> StoreResult<Lead> {
    let at = ports.clock.now();
    let event = Event::new(EventKind::LeadRestored, by.as_ref().map_or(Actor::System, UserOrKey::actor), at);
    let stages = ports.copies.stages.get(workspace).await?;
    let (mut too_late, mut was) = (false, None);
    let restore = |lead: &mut Lead| {
        too_late = lead.deleted.as_ref().is_some_and(|deletion| deletion.may_be_erased(at));
        was = lead.deleted.take_if(|_| !too_late);
        if was.is_some() {
            lead.move_to(stages.for_return(lead.status), at);
        }
        was.is_some().then(|| event.clone())
    };
    let lead = change_lead(&*ports.leads, workspace, id, restore).await?;
    if too_late {
        return Err(StoreError::NotFound);
    }
    // A date that came while the lead was deleted acts now.
    plan_follow_up(&*ports.due, &lead).await?;
    if let Some(deletion) = was {
        note_restored(&*ports.leads, &lead, deletion, (by, at)).await?;
    }
    if let Err(error) = update_all_copies(&ports.copies, workspace, id).await {
        note_late_copies(id, &error);
    }
    Ok(lead)
}

/// Shows on the lead's timeline that it was deleted and restored.
pub(crate) async fn note_restored(
    leads: &dyn LeadStore,
    lead: &Lead,
    deletion: Deletion,
    (by, at): (Option<UserOrKey>, Timestamp),
) -> StoreResult<()> {
    let activity = Activity {
        id: format!("restored-{}", deletion.at.as_microsecond()),
        at,
        kind: ActivityKind::Restored { deleted_at: deletion.at, deleted_by: deletion.by },
        actor: by,
    };
    unless_taken(leads.put_activity(&lead.workspace, &lead.id, &activity).await)
}

/// Erases the lead and everything stored about it, in the table and in the bucket. Its enrolments end first. If it
/// fails midway, the lead is already hidden from all users; a repeat completes the erasure, or else a hint does.
pub async fn erase_lead(
    ports: &DeletionPorts,
    (workspace, id): (&WorkspaceId, &LeadId),
    actor: Actor,
) -> StoreResult<()> {
    let now = ports.clock.now();
    let event = Event::new(EventKind::LeadErased, actor, now);
    // What names a lead that was merged into another means that one, which nobody asked to erase.
    if found(ports.leads.get(workspace, id).await)?.is_some_and(|lead| lead.id != *id) {
        return Err(StoreError::Conflict);
    }
    let ended = ports.enrolments.stop(workspace, id, EndReason::Removed, &event).await;
    if found(ended)?.is_some() {
        put_erasure_hint(ports, (workspace, id), now).await?;
    }
    found(ports.previews.revoke(workspace, id).await)?;
    plan_deletions(&*ports.calls, &*ports.due, (workspace, id), now).await?;
    let named = retry!(async {
        let lead = found(ports.leads.get(workspace, id).await)?;
        if let Some(lead) = &lead {
            keep_do_not_contact(ports, lead, &event).await?;
            // Those that it absorbed go first: once it is gone, nothing names them any more.
            for absorbed in &lead.absorbed {
                erase_absorbed(ports, (lead, absorbed), &event).await?;
            }
        }
        let erased = ports.leads.erase(workspace, id, &event).await;
        if matches!(erased, Err(StoreError::Conflict)) {
            // Enrolments made meanwhile end too, or they would count as active for ever.
            found(ports.enrolments.stop(workspace, id, EndReason::Removed, &event).await)?;
        }
        erased
    });
    erase_blobs(&*ports.leads, &*ports.blobs, (workspace, id), named?).await
}

/// Puts the addresses of a lead that nobody may contact on the suppression list, so that it is not contacted again when
/// somebody brings it anew.
async fn keep_do_not_contact(ports: &DeletionPorts, lead: &Lead, event: &Event) -> StoreResult<()> {
    if !lead.do_not_contact {
        return Ok(());
    }
    for scope in mail_scopes(lead).into_iter().chain(chat_scopes(lead)) {
        let entry = Suppression {
            workspace: lead.workspace.clone(),
            scope,
            reason: SuppressionReason::Manual,
            source: None,
            created_by: None,
            created_at: event.at,
            expires_at: None,
            sign: None,
        };
        let event = Event { kind: EventKind::SuppressionAdded, ..event.clone() };
        suppress_scope(&ports.suppressing, &entry, &event).await?;
    }
    Ok(())
}

async fn put_erasure_hint(
    ports: &DeletionPorts,
    (workspace, lead): (&WorkspaceId, &LeadId),
    now: Timestamp,
) -> StoreResult<()> {
    let at = now.checked_add(LOOKED_AT_AGAIN).unwrap_or(Timestamp::MAX);
    let what = DueWork::Erase { workspace: workspace.clone(), lead: lead.clone() };
    ports.due.put(&[Hint { at, what }]).await
}

/// Erases a lead that was merged into another: it has no enrolment any more and never gets one. A repeat completes an
/// erasure that broke off, and so does the hint.
async fn erase_absorbed(
    ports: &DeletionPorts,
    (survivor, id): (&Lead, &LeadId),
    event: &Event,
) -> StoreResult<()> {
    let workspace = &survivor.workspace;
    put_erasure_hint(ports, (workspace, id), event.at).await?;
    found(ports.previews.revoke(workspace, id).await)?;
    plan_deletions(&*ports.calls, &*ports.due, (workspace, id), event.at).await?;
    let named = found(ports.leads.erase_absorbed(survivor, id, event).await)?;
    erase_blobs(&*ports.leads, &*ports.blobs, (workspace, id), named.unwrap_or_default()).await
}

/// Erases a lead that was deleted long enough ago, or completes an erasure that broke off. Any other lead stays.
pub async fn erase_if_due(ports: &DeletionPorts, workspace: &WorkspaceId, id: &LeadId) -> StoreResult<()> {
    let now = erasing_time(ports.clock.now());
    let lead = found(ports.leads.get(workspace, id).await)?;
    if let Some(lead) = lead.filter(|lead| lead.id == *id) {
        // The hint may be older than a restoration.
        return match &lead.deleted {
            Some(deletion) if deletion.may_be_erased(now) => {
                found(erase_lead(ports, (workspace, id), Actor::System).await).map(drop)
            }
            _ => Ok(()),
        };
    }
    let named = ports.leads.finish_erasure(workspace, id, &[]).await?;
    erase_blobs(&*ports.leads, &*ports.blobs, (workspace, id), named).await
}

crate::ports! {
    #[derive(Clone)]
    pub struct DueErasurePorts {
        pub clock: Arc<dyn Clock>,
        pub due: Arc<dyn DueStore>,
        pub leads: Arc<dyn LeadStore>,
        pub workspaces: Arc<dyn WorkspaceStore>,
    }
}

/// Puts a hint for each lead of any workspace that was deleted long enough ago, until the time is up. The hints are
/// spread over the coming minutes. A lead that is not erased by then gets another one the next night. Returns the
/// number of leads.
pub async fn plan_erasures(ports: &DueErasurePorts, until: Timestamp) -> StoreResult<usize> {
    let mut planned = 0;
    for workspace in in_tonights_order(ports.workspaces.ids().await?, ports.clock.now()) {
        match plan_erasures_of(ports, &workspace, until).await {
            Ok(found) => planned += found,
            Err(error) => {
                tracing::error!(workspace.id = %workspace, %error, "deleted leads were not planned to be erased");
            }
        }
    }
    Ok(planned)
}

async fn plan_erasures_of(
    ports: &DueErasurePorts,
    workspace: &WorkspaceId,
    until: Timestamp,
) -> StoreResult<usize> {
    let (mut planned, mut cursor) = (0_usize, None);
    loop {
        let now = ports.clock.now();
        if now >= until {
            return Ok(planned);
        }
        let by = erased_if_deleted_by(erasing_time(now));
        let (leads, next) = ports.leads.deleted_by(workspace, by, cursor).await?;
        let hints: Vec<Hint> = leads
            .into_iter()
            .enumerate()
            .map(|(nth, lead)| {
                let minute = (planned + nth) / ERASED_A_MINUTE + 1;
                let wait = SignedDuration::from_mins(i64::try_from(minute).unwrap_or(i64::MAX / 60));
                let what = DueWork::Erase { workspace: workspace.clone(), lead };
                Hint { at: now.checked_add(wait).unwrap_or(now), what }
            })
            .collect();
        ports.due.put(&hints).await?;
        planned += hints.len();
        cursor = next;
        if cursor.is_none() {
            return Ok(planned);
        }
    }
}

/// The time by which leads are erased: a little behind, so that clocks that differ never restore and erase the same lead.
fn erasing_time(now: Timestamp) -> Timestamp {
    now.checked_sub(AFTER_THE_END).unwrap_or(Timestamp::MIN)
}

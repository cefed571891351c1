//! Recordings of calls: what the provider reports of them, playing, and deleting.
//!
//! The sound stays at the provider, and only the id is stored here. Whatever deletes a recording first writes a hint
//! that has it deleted at the provider, and then forgets it: a provider that is down loses nothing, and the hint's job
//! is repeated until the provider has deleted it.

use crate::Clock;
use crate::lead::temperature_job::in_tonights_order;
use crate::ports::accounts::{AccountStore, BadSeal, Vault};
use crate::ports::calls::{CallNews, CallPlacer, CallReport, CallStore, RecordingPart};
use crate::ports::due::{DueStore, DueWork, Hint};
use crate::ports::provider_calls::{CallError, OpenAccount};
use crate::ports::store::{StoreError, StoreResult, found};
use crate::ports::workspaces::WorkspaceStore;
use crate::retry;
use crate::tasks::hear_call::HearPorts;
use domain::event::{Actor, Event, EventKind};
use domain::workspace::account::Account;
use domain::workspace::recording::{CallRecording, RecordingState};
use domain::{AccountId, CallId, LeadId, WorkspaceId};
use jiff::{SignedDuration, Timestamp};
use std::sync::Arc;

/// How many recordings are read at once to be deleted.
const PAGE: usize = 100;
/// The most recordings of a workspace that a night has the provider delete each minute: their jobs share a queue with
/// others.
const DELETED_A_MINUTE: usize = 100;

/// Notes how far a recording is. One of a lead that was erased meanwhile is deleted at the provider.
pub(crate) async fn hear_recording(
    ports: &HearPorts,
    account: &Account,
    report: &CallReport,
) -> StoreResult<()> {
    let CallNews::Recorded { provider_id, state, seconds } = &report.news else { return Ok(()) };
    let (workspace, lead, now) = (&account.workspace, report.call.lead(), ports.clock.now());
    let is_gone = async || Ok(found(ports.all_leads.get(workspace, &lead).await)?.is_none());
    if !is_gone().await? {
        retry!(async {
            let known = found(ports.calls.recording(workspace, &report.call).await)?;
            let mut recording = known.unwrap_or_else(|| CallRecording {
                call: report.call.clone(),
                workspace: workspace.clone(),
                user: report.user.clone(),
                account: account.id.clone(),
                provider_id: provider_id.clone(),
                state: RecordingState::Recording,
                seconds: None,
                made_at: now,
                rev: 0,
            });
            if recording.hear(*state, *seconds) || recording.rev == 0 {
                ports.calls.save_recording(&recording, None).await?;
            }
            Ok::<(), StoreError>(())
        })?;
        // The lead may have been erased in between, without what was written just now.
        if !is_gone().await? {
            return Ok(());
        }
    }
    ports.due.put(&[deletion(workspace, (&account.id, provider_id), now)]).await
}

/// Has a recording deleted at the provider at this time, and forgets it here. A repeat changes nothing.
pub async fn delete_recording(
    calls: &dyn CallStore,
    due: &dyn DueStore,
    (recording, at): (&CallRecording, Timestamp),
    event: &Event,
) -> StoreResult<()> {
    let CallRecording { workspace, account, provider_id, call, .. } = recording;
    due.put(&[deletion(workspace, (account, provider_id), at)]).await?;
    retry!(async {
        let mut stored = calls.recording(workspace, call).await?;
        if stored.hear(RecordingState::Deleted, None) {
            calls.save_recording(&stored, Some(event)).await?;
        }
        Ok::<(), StoreError>(())
    })
}

/// Has the recordings of a lead that is about to be erased deleted at the provider. Their items go with the lead's.
pub(crate) async fn plan_deletions(
    calls: &dyn CallStore,
    due: &dyn DueStore,
    (workspace, lead): (&WorkspaceId, &LeadId),
    now: Timestamp,
) -> StoreResult<()> {
    let recordings = calls.recordings_of(workspace, lead).await?;
    let kept = recordings.iter().filter(|recording| recording.state != RecordingState::Deleted);
    let hints: Vec<Hint> = kept
        .map(|recording| deletion(workspace, (&recording.account, &recording.provider_id), now))
        .collect();
    match hints.is_empty() {
        true => Ok(()),
        false => due.put(&hints).await,
    }
}

fn deletion(workspace: &WorkspaceId, (account, provider_id): (&AccountId, &str), at: Timestamp) -> Hint {
    let (account, provider_id) = (account.clone(), provider_id.to_owned());
    Hint { at, what: DueWork::DeleteRecording { workspace: workspace.clone(), account, provider_id } }
}

crate::ports! {
    #[derive(Clone)]
    pub struct OldRecordingPorts {
        pub calls: Arc<dyn CallStore>,
        pub due: Arc<dyn DueStore>,
        pub workspaces: Arc<dyn WorkspaceStore>,
        pub clock: Arc<dyn Clock>,
    }
}

/// Deletes the recordings of all workspaces that were kept long enough, until the time is up; the rest waits for the next
/// night. Returns their number.
pub async fn delete_old_recordings(ports: &OldRecordingPorts, until: Timestamp) -> StoreResult<usize> {
    let mut deleted = 0;
    for workspace in in_tonights_order(ports.workspaces.ids().await?, ports.clock.now()) {
        match delete_old_of(ports, &workspace, until).await {
            Ok(count) => deleted += count,
            Err(error) => {
                tracing::error!(workspace.id = %workspace, %error, "old recordings were not deleted");
            }
        }
    }
    Ok(deleted)
}

async fn delete_old_of(
    ports: &OldRecordingPorts,
    workspace: &WorkspaceId,
    until: Timestamp,
) -> StoreResult<usize> {
    let rules = ports.workspaces.get(workspace).await?.recording;
    let mut deleted = 0;
    loop {
        let now = ports.clock.now();
        if now >= until {
            return Ok(deleted);
        }
        let old = ports.calls.recordings_before(workspace, rules.kept_since(now), PAGE).await?;
        let kept = old.iter().filter(|recording| recording.state != RecordingState::Deleted);
        for recording in kept {
            let event = Event::new(EventKind::RecordingDeleted, Actor::System, now);
            let minutes = i64::try_from(deleted / DELETED_A_MINUTE).unwrap_or(i64::MAX);
            let at = now.checked_add(SignedDuration::from_mins(minutes)).unwrap_or(now);
            // One whose lead was erased just now is gone.
            found(delete_recording(&*ports.calls, &*ports.due, (recording, at), &event).await)?;
            deleted += 1;
        }
        if old.len() < PAGE {
            return Ok(deleted);
        }
    }
}

crate::ports! {
    #[derive(Clone)]
    pub struct RecordingPorts {
        pub calls: Arc<dyn CallStore>,
        pub call_placer: Arc<dyn CallPlacer>,
        pub clock: Arc<dyn Clock>,
        pub accounts: Arc<dyn AccountStore>,
        pub vault: Arc<dyn Vault>,
    }
}

/// The reason why a recording is not played.
#[derive(Debug, thiserror::Error)]
pub enum NotPlayed {
    #[error("the recording is not ready")]
    NotReady,
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Seal(#[from] BadSeal),
    #[error(transparent)]
    Provider(#[from] CallError),
}

/// Reads a part of a recording from the provider.
pub async fn play_recording(
    ports: &RecordingPorts,
    (workspace, call): (&WorkspaceId, &CallId),
    from: u64,
) -> Result<RecordingPart, NotPlayed> {
    let recording = ports.calls.recording(workspace, call).await?;
    match recording.state {
        RecordingState::Ready => {}
        RecordingState::Recording if recording.is_over(ports.clock.now()) => {}
        RecordingState::Recording => return Err(NotPlayed::NotReady),
        RecordingState::Empty | RecordingState::Deleted => return Err(StoreError::NotFound.into()),
    }
    let account = ports.accounts.get(workspace, &recording.account).await?;
    let open = open(ports, account)?;
    let part = ports.call_placer.recording_part(&open, &recording.provider_id, from).await?;
    Ok(part.ok_or(StoreError::NotFound)?)
}

/// Deletes a recording at the provider. One whose account was disconnected or is refused cannot be deleted from here.
pub async fn delete_at_provider(
    ports: &RecordingPorts,
    (workspace, account): (&WorkspaceId, &AccountId),
    provider_id: &str,
) -> StoreResult<()> {
    let Some(account) = found(ports.accounts.get(workspace, account).await)? else {
        tracing::warn!(account.id = %account, "a recording stays at the provider: its account is disconnected");
        return Ok(());
    };
    let id = account.id.clone();
    let open = open(ports, account).map_err(|error| StoreError::Unavailable(error.into()))?;
    match ports.call_placer.delete_recording(&open, provider_id).await {
        Ok(()) => Ok(()),
        Err(CallError::Rejected(why)) => {
            tracing::error!(account.id = %id, why, "a recording stays at the provider, which refuses to delete it");
            Ok(())
        }
        Err(error) => Err(StoreError::Unavailable(error.into())),
    }
}

fn open(ports: &RecordingPorts, account: Account) -> Result<OpenAccount, BadSeal> {
    let secret = ports.vault.open(&account.workspace, &account.id, &account.sealed_secret)?;
    Ok(OpenAccount { account, secret })
}

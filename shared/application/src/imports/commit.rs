//! The commit of an import: the rows of one chunk become leads, a part at a time. A part depends only on what the
//! part before left in the bucket, and ids come from the row's position in the file, so any part may be repeated
//! without effect.

mod rows;

use crate::campaign::enrol_jobs::{Audience, EnrolJob, WAITS_FOR_LOOK_UPS, start_enrol_job};
use crate::imports::check::problem_lines;
use crate::lead::routing::RoutingPorts;
use crate::retry;

use crate::columns::fill_lead::leads_are_new;
use crate::lead::suppressing::SuppressPorts;
use crate::ports::blobs::Blobs;
use crate::ports::clock::Clock;
use crate::ports::columns::ColumnStore;
use crate::ports::custom_fields::CustomFieldStore;
use crate::ports::enrolments::EnrolmentStore;
use crate::ports::ids::Ids;
use crate::ports::imports::{ImportStore, blob_keys};
use crate::ports::leads::LeadStore;
use crate::ports::notifications::NotificationStore;
use crate::ports::outbox::{Outbox, send_all};
use crate::ports::stages::StageStore;
use crate::ports::store::{StoreError, StoreResult};
use crate::ports::suppressions::SuppressionStore;
use crate::ports::workspaces::WorkspaceStore;
use crate::queue_messages::{EnrichLead, ImportLeads, PersonalizeLead};
use domain::event::{Event, EventKind, UserOrKey};
use domain::import::mapping::Mapping;
use domain::import::rows::{Carry, RowReader};
use domain::import::{Import, ImportCounts, ImportState, RowProblem};
use domain::workspace::notification::{Notification, NotificationKind};
use domain::{ImportId, LeadId, NotificationId, WorkspaceId};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// The most rows of one part: about five seconds of writing.
pub const ROWS_A_PART: usize = 1_500;
/// The most problems kept of one chunk; the rest are only counted.
const MOST_PROBLEMS: usize = 10_000;

crate::ports! {
    #[derive(Clone)]
    pub struct ImportCommitPorts {
        pub clock: Arc<dyn Clock>,
        pub columns: Arc<dyn ColumnStore>,
        pub custom_fields: Arc<dyn CustomFieldStore>,
        pub stages: Arc<dyn StageStore>,
        pub enrolments: Arc<dyn EnrolmentStore>,
        pub ids: Arc<dyn Ids>,
        pub blobs: Arc<dyn Blobs>,
        pub imports: Arc<dyn ImportStore>,
        pub leads: Arc<dyn LeadStore>,
        pub leads_with_deleted: Arc<dyn LeadStore>,
        pub notifications: Arc<dyn NotificationStore>,
        pub outbox: Arc<dyn Outbox>,
        pub routing: RoutingPorts = RoutingPorts::new,
        pub suppressing: SuppressPorts = SuppressPorts::new,
        pub suppressions: Arc<dyn SuppressionStore>,
        pub workspaces: Arc<dyn WorkspaceStore>,
        pub rows_a_part: usize = rows_a_part,
    }
}

fn rows_a_part(_: &impl crate::Ports) -> usize {
    ROWS_A_PART
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Committed {
    Done,
    /// The part before is not marked as done yet.
    TooEarly,
    /// There is nothing to commit, and why.
    Gone(&'static str),
}

/// The state that a part leaves to the next: where the reader is, and the counts of the whole file so far.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
struct Progress {
    carry: Carry,
    counts: ImportCounts,
    /// The problems of this chunk.
    #[serde(default)]
    problems: Vec<RowProblem>,
}

/// Writes the next rows of a chunk, then queues the next part, and marks the progress in the import last: a
/// function that finds the import further on knows that its next part was queued.
pub async fn commit_part(
    ports: &ImportCommitPorts,
    workspace: &WorkspaceId,
    id: &ImportId,
    chunk: u32,
    part: u32,
) -> StoreResult<Committed> {
    let import = ports.imports.get(workspace, id).await?;
    if import.state != ImportState::Committing {
        if matches!(import.state, ImportState::Done | ImportState::Failed) {
            forget_file(ports, workspace, id).await?;
        }
        return Ok(Committed::Gone("the import is not being committed"));
    }
    if import.chunks_done != chunk {
        let done = import.chunks_done > chunk;
        return Ok(if done { Committed::Done } else { Committed::TooEarly });
    }
    let (mut progress, bytes) = match begin(ports, &import, chunk, part).await {
        Ok(begun) => begun,
        Err(StoreError::NotFound) => return fail(ports, import, "a part of the file is missing").await,
        Err(other) => return Err(other),
    };
    let Some(format) = &import.format else {
        return fail(ports, import, "its columns were never detected").await;
    };
    let mapping = Mapping::of(&import.columns);
    let mut reader = RowReader::resume(format, mapping.headers(), std::mem::take(&mut progress.carry));
    let mut rows: Vec<_> = reader.feed(&bytes).take(ports.rows_a_part).collect();
    let more = rows.len() == ports.rows_a_part;
    let is_last = chunk + 1 >= import.chunks;
    if !more && is_last {
        rows.extend(reader.finish());
    }
    progress.carry = reader.carry();

    let written = rows::write_rows(ports, &import, &mapping, rows).await?;
    written.add_to(&mut progress.counts);
    let room = MOST_PROBLEMS.saturating_sub(progress.problems.len());
    progress.problems.extend(written.problems.into_iter().take(room));
    follow_up(ports, &import, written.created, &written.reworked).await?;

    let (workspace, import_id) = (workspace.clone(), id.clone());
    if more {
        let part = part + 1;
        put_json(ports, &blob_keys::part(&workspace, id, chunk, part), &progress).await?;
        let next = ImportLeads::Continue { workspace, import: import_id, chunk, part };
        send_all(&*ports.outbox, &[next], 0).await?;
        return advance(ports, &import, chunk, &progress.counts, false).await;
    }
    let problems = std::mem::take(&mut progress.problems);
    if !problems.is_empty() {
        let key = blob_keys::problems(&workspace, id, chunk);
        ports.blobs.put(&key, "application/x-ndjson", problem_lines(&problems)).await?;
    }
    if is_last {
        notify_import_finished(ports, &import, &progress.counts).await?;
    } else {
        put_json(ports, &blob_keys::carry(&workspace, id, chunk), &progress).await?;
        let next = ImportLeads::Commit { workspace, import: import_id, chunk: chunk + 1 };
        send_all(&*ports.outbox, &[next], 0).await?;
    }
    advance(ports, &import, chunk, &progress.counts, true).await
}

/// Returns the state in which the part begins, and the bytes that it reads.
async fn begin(
    ports: &ImportCommitPorts,
    import: &Import,
    chunk: u32,
    part: u32,
) -> StoreResult<(Progress, Vec<u8>)> {
    let (workspace, id) = (&import.workspace, &import.id);
    if part > 0 {
        let progress = get_json(ports, &blob_keys::part(workspace, id, chunk, part)).await?;
        return Ok((progress, Vec::new()));
    }
    let progress = match chunk.checked_sub(1) {
        Some(before) => get_json(ports, &blob_keys::carry(workspace, id, before)).await?,
        None => Progress::default(),
    };
    Ok((progress, ports.blobs.get(&blob_keys::chunk(workspace, id, chunk)).await?))
}

async fn get_json(ports: &ImportCommitPorts, key: &str) -> StoreResult<Progress> {
    let bytes = ports.blobs.get(key).await?;
    serde_json::from_slice(&bytes)
        .map_err(|e| StoreError::Corrupt { key: key.to_owned(), why: e.to_string() })
}

async fn put_json(ports: &ImportCommitPorts, key: &str, progress: &Progress) -> StoreResult<()> {
    let bytes = serde_json::to_vec(progress).map_err(|e| StoreError::Unavailable(Box::new(e)))?;
    ports.blobs.put(key, "application/json", bytes).await
}

/// Queues the enrichment, or else the opening lines, of new leads and of leads with changed values. New leads are
/// enrolled if the importer asked for it.
async fn follow_up(
    ports: &ImportCommitPorts,
    import: &Import,
    created: Vec<LeadId>,
    reworked: &[LeadId],
) -> StoreResult<()> {
    if created.is_empty() && reworked.is_empty() {
        return Ok(());
    }
    let all = || created.iter().chain(reworked);
    let workspace = ports.workspaces.get(&import.workspace).await?;
    let to_enrich = |lead: &LeadId| EnrichLead {
        workspace: import.workspace.clone(),
        lead: lead.clone(),
        force: false,
        attempt: 0,
    };
    let to_personalize = |lead: &LeadId| PersonalizeLead {
        workspace: import.workspace.clone(),
        lead: lead.clone(),
        campaign: None,
        force: false,
        attempt: 0,
    };
    if import.options.enrich && workspace.enrichment_enabled {
        send_all(&*ports.outbox, &all().map(to_enrich).collect::<Vec<_>>(), 0).await?;
    } else if workspace.ai_enabled {
        send_all(&*ports.outbox, &all().map(to_personalize).collect::<Vec<_>>(), 0).await?;
    }
    let named: Vec<LeadId> = all().cloned().collect();
    leads_are_new((&*ports.columns, &*ports.outbox), &import.workspace, &named, ports.clock.now()).await?;
    let Some(campaign) = import.options.campaign.as_ref().filter(|_| !created.is_empty()) else {
        return Ok(());
    };
    let (now, looks_up) = (ports.clock.now(), import.options.enrich && workspace.enrichment_enabled);
    let job = EnrolJob {
        by: import.created_by.clone(),
        at: now,
        whom: Audience::Ids(created),
        with_missing_values: looks_up,
        waits_until: looks_up.then(|| now.checked_add(WAITS_FOR_LOOK_UPS).ok()).flatten(),
    };
    start_enrol_job(&*ports.blobs, &*ports.outbox, &*ports.ids, &import.workspace, campaign, &job).await?;
    Ok(())
}

/// Deletes the file and what its parts left to each other; the rejected rows stay until the bucket expires them. This
/// comes after the import is marked as over, and a repeated part does it again.
async fn forget_file(ports: &ImportCommitPorts, workspace: &WorkspaceId, id: &ImportId) -> StoreResult<()> {
    let kept = blob_keys::all_problems(workspace, id);
    for key in ports.blobs.list(&blob_keys::all(workspace, id)).await? {
        if !key.starts_with(&kept) {
            ports.blobs.delete(&key).await?;
        }
    }
    Ok(())
}

/// Saves the import's progress. The counts are those of the file so far and not of this part alone, so saving them
/// twice changes nothing.
async fn advance(
    ports: &ImportCommitPorts,
    import: &Import,
    chunk: u32,
    counts: &ImportCounts,
    chunk_is_done: bool,
) -> StoreResult<Committed> {
    retry!(async {
        let mut import = ports.imports.get(&import.workspace, &import.id).await?;
        if import.state != ImportState::Committing || import.chunks_done != chunk {
            return Ok(Committed::Done);
        }
        let now = ports.clock.now();
        import.counts = *counts;
        if chunk_is_done {
            import.chunks_done += 1;
        }
        let finished = import.chunks_done >= import.chunks;
        if finished {
            import.state = ImportState::Done;
            import.finished_at = Some(now);
            import.forget_samples();
        }
        let kind = if finished { EventKind::ImportFinished } else { EventKind::ImportProgressed };
        ports.imports.save(&import, &Event::system(kind, now)).await?;
        if finished {
            forget_file(ports, &import.workspace, &import.id).await?;
        }
        Ok(Committed::Done)
    })
}

async fn fail(ports: &ImportCommitPorts, mut import: Import, why: &'static str) -> StoreResult<Committed> {
    let now = ports.clock.now();
    import.state = ImportState::Failed;
    import.failure = Some(why.to_owned());
    import.finished_at = Some(now);
    import.forget_samples();
    ports.imports.save(&import, &Event::system(EventKind::ImportFailed, now)).await?;
    forget_file(ports, &import.workspace, &import.id).await?;
    Ok(Committed::Gone(why))
}

async fn notify_import_finished(
    ports: &ImportCommitPorts,
    import: &Import,
    counts: &ImportCounts,
) -> StoreResult<()> {
    let now = ports.clock.now();
    let mut detail = format!("{} leads created", counts.created);
    let others = [
        (counts.updated, "updated"),
        (counts.duplicates, "duplicates"),
        (counts.suppressed, "suppressed"),
        (counts.opted_out, "opted out"),
        (counts.rejected, "rows rejected"),
    ];
    for (count, what) in others.into_iter().filter(|(count, _)| *count > 0) {
        detail.push_str(&format!(", {count} {what}"));
    }
    let notification = Notification {
        id: NotificationId::derived(import.created_at, &["import", import.id.as_str()]),
        workspace: import.workspace.clone(),
        user: import.created_by.as_ref().and_then(UserOrKey::user),
        kind: NotificationKind::ImportFinished,
        title: format!("{} was imported", import.file_name),
        detail,
        lead: None,
        created_at: now,
        read_at: None,
    };
    let event = Event::system(EventKind::ImportAnnounced, now).because(import.id.as_str());
    ports.notifications.put(&notification, &event).await
}

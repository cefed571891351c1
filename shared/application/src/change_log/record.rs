//! Records what the stream brings: for each workspace the changes get the next numbers, and the conditional write of a
//! number is all that two writers need to keep out of each other's way.

use super::fold::{FoldPorts, fold};
use super::lines;
use crate::ports::blobs::unavailable;
use crate::ports::change_log::RecordedChanges;
use crate::ports::changes::{ChangeReader, ListedNow, Recorded};
use crate::ports::store::{BoxError, StoreError, StoreResult, TRIES};
use crate::push::tell::News;
use domain::WorkspaceId;
use domain::workspace::push::PushTopic;
use jiff::Timestamp;
use lead_columns::block::{PackedChange, join};
use serde_json::Value;
use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

/// The bytes of recorded changes from which on they are folded.
pub const FOLD_FROM_BYTES: u64 = 64 * 1024;

/// The most changes, and the most bytes of leads before compression, that are recorded under one number.
const MOST_TOGETHER: usize = 250;
const MOST_BYTES_TOGETHER: usize = 300_000;

/// The tries to append before the batch is left to be delivered again: others may be recording the same workspace.
const APPEND_TRIES: usize = TRIES * 4;

crate::ports! {
    pub struct RecordPorts {
        pub changes: Arc<dyn ChangeReader>,
        pub folding: FoldPorts = FoldPorts::new,
        pub tails: Tails = Tails::new,
    }
}

/// What this function knows of each workspace's last changes; it saves reads, and a wrong one is found out by the write.
pub struct Tails(Mutex<HashMap<WorkspaceId, Tail>>);

#[derive(Debug, Clone, Copy)]
struct Tail {
    number: u64,
    bytes: u64,
    bytes_folded: u64,
    has_blocks: bool,
}

/// The most workspaces whose tails are remembered.
const MOST_TAILS: usize = 10_000;

impl Tails {
    fn new(_: &impl crate::Ports) -> Self {
        Self(Mutex::default())
    }

    fn get(&self, workspace: &WorkspaceId) -> Option<Tail> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(workspace).copied()
    }

    fn set(&self, workspace: &WorkspaceId, tail: Option<Tail>) {
        let mut tails = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if tails.len() >= MOST_TAILS {
            tails.clear();
        }
        match tail {
            Some(tail) => tails.insert(workspace.clone(), tail),
            None => tails.remove(workspace),
        };
    }
}

/// Records a batch of the stream, all of it or an error. Returns what has changed, for the pages that are open.
pub async fn record(ports: &RecordPorts, records: &[Value]) -> Result<News, BoxError> {
    let mut news = News::new();
    let mut by_workspace: BTreeMap<WorkspaceId, Vec<Recorded>> = BTreeMap::new();
    for raw in records {
        match ports.changes.read_for_log(raw) {
            Ok(Some(recorded)) => {
                if let Some(entry) = &recorded.entry {
                    let topics = news.entry(recorded.workspace.clone()).or_default();
                    topics.insert(PushTopic::of(&entry.entity));
                }
                by_workspace.entry(recorded.workspace.clone()).or_default().push(recorded);
            }
            Ok(None) => {}
            // One item that cannot be read must not stop all changes after it.
            Err(error) => tracing::error!(%error, "a stream record cannot be read, and is not in the log"),
        }
    }
    for (workspace, recorded) in by_workspace {
        for together in together(&recorded)? {
            append(ports, &workspace, together).await?;
        }
        let is_due = ports.tails.get(&workspace).is_some_and(|tail| {
            !tail.has_blocks || tail.bytes.saturating_sub(tail.bytes_folded) >= FOLD_FROM_BYTES
        });
        let removes =
            recorded.iter().any(|one| matches!(one.lead, Some(ListedNow::Gone { is_erased: true, .. })));
        if is_due || removes {
            fold_now(ports, &workspace).await;
        }
    }
    // All of the batch is recorded, and with it what came before the tick.
    if let Some(tick) = records.iter().filter_map(|raw| ports.changes.read_tick(raw)).max()
        && let Err(error) = ports.folding.change_log.note_recorded(tick).await
    {
        tracing::warn!(error = error.in_full(), "how far changes are recorded is noted a minute later");
    }
    Ok(news)
}

/// Folds what was recorded. Nothing is lost where that fails: the next batch tries again.
async fn fold_now(ports: &RecordPorts, workspace: &WorkspaceId) {
    match fold(&ports.folding, workspace).await {
        Ok(head) => {
            let tail = ports.tails.get(workspace).map(|tail| Tail {
                bytes_folded: head.bytes_folded,
                has_blocks: head.blocks.is_some(),
                ..tail
            });
            ports.tails.set(workspace, tail);
        }
        Err(StoreError::Conflict) => ports.tails.set(workspace, None),
        Err(error) => {
            tracing::warn!(error = error.in_full(), "recorded changes are not folded yet");
            ports.tails.set(workspace, None);
        }
    }
}

/// Changes that go under one number.
struct Together {
    leads: Vec<u8>,
    log: Vec<u8>,
    removes: bool,
    at: Timestamp,
}

fn together(recorded: &[Recorded]) -> StoreResult<Vec<Together>> {
    let mut all = Vec::new();
    let (mut leads, mut log, mut count, mut size, mut removes) = (Vec::new(), String::new(), 0, 0, false);
    // An event may be told later than it was: the latest counts.
    let mut latest = Timestamp::MIN;
    for (at, one) in recorded.iter().enumerate() {
        let change = match &one.lead {
            Some(ListedNow::Is(lead)) => Some(PackedChange::put(lead)),
            Some(ListedNow::Gone { id, rev, is_erased }) => {
                removes |= *is_erased;
                Some(PackedChange::removed(id, *rev, one.at))
            }
            None => None,
        };
        if let Some(change) = change.transpose().map_err(unavailable)? {
            size += change.size_bytes();
            leads.push(change);
        }
        if let Some(entry) = &one.entry {
            let line = lines::line(entry)?;
            size += line.len();
            log.push_str(&line);
        }
        count += 1;
        latest = latest.max(one.at);
        let is_last = at + 1 == recorded.len();
        if is_last || count >= MOST_TOGETHER || size >= MOST_BYTES_TOGETHER {
            let packed = if leads.is_empty() { Vec::new() } else { join(&leads).map_err(unavailable)? };
            let entries = if log.is_empty() { Vec::new() } else { lines::pack(&log)? };
            if !packed.is_empty() || !entries.is_empty() {
                all.push(Together { leads: packed, log: entries, removes, at: latest });
            }
            (leads, log, count, size, removes) = (Vec::new(), String::new(), 0, 0, false);
            latest = Timestamp::MIN;
        }
    }
    Ok(all)
}

async fn append(ports: &RecordPorts, workspace: &WorkspaceId, together: Together) -> StoreResult<()> {
    let size = (together.leads.len() + together.log.len()) as u64;
    let mut changes = RecordedChanges {
        workspace: workspace.clone(),
        number: 0,
        leads: together.leads,
        log: together.log,
        bytes_through: 0,
        removes: together.removes,
        at: together.at,
    };
    for _ in 0..APPEND_TRIES {
        let tail = match ports.tails.get(workspace) {
            Some(tail) => tail,
            None => read_tail(ports, workspace).await?,
        };
        changes.number = tail.number + 1;
        changes.bytes_through = tail.bytes + size;
        match ports.folding.change_log.append(&changes).await {
            Ok(()) => {
                if is_folded(ports, workspace, changes.number).await? {
                    ports.folding.change_log.delete(workspace, changes.number..=changes.number).await?;
                    ports.tails.set(workspace, None);
                    continue;
                }
                let now = Tail { number: changes.number, bytes: changes.bytes_through, ..tail };
                ports.tails.set(workspace, Some(now));
                return Ok(());
            }
            Err(StoreError::Conflict) => ports.tails.set(workspace, None),
            Err(other) => {
                ports.tails.set(workspace, None);
                return Err(other);
            }
        }
    }
    Err(StoreError::Conflict)
}

/// Tells whether a number counts as folded. Folded changes are deleted, and a writer that has been away since takes the
/// number of one anew: nobody would ever read what it recorded.
async fn is_folded(ports: &RecordPorts, workspace: &WorkspaceId, number: u64) -> StoreResult<bool> {
    let head = ports.folding.change_log.head(workspace).await?;
    Ok(head.is_some_and(|head| head.folded >= number))
}

async fn read_tail(ports: &RecordPorts, workspace: &WorkspaceId) -> StoreResult<Tail> {
    let log = &ports.folding.change_log;
    let head = log.head(workspace).await?;
    let last = log.last(workspace).await?;
    let (folded, bytes_folded) = head.as_ref().map_or((0, 0), |head| (head.folded, head.bytes_folded));
    let has_blocks = head.is_some_and(|head| head.blocks.is_some());
    Ok(match last.filter(|last| last.number >= folded) {
        Some(last) => Tail { number: last.number, bytes: last.bytes_through, bytes_folded, has_blocks },
        None => Tail { number: folded, bytes: bytes_folded, bytes_folded, has_blocks },
    })
}

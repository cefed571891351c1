//! Records what the stream brings: for each workspace the changes get the next numbers, and the conditional write of a
//! number is all that two writers need to keep out of each other's way. Whatever the size of a workspace, recording appends
//! and nothing else; what has gathered is folded by another function, which is told by a queue.

use super::lines;
use crate::ports::blobs::unavailable;
use crate::ports::change_log::{BlocksOfList, ChangeLogStore, RecordedChanges};
use crate::ports::changes::{ChangeReader, ListedNow, Recorded};
use crate::ports::clock::Clock;
use crate::ports::outbox::{Outbox, send_all};
use crate::ports::store::{BoxError, StoreError, StoreResult, TRIES};
use crate::push::tell::News;
use crate::queue_messages::FoldChanges;
use domain::WorkspaceId;
use domain::workspace::push::PushTopic;
use futures::future::try_join_all;
use jiff::{SignedDuration, Timestamp};
use lead_columns::block::{PackedChange, join};
use serde_json::Value;
use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

/// The bytes of recorded changes from which on they are folded.
pub const FOLD_FROM_BYTES: u64 = 256 * 1024;

/// The time that an erasure waits to be folded, so that those of a minute are folded together.
const ERASURES_GATHERED: SignedDuration = SignedDuration::from_secs(60);

/// The most changes, and the most bytes of leads before compression, that are recorded under one number.
const MOST_TOGETHER: usize = 250;
const MOST_BYTES_TOGETHER: usize = 300_000;

/// The tries to append before the batch is left to be delivered again: others may be recording the same workspace.
const APPEND_TRIES: usize = TRIES * 4;

const A_DAY: SignedDuration = SignedDuration::from_hours(24);

/// The workspaces that are recorded at the same time.
const WORKSPACES_AT_ONCE: usize = 8;

crate::ports! {
    pub struct RecordPorts {
        pub change_log: Arc<dyn ChangeLogStore>,
        pub changes: Arc<dyn ChangeReader>,
        pub clock: Arc<dyn Clock>,
        pub outbox: Arc<dyn Outbox>,
        pub tails: Tails = Tails::new,
    }
}

/// What this function knows of each workspace's last changes; it saves reads, and a wrong one is found out by the write.
pub struct Tails(Mutex<HashMap<WorkspaceId, Tail>>);

#[derive(Debug, Clone, Copy)]
struct Tail {
    read_at: Timestamp,
    number: u64,
    bytes: u64,
    /// The bytes up to which a fold is done or ordered.
    bytes_ordered: u64,
    has_blocks: bool,
    /// When the fold of the last erasure was ordered.
    erasure_ordered: Option<Timestamp>,
}

/// The most workspaces whose tails are remembered.
const MOST_TAILS: usize = 10_000;

/// How long a tail is believed. It MUST be less than recorded changes are kept: the write of a number is refused only while
/// the one who has taken it is still there.
const BELIEVED: SignedDuration = SignedDuration::from_hours(1);

impl Tails {
    fn new(_: &impl crate::Ports) -> Self {
        Self(Mutex::default())
    }

    fn get(&self, workspace: &WorkspaceId, now: Timestamp) -> Option<Tail> {
        let tails = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        tails.get(workspace).copied().filter(|tail| now.duration_since(tail.read_at) < BELIEVED)
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
    let by_workspace: Vec<(WorkspaceId, Vec<Recorded>)> = by_workspace.into_iter().collect();
    for some in by_workspace.chunks(WORKSPACES_AT_ONCE) {
        try_join_all(some.iter().map(|(workspace, recorded)| record_in(ports, workspace, recorded))).await?;
    }
    // All of the batch is recorded, and with it what came before the tick.
    if let Some(tick) = records.iter().filter_map(|raw| ports.changes.read_tick(raw)).max()
        && let Err(error) = ports.change_log.note_recorded(tick).await
    {
        tracing::warn!(error = error.in_full(), "how far changes are recorded is noted a minute later");
    }
    Ok(news)
}

/// Records the changes of one workspace, and has them folded if they are due.
async fn record_in(ports: &RecordPorts, workspace: &WorkspaceId, recorded: &[Recorded]) -> StoreResult<()> {
    let mut last = None;
    for together in together(recorded)? {
        last = Some(append(ports, workspace, together).await?);
    }
    let Some(tail) = last else { return Ok(()) };
    let now = ports.clock.now();
    let is_erased = |one: &Recorded| matches!(one.lead, Some(ListedNow::Gone { is_erased: true, .. }));
    let is_ordered = |at: Timestamp| now.duration_since(at) < ERASURES_GATHERED;
    let erases = recorded.iter().any(is_erased) && !tail.erasure_ordered.is_some_and(is_ordered);
    let is_due = !tail.has_blocks || tail.bytes.saturating_sub(tail.bytes_ordered) >= FOLD_FROM_BYTES;
    let delays = [(is_due, 0), (erases && !is_due, ERASURES_GATHERED.as_secs() as u32)];
    for (_, delay) in delays.into_iter().filter(|(is_wanted, _)| *is_wanted) {
        let order = FoldChanges { workspace: workspace.clone(), is_daily: false };
        if let Err(error) = send_all(&*ports.outbox, &[order], delay).await {
            // The next batch reads how far the folds are, and orders what is due.
            tracing::warn!(error = error.in_full(), "recorded changes are not folded yet");
            ports.tails.set(workspace, None);
            return if erases { Err(error) } else { Ok(()) };
        }
    }
    let tail = Tail {
        bytes_ordered: if is_due { tail.bytes } else { tail.bytes_ordered },
        has_blocks: true,
        // The fold of an order that does not wait may be over before the next erasure.
        erasure_ordered: if erases && !is_due { Some(now) } else { tail.erasure_ordered },
        ..tail
    };
    ports.tails.set(workspace, Some(tail));
    Ok(())
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

async fn append(ports: &RecordPorts, workspace: &WorkspaceId, together: Together) -> StoreResult<Tail> {
    let size = (together.leads.len() + together.log.len()) as u64;
    let mut changes = RecordedChanges {
        workspace: workspace.clone(),
        number: 0,
        leads: together.leads,
        log: together.log,
        bytes_through: 0,
        removes: together.removes,
        is_emptied: false,
        // What an old mail changes that is read again must not expire before it is folded.
        at: together.at.max(ports.clock.now().checked_sub(A_DAY).unwrap_or(Timestamp::MIN)),
    };
    for _ in 0..APPEND_TRIES {
        let tail = match ports.tails.get(workspace, ports.clock.now()) {
            Some(tail) => tail,
            None => read_tail(ports, workspace).await?,
        };
        changes.number = tail.number + 1;
        changes.bytes_through = tail.bytes + size;
        match ports.change_log.append(&changes).await {
            Ok(()) => {
                let now = Tail { number: changes.number, bytes: changes.bytes_through, ..tail };
                ports.tails.set(workspace, Some(now));
                return Ok(now);
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

async fn read_tail(ports: &RecordPorts, workspace: &WorkspaceId) -> StoreResult<Tail> {
    let tail = ports.change_log.tail(workspace).await?;
    let (folded, bytes_ordered) = tail.head.as_ref().map_or((0, 0), |head| (head.folded, head.bytes_folded));
    let last = tail.changes.last().filter(|last| last.number >= folded);
    let (number, bytes) = last.map_or((folded, bytes_ordered), |last| (last.number, last.bytes_through));
    Ok(Tail {
        read_at: ports.clock.now(),
        number,
        bytes,
        bytes_ordered,
        has_blocks: tail.head.is_some_and(|head| head.blocks != BlocksOfList::Unknown),
        erasure_ordered: None,
    })
}

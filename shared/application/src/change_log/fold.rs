//! Folds recorded changes: their entries become a log file, their leads a run of blocks, and the head, saved under its
//! revision, makes both count. Whoever is second changes nothing.
//!
//! A fold goes in steps, each of which is saved: a part of the changes, and a part of the table while the list is made from
//! it. A step that breaks off changes nothing: its log file is adopted by the next one, and its blocks are deleted at night.

use super::manifest::{Manifest, Run, put_manifest, read_manifest};
use super::rebuild::read_part;
use super::runs::{Newest, RunWriter};
use super::{block_key, blocks_of, log_files};
use crate::ports::blobs::Blobs;
use crate::ports::change_log::{ALL, BlocksOfList, ChangeHead, ChangeLogStore, RecordedChanges};
use crate::ports::clock::Clock;
use crate::ports::ids::Ids;
use crate::ports::leads::LeadStore;
use crate::ports::outbox::{Outbox, send_all};
use crate::ports::store::{StoreError, StoreResult};
use crate::ports::workspaces::WorkspaceStore;
use crate::queue_messages::FoldChanges;
use domain::WorkspaceId;
use futures::future::try_join_all;
use jiff::{SignedDuration, Timestamp};
use lead_columns::block::{FORM, split};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use ulid::Ulid;

crate::ports! {
    #[derive(Clone)]
    pub struct FoldPorts {
        pub blobs: Arc<dyn Blobs>,
        pub change_log: Arc<dyn ChangeLogStore>,
        pub clock: Arc<dyn Clock>,
        pub ids: Arc<dyn Ids>,
        pub leads: Arc<dyn LeadStore>,
    }
}

crate::ports! {
    pub struct DailyFoldPorts {
        pub outbox: Arc<dyn Outbox>,
        pub workspaces: Arc<dyn WorkspaceStore>,
    }
}

/// The most numbers of recorded changes that a step folds: some thousand changes each.
const MOST_NUMBERS: usize = 100;

/// How long a replaced block stays: a reader may have read the manifest before, and be at the block still.
const REPLACED_KEPT: SignedDuration = SignedDuration::from_mins(10);

/// The recorded changes that are emptied before that is saved.
const EMPTIED_TOGETHER: u64 = 2_000;

/// The objects that are deleted at the same time.
const DELETED_AT_ONCE: usize = 8;

/// What a fold has come to.
#[derive(Debug)]
pub struct Folded {
    pub head: ChangeHead,
    /// Whether all is folded that was recorded.
    pub is_done: bool,
}

/// Folds all that was recorded in a workspace, and makes its blocks if there are none. `Conflict` if another writer was
/// first.
pub async fn fold(ports: &FoldPorts, workspace: &WorkspaceId) -> StoreResult<ChangeHead> {
    fold_until(ports, workspace, Timestamp::MAX).await.map(|folded| folded.head)
}

/// Does the same, and begins no step from this time on but the first.
pub async fn fold_until(ports: &FoldPorts, workspace: &WorkspaceId, until: Timestamp) -> StoreResult<Folded> {
    Folding::begin(ports, workspace).await?.go_on(until).await
}

/// Folds what has waited since the day before, deletes objects that a fold which broke off has left behind, since they may
/// hold texts of an erased lead, and makes the list anew from the table if blocks are lost or have an earlier form.
pub async fn fold_daily(ports: &FoldPorts, workspace: &WorkspaceId, until: Timestamp) -> StoreResult<Folded> {
    let mut folding = Folding::begin(ports, workspace).await?;
    let prefix = blocks_of(workspace);
    let keys = ports.blobs.list(&prefix).await?;
    let there: BTreeSet<&str> = keys.iter().filter_map(|key| key.strip_prefix(&prefix)).collect();
    // What the manifest names stays, whatever is found to be lost: another fold may have saved a newer one meanwhile.
    let mut used: BTreeSet<String> = folding.manifest.names().into_iter().collect();
    folding.look_at_blocks(&there);
    if let BlocksOfList::InManifest(name) = &folding.head.blocks {
        used.insert(name.clone());
    }
    let before = ports.clock.now().checked_sub(REPLACED_KEPT).unwrap_or(Timestamp::MIN);
    let is_old = |name: &&str| {
        Ulid::from_string(name)
            .is_ok_and(|ulid| i128::from(ulid.timestamp_ms()) < i128::from(before.as_millisecond()))
    };
    let left = there.iter().copied().filter(|name| !used.contains(*name)).filter(is_old);
    folding.delete(left.map(str::to_owned)).await?;
    folding.go_on(until).await
}

/// Has all workspaces folded, one message each.
pub async fn order_daily_folds(ports: &DailyFoldPorts) -> StoreResult<usize> {
    let workspaces = ports.workspaces.ids().await?;
    let order = |workspace| FoldChanges { workspace, is_daily: true };
    let orders: Vec<FoldChanges> = workspaces.into_iter().map(order).collect();
    send_all(&*ports.outbox, &orders, 0).await?;
    Ok(orders.len())
}

/// A fold that is under way: the head and the manifest as they were saved last.
struct Folding<'a> {
    ports: &'a FoldPorts,
    head: ChangeHead,
    manifest: Manifest,
}

impl<'a> Folding<'a> {
    async fn begin(ports: &'a FoldPorts, workspace: &WorkspaceId) -> StoreResult<Self> {
        let head = ports.change_log.head(workspace).await?;
        let head = head.unwrap_or_else(|| ChangeHead::none(workspace.clone()));
        let manifest = match read_manifest(&*ports.blobs, workspace, &head).await {
            Ok(Some(manifest)) => manifest,
            Ok(None) | Err(StoreError::NotFound) => from_the_table(),
            Err(other) => return Err(other),
        };
        Ok(Self { ports, head, manifest })
    }

    /// Makes steps until all is done, or until this time. It makes one in any case, so that each message gets on.
    async fn go_on(mut self, until: Timestamp) -> StoreResult<Folded> {
        let mut has_begun = false;
        loop {
            self.finish_emptying().await?;
            let changes = &*self.ports.change_log;
            let changes = changes.next(&self.head.workspace, self.head.folded, MOST_NUMBERS).await?;
            if changes.is_empty() && self.manifest.rebuild.is_none() {
                return Ok(Folded { head: self.head, is_done: true });
            }
            if has_begun && self.ports.clock.now() >= until {
                return Ok(Folded { head: self.head, is_done: false });
            }
            self.step(changes).await?;
            has_begun = true;
        }
    }

    /// Folds these changes, and makes a part of the list from the table if it is being made.
    async fn step(&mut self, mut changes: Vec<RecordedChanges>) -> StoreResult<()> {
        let (ports, head) = (self.ports, &self.head);
        let log_file = match log_files::write_next(&*ports.blobs, head, &changes, false).await {
            // A fold that broke off has put a file of more changes: they are folded together, as many as there are.
            Err(StoreError::Conflict) => {
                changes = ports.change_log.since(&head.workspace, head.folded, ALL).await?.changes;
                log_files::write_next(&*ports.blobs, head, &changes, true).await?
            }
            other => other?,
        };
        if let Some(written) = &log_file {
            // A file that another writer has put may hold fewer changes; the rest is folded next time.
            changes.retain(|change| change.number <= written.last);
        }
        let now = ports.clock.now();
        let is_over = |since: &Timestamp| now.duration_since(*since) >= REPLACED_KEPT;
        let mut manifest = self.manifest.clone();
        let (over, kept) = manifest.replaced.into_iter().partition(|(_, since)| is_over(since));
        manifest.replaced = kept;
        let over: Vec<(String, Timestamp)> = over;
        self.delete(over.into_iter().map(|(name, _)| name)).await?;

        if changes.iter().zip(head.folded + 1..).any(|(change, number)| change.number != number) {
            tracing::error!(workspace.id = %head.workspace, "recorded changes are missing; the list is made from the table");
            manifest.begin_rebuild(true);
        }
        let mut fresh = Newest::default();
        for change in changes.iter().filter(|change| !change.leads.is_empty()) {
            match split(&change.leads) {
                Ok(some) => some.into_iter().for_each(|change| fresh.add(change)),
                Err(error) => {
                    tracing::warn!(%error, "recorded leads cannot be read; the list is made from the table");
                    manifest.begin_rebuild(true);
                }
            }
        }
        // The texts of an erased lead go at once, from the blocks and from the changes.
        let erases = changes.iter().any(|change| change.removes);
        let removed = if erases { fresh.removals() } else { BTreeMap::new() };
        let mut writer = RunWriter::new(&*ports.blobs, &*ports.ids, &head.workspace, now);
        let (fresh, removed) = (&fresh, &removed);
        if let Err(error) = self.rewrite(&mut writer, &mut manifest, (fresh, removed)).await {
            if !matches!(error, StoreError::NotFound) {
                return Err(error);
            }
            // A block is lost, so that all are made from the table, and none is read.
            manifest.runs = Vec::new();
            manifest.rebuild = from_the_table().rebuild;
            writer.replaced = self.manifest.blocks_of_all_runs();
            writer.replaced.append(&mut writer.written.clone());
            self.rewrite(&mut writer, &mut manifest, (fresh, removed)).await?;
        }

        let name = ports.ids.next().to_string();
        let former = match &head.blocks {
            BlocksOfList::InManifest(name) => Some(name.clone()),
            _ => None,
        };
        let since = if erases { Timestamp::MIN } else { now };
        if erases {
            manifest.replaced.iter_mut().for_each(|(_, at)| *at = Timestamp::MIN);
        }
        manifest.replaced.extend(writer.replaced.drain(..).chain(former).map(|name| (name, since)));
        put_manifest(&*ports.blobs, &head.workspace, (&name, &manifest)).await?;
        let (folded, bytes_folded) =
            changes.last().map_or((head.folded, head.bytes_folded), |last| (last.number, last.bytes_through));
        let mut next = ChangeHead {
            blocks: BlocksOfList::InManifest(name.clone()),
            folded,
            bytes_folded,
            folded_at: changes.iter().map(|change| change.at).max().max(head.folded_at),
            to_be_emptied: if erases { folded } else { head.to_be_emptied },
            log_files: log_file.as_ref().map_or(head.log_files, |written| written.number),
            log_hash: log_file.map_or_else(|| head.log_hash.clone(), |written| written.hash),
            ..head.clone()
        };
        match self.saved(&next).await {
            Ok(rev) => next.rev = rev,
            Err(error) => {
                if matches!(error, StoreError::Conflict) {
                    self.delete(writer.written.into_iter().chain([name])).await?;
                }
                return Err(error);
            }
        }
        (self.head, self.manifest) = (next, manifest);
        Ok(())
    }

    /// Adds the changes to the runs, and takes removed leads out of them. `NotFound` if a block is lost.
    async fn rewrite(
        &self,
        writer: &mut RunWriter<'_>,
        manifest: &mut Manifest,
        (fresh, removed): (&Newest, &BTreeMap<u128, u64>),
    ) -> StoreResult<()> {
        let mut is_alone = true;
        if let Some(rebuild) = &mut manifest.rebuild {
            let (part, is_last) = read_part(&*self.ports.leads, writer.workspace, rebuild).await?;
            add(writer, &mut rebuild.runs, (&part, true)).await?;
            is_alone = is_last;
            if is_last {
                let former = rebuild.former.take().unwrap_or_default();
                writer.replaced.extend(former.into_iter().flat_map(|run| run.blocks).map(|block| block.name));
                manifest.runs.append(&mut rebuild.runs);
                manifest.rebuild = None;
            }
        }
        add(writer, &mut manifest.runs, (fresh, is_alone)).await?;
        if !removed.is_empty() {
            for run in manifest.all_runs() {
                writer.freed(run, removed).await?;
            }
        }
        Ok(())
    }

    /// Empties what an erasure has left: recorded changes, and blocks that were replaced. It is safe to repeat.
    async fn finish_emptying(&mut self) -> StoreResult<()> {
        let through = self.head.to_be_emptied;
        if through <= self.head.emptied {
            return Ok(());
        }
        let due = self.manifest.replaced.iter().filter(|(_, since)| *since == Timestamp::MIN);
        self.delete(due.map(|(name, _)| name.clone())).await?;
        while self.head.emptied < through {
            let emptied = through.min(self.head.emptied + EMPTIED_TOGETHER);
            let numbers = self.head.emptied + 1..=emptied;
            self.ports.change_log.empty(&self.head.workspace, numbers).await?;
            let next = ChangeHead { emptied, ..self.head.clone() };
            let rev = self.saved(&next).await?;
            self.head = ChangeHead { rev, ..next };
        }
        Ok(())
    }

    /// Saves the head. A write whose answer was lost is repeated by the client, and then refused: it counts as done.
    async fn saved(&self, next: &ChangeHead) -> StoreResult<u64> {
        match self.ports.change_log.save_head(next).await {
            Err(StoreError::Conflict) => {
                let now = self.ports.change_log.head(&next.workspace).await?;
                let now = now.filter(|now| ChangeHead { rev: next.rev, ..now.clone() } == *next);
                now.map(|now| now.rev).ok_or(StoreError::Conflict)
            }
            other => other,
        }
    }

    /// Has the list made from the table if a block is not there, or has an earlier form.
    fn look_at_blocks(&mut self, there: &BTreeSet<&str>) {
        if self.manifest.rebuild.is_some() {
            return;
        }
        let blocks = || self.manifest.runs.iter().flat_map(|run| &run.blocks);
        if blocks().any(|block| !there.contains(block.name.as_str())) {
            tracing::error!(workspace.id = %self.head.workspace, "blocks of leads are lost; the list is made from the table");
            self.manifest.begin_rebuild(false);
        } else if blocks().any(|block| block.form != FORM) {
            self.manifest.begin_rebuild(true);
        }
    }

    async fn delete(&self, names: impl IntoIterator<Item = String>) -> StoreResult<()> {
        let keys: Vec<String> =
            names.into_iter().map(|name| block_key(&self.head.workspace, &name)).collect();
        for some in keys.chunks(DELETED_AT_ONCE) {
            try_join_all(some.iter().map(|key| self.ports.blobs.delete(key))).await?;
        }
        Ok(())
    }
}

/// The manifest of a list that is made from the table, of which nothing can be read until then.
fn from_the_table() -> Manifest {
    let mut manifest = Manifest::default();
    manifest.begin_rebuild(false);
    manifest
}

/// Adds changes to runs, merged with those that are due. `is_alone`: nothing older of these leads is elsewhere.
async fn add(
    writer: &mut RunWriter<'_>,
    runs: &mut Vec<Run>,
    (fresh, is_alone): (&Newest, bool),
) -> StoreResult<()> {
    if fresh.is_empty() {
        return Ok(());
    }
    let due = Manifest::due(fresh.size(), runs);
    let merged = runs.drain(..due).collect();
    let run = writer.merged(merged, fresh, is_alone && runs.is_empty()).await?;
    runs.insert(0, run);
    Ok(())
}

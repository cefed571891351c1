//! Blocks of leads in the bucket: made from the table, and from blocks and the changes after them.

use super::block_key;
use crate::ports::blobs::{Blobs, unavailable};
use crate::ports::change_log::LeadBlock;
use crate::ports::ids::Ids;
use crate::ports::leads::LeadStore;
use crate::ports::store::{StoreError, StoreResult};
use domain::WorkspaceId;
use jiff::{SignedDuration, Timestamp};
use lead_columns::block::{PackedChange, join, split};
use std::collections::{BTreeMap, BTreeSet};
use ulid::Ulid;

/// The most leads of a block.
pub(super) const MOST_LEADS: usize = 8_192;

/// How long a removal stays in its block. The stream keeps 24 hours, so that nothing older of the lead can arrive later.
const REMOVALS_KEPT: SignedDuration = SignedDuration::from_hours(48);

/// The leads read at once from the table.
const READ_AT_ONCE: usize = 500;

type ById = BTreeMap<[u8; 16], PackedChange>;

/// The blocks as they are from now on, and the names of those that were written for it.
pub(super) struct Rewritten {
    pub(super) blocks: Vec<LeadBlock>,
    pub(super) written: Vec<String>,
}

pub(super) struct BlockPorts<'a> {
    pub(super) blobs: &'a dyn Blobs,
    pub(super) ids: &'a dyn Ids,
    pub(super) leads: &'a dyn LeadStore,
    pub(super) workspace: &'a WorkspaceId,
    pub(super) now: Timestamp,
}

/// Reads all leads of the table as the list has them.
pub(crate) async fn leads_of_table(
    leads: &dyn LeadStore,
    workspace: &WorkspaceId,
    mut met: impl FnMut(&domain::lead::Lead) -> StoreResult<()> + Send,
) -> StoreResult<()> {
    let mut cursor = None;
    loop {
        let (ids, next) = leads.ids(workspace, cursor).await?;
        for ids in ids.chunks(READ_AT_ONCE) {
            for lead in leads.get_many(workspace, ids).await? {
                met(&lead)?;
            }
        }
        cursor = next;
        if cursor.is_none() {
            return Ok(());
        }
    }
}

impl BlockPorts<'_> {
    /// Makes all blocks from the table and the changes.
    pub(super) async fn made_from_table(&self, changes: Vec<PackedChange>) -> StoreResult<Rewritten> {
        let mut all = ById::new();
        leads_of_table(self.leads, self.workspace, |lead| {
            merge(&mut all, PackedChange::put(lead).map_err(unavailable)?);
            Ok(())
        })
        .await?;
        changes.into_iter().for_each(|change| merge(&mut all, change));
        let mut rewritten = Rewritten { blocks: Vec::new(), written: Vec::new() };
        self.write(String::new(), all, &mut rewritten).await?;
        Ok(rewritten)
    }

    /// Writes anew those blocks that the changes touch. `NotFound` if a block is missing or cannot be read: then all are
    /// made from the table.
    pub(super) async fn with_changes(
        &self,
        blocks: &[LeadBlock],
        changes: Vec<PackedChange>,
    ) -> StoreResult<Rewritten> {
        let starts: Vec<u128> = blocks.iter().map(|block| start_of(&block.from)).collect();
        let mut touched: BTreeMap<usize, Vec<PackedChange>> = BTreeMap::new();
        for change in changes {
            let behind = starts.partition_point(|start| *start <= u128::from_be_bytes(change.id));
            touched.entry(behind.saturating_sub(1)).or_default().push(change);
        }
        let mut rewritten = Rewritten { blocks: Vec::new(), written: Vec::new() };
        if blocks.is_empty() {
            let mut all = ById::new();
            touched.into_values().flatten().for_each(|change| merge(&mut all, change));
            self.write(String::new(), all, &mut rewritten).await?;
            return Ok(rewritten);
        }
        for (at, block) in blocks.iter().enumerate() {
            let Some(changes) = touched.remove(&at) else {
                rewritten.blocks.push(block.clone());
                continue;
            };
            // The bucket refuses to tell a function that may not list it whether an object is missing.
            let bytes = self.blobs.get(&block_key(self.workspace, &block.name)).await.map_err(lost)?;
            let known = split(&bytes).map_err(lost)?;
            let mut all: ById = known.into_iter().map(|change| (change.id, change)).collect();
            changes.into_iter().for_each(|change| merge(&mut all, change));
            self.write(block.from.clone(), all, &mut rewritten).await?;
        }
        Ok(rewritten)
    }

    /// Writes leads as blocks, the first of which begins where the one before them did.
    async fn write(&self, from: String, all: ById, into: &mut Rewritten) -> StoreResult<()> {
        let oldest = self.now.checked_sub(REMOVALS_KEPT).unwrap_or(Timestamp::MIN).as_microsecond();
        let kept = all.into_values().filter(|change| change.removed_at.is_none_or(|at| at >= oldest));
        let kept: Vec<PackedChange> = kept.collect();
        for (at, leads) in kept.chunks(MOST_LEADS).enumerate() {
            let first = leads.first().map(|lead| Ulid(u128::from_be_bytes(lead.id)).to_string());
            let from = if at == 0 { from.clone() } else { first.unwrap_or_default() };
            let name = self.ids.next().to_string();
            let bytes = join(leads).map_err(unavailable)?;
            self.blobs.put(&block_key(self.workspace, &name), "application/octet-stream", bytes).await?;
            into.written.push(name.clone());
            into.blocks.push(LeadBlock { from, name, leads: leads.len() });
        }
        if let Some(first) = into.blocks.first_mut() {
            first.from = String::new();
        }
        Ok(())
    }
}

fn lost(error: impl std::error::Error) -> StoreError {
    tracing::warn!(%error, "a block of leads cannot be read");
    StoreError::NotFound
}

fn start_of(from: &str) -> u128 {
    Ulid::from_string(from).map_or(0, |ulid| ulid.0)
}

fn merge(all: &mut ById, change: PackedChange) {
    match all.get(&change.id) {
        Some(known) if known.rev >= change.rev => {}
        _ => {
            all.insert(change.id, change);
        }
    }
}

/// Returns the names of blocks in the bucket that no list has any more and that were written before `before`.
pub(super) async fn forgotten(
    blobs: &dyn Blobs,
    workspace: &WorkspaceId,
    used: &BTreeSet<&str>,
    before: Timestamp,
) -> StoreResult<Vec<String>> {
    let prefix = super::blocks_of(workspace);
    let keys = blobs.list(&prefix).await?;
    let names = keys.iter().filter_map(|key| key.strip_prefix(&prefix));
    let is_old = |name: &&str| {
        Ulid::from_string(name)
            .is_ok_and(|ulid| i128::from(ulid.timestamp_ms()) < i128::from(before.as_millisecond()))
    };
    Ok(names.filter(|name| !used.contains(name)).filter(is_old).map(str::to_owned).collect())
}

//! Runs of leads in the bucket: written from changes, merged, and freed of erased leads.

use super::block_key;
use super::manifest::{Run, lost};
use crate::ports::blobs::{Blobs, unavailable};
use crate::ports::change_log::LeadBlock;
use crate::ports::ids::Ids;
use crate::ports::store::StoreResult;
use domain::WorkspaceId;
use jiff::{SignedDuration, Timestamp};
use lead_columns::block::{FORM, PackedChange, join, split};
use std::collections::BTreeMap;
use std::vec::IntoIter;
use ulid::Ulid;

/// The most bytes of a block's leads before compression: what a merge holds of each run.
pub(super) const MOST_BYTES: u64 = 8 * 1024 * 1024;

/// How long a removal stays. The stream keeps 24 hours, so that nothing older of the lead can arrive later.
const REMOVALS_KEPT: SignedDuration = SignedDuration::from_hours(48);

/// Changes by id, the newest of each lead.
#[derive(Default)]
pub(super) struct Newest {
    by_id: BTreeMap<[u8; 16], PackedChange>,
    size: u64,
}

impl Newest {
    pub fn add(&mut self, change: PackedChange) {
        let known = self.by_id.get(&change.id);
        if known.is_some_and(|known| known.rev >= change.rev) {
            return;
        }
        self.size -= known.map_or(0, |known| known.size_bytes() as u64);
        self.size += change.size_bytes() as u64;
        self.by_id.insert(change.id, change);
    }

    pub fn is_empty(&self) -> bool {
        self.by_id.is_empty()
    }

    /// Returns the bytes of the changes before compression.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Returns the removals among them, with their revisions.
    pub fn removals(&self) -> BTreeMap<u128, u64> {
        let removed = self.by_id.values().filter(|change| change.removed_at.is_some());
        removed.map(|change| (u128::from_be_bytes(change.id), change.rev)).collect()
    }
}

/// Writes blocks, and notes what it has written and what that replaces.
pub(super) struct RunWriter<'a> {
    pub blobs: &'a dyn Blobs,
    pub ids: &'a dyn Ids,
    pub workspace: &'a WorkspaceId,
    pub now: Timestamp,
    /// The names of the objects that were written.
    pub written: Vec<String>,
    /// The names of blocks that are no longer part of a run.
    pub replaced: Vec<String>,
}

impl<'a> RunWriter<'a> {
    pub fn new(blobs: &'a dyn Blobs, ids: &'a dyn Ids, workspace: &'a WorkspaceId, now: Timestamp) -> Self {
        Self { blobs, ids, workspace, now, written: Vec::new(), replaced: Vec::new() }
    }

    /// Writes a run that holds the newest state of each lead of these runs and changes. Old removals go if nothing older is
    /// left that they could hide: `is_last` says so. `NotFound` if a block is lost.
    pub async fn merged(&mut self, runs: Vec<Run>, fresh: &Newest, is_last: bool) -> StoreResult<Run> {
        let oldest = self.now.checked_sub(REMOVALS_KEPT).unwrap_or(Timestamp::MIN).as_microsecond();
        let forms = runs.iter().flat_map(|run| &run.blocks).map(|block| block.form);
        let mut growing = Growing { form: forms.min().unwrap_or(FORM).min(FORM), ..Growing::default() };
        let mut readers = Vec::new();
        for run in runs {
            self.replaced.extend(run.blocks.iter().map(|block| block.name.clone()));
            readers.push(Reader { blocks: run.blocks.into_iter(), ..Reader::default() });
        }
        let fresh = fresh.by_id.values().cloned().collect::<Vec<_>>();
        readers.push(Reader { changes: fresh.into_iter(), ..Reader::default() });
        for reader in &mut readers {
            self.advance(reader).await?;
        }
        while let Some(id) = readers.iter().filter_map(Reader::next_id).min() {
            let mut newest: Option<PackedChange> = None;
            for reader in readers.iter_mut().filter(|reader| reader.next_id() == Some(id)) {
                let change = reader.next.take();
                newest = newest.into_iter().chain(change).max_by_key(|change| change.rev);
                self.advance(reader).await?;
            }
            let is_over = |change: &PackedChange| is_last && change.removed_at.is_some_and(|at| at < oldest);
            if let Some(change) = newest.filter(|change| !is_over(change)) {
                self.push(&mut growing, change).await?;
            }
        }
        self.finish(growing).await
    }

    /// Writes anew the blocks of a run that hold an older state of one of these removed leads. `NotFound` if one is lost.
    pub async fn freed(&mut self, run: &mut Run, removed: &BTreeMap<u128, u64>) -> StoreResult<()> {
        let mut blocks = Vec::with_capacity(run.blocks.len());
        for block in std::mem::take(&mut run.blocks) {
            if removed.range(block.range()).next().is_none() {
                blocks.push(block);
                continue;
            }
            let mut changes = self.read(&block).await?;
            let before = changes.len();
            changes.retain(|change| {
                let gone = removed.get(&u128::from_be_bytes(change.id));
                change.removed_at.is_some() || gone.is_none_or(|rev| *rev < change.rev)
            });
            if changes.len() == before {
                blocks.push(block);
                continue;
            }
            self.replaced.push(block.name);
            let growing = Growing { changes, form: block.form, ..Growing::default() };
            blocks.extend(self.finish(growing).await?.blocks);
        }
        run.blocks = blocks;
        Ok(())
    }

    async fn advance(&self, reader: &mut Reader) -> StoreResult<()> {
        loop {
            if let Some(change) = reader.changes.next() {
                reader.next = Some(change);
                return Ok(());
            }
            let Some(block) = reader.blocks.next() else { return Ok(()) };
            reader.changes = self.read(&block).await?.into_iter();
        }
    }

    async fn read(&self, block: &LeadBlock) -> StoreResult<Vec<PackedChange>> {
        let bytes = self.blobs.get(&block_key(self.workspace, &block.name)).await?;
        split(&bytes).map_err(lost)
    }

    async fn push(&mut self, growing: &mut Growing, change: PackedChange) -> StoreResult<()> {
        let size = change.size_bytes() as u64;
        if !growing.changes.is_empty() && growing.bytes + size > MOST_BYTES {
            self.cut(growing).await?;
        }
        growing.bytes += size;
        growing.changes.push(change);
        Ok(())
    }

    async fn finish(&mut self, mut growing: Growing) -> StoreResult<Run> {
        if !growing.changes.is_empty() {
            self.cut(&mut growing).await?;
        }
        Ok(growing.run)
    }

    /// Writes what has gathered as a block.
    async fn cut(&mut self, growing: &mut Growing) -> StoreResult<()> {
        let changes = std::mem::take(&mut growing.changes);
        growing.bytes = 0;
        let id = |change: Option<&PackedChange>| {
            change.map(|change| Ulid(u128::from_be_bytes(change.id)).to_string()).unwrap_or_default()
        };
        let block = LeadBlock {
            from: id(changes.first()),
            to: id(changes.last()),
            name: self.ids.next().to_string(),
            leads: changes.len(),
            bytes: changes.iter().map(|change| change.size_bytes() as u64).sum(),
            form: growing.form,
        };
        let bytes = join(&changes).map_err(unavailable)?;
        self.written.push(block.name.clone());
        self.blobs.put(&block_key(self.workspace, &block.name), "application/octet-stream", bytes).await?;
        growing.run.blocks.push(block);
        Ok(())
    }
}

/// A run that is being written.
#[derive(Default)]
struct Growing {
    run: Run,
    changes: Vec<PackedChange>,
    bytes: u64,
    /// The earliest form of the leads in it.
    form: u8,
}

/// A run that is being read: one block of it is held.
#[derive(Default)]
struct Reader {
    blocks: IntoIter<LeadBlock>,
    changes: IntoIter<PackedChange>,
    next: Option<PackedChange>,
}

impl Reader {
    fn next_id(&self) -> Option<[u8; 16]> {
        self.next.as_ref().map(|change| change.id)
    }
}

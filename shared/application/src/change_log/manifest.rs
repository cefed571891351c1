//! The manifest of a workspace's lead list: an object of the bucket that names the blocks of leads.
//!
//! The list is a few *runs*: sorted sequences of blocks, each with the changes of a time. A run is merged with the newer
//! ones once they are as large together, so that each run is larger than all newer ones, a list has as many runs as its size
//! has doublings, and a change is written anew as many times at most, however many leads there are. Which of two states of a
//! lead is newer is told by its revision alone, so runs may be read in any order.

use super::block_key;
use crate::ports::blobs::{Blobs, unavailable};
use crate::ports::change_log::{BlocksOfList, ChangeHead, LeadBlock};
use crate::ports::store::{StoreError, StoreResult};
use domain::WorkspaceId;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// What the list of a workspace consists of.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// The runs, the newest first.
    pub runs: Vec<Run>,
    /// The making of the list from the table, while it is under way. `runs` are then those since it began.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rebuild: Option<Rebuild>,
    /// Objects that are no longer part of the list, and since when. A reader may be at them for a while.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub replaced: Vec<(String, Timestamp)>,
}

/// Blocks in the order of their leads' ids: no lead is in two of them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Run {
    pub blocks: Vec<LeadBlock>,
}

impl Run {
    /// The bytes of its leads before compression.
    pub fn size(&self) -> u64 {
        self.blocks.iter().map(LeadBlock::size).sum()
    }
}

/// A list that is made from the table, part by part.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rebuild {
    /// The cursor at which the reading of the table goes on.
    pub cursor: Option<String>,
    /// The runs that are made so far, the newest first.
    pub runs: Vec<Run>,
    /// The runs that are read until it is done. None if they are lost, or there were none.
    pub former: Option<Vec<Run>>,
}

impl Manifest {
    /// Returns the blocks that a reader needs. None if some are lost: then the table is read.
    pub fn blocks(&self) -> Option<impl Iterator<Item = &LeadBlock>> {
        let former = match &self.rebuild {
            None => &[][..],
            Some(rebuild) => rebuild.former.as_deref()?,
        };
        Some(self.runs.iter().chain(former).flat_map(|run| &run.blocks))
    }

    /// Returns all runs that the manifest names, those that nobody reads yet as well.
    pub fn all_runs(&mut self) -> impl Iterator<Item = &mut Run> {
        let of_rebuild = self
            .rebuild
            .iter_mut()
            .flat_map(|rebuild| rebuild.runs.iter_mut().chain(rebuild.former.iter_mut().flatten()));
        self.runs.iter_mut().chain(of_rebuild)
    }

    /// Returns the names of all objects that must not be deleted.
    pub fn names(&self) -> Vec<String> {
        let mut names = self.blocks_of_all_runs();
        names.extend(self.replaced.iter().map(|(name, _)| name.clone()));
        names
    }

    /// Returns the names of the blocks of all runs, those that nobody reads yet as well.
    pub fn blocks_of_all_runs(&self) -> Vec<String> {
        let of_rebuild = self
            .rebuild
            .iter()
            .flat_map(|rebuild| rebuild.runs.iter().chain(rebuild.former.iter().flatten()));
        self.runs
            .iter()
            .chain(of_rebuild)
            .flat_map(|run| &run.blocks)
            .map(|block| block.name.clone())
            .collect()
    }

    /// Begins to make the list from the table. What is read until it is done stays, unless it is lost.
    pub fn begin_rebuild(&mut self, keeps_former: bool) {
        let former = match self.rebuild.take() {
            None => Some(std::mem::take(&mut self.runs)),
            // The runs since the last beginning have what the former ones lack.
            Some(begun) => {
                // Nobody reads them, and they may hold texts of an erased lead.
                let unread = begun.runs.into_iter().flat_map(|run| run.blocks);
                self.replaced.extend(unread.map(|block| (block.name, Timestamp::MIN)));
                begun.former.map(|former| std::mem::take(&mut self.runs).into_iter().chain(former).collect())
            }
        };
        self.rebuild = Some(Rebuild { former: former.filter(|_| keeps_former), ..Rebuild::default() });
    }

    /// Returns how many of the newest runs become one with changes of this size: each that is no larger than all that is newer.
    pub fn due(fresh: u64, runs: &[Run]) -> usize {
        let mut newer = fresh;
        let is_due = |run: &&Run| {
            let is_due = run.size() <= newer.max(SMALLEST);
            newer += run.size();
            is_due
        };
        runs.iter().take_while(is_due).count()
    }
}

/// The size below which a run is merged with any newer one.
const SMALLEST: u64 = 256 * 1024;

/// Reads the manifest that the head names; an empty one if there is none. `NotFound` if it is lost.
pub async fn read_manifest(
    blobs: &dyn Blobs,
    workspace: &WorkspaceId,
    head: &ChangeHead,
) -> StoreResult<Option<Manifest>> {
    match &head.blocks {
        BlocksOfList::Unknown => Ok(None),
        BlocksOfList::InHead(blocks) => {
            Ok(Some(Manifest { runs: vec![Run { blocks: blocks.clone() }], ..Manifest::default() }))
        }
        BlocksOfList::InManifest(name) => {
            let bytes = blobs.get(&block_key(workspace, name)).await?;
            serde_json::from_slice(&bytes).map(Some).map_err(lost)
        }
    }
}

/// Puts a manifest under a name of its own.
pub(super) async fn put_manifest(
    blobs: &dyn Blobs,
    workspace: &WorkspaceId,
    (name, manifest): (&str, &Manifest),
) -> StoreResult<()> {
    let bytes = serde_json::to_vec(manifest).map_err(unavailable)?;
    blobs.put(&block_key(workspace, name), "application/json", bytes).await
}

/// Makes the error for an object whose content cannot be read: it counts as lost, and is made from the table. A bucket that
/// does not answer has lost nothing.
pub(super) fn lost(error: impl std::error::Error) -> StoreError {
    tracing::warn!(%error, "a part of the lead list cannot be read");
    StoreError::NotFound
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(size: u64) -> Run {
        let block = LeadBlock {
            from: String::new(),
            to: String::new(),
            name: String::new(),
            leads: 1,
            bytes: size,
            form: 0,
        };
        Run { blocks: vec![block] }
    }

    /// Adds runs of one size, one after the other. Returns the runs that there are at the end, and all that was written.
    fn added(count: u64, size: u64) -> (Vec<u64>, u64) {
        let (mut runs, mut written) = (Vec::new(), 0);
        for _ in 0..count {
            let due = Manifest::due(size, &runs);
            let merged = size + runs.drain(..due).map(|run| run.size()).sum::<u64>();
            runs.insert(0, run(merged));
            written += merged;
        }
        (runs.iter().map(Run::size).collect(), written)
    }

    #[test]
    fn list_has_as_many_runs_as_doublings_and_writes_each_change_as_often() {
        for (count, doublings) in [(100, 7), (1_000, 10), (10_000, 14)] {
            let size = SMALLEST * 2;
            let (runs, written) = added(count, size);
            assert_eq!(runs.iter().sum::<u64>(), count * size, "nothing is lost");
            assert!(runs.len() <= doublings, "{count}: {runs:?}");
            assert!(written <= count * size * doublings as u64, "{count}: {}", written / size);
        }
    }

    #[test]
    fn small_runs_are_gathered() {
        let (runs, _) = added(1_000, 100);
        assert!(runs.len() <= 2, "{runs:?}");
    }
}

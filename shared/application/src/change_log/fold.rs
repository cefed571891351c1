//! Folds recorded changes: their entries become a log file, their leads are merged into the blocks that hold them, and the
//! head, saved under its revision, makes both count. Whoever is second changes nothing.

use super::lead_blocks::{BlockPorts, Rewritten, forgotten};
use super::{block_key, log_files};
use crate::ports::blobs::Blobs;
use crate::ports::change_log::{ChangeHead, ChangeLogStore, RecordedChanges};
use crate::ports::clock::Clock;
use crate::ports::ids::Ids;
use crate::ports::leads::LeadStore;
use crate::ports::store::{StoreError, StoreResult};
use crate::ports::workspaces::WorkspaceStore;
use domain::WorkspaceId;
use jiff::{SignedDuration, Timestamp};
use lead_columns::block::split;
use std::collections::BTreeSet;
use std::sync::Arc;

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
        pub folding: FoldPorts = FoldPorts::new,
        pub workspaces: Arc<dyn WorkspaceStore>,
    }
}

/// How long a replaced block stays: a reader may have read the head before, and be at the block still.
const REPLACED_KEPT: SignedDuration = SignedDuration::from_hours(1);

/// Folds what was recorded in a workspace, and makes its blocks if there are none. `Conflict` if another writer was
/// first.
pub async fn fold(ports: &FoldPorts, workspace: &WorkspaceId) -> StoreResult<ChangeHead> {
    let head = ports.change_log.head(workspace).await?;
    let head = head.unwrap_or_else(|| ChangeHead::none(workspace.clone()));
    let mut changes = ports.change_log.since(workspace, head.folded).await?.changes;
    if changes.is_empty() && head.blocks.is_some() {
        return Ok(head);
    }
    let written = log_files::write_next(&*ports.blobs, &head, &changes).await?;
    if let Some(written) = &written {
        // A file that another writer has put may hold fewer changes; the rest is folded next time.
        changes.retain(|change| change.number <= written.last);
        if changes.last().is_none_or(|last| last.number < written.last) {
            return Err(StoreError::Conflict);
        }
    }
    let now = ports.clock.now();
    let rewritten = rewritten_blocks(ports, &head, &changes, now).await?;
    let kept: BTreeSet<&str> = rewritten.blocks.iter().map(|block| block.name.as_str()).collect();
    let former = head.blocks.iter().flatten().map(|block| &block.name);
    let replaced_now = former.filter(|name| !kept.contains(name.as_str())).map(|name| (name.clone(), now));
    // The texts of an erased lead go at once, from the blocks and from the changes.
    let forgets = changes.iter().any(|change| change.removes);
    let is_over = |since: Timestamp| forgets || now.duration_since(since) >= REPLACED_KEPT;
    let (over, replaced): (Vec<_>, Vec<_>) =
        head.replaced.iter().cloned().chain(replaced_now).partition(|(_, since)| is_over(*since));
    let (folded, bytes_folded) =
        changes.last().map_or((head.folded, head.bytes_folded), |last| (last.number, last.bytes_through));
    let folded_at = changes.iter().map(|change| change.at).max().max(head.folded_at);
    let deleted_through = if forgets { folded } else { head.folded };
    let mut folded_head = ChangeHead {
        workspace: workspace.clone(),
        blocks: Some(rewritten.blocks.clone()),
        folded,
        folded_at,
        bytes_folded,
        kept_from: deleted_through + 1,
        log_files: written.as_ref().map_or(head.log_files, |written| written.number),
        log_hash: written.map_or_else(|| head.log_hash.clone(), |written| written.hash),
        replaced,
        rev: head.rev,
    };
    match ports.change_log.save_head(&folded_head).await {
        Ok(rev) => folded_head.rev = rev,
        Err(error) => {
            if matches!(error, StoreError::Conflict) {
                delete_blocks(ports, workspace, &rewritten.written).await?;
            }
            return Err(error);
        }
    }
    let over: Vec<String> = over.into_iter().map(|(name, _)| name).collect();
    delete_blocks(ports, workspace, &over).await?;
    if head.kept_from <= deleted_through {
        ports.change_log.delete(workspace, head.kept_from..=deleted_through).await?;
    }
    Ok(folded_head)
}

/// Folds what has waited since the day before, and deletes the changes and blocks that a fold which broke off has left
/// behind: they may hold texts of an erased lead.
pub async fn fold_daily(ports: &FoldPorts, workspace: &WorkspaceId) -> StoreResult<()> {
    let head = match fold(ports, workspace).await {
        Ok(head) => head,
        Err(StoreError::Conflict) => return Ok(()),
        Err(other) => return Err(other),
    };
    let recorded = ports.change_log.since(workspace, 0).await?.changes;
    if let Some(first) = recorded.first().filter(|first| first.number < head.kept_from) {
        ports.change_log.delete(workspace, first.number..=head.kept_from - 1).await?;
    }
    let used = head.blocks.iter().flatten().map(|block| block.name.as_str());
    let used: BTreeSet<&str> = used.chain(head.replaced.iter().map(|(name, _)| name.as_str())).collect();
    let before = ports.clock.now().checked_sub(REPLACED_KEPT).unwrap_or(Timestamp::MIN);
    let left = forgotten(&*ports.blobs, workspace, &used, before).await?;
    delete_blocks(ports, workspace, &left).await
}

/// Does what `fold_daily` does in all workspaces until the time is up. Returns how many are left for the next day.
pub async fn fold_all(ports: &DailyFoldPorts, until: Timestamp) -> StoreResult<usize> {
    let mut left = 0;
    for workspace in ports.workspaces.ids().await? {
        if ports.folding.clock.now() >= until {
            left += 1;
            continue;
        }
        if let Err(error) = fold_daily(&ports.folding, &workspace).await {
            tracing::error!(workspace.id = %workspace, error = error.in_full(), "changes could not be folded");
        }
    }
    Ok(left)
}

async fn rewritten_blocks(
    ports: &FoldPorts,
    head: &ChangeHead,
    changes: &[RecordedChanges],
    now: Timestamp,
) -> StoreResult<Rewritten> {
    let blocks = BlockPorts {
        blobs: &*ports.blobs,
        ids: &*ports.ids,
        leads: &*ports.leads,
        workspace: &head.workspace,
        now,
    };
    let mut leads = Vec::new();
    for change in changes.iter().filter(|change| !change.leads.is_empty()) {
        match split(&change.leads) {
            Ok(some) => leads.extend(some),
            // They were recorded in another form: the table has the leads.
            Err(error) => {
                tracing::warn!(%error, "recorded leads cannot be read; all are read from the table");
                return blocks.made_from_table(Vec::new()).await;
            }
        }
    }
    match &head.blocks {
        None => blocks.made_from_table(leads).await,
        Some(known) => match blocks.with_changes(known, leads.clone()).await {
            Err(StoreError::NotFound) => blocks.made_from_table(leads).await,
            other => other,
        },
    }
}

async fn delete_blocks(ports: &FoldPorts, workspace: &WorkspaceId, names: &[String]) -> StoreResult<()> {
    for name in names {
        ports.blobs.delete(&block_key(workspace, name)).await?;
    }
    Ok(())
}

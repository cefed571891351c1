//! Reads the leads of a list from the table: where its blocks are not made yet, are lost, or have an earlier form.

use super::manifest::Rebuild;
use super::runs::{MOST_BYTES, Newest};
use crate::ports::blobs::unavailable;
use crate::ports::leads::LeadStore;
use crate::ports::store::{StoreError, StoreResult};
use domain::lead::Lead;
use domain::{LeadId, WorkspaceId};
use lead_columns::block::PackedChange;

/// The leads read at once from the table.
const READ_AT_ONCE: usize = 500;

/// Reads all leads of the table.
pub(crate) async fn leads_of_table(
    leads: &dyn LeadStore,
    workspace: &WorkspaceId,
    mut met: impl FnMut(&Lead) -> StoreResult<()> + Send,
) -> StoreResult<()> {
    let mut cursor = None;
    loop {
        cursor = page_of_table(leads, (workspace, cursor), &mut met).await?;
        if cursor.is_none() {
            return Ok(());
        }
    }
}

/// Reads the next part of the leads, about a block of them. Returns it, and whether it was the last.
pub(super) async fn read_part(
    leads: &dyn LeadStore,
    workspace: &WorkspaceId,
    rebuild: &mut Rebuild,
) -> StoreResult<(Newest, bool)> {
    let mut part = Newest::default();
    loop {
        let add = |lead: &Lead| {
            part.add(PackedChange::put(lead).map_err(unavailable)?);
            Ok(())
        };
        rebuild.cursor = page_of_table(leads, (workspace, rebuild.cursor.take()), add).await?;
        if rebuild.cursor.is_none() || part.size() >= MOST_BYTES {
            return Ok((part, rebuild.cursor.is_none()));
        }
    }
}

async fn page_of_table(
    leads: &dyn LeadStore,
    (workspace, cursor): (&WorkspaceId, Option<String>),
    mut met: impl FnMut(&Lead) -> StoreResult<()> + Send,
) -> StoreResult<Option<String>> {
    let (ids, next) = leads.ids(workspace, cursor).await?;
    for ids in ids.chunks(READ_AT_ONCE) {
        for lead in readable(leads, workspace, ids).await? {
            met(&lead)?;
        }
    }
    Ok(next)
}

/// Reads leads. One that cannot be read is left out, and must not close the list of all others.
async fn readable(leads: &dyn LeadStore, workspace: &WorkspaceId, ids: &[LeadId]) -> StoreResult<Vec<Lead>> {
    match leads.get_many(workspace, ids).await {
        Err(StoreError::Corrupt { .. }) => {}
        other => return other,
    }
    let mut found = Vec::new();
    for id in ids {
        match leads.get(workspace, id).await {
            Ok(lead) => found.push(lead),
            Err(StoreError::NotFound) => {}
            Err(error @ StoreError::Corrupt { .. }) => {
                tracing::error!(lead.id = %id, error = error.in_full(), "a lead cannot be read, and is not in the list");
            }
            Err(other) => return Err(other),
        }
    }
    Ok(found)
}

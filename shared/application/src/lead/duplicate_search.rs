//! The search for leads that may be the same person. It is a job: it reads at most `MOST_COMPARED` leads of the lead list,
//! the newest first, and keeps what it found in the bucket. A page of groups is compared again with the leads as they
//! are now, so that one that was changed, deleted or dismissed since is left out.

use crate::lead::list::LeadLists;
use crate::ports::blobs::Blobs;
use crate::ports::clock::Clock;
use crate::ports::duplicates::DismissedDuplicateStore;
use crate::ports::leads::{LeadQuery, LeadRow, LeadStore};
use crate::ports::outbox::{Outbox, send_all};
use crate::ports::store::{StoreError, StoreResult};
use crate::queue_messages::CampaignJob;
use domain::lead::Lead;
use domain::lead::duplicates::{
    ComparedLead, DuplicateFinder, DuplicateGroup, DuplicateSearch, MOST_COMPARED, MOST_GROUPS,
};
use domain::lead::scope::LeadScope;
use domain::{LeadId, WorkspaceId};
use std::collections::HashMap;
use std::sync::Arc;

/// The job waits so long for the lead list, which is up to two seconds behind: it compares what was there at the start.
const LIST_FOLLOWS_SECONDS: u32 = 3;

/// The rows that are asked for at once.
const ROWS_AT_ONCE: usize = 5_000;

crate::ports! {
    #[derive(Clone)]
    pub struct DuplicatePorts {
        pub clock: Arc<dyn Clock>,
        pub blobs: Arc<dyn Blobs>,
        pub dismissed_duplicates: Arc<dyn DismissedDuplicateStore>,
        pub leads: Arc<dyn LeadStore>,
        pub lists: LeadLists = LeadLists::new,
        pub outbox: Arc<dyn Outbox>,
    }
}

fn search_key(workspace: &WorkspaceId) -> String {
    format!("{workspace}/duplicates")
}

/// Reads the latest search; none where there was no search yet.
pub async fn latest_search(
    ports: &DuplicatePorts,
    workspace: &WorkspaceId,
) -> StoreResult<Option<DuplicateSearch>> {
    match ports.blobs.get(&search_key(workspace)).await {
        // A search of another shape than today's is made anew.
        Ok(json) => Ok(serde_json::from_slice(&json).ok()),
        Err(StoreError::NotFound) => Ok(None),
        Err(other) => Err(other),
    }
}

async fn put_search(
    ports: &DuplicatePorts,
    workspace: &WorkspaceId,
    search: &DuplicateSearch,
) -> StoreResult<()> {
    let json = serde_json::to_vec(search).map_err(|error| StoreError::Unavailable(Box::new(error)))?;
    ports.blobs.put(&search_key(workspace), "application/json", json).await
}

/// Starts a search, unless one is at work. Returns the one that is.
pub async fn start_search(ports: &DuplicatePorts, workspace: &WorkspaceId) -> StoreResult<DuplicateSearch> {
    let now = ports.clock.now();
    if let Some(running) = latest_search(ports, workspace).await?.filter(|search| search.is_running(now)) {
        return Ok(running);
    }
    let search = DuplicateSearch::begin(now);
    put_search(ports, workspace, &search).await?;
    let job = CampaignJob::FindDuplicates { workspace: workspace.clone(), started_at: now };
    send_all(&*ports.outbox, &[job], LIST_FOLLOWS_SECONDS).await?;
    Ok(search)
}

/// Carries out a search. Does nothing if a newer one has replaced it, or it is done.
pub async fn find_duplicates(
    ports: &DuplicatePorts,
    workspace: &WorkspaceId,
    started_at: jiff::Timestamp,
) -> StoreResult<()> {
    let is_wanted =
        |search: &DuplicateSearch| search.started_at == started_at && search.finished_at.is_none();
    if !latest_search(ports, workspace).await?.as_ref().is_some_and(is_wanted) {
        return Ok(());
    }
    let (mut finder, mut cursor) = (DuplicateFinder::default(), None);
    let mut more = true;
    while more && finder.compared() < MOST_COMPARED {
        let query = LeadQuery { limit: ROWS_AT_ONCE, descending: true, cursor, ..LeadQuery::default() };
        let page = ports.lists.page(workspace, &LeadScope::All, &query).await?;
        for row in page.leads {
            finder.add(row.id.clone(), &compared(&row));
        }
        more = page.next_cursor.is_some();
        cursor = page.next_cursor;
    }
    let compared = finder.compared();
    let mut groups = finder.groups();
    let is_partial = more || groups.len() > MOST_GROUPS;
    groups.truncate(MOST_GROUPS);
    if !latest_search(ports, workspace).await?.as_ref().is_some_and(is_wanted) {
        return Ok(());
    }
    let finished_at = Some(ports.clock.now());
    put_search(ports, workspace, &DuplicateSearch { started_at, finished_at, compared, is_partial, groups })
        .await
}

fn compared(row: &LeadRow) -> ComparedLead<'_> {
    ComparedLead {
        first_name: row.first_name.as_deref(),
        last_name: row.last_name.as_deref(),
        company: row.company.as_deref(),
        email: row.email.as_deref(),
        phone: row.phone.as_deref(),
    }
}

/// The leads of a group as they are now.
pub struct ShownGroup {
    pub group: DuplicateGroup,
    pub leads: Vec<Lead>,
}

/// Returns those of these groups that are still such, with their leads: they still share what they shared, and no user
/// has dismissed them.
pub async fn groups_of_now(
    ports: &DuplicatePorts,
    workspace: &WorkspaceId,
    found: &[DuplicateGroup],
) -> StoreResult<Vec<ShownGroup>> {
    let ids: Vec<LeadId> = found.iter().flat_map(|group| group.leads.iter().cloned()).collect();
    let leads = ports.leads.get_many(workspace, &ids).await?;
    let leads: HashMap<LeadId, Lead> = leads.into_iter().map(|lead| (lead.id.clone(), lead)).collect();
    let mut shown = Vec::new();
    for group in found {
        let there: Vec<Lead> = group.leads.iter().filter_map(|id| leads.get(id).cloned()).collect();
        if let Some(group) = DuplicateGroup::of(&there) {
            shown.push(ShownGroup { group, leads: there });
        }
    }
    let keys: Vec<&[LeadId]> = shown.iter().map(|one| one.group.leads.as_slice()).collect();
    let dismissed = ports.dismissed_duplicates.dismissed(workspace, &keys).await?;
    let mut is_dismissed = dismissed.into_iter();
    shown.retain(|_| !is_dismissed.next().unwrap_or(false));
    Ok(shown)
}

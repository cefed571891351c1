//! The leads that a filter means, as a query and as ids.

use crate::ports::leads::{LeadQuery, LeadSort, LeadStore};
use crate::ports::store::StoreResult;
use domain::lead::filter::LeadFilter;
use domain::{LeadId, WorkspaceId};
use jiff::Timestamp;

/// What a job over all that match reads at once.
pub(crate) const ROWS_AT_ONCE: usize = 1_000;

impl LeadQuery {
    /// Oldest first.
    pub fn of(filter: &LeadFilter, limit: usize, cursor: Option<String>, as_of: Timestamp) -> Self {
        Self {
            text: filter.q.clone(),
            statuses: filter.status.clone(),
            temperatures: filter.temperature.clone(),
            priorities: filter.priority.clone(),
            owner: if filter.unowned { Some(None) } else { filter.owner.clone().map(Some) },
            countries: filter.country.clone(),
            categories: filter.category.clone(),
            tags: filter.tag.clone(),
            campaign: filter.campaign.clone(),
            sort: LeadSort::Created,
            descending: false,
            limit,
            cursor,
            as_of: Some(as_of),
        }
    }
}

/// How many leads match, `except` among them; and the ids of the first `most` of the others, oldest first.
pub async fn matching(
    leads: &dyn LeadStore,
    workspace: &WorkspaceId,
    filter: &LeadFilter,
    except: &[LeadId],
    most: usize,
    as_of: Timestamp,
) -> StoreResult<(usize, Vec<LeadId>)> {
    let (mut ids, mut cursor) = (Vec::new(), None);
    loop {
        let limit = (most - ids.len()).max(1);
        let page = matching_page(leads, workspace, (filter, except), (cursor, limit), as_of).await?;
        ids.extend(page.ids);
        cursor = page.next_cursor;
        if cursor.is_none() || ids.len() >= most {
            ids.truncate(most);
            return Ok((page.total, ids));
        }
    }
}

/// The ids of all that match but `except`, oldest first; rows are held a page at a time.
pub async fn everybody_matching(
    leads: &dyn LeadStore,
    workspace: &WorkspaceId,
    (filter, except): (&LeadFilter, &[LeadId]),
    as_of: Timestamp,
) -> StoreResult<Vec<LeadId>> {
    let (mut ids, mut cursor) = (Vec::new(), None);
    loop {
        let query = LeadQuery::of(filter, ROWS_AT_ONCE, cursor, as_of);
        let (rows, next) = leads.matching(workspace, &query).await?;
        ids.extend(rows.into_iter().map(|row| row.id).filter(|id| !except.contains(id)));
        cursor = next;
        if cursor.is_none() {
            return Ok(ids);
        }
    }
}

/// Some of those who match.
#[derive(Debug)]
pub struct Matching {
    /// How many there are in all, those who are excepted among them.
    pub total: usize,
    /// Oldest first.
    pub ids: Vec<LeadId>,
    /// Where the others begin, for the same limit; none when these are the last.
    pub next_cursor: Option<String>,
}

/// One page of them, short where some are excepted.
pub async fn matching_page(
    leads: &dyn LeadStore,
    workspace: &WorkspaceId,
    (filter, except): (&LeadFilter, &[LeadId]),
    (cursor, limit): (Option<String>, usize),
    as_of: Timestamp,
) -> StoreResult<Matching> {
    let page = leads.list(workspace, &LeadQuery::of(filter, limit, cursor, as_of)).await?;
    let ids = page.leads.into_iter().map(|row| row.id).filter(|id| !except.contains(id)).collect();
    Ok(Matching { total: page.total, ids, next_cursor: page.next_cursor })
}

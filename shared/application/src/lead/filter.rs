//! The leads that a filter matches, as a query and as ids.

use crate::lead::list::LeadLists;
use crate::ports::leads::{LeadQuery, LeadSort};
use crate::ports::store::StoreResult;
use domain::lead::filter::LeadFilter;
use domain::lead::scope::LeadScope;
use domain::{LeadId, WorkspaceId};
use jiff::Timestamp;

/// The rows that a job over all matching leads reads at once.
pub(crate) const ROWS_AT_ONCE: usize = 1_000;

impl LeadQuery {
    /// Makes the query for a filter, oldest first.
    pub fn of(filter: &LeadFilter, limit: usize, cursor: Option<String>, as_of: Timestamp) -> Self {
        Self {
            filter: filter.clone(),
            sort: LeadSort::Created,
            descending: false,
            limit,
            cursor,
            as_of: Some(as_of),
            seen: Vec::new(),
            columns: Vec::new(),
        }
    }
}

/// Returns how many leads match, `except` included, and the ids of the first `most` of the others, oldest first.
pub async fn matching(
    lists: &LeadLists,
    (workspace, scope): (&WorkspaceId, &LeadScope),
    filter: &LeadFilter,
    except: &[LeadId],
    most: usize,
    as_of: Timestamp,
) -> StoreResult<(usize, Vec<LeadId>)> {
    let (mut ids, mut cursor) = (Vec::new(), None);
    loop {
        let limit = (most - ids.len()).max(1);
        let page = matching_page(lists, (workspace, scope), (filter, except), (cursor, limit), as_of).await?;
        ids.extend(page.ids);
        cursor = page.next_cursor;
        if cursor.is_none() || ids.len() >= most {
            ids.truncate(most);
            return Ok((page.total, ids));
        }
    }
}

/// Returns the ids of all matching leads except `except`, oldest first. Rows are held in memory a page at a time.
pub async fn all_matching_ids(
    lists: &LeadLists,
    (workspace, scope): (&WorkspaceId, &LeadScope),
    (filter, except): (&LeadFilter, &[LeadId]),
    as_of: Timestamp,
) -> StoreResult<Vec<LeadId>> {
    let (mut ids, mut cursor) = (Vec::new(), None);
    loop {
        let query = LeadQuery::of(filter, ROWS_AT_ONCE, cursor, as_of);
        let (rows, next) = lists.matching(workspace, scope, &query).await?;
        ids.extend(rows.into_iter().map(|row| row.id).filter(|id| !except.contains(id)));
        cursor = next;
        if cursor.is_none() {
            return Ok(ids);
        }
    }
}

/// One page of matching leads.
#[derive(Debug)]
pub struct Matching {
    /// The number of all matching leads, the excepted ones included.
    pub total: usize,
    /// The ids on this page, oldest first.
    pub ids: Vec<LeadId>,
    /// The cursor of the next page, for the same limit; none when these are the last.
    pub next_cursor: Option<String>,
}

/// Reads one page of matching leads. It is short where some of them are excepted.
pub async fn matching_page(
    lists: &LeadLists,
    (workspace, scope): (&WorkspaceId, &LeadScope),
    (filter, except): (&LeadFilter, &[LeadId]),
    (cursor, limit): (Option<String>, usize),
    as_of: Timestamp,
) -> StoreResult<Matching> {
    let page = lists.page(workspace, scope, &LeadQuery::of(filter, limit, cursor, as_of)).await?;
    let ids = page.leads.into_iter().map(|row| row.id).filter(|id| !except.contains(id)).collect();
    Ok(Matching { total: page.total, ids, next_cursor: page.next_cursor })
}

//! The list of deleted leads: the index has them in a partition of their own, by the time of their deletion. It has
//! only their keys, so the leads themselves are read.

use crate::item::{Item, decode, head};
use crate::keys;
use crate::lead_item::{is_deleted, is_gone};
use crate::pages::{Order, read_cursor, write_cursor};
use crate::query::{Query, Range};
use crate::table::Table;
use application::{Page, PageRequest, StoreResult};
use domain::lead::Lead;
use domain::{LeadId, WorkspaceId};
use jiff::Timestamp;

/// The ids that one call returns.
const IDS_A_PAGE: usize = 500;

impl Table {
    /// Returns the deleted leads, the latest first.
    pub(crate) async fn deleted_page(
        &self,
        workspace: &WorkspaceId,
        page: PageRequest,
    ) -> StoreResult<Page<Lead>> {
        let partition = keys::deleted_leads(workspace);
        let limit = page.limit.clamp(1, 200);
        let found =
            self.page(&partition, Order::IndexDescending, limit, page.cursor.as_deref(), |_| true).await?;
        let mut wanted = Vec::with_capacity(found.items.len());
        for item in &found.items {
            let head = head(item)?;
            let (workspace, id) = keys::lead_of(&head.pk).map_err(|why| head.corrupt(why))?;
            wanted.push(keys::lead(&workspace, &id));
        }
        let items = self.read_items(&wanted).await?.into_iter();
        // The index may be a moment behind.
        let items = items.filter(|item| is_deleted(item) && !is_gone(item));
        let mut leads: Vec<Lead> = items.map(decode).collect::<StoreResult<_>>()?;
        let since = |lead: &Lead| lead.deleted.as_ref().map(|deletion| deletion.at);
        leads.sort_by(|a, b| (since(b), &b.id).cmp(&(since(a), &a.id)));
        Ok(Page { items: leads, next_cursor: found.next_cursor })
    }

    /// Returns a page of the leads that were deleted up to this time, the earliest first.
    pub(crate) async fn deleted_page_by(
        &self,
        workspace: &WorkspaceId,
        at: Timestamp,
        cursor: Option<String>,
    ) -> StoreResult<(Vec<LeadId>, Option<String>)> {
        let partition = keys::deleted_leads(workspace);
        let until = keys::deleted_until(at);
        let range = match cursor.as_deref().map(|cursor| read_cursor::<String>(partition.pk(), cursor)) {
            None => Range::AtMost(until),
            Some(last) => Range::Between(format!("{}!", last?), until),
        };
        let found = self.query(Query::index(&partition).range(range).limit(IDS_A_PAGE)).await?;
        let last = found.last().map(|item| Order::Index.position(item));
        let next = last.filter(|_| found.len() == IDS_A_PAGE);
        let next = next.map(|last| write_cursor(partition.pk(), last)).transpose()?;
        let lead = |item: &Item| {
            let head = head(item)?;
            keys::lead_of(&head.pk).map(|(_, lead)| lead).map_err(|why| head.corrupt(why))
        };
        Ok((found.iter().map(lead).collect::<StoreResult<_>>()?, next))
    }
}

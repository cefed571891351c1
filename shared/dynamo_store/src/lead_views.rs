//! Saved views of the lead list: one partition a workspace, in which each user's private ones are together, and the shared
//! ones behind them.

use crate::item::{Head, Stored, decode, encode, plain_item};
use crate::keys::{Key, Tenant, lead_lists};
use crate::query::{Query, Range};
use crate::table::Table;
use crate::write::{absent, delete, put, unchanged};
use application::ports::lead_views::LeadViewStore;
use application::{StoreError, StoreResult};
use async_trait::async_trait;
use domain::event::Event;
use domain::lead::filter::LeadFilter;
use domain::lead::list_view::{LeadListView, SortOrder};
use domain::{LeadViewId, UserId, WorkspaceId};
use jiff::Timestamp;

#[async_trait]
impl LeadViewStore for Table {
    async fn get(
        &self,
        workspace: &WorkspaceId,
        user: &UserId,
        id: &LeadViewId,
    ) -> StoreResult<LeadListView> {
        let places = [Some(user), None].map(|whose| lead_lists::lead_view(workspace, whose, id));
        let found = self.read_items(&places).await?.into_iter().next().ok_or(StoreError::NotFound)?;
        decode(found)
    }

    async fn list(&self, workspace: &WorkspaceId, user: &UserId) -> StoreResult<Vec<LeadListView>> {
        let partition = lead_lists::lead_views(workspace);
        let of = |whose| Query::table(&partition).range(Range::Prefix(lead_lists::lead_views_of(whose)));
        let mut views: Vec<LeadListView> = self.query_all(of(Some(user))).await?;
        views.extend(self.query_all::<LeadListView>(of(None)).await?);
        Ok(views)
    }

    async fn all(&self, workspace: &WorkspaceId) -> StoreResult<Vec<LeadListView>> {
        self.query_all(Query::table(&lead_lists::lead_views(workspace))).await
    }

    async fn save(&self, view: &LeadListView, was_shared: bool, event: &Event) -> StoreResult<u64> {
        if view.rev == 0 || view.shared == was_shared {
            return self.save_entity(view, Some(event)).await;
        }
        // Shared views have another key: the view moves there, or back.
        let before = LeadListView { shared: was_shared, ..view.clone() };
        let moved = put(encode(view, view.rev + 1, Some(event))?, absent());
        self.transact(vec![delete(&before.key(), unchanged(view.rev)), moved]).await?;
        Ok(view.rev + 1)
    }

    async fn delete(&self, view: &LeadListView, event: &Event) -> StoreResult<()> {
        self.delete_entity(view, event).await
    }
}

plain_item! { LeadViewItem of LeadListView, rev, {
    id: LeadViewId,
    workspace: WorkspaceId,
    owner: UserId,
    name: String,
    shared: bool,
    position: u32,
    filter: LeadFilter,
    sort: Option<String>,
    order: Option<SortOrder>,
    columns: Vec<String>,
    created_at: Timestamp,
    updated_at: Timestamp,
} }

impl Stored for LeadListView {
    const ENTITY: &'static str = "lead_view";
    type Scope = Tenant;
    type Body = LeadViewItem;

    fn key(&self) -> Key<Tenant> {
        let owner = Some(&self.owner).filter(|_| !self.shared);
        lead_lists::lead_view(&self.workspace, owner, &self.id)
    }
    fn rev(&self) -> u64 {
        self.rev
    }
    fn body(&self, _rev: u64) -> LeadViewItem {
        LeadViewItem::of(self)
    }
    fn from_body(body: LeadViewItem, head: &Head) -> Result<Self, String> {
        Ok(body.into_entity(head.rev))
    }
}

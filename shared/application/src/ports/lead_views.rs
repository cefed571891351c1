//! Stores the saved views of the lead list.

use crate::ports::store::StoreResult;
use async_trait::async_trait;
use domain::event::Event;
use domain::lead::list_view::LeadListView;
use domain::{LeadViewId, UserId, WorkspaceId};

#[async_trait]
pub trait LeadViewStore: Send + Sync {
    /// Reads a view that the user sees: the user's own, or a shared one.
    async fn get(&self, workspace: &WorkspaceId, user: &UserId, id: &LeadViewId)
    -> StoreResult<LeadListView>;

    /// Returns the user's own views and the shared ones, each once, in no particular order.
    async fn list(&self, workspace: &WorkspaceId, user: &UserId) -> StoreResult<Vec<LeadListView>>;

    /// Returns the views of all users, private ones included. It is for what concerns all of them; nobody is shown
    /// another user's private view.
    async fn all(&self, workspace: &WorkspaceId) -> StoreResult<Vec<LeadListView>>;

    /// Stores a view, which was shared or private before as `was_shared` tells.
    async fn save(&self, view: &LeadListView, was_shared: bool, event: &Event) -> StoreResult<u64>;

    /// Deletes a view as it was read.
    async fn delete(&self, view: &LeadListView, event: &Event) -> StoreResult<()>;
}

//! Reads who sees which leads: the workspace's setting, a user's present role, and the owners of leads. The gate of every
//! route that touches leads asks it, and so does what goes out to users: digests and pushed notifications. A change acts
//! with the next of these.

use crate::ports::store::StoreResult;
use async_trait::async_trait;
use domain::workspace::lead_access::LeadAccess;
use domain::workspace::user::Role;
use domain::{LeadId, UserId, WorkspaceId};
use std::collections::BTreeMap;

/// Each answer MUST be strongly consistent.
#[async_trait]
pub trait LeadAccessStore: Send + Sync {
    /// Returns the usual access for a workspace that does not exist: it has no leads.
    async fn access(&self, workspace: &WorkspaceId) -> StoreResult<LeadAccess>;
    /// Returns the user's role; none where the user is disabled or not there.
    async fn role(&self, workspace: &WorkspaceId, user: &UserId) -> StoreResult<Option<Role>>;
    /// Returns the owners of leads, deleted ones included; a lead that is not there is left out. The owner of a lead that
    /// was merged into another is that one's.
    async fn owners(
        &self,
        workspace: &WorkspaceId,
        leads: &[LeadId],
    ) -> StoreResult<BTreeMap<LeadId, Option<UserId>>>;
}

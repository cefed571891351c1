//! The users who see a lead, where one of them is to have its task or conversation.

use crate::ports::lead_access::LeadAccessStore;
use crate::ports::store::StoreResult;
use domain::{UserId, WorkspaceId};

/// Tells whether a user is there, is not deactivated, and sees the leads of this owner.
pub async fn sees_lead(
    access: &dyn LeadAccessStore,
    workspace: &WorkspaceId,
    user: &UserId,
    owner: Option<&UserId>,
) -> StoreResult<bool> {
    let Some(role) = access.role(workspace, user).await? else { return Ok(false) };
    Ok(access.access(workspace).await?.scope_of(user, role).sees(owner))
}

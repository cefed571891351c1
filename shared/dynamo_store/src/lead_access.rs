//! The leads that users see, read from the items of the workspace, the user and the leads.

use crate::item::decode;
use crate::keys;
use crate::lead_item::merged_into;
use crate::table::Table;
use application::ports::lead_access::LeadAccessStore;
use application::{StoreError, StoreResult};
use async_trait::async_trait;
use domain::lead::Lead;
use domain::workspace::Workspace;
use domain::workspace::lead_access::LeadAccess;
use domain::workspace::user::{Role, User};
use domain::{LeadId, UserId, WorkspaceId};
use std::collections::BTreeMap;

#[async_trait]
impl LeadAccessStore for Table {
    async fn access(&self, workspace: &WorkspaceId) -> StoreResult<LeadAccess> {
        let found = self.find::<Workspace>(&keys::workspace(workspace)).await?;
        Ok(found.map(|workspace| workspace.lead_access).unwrap_or_default())
    }

    async fn role(&self, workspace: &WorkspaceId, user: &UserId) -> StoreResult<Option<Role>> {
        let found = self.find::<User>(&keys::user(workspace, user)).await?;
        Ok(found.filter(|user| !user.disabled).map(|user| user.role))
    }

    async fn owners(
        &self,
        workspace: &WorkspaceId,
        leads: &[LeadId],
    ) -> StoreResult<BTreeMap<LeadId, Option<UserId>>> {
        let mut owners = BTreeMap::new();
        if let [one] = leads {
            owners.extend(self.owner_of(workspace, one).await?.map(|owner| (one.clone(), owner)));
            return Ok(owners);
        }
        let wanted: Vec<_> = leads.iter().map(|id| keys::lead(workspace, id)).collect();
        for item in self.read_items(&wanted).await? {
            let merged = merged_into(&item).is_some();
            let lead: Lead = decode(item)?;
            let owner = match merged {
                true => self.owner_of(workspace, &lead.id).await?,
                false => Some(lead.owner),
            };
            owners.extend(owner.map(|owner| (lead.id, owner)));
        }
        Ok(owners)
    }
}

impl Table {
    async fn owner_of(&self, workspace: &WorkspaceId, id: &LeadId) -> StoreResult<Option<Option<UserId>>> {
        match self.read_lead_or_deleted(workspace, id).await {
            Ok(lead) => Ok(Some(lead.owner)),
            Err(StoreError::NotFound) => Ok(None),
            Err(other) => Err(other),
        }
    }
}

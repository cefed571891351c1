//! The list of those we must not write to.

use crate::store::{Page, PageRequest, StoreResult};
use async_trait::async_trait;
use domain::WorkspaceId;
use domain::event::Event;
use domain::lead::Lead;
use domain::lead::suppression::{Suppression, SuppressionScope};

#[async_trait]
pub trait SuppressionStore: Send + Sync {
    /// A known scope keeps its first entry, unless the new one weighs more or, weighing the same, the first would end by
    /// itself: who was a dead address, and then opted out, has opted out. Who opts out again has done so at the later time.
    async fn put(&self, suppression: &Suppression, event: &Event) -> StoreResult<()>;
    /// Takes off the list what is as it was read. `Conflict` where somebody has listed the scope again, or for another reason: that
    /// stays.
    async fn lift(&self, entry: &Suppression, event: &Event) -> StoreResult<()>;
    /// Strongly consistent; those of the scopes that are listed.
    async fn find(
        &self,
        workspace: &WorkspaceId,
        scopes: &[SuppressionScope],
    ) -> StoreResult<Vec<Suppression>>;
    async fn list(&self, workspace: &WorkspaceId, page: PageRequest) -> StoreResult<Page<Suppression>>;
}

/// Every scope under which this lead could be listed.
pub fn scopes_of(lead: &Lead) -> Vec<SuppressionScope> {
    let mut scopes = Vec::with_capacity(3);
    if let Some(email) = &lead.email {
        scopes.push(SuppressionScope::Email(email.as_str().to_owned()));
        scopes.push(SuppressionScope::Domain(email.domain().to_owned()));
    }
    if let Some(phone) = &lead.phone {
        scopes.push(SuppressionScope::phone(phone));
        // As it was listed before all spellings of a number were one.
        if phone.subscriber() != phone.as_str() {
            scopes.push(SuppressionScope::Phone(phone.as_str().to_owned()));
        }
    }
    scopes
}

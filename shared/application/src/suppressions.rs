//! The list of those we must not write to.

use crate::store::{Page, PageRequest, StoreResult};
use async_trait::async_trait;
use domain::WorkspaceId;
use domain::event::Event;
use domain::lead::Lead;
use domain::listed::{ListedPages, Unlisted};
use domain::suppression::{Suppression, SuppressionScope};

#[async_trait]
pub trait SuppressionStore: Send + Sync {
    /// A known scope keeps its first entry, unless the new one weighs more or, weighing the same, the first would end by
    /// itself: who was a dead address, and then opted out, has opted out. Who opts out again has done so at the later time.
    /// Its mark comes onto the newest page of the order with it.
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
    /// Strongly consistent: the newest pages of the order in which scopes were listed, none before `from`; without it the
    /// newest alone.
    async fn listed(&self, workspace: &WorkspaceId, from: Option<u32>) -> StoreResult<ListedPages>;
    async fn list(&self, workspace: &WorkspaceId, page: PageRequest) -> StoreResult<Page<Suppression>>;
}

/// Which of the lead's scopes are listed; and where none is, what is known of that later. `newest`: a page that was the newest
/// before this.
pub async fn look_up(
    suppressions: &dyn SuppressionStore,
    lead: &Lead,
    newest: u32,
) -> StoreResult<(Vec<Suppression>, Option<Unlisted>)> {
    let scopes = scopes_of(lead);
    let listed = suppressions.find(&lead.workspace, &scopes).await?;
    let unlisted = listed.is_empty().then(|| Unlisted::new(newest, &scopes));
    Ok((listed, unlisted))
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

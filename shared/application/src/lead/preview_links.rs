//! A lead's own preview page: found, or made on first use.

use crate::ports::clock::Clock;
use crate::ports::ids::Ids;
use crate::ports::leads::LeadStore;
use crate::ports::preview_pages::PreviewStore;
use crate::ports::store::{StoreError, StoreResult};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::workspace::preview_page::PreviewPage;
use domain::{LeadId, WorkspaceId};
use jiff::SignedDuration;

/// The time in which a page can be visited after it was made.
const LIFETIME: SignedDuration = SignedDuration::from_hours(24 * 180);

/// Returns the lead's page, or makes one. A page that has expired or was revoked is returned as it is: its link stays
/// dead.
pub async fn preview_page(
    (previews, leads): (&dyn PreviewStore, &dyn LeadStore),
    ids: &dyn Ids,
    clock: &dyn Clock,
    workspace: &WorkspaceId,
    lead: &LeadId,
) -> StoreResult<PreviewPage> {
    if let Some(page) = previews.of_lead(workspace, lead).await? {
        return Ok(page);
    }
    let mut token = [0; 16];
    ids.secret_bytes(&mut token);
    let now = clock.now();
    let page = PreviewPage {
        token: URL_SAFE_NO_PAD.encode(token),
        workspace: workspace.clone(),
        lead: lead.clone(),
        created_at: now,
        expires_at: now.checked_add(LIFETIME).unwrap_or(now),
        revoked: false,
    };
    match previews.create(&page).await {
        // If the lead was deleted meanwhile, nothing else would find this page: it is deleted again.
        Ok(()) => leads.delete_leftovers(workspace, lead).await.map(|()| page),
        // Another request made it in between.
        Err(StoreError::Conflict) => previews.of_lead(workspace, lead).await?.ok_or(StoreError::NotFound),
        Err(other) => Err(other),
    }
}

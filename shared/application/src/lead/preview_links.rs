//! A lead's own preview page: found, or made on first use; and the address at which a user sees a draft of it.

use crate::identity::stage_keys::StageKeys;
use crate::ports::clock::Clock;
use crate::ports::ids::Ids;
use crate::ports::leads::LeadStore;
use crate::ports::preview_pages::PreviewStore;
use crate::ports::store::{StoreError, StoreResult};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::workspace::preview_page::PreviewPage;
use domain::{CampaignId, LeadId, UserId, WorkspaceId};
use jiff::{SignedDuration, Timestamp};

/// The time in which a page can be visited after it was made.
pub const PAGE_LIFETIME: SignedDuration = SignedDuration::from_hours(24 * 180);
/// The time for which a draft, and the address that shows it, is kept.
pub const DRAFT_LIFETIME: SignedDuration = SignedDuration::from_hours(24);

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
        expires_at: now.checked_add(PAGE_LIFETIME).unwrap_or(now),
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

/// What the address of a draft says. A frame of the app cannot send the session's token, so the address is signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DraftLink {
    pub workspace: WorkspaceId,
    pub campaign: CampaignId,
    /// The user whose draft it is.
    pub by: UserId,
    /// The lead that the page is filled in for; one that is made up if there is none.
    pub lead: Option<LeadId>,
    /// The millisecond until which the address is valid.
    pub until: i64,
}

impl DraftLink {
    pub fn path(&self, keys: &StageKeys) -> String {
        let Self { workspace, campaign, by, lead, until } = self;
        let lead = lead.as_ref().map(|lead| format!("&lead={lead}")).unwrap_or_default();
        let signature = self.signature(keys);
        format!(
            "/preview/drafts/{campaign}?workspace={workspace}&by={by}{lead}&until={until}&signature={signature}"
        )
    }

    pub fn is_valid(&self, keys: &StageKeys, signature: &str, now: Timestamp) -> bool {
        let until = self.until.to_string();
        keys.link_is_signed(&self.parts(&until), signature) && now.as_millisecond() <= self.until
    }

    fn signature(&self, keys: &StageKeys) -> String {
        let until = self.until.to_string();
        keys.sign_link(&self.parts(&until))
    }

    fn parts<'a>(&'a self, until: &'a str) -> [&'a str; 6] {
        let lead = self.lead.as_ref().map_or("", LeadId::as_str);
        ["page draft", self.workspace.as_str(), self.campaign.as_str(), self.by.as_str(), lead, until]
    }
}

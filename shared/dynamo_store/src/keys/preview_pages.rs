//! The keys of preview pages: a lead's page, its token, and the blocks that a campaign gives it.

use super::{Partition, SystemKey, Tenant, WorkspaceKey, lead_partition, of, system};
use domain::{CampaignId, LeadId, UserId, WorkspaceId};

pub(crate) fn preview(workspace: &WorkspaceId, lead: &LeadId) -> WorkspaceKey {
    lead_partition(workspace, lead).at("P")
}

pub(crate) fn preview_token(token: &str) -> SystemKey {
    system(format!("PREVIEW#{token}")).at("PREVIEW")
}

fn campaign_pages(workspace: &WorkspaceId) -> Partition<Tenant> {
    of(workspace, "PAGES")
}

pub(crate) fn campaign_page(workspace: &WorkspaceId, campaign: &CampaignId) -> WorkspaceKey {
    campaign_pages(workspace).at(campaign.ulid_text())
}

/// The key of what a user is editing of a campaign's page.
pub(crate) fn campaign_page_draft(
    workspace: &WorkspaceId,
    campaign: &CampaignId,
    by: &UserId,
) -> WorkspaceKey {
    campaign_pages(workspace).at(format!("DRAFT#{}#{}", campaign.ulid_text(), by.ulid_text()))
}

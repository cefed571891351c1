//! `POST /api/campaigns/{id}/page/draft`: keeps what a user is editing, and answers the address at which a frame of the app
//! shows it, filled in for a lead. Leads see nothing of it.

use crate::App;
use crate::page_view::CampaignPageContent;
use application::lead::preview_links::{DRAFT_LIFETIME, DraftLink};
use axum::extract::State;
use domain::campaign::page_blocks::{CampaignPage, PageBlock};
use domain::{CampaignId, LeadId};
use http_api::{ApiError, ApiResult, Caller, JsonBody, PathOf, axum, utoipa};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PageDraft {
    blocks: Vec<PageBlock>,
    /// The lead that the page is filled in for; a made-up one if left out.
    lead_id: Option<LeadId>,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct DraftAddress {
    /// The path, which changes with each draft.
    pub path: String,
    pub valid_until: Timestamp,
}

#[utoipa::path(post, path = "/api/campaigns/{id}/page/draft", operation_id = "draft_campaign_page",
    params(("id" = CampaignId, Path)), request_body = PageDraft, responses((status = 200, body = DraftAddress)))]
pub async fn draft_campaign_page(
    State(app): State<Arc<App>>,
    caller: Caller,
    PathOf(id): PathOf<CampaignId>,
    JsonBody(draft): JsonBody<PageDraft>,
) -> ApiResult<JsonBody<DraftAddress>> {
    let Some(by) = caller.user().cloned() else {
        return Err(ApiError::not_for_keys());
    };
    app.campaigns.get(&caller.workspace, &id).await?;
    if let Some(lead) = &draft.lead_id {
        app.leads.get(&caller.workspace, lead).await?;
    }
    let content = CampaignPageContent { blocks: draft.blocks, closes_on: None, rev: None };
    content.check().finish()?;
    let now = app.clock.now();
    let valid_until = now.checked_add(DRAFT_LIFETIME).unwrap_or(now);
    let page = CampaignPage {
        campaign: id.clone(),
        workspace: caller.workspace.clone(),
        blocks: content.blocks,
        closes_on: None,
        by: Some(by.clone()),
        updated_at: now,
        rev: 0,
    };
    app.previews.put_draft(&page, &by, valid_until).await?;
    let link = DraftLink {
        workspace: caller.workspace,
        campaign: id,
        by,
        lead: draft.lead_id,
        until: valid_until.as_millisecond(),
    };
    Ok(JsonBody(DraftAddress { path: link.path(&app.keys), valid_until }))
}

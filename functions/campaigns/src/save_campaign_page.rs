//! `PUT /api/campaigns/{id}/page`: gives the campaign a preview page of its own. Leads see it from then on, also by links
//! that they already have.

use crate::App;
use crate::page_view::{CampaignPageContent, CampaignPageView};
use axum::extract::State;
use domain::CampaignId;
use domain::campaign::page_blocks::CampaignPage;
use domain::event::{Event, EventKind};
use http_api::{ApiResult, Caller, IfMatch, JsonBody, PathOf, axum, utoipa};
use std::sync::Arc;

#[utoipa::path(put, path = "/api/campaigns/{id}/page", operation_id = "save_campaign_page",
    params(("id" = CampaignId, Path)), request_body = CampaignPageContent,
    responses((status = 200, body = CampaignPageView)))]
pub async fn save_campaign_page(
    State(app): State<Arc<App>>,
    caller: Caller,
    PathOf(id): PathOf<CampaignId>,
    if_match: IfMatch,
    JsonBody(content): JsonBody<CampaignPageContent>,
) -> ApiResult<JsonBody<CampaignPageView>> {
    app.campaigns.get(&caller.workspace, &id).await?;
    let stored = app.previews.campaign_page(&caller.workspace, &id).await?;
    let rev = stored.map_or(0, |page| page.rev);
    if_match.check(content.rev, rev)?;
    content.check().finish()?;
    let now = app.clock.now();
    let mut page = CampaignPage {
        campaign: id,
        workspace: caller.workspace.clone(),
        blocks: content.blocks,
        closes_on: content.closes_on,
        by: caller.user().cloned(),
        updated_at: now,
        rev,
    };
    let event = Event::new(EventKind::CampaignChanged, caller.actor(), now).because(page.campaign.as_str());
    page.rev = app.previews.save_campaign_page(&page, &event).await?;
    Ok(JsonBody(CampaignPageView::of(page)))
}

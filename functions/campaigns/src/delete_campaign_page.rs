//! `DELETE /api/campaigns/{id}/page`: goes back to the standard page.

use crate::App;
use axum::extract::State;
use domain::CampaignId;
use domain::event::{Event, EventKind};
use http::StatusCode;
use http_api::{ApiResult, Caller, IfMatch, PathOf, axum, utoipa};
use std::sync::Arc;

#[utoipa::path(delete, path = "/api/campaigns/{id}/page", operation_id = "delete_campaign_page",
    params(("id" = CampaignId, Path)), responses((status = 204, description = "The standard page is shown")))]
pub async fn delete_campaign_page(
    State(app): State<Arc<App>>,
    caller: Caller,
    PathOf(id): PathOf<CampaignId>,
    if_match: IfMatch,
) -> ApiResult<StatusCode> {
    app.campaigns.get(&caller.workspace, &id).await?;
    if let Some(page) = app.previews.campaign_page(&caller.workspace, &id).await? {
        if_match.check(None, page.rev)?;
        let event =
            Event::new(EventKind::CampaignChanged, caller.actor(), app.clock.now()).because(id.as_str());
        app.previews.delete_campaign_page(&page, &event).await?;
    }
    Ok(StatusCode::NO_CONTENT)
}

//! `POST /api/campaigns/{id}/clone`: creates a draft with the same sequence, accounts and time zone, without
//! leads and without automatic enrolment.

use crate::App;
use crate::campaign_view::CampaignView;
use axum::extract::State;
use domain::CampaignId;
use domain::campaign::{Campaign, CampaignState};
use domain::event::{Event, EventKind};
use http::StatusCode;
use http_api::{ApiResult, Caller, CloneRequest, JsonBody, PathOf, axum, utoipa};
use std::sync::Arc;

#[utoipa::path(post, path = "/api/campaigns/{id}/clone", operation_id = "clone_campaign",
    params(("id" = CampaignId, Path)), request_body = CloneRequest, responses((status = 201, body = CampaignView)))]
pub async fn clone_campaign(
    State(app): State<Arc<App>>,
    caller: Caller,
    PathOf(id): PathOf<CampaignId>,
    JsonBody(request): JsonBody<CloneRequest>,
) -> ApiResult<(StatusCode, JsonBody<CampaignView>)> {
    let original = app.campaigns.get(&caller.workspace, &id).await?;
    let name = request.name_for(&original.name)?;
    let sequence = app.usable_sequence(&caller.workspace, &original.sequence).await?;
    let now = app.clock.now();
    let mut campaign = Campaign {
        id: CampaignId::new(app.ids.next()),
        name,
        state: CampaignState::Draft,
        state_since: now,
        paused_until: None,
        sequence_version: sequence.version,
        auto_enrol: None,
        owner: caller.user().cloned(),
        created_at: now,
        launched_at: None,
        rev: 0,
        ..original
    };
    let event = Event::new(EventKind::CampaignCreated, caller.actor(), now).because(id.as_str());
    campaign.rev = app.campaigns.save(&campaign, &event).await?;
    Ok((StatusCode::CREATED, JsonBody(CampaignView::of(campaign, now))))
}

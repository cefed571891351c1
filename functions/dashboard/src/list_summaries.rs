//! `GET /api/dashboard/campaigns`: every campaign that is not archived, in one line.

use crate::App;
use crate::figures::{Figures, Rate};
use axum::extract::State;
use domain::CampaignId;
use domain::campaign::{Campaign, CampaignState};
use futures::StreamExt;
use http_api::{ApiResult, Caller, JsonBody, PageBody, axum, utoipa};
use jiff::Timestamp;
use serde::Serialize;
use std::sync::Arc;

/// The most campaigns in this list; the campaigns page has them all.
const MOST: usize = 50;
const AT_ONCE: usize = 8;

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct CampaignSummary {
    pub id: CampaignId,
    pub name: String,
    pub state: CampaignState,
    pub launched_at: Option<Timestamp>,
    pub counters: Figures,
    /// The share of enrolled leads who replied.
    pub reply_rate: Rate,
}

/// Active campaigns first, at most 50.
#[utoipa::path(get, path = "/api/dashboard/campaigns", operation_id = "list_summaries",
    responses((status = 200, body = PageBody<CampaignSummary>)))]
pub async fn list_summaries(
    State(app): State<Arc<App>>,
    caller: Caller,
) -> ApiResult<JsonBody<PageBody<CampaignSummary>>> {
    let mut campaigns = app.campaigns.list(&caller.workspace).await?;
    campaigns.retain(|campaign| campaign.state != CampaignState::Archived);
    let total = campaigns.len();
    campaigns.sort_by_key(|campaign| match campaign.state {
        CampaignState::Active => 0,
        CampaignState::Paused => 1,
        CampaignState::Draft => 2,
        _ => 3,
    });
    campaigns.truncate(MOST);
    let app = &app;
    let each = campaigns.into_iter().map(|campaign| async move { summary(app, campaign).await });
    let done: Vec<_> = futures::stream::iter(each).buffered(AT_ONCE).collect().await;
    let items = done.into_iter().collect::<ApiResult<_>>()?;
    Ok(JsonBody(PageBody { items, next_cursor: None, total: Some(total) }))
}

async fn summary(app: &App, campaign: Campaign) -> ApiResult<CampaignSummary> {
    let counted = app.stats.campaign(&campaign.workspace, &campaign.id).await?;
    let counters = Figures::from(&counted.all);
    Ok(CampaignSummary {
        reply_rate: Rate::new(counters.replied, counters.enrolled),
        id: campaign.id,
        name: campaign.name,
        state: campaign.state,
        launched_at: campaign.launched_at,
        counters,
    })
}

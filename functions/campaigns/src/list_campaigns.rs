//! `GET /api/campaigns`: all campaigns, newest first.

use crate::App;
use crate::campaign_view::CampaignView;
use axum::extract::State;
use domain::campaign::CampaignState;
use futures::{StreamExt, TryStreamExt, stream};
use http_api::{ApiResult, Caller, JsonBody, PageBody, QueryOf, axum, utoipa};
use serde::Deserialize;
use std::sync::Arc;

/// Drafts whose sequence is read at the same time.
const AT_ONCE: usize = 8;

#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct CampaignListQuery {
    /// One state; all but archived campaigns if left out.
    #[param(value_type = Option<CampaignState>)]
    state: Option<CampaignState>,
}

#[utoipa::path(get, path = "/api/campaigns", operation_id = "list_campaigns", params(CampaignListQuery),
    responses((status = 200, body = PageBody<CampaignView>)))]
pub async fn list_campaigns(
    State(app): State<Arc<App>>,
    caller: Caller,
    QueryOf(query): QueryOf<CampaignListQuery>,
) -> ApiResult<JsonBody<PageBody<CampaignView>>> {
    let now = app.clock.now();
    let mut all = app.campaigns.list(&caller.workspace).await?;
    all.retain(|campaign| match query.state {
        Some(state) => campaign.state == state,
        None => campaign.state != CampaignState::Archived,
    });
    let total = Some(all.len());
    let views = all.into_iter().map(|campaign| app.view(campaign, now));
    let items = stream::iter(views).buffered(AT_ONCE).try_collect().await?;
    Ok(JsonBody(PageBody { items, next_cursor: None, total }))
}

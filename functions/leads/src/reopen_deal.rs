//! `POST /api/deals/{id}/reopen`: opens a closed deal again.

use crate::App;
use crate::deal_fields::refuse_too_many_open;
use crate::deal_view::DealView;
use application::deals::follow_lead::begun_with;
use axum::extract::State;
use domain::DealId;
use http_api::{ApiResult, Caller, JsonBody, PathOf, axum, utoipa};
use std::sync::Arc;

/// A deal that is open stays as it is.
#[utoipa::path(post, path = "/api/deals/{id}/reopen", operation_id = "reopen_deal", params(("id" = DealId, Path)),
    responses((status = 200, body = DealView)))]
pub async fn reopen_deal(
    State(app): State<Arc<App>>,
    caller: Caller,
    PathOf(id): PathOf<DealId>,
) -> ApiResult<JsonBody<DealView>> {
    let (mut deal, lead) = app.deal_and_lead(&caller, &id).await?;
    if !deal.reopen(app.clock.now()) {
        return Ok(JsonBody(app.deal_view(deal, &lead).await?));
    }
    let known = app.deals.deals.of_leads(&caller.workspace, &begun_with(&lead)).await?;
    refuse_too_many_open(&known)?;
    let news = deal.news();
    Ok(JsonBody(app.save_deal(&caller, (deal, &lead), news).await?))
}

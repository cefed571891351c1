//! `POST /api/deals/{id}/win`: closes an open deal as won. Its lead stays where it is.

use crate::App;
use crate::deal_view::DealView;
use axum::extract::State;
use domain::DealId;
use domain::deal::DealOutcome;
use http_api::{ApiResult, Caller, JsonBody, PathOf, axum, utoipa};
use std::sync::Arc;

/// A deal that is won already stays as it is.
#[utoipa::path(post, path = "/api/deals/{id}/win", operation_id = "win_deal", params(("id" = DealId, Path)),
    responses((status = 200, body = DealView)))]
pub async fn win_deal(
    State(app): State<Arc<App>>,
    caller: Caller,
    PathOf(id): PathOf<DealId>,
) -> ApiResult<JsonBody<DealView>> {
    Ok(JsonBody(app.close_deal(&caller, &id, (DealOutcome::Won, None)).await?))
}

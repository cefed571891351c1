//! `POST /api/deals/{id}/lose`: closes an open deal as lost. Its lead stays where it is.

use crate::App;
use crate::deal_view::DealView;
use axum::extract::State;
use domain::DealId;
use domain::deal::{Deal, DealOutcome};
use domain::lead::stage::LostReasonId;
use http_api::{ApiError, ApiResult, Caller, JsonBody, PathOf, axum, utoipa};
use serde::Deserialize;
use std::sync::Arc;

#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LoseDeal {
    /// One of the workspace's lost reasons.
    lost_reason: LostReasonId,
}

/// A deal that is lost already stays as it is.
#[utoipa::path(post, path = "/api/deals/{id}/lose", operation_id = "lose_deal", params(("id" = DealId, Path)),
    request_body = LoseDeal, responses((status = 200, body = DealView)))]
pub async fn lose_deal(
    State(app): State<Arc<App>>,
    caller: Caller,
    PathOf(id): PathOf<DealId>,
    JsonBody(body): JsonBody<LoseDeal>,
) -> ApiResult<JsonBody<DealView>> {
    app.known_stage(&caller, (None, Some(body.lost_reason)), "").await?;
    let closed = app.close_deal(&caller, &id, (DealOutcome::Lost, Some(body.lost_reason)));
    Ok(JsonBody(closed.await?))
}

impl App {
    /// Closes an open deal.
    pub async fn close_deal(
        &self,
        caller: &Caller,
        id: &DealId,
        (outcome, lost_reason): (DealOutcome, Option<LostReasonId>),
    ) -> ApiResult<DealView> {
        let (mut deal, lead) = self.deal_and_lead(caller, id).await?;
        let has = |deal: &Deal| deal.closed.as_ref().map(|closing| closing.outcome);
        if has(&deal) == Some(outcome) {
            return self.deal_view(deal, &lead).await;
        }
        if !deal.close(outcome, lost_reason, self.clock.now()) {
            return Err(ApiError::conflict("deal_closed", "The deal is closed. Open it again first."));
        }
        let news = deal.news();
        self.save_deal(caller, (deal, &lead), news).await
    }
}

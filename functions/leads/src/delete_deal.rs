//! `DELETE /api/deals/{id}`: deletes a deal that was added by mistake.

use crate::App;
use axum::extract::State;
use domain::DealId;
use domain::event::{Event, EventKind};
use http::StatusCode;
use http_api::{ApiResult, Caller, PathOf, axum, utoipa};
use std::sync::Arc;

#[utoipa::path(delete, path = "/api/deals/{id}", operation_id = "delete_deal", params(("id" = DealId, Path)),
    responses((status = 204)))]
pub async fn delete_deal(
    State(app): State<Arc<App>>,
    caller: Caller,
    PathOf(id): PathOf<DealId>,
) -> ApiResult<StatusCode> {
    let (deal, lead) = app.deal_and_lead(&caller, &id).await?;
    let event = Event::new(EventKind::DealDeleted, caller.actor(), app.clock.now());
    app.deals.deals.delete(&deal, &event.because(lead.id.as_str())).await?;
    Ok(StatusCode::NO_CONTENT)
}

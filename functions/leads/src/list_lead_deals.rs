//! `GET /api/leads/{id}/deals`: the deals of a lead, open ones first.

use crate::App;
use crate::deal_view::DealView;
use application::deals::follow_lead::begun_with;
use axum::extract::State;
use domain::LeadId;
use http_api::{ApiResult, Caller, JsonBody, PathOf, axum, utoipa};
use serde::Serialize;
use std::sync::Arc;

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct LeadDeals {
    /// Open ones by the day on which they are expected, then closed ones, latest first.
    pub items: Vec<DealView>,
}

#[utoipa::path(get, path = "/api/leads/{id}/deals", operation_id = "list_lead_deals", params(("id" = LeadId, Path)),
    responses((status = 200, body = LeadDeals)))]
pub async fn list_lead_deals(
    State(app): State<Arc<App>>,
    caller: Caller,
    PathOf(id): PathOf<LeadId>,
) -> ApiResult<JsonBody<LeadDeals>> {
    let lead = caller.seen(app.leads.get(&caller.workspace, &id).await)?;
    let stages = app.stages.get(&caller.workspace).await?;
    let mut deals = app.deals.deals.of_leads(&caller.workspace, &begun_with(&lead)).await?;
    deals.sort_by(|a, b| {
        let closed = |deal: &domain::deal::Deal| deal.closed.as_ref().map(|closing| closing.at);
        match (closed(a), closed(b)) {
            (None, None) => (a.close_on, &a.id).cmp(&(b.close_on, &b.id)),
            (Some(one), Some(other)) => (other, &b.id).cmp(&(one, &a.id)),
            (one, other) => one.is_some().cmp(&other.is_some()),
        }
    });
    let items = deals.into_iter().map(|deal| DealView::of(deal, &lead, &stages)).collect();
    Ok(JsonBody(LeadDeals { items }))
}

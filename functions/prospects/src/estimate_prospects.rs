//! `POST /api/prospects/estimate`: what a search would ask for and may cost. Nothing is asked or written.

use crate::App;
use crate::search_body::{ProspectSearchRequest, account_of, asker};
use application::prospects::desk::ProspectDesk;
use axum::extract::State;
use domain::prospect::ProspectFilters;
use domain::spend::Usd;
use http_api::{ApiResult, Caller, JsonBody, axum, utoipa};
use serde::Serialize;
use std::sync::Arc;

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct ProspectSearchEstimate {
    pub provider: String,
    /// The filters that the provider would be asked for.
    pub filters: ProspectFilters,
    /// The ICP's rules that the provider cannot be asked for.
    pub unasked: Vec<String>,
    pub page_size: u32,
    /// The most that the page may cost, in millionths of a dollar; nothing for one that is kept.
    pub most: Usd,
    /// The price of an address that the provider tells only for a credit.
    pub each: Usd,
    /// What is left under the caps of the month and of the user; none if there is no cap.
    pub left: Option<Usd>,
}

#[utoipa::path(post, path = "/api/prospects/estimate", operation_id = "estimate_prospects",
    request_body = ProspectSearchRequest, responses((status = 200, body = ProspectSearchEstimate)))]
pub async fn estimate_prospects(
    State(app): State<Arc<App>>,
    caller: Caller,
    JsonBody(request): JsonBody<ProspectSearchRequest>,
) -> ApiResult<JsonBody<ProspectSearchEstimate>> {
    let desk = ProspectDesk::open(&app.ports, &caller.workspace).await?;
    let asked = request.read(&app, &desk, &caller, None).await?;
    let account = account_of(&desk, &asked.search)?;
    let is_kept = asked.page <= asked.search.pages;
    let most = if is_kept { Usd::ZERO } else { desk.most_of_search(&account, asked.search.page_size) };
    Ok(JsonBody(ProspectSearchEstimate {
        most,
        each: desk.price_of_address(&account).most(),
        left: desk.left(&asker(&app, &caller, None)).await?,
        provider: asked.search.provider,
        filters: asked.search.filters,
        unasked: asked.search.unasked,
        page_size: asked.search.page_size,
    }))
}

//! `GET /api/prospects/searches/{id}`: a kept page of a search. It costs nothing.

use crate::App;
use crate::prospect_view::ProspectSearchView;
use application::prospects::desk::ProspectDesk;
use application::prospects::search::kept_search;
use axum::extract::{Query, State};
use domain::ProspectSearchId;
use http_api::{ApiResult, Caller, JsonBody, PathOf, axum, utoipa};
use serde::Deserialize;
use std::sync::Arc;

#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct KeptPageQuery {
    /// The number of the page, 1 if left out.
    page: Option<u32>,
}

#[utoipa::path(get, path = "/api/prospects/searches/{id}", operation_id = "get_prospect_search",
    params(("id" = ProspectSearchId, Path), KeptPageQuery), responses((status = 200, body = ProspectSearchView)))]
pub async fn get_prospect_search(
    State(app): State<Arc<App>>,
    caller: Caller,
    PathOf(id): PathOf<ProspectSearchId>,
    Query(query): Query<KeptPageQuery>,
) -> ApiResult<JsonBody<ProspectSearchView>> {
    let desk = ProspectDesk::open(&app.ports, &caller.workspace).await?;
    let search = kept_search(&desk, &caller.workspace, &id).await?;
    let page = app.ports.prospects.page(&caller.workspace, &id, query.page.unwrap_or(1)).await?;
    Ok(JsonBody(ProspectSearchView::of(&desk, search, page).await?))
}

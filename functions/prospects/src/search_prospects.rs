//! `POST /api/prospects/search`: asks a provider for a page of prospects, under the caps, and keeps it for a day.

use crate::App;
use crate::prospect_view::ProspectSearchView;
use crate::refusals::refusal;
use crate::search_body::{AskedSearch, ProspectSearchRequest, asker};
use application::StoreError;
use application::bulk_messages::start::request_began_at;
use application::prospects::desk::ProspectDesk;
use application::prospects::search::{kept_search, page_of_search};
use axum::extract::State;
use domain::ProspectSearchId;
use http_api::{ApiResult, Caller, JsonBody, KeyedId, axum, utoipa};
use std::sync::Arc;

#[utoipa::path(post, path = "/api/prospects/search", operation_id = "search_prospects",
    request_body = ProspectSearchRequest, responses((status = 200, body = ProspectSearchView)))]
pub async fn search_prospects(
    State(app): State<Arc<App>>,
    caller: Caller,
    KeyedId(request): KeyedId,
    JsonBody(body): JsonBody<ProspectSearchRequest>,
) -> ApiResult<JsonBody<ProspectSearchView>> {
    let desk = ProspectDesk::open(&app.ports, &caller.workspace).await?;
    // A repeat of the request finds the search that it has begun.
    let repeated = request.as_deref().and_then(|request| Some((request, request_began_at(request)?)));
    let id = match repeated {
        Some((request, at)) => ProspectSearchId::derived(at, &[caller.workspace.as_str(), request]),
        None => ProspectSearchId::new(app.ports.ids.next()),
    };
    let AskedSearch { search, page } = body.read(&app, &desk, &caller, Some(id)).await?;
    let search = match search.rev {
        0 => match kept_search(&desk, &caller.workspace, &search.id).await {
            Ok(known) => known,
            Err(StoreError::NotFound) => search,
            Err(other) => return Err(other.into()),
        },
        _ => search,
    };
    let asker = asker(&app, &caller, request);
    let (search, page) = page_of_search(&desk, search, page, &asker).await.map_err(refusal)?;
    Ok(JsonBody(ProspectSearchView::of(&desk, search, page).await?))
}

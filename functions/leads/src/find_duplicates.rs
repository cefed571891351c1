//! `POST /api/leads/duplicates`: looks for leads that may be the same person.

use crate::App;
use crate::list_duplicates::DuplicateSearchView;
use application::lead::duplicate_search::start_search;
use axum::extract::State;
use http::StatusCode;
use http_api::{ApiResult, Caller, JsonBody, axum, utoipa};
use std::sync::Arc;

/// Starts a search over the newest 100,000 leads, unless one is at work. `GET` shows its progress and what it found.
#[utoipa::path(post, path = "/api/leads/duplicates", operation_id = "find_duplicates",
    responses((status = 202, body = DuplicateSearchView)))]
pub async fn find_duplicates(
    State(app): State<Arc<App>>,
    caller: Caller,
) -> ApiResult<(StatusCode, JsonBody<DuplicateSearchView>)> {
    let search = start_search(&app.duplicates, &caller.workspace).await?;
    Ok((StatusCode::ACCEPTED, JsonBody(DuplicateSearchView::of(&search, app.clock.now()))))
}

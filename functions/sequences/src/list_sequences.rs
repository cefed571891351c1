//! `GET /api/sequences`: all sequences, the latest changed first.

use crate::App;
use crate::sequence_view::SequenceView;
use axum::extract::State;
use http_api::{ApiResult, Caller, JsonBody, PageBody, QueryOf, axum, utoipa};
use serde::Deserialize;
use std::cmp::Reverse;
use std::sync::Arc;

#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct SequenceListQuery {
    /// Include archived sequences.
    #[serde(default)]
    archived: bool,
}

#[utoipa::path(get, path = "/api/sequences", operation_id = "list_sequences", params(SequenceListQuery),
    responses((status = 200, body = PageBody<SequenceView>)))]
pub async fn list_sequences(
    State(app): State<Arc<App>>,
    caller: Caller,
    QueryOf(query): QueryOf<SequenceListQuery>,
) -> ApiResult<JsonBody<PageBody<SequenceView>>> {
    let mut all = app.sequences.list(&caller.workspace).await?;
    all.retain(|sequence| query.archived || !sequence.archived);
    all.sort_by_key(|sequence| Reverse(sequence.updated_at));
    let total = Some(all.len());
    let items = all.into_iter().map(SequenceView::from).collect();
    Ok(JsonBody(PageBody { items, next_cursor: None, total }))
}

//! `GET /api/ops/inbound`: what arrived from the workspace's providers, newest first, and what became of it.

use crate::App;
use crate::inbound_view::InboundView;
use application::ports::inbound_records::InboundFilter;
use axum::extract::State;
use domain::message::inbound_outcome::InboundOutcome;
use http_api::{ApiError, ApiResult, Caller, JsonBody, PageBody, PageQuery, QueryOf, axum, utoipa};
use serde::Deserialize;
use std::sync::Arc;

#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct InboundQuery {
    /// The provider's word, such as `twilio`.
    pub provider: Option<String>,
    /// The outcome: `waiting`, `filed`, `unmatched`, `ignored` or `unreadable`.
    pub outcome: Option<String>,
    /// The number of items on a page, 1–200; 50 if left out.
    pub limit: Option<usize>,
    /// The `next_cursor` of the page before.
    pub cursor: Option<String>,
}

#[utoipa::path(get, path = "/api/ops/inbound", operation_id = "list_inbound", params(InboundQuery),
    responses((status = 200, body = PageBody<InboundView>)))]
pub async fn list_inbound(
    State(app): State<Arc<App>>,
    caller: Caller,
    QueryOf(query): QueryOf<InboundQuery>,
) -> ApiResult<JsonBody<PageBody<InboundView>>> {
    let InboundQuery { provider, outcome, limit, cursor } = query;
    let page = PageQuery { limit, cursor }.parse()?;
    let outcome = outcome.filter(|text| !text.is_empty());
    let outcome = outcome.map(|text| {
        let known = InboundOutcome::parse(&text);
        known.ok_or_else(|| ApiError::invalid("query.outcome", "is no outcome of an inbound event"))
    });
    let provider = provider.filter(|text| !text.is_empty());
    let filter = InboundFilter { provider, outcome: outcome.transpose()? };
    let found = app.inbound_records.list(&caller.workspace, &filter, page).await?;
    let items = app.inbound_views(&caller.workspace, found.items).await?;
    Ok(JsonBody(PageBody { items, next_cursor: found.next_cursor, total: None }))
}

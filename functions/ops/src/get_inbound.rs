//! `GET /api/ops/inbound/{id}`: one inbound event, with its payload as the provider sent it.

use crate::App;
use crate::inbound_view::{InboundView, payload};
use axum::extract::State;
use domain::InboundId;
use http_api::{ApiError, ApiResult, Caller, JsonBody, PathOf, axum, utoipa};
use serde::Serialize;
use std::sync::Arc;

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct InboundDetail {
    #[serde(flatten)]
    pub event: InboundView,
    /// The payload; absent where it is larger than 64 KB or a mail out of a mailbox, and lies in the bucket.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub payload: Option<String>,
}

#[utoipa::path(get, path = "/api/ops/inbound/{id}", operation_id = "get_inbound", params(("id" = InboundId, Path)),
    responses((status = 200, body = InboundDetail)))]
pub async fn get_inbound(
    State(app): State<Arc<App>>,
    caller: Caller,
    PathOf(id): PathOf<InboundId>,
) -> ApiResult<JsonBody<InboundDetail>> {
    let record = app.inbound_records.get(&caller.workspace, &id).await?;
    let payload = payload(&record);
    let event = app.inbound_views(&caller.workspace, vec![record]).await?.pop();
    let event = event.ok_or_else(|| ApiError::not_found("inbound event"))?;
    Ok(JsonBody(InboundDetail { event, payload }))
}

//! `POST /api/leads/{id}/enrich`: asks the enrichment providers again, now.

use crate::App;
use application::ports::outbox::send_all;
use application::queue_messages::EnrichLead;
use axum::extract::State;
use domain::LeadId;
use http::StatusCode;
use http_api::{ApiResult, Caller, JsonBody, PathOf, axum, utoipa};
use serde::Serialize;
use std::sync::Arc;

/// Confirms that the work was queued.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Queued {
    pub queued: bool,
}

#[utoipa::path(post, path = "/api/leads/{id}/enrich", operation_id = "enrich_lead", params(("id" = LeadId, Path)),
    responses((status = 202, body = Queued)))]
pub async fn enrich_lead(
    State(app): State<Arc<App>>,
    caller: Caller,
    PathOf(id): PathOf<LeadId>,
) -> ApiResult<(StatusCode, JsonBody<Queued>)> {
    app.leads.get(&caller.workspace, &id).await?;
    let message = EnrichLead { workspace: caller.workspace, lead: id, force: true, attempt: 0 };
    send_all(&*app.outbox, &[message], 0).await?;
    Ok((StatusCode::ACCEPTED, JsonBody(Queued { queued: true })))
}

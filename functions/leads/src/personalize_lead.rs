//! `POST /api/leads/{id}/personalize`: writes the opening line again, now.

use crate::App;
use crate::enrich_lead::Queued;
use application::ports::outbox::send_all;
use application::queue_messages::PersonalizeLead;
use axum::extract::State;
use domain::LeadId;
use http::StatusCode;
use http_api::{ApiResult, Caller, JsonBody, PathOf, axum, utoipa};
use std::sync::Arc;

#[utoipa::path(post, path = "/api/leads/{id}/personalize", operation_id = "personalize_lead",
    params(("id" = LeadId, Path)), responses((status = 202, body = Queued)))]
pub async fn personalize_lead(
    State(app): State<Arc<App>>,
    caller: Caller,
    PathOf(id): PathOf<LeadId>,
) -> ApiResult<(StatusCode, JsonBody<Queued>)> {
    app.leads.get(&caller.workspace, &id).await?;
    let message =
        PersonalizeLead { workspace: caller.workspace, lead: id, campaign: None, force: true, attempt: 0 };
    send_all(&*app.outbox, &[message], 0).await?;
    Ok((StatusCode::ACCEPTED, JsonBody(Queued { queued: true })))
}

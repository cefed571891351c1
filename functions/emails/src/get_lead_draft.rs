//! `GET /api/emails/draft/of/{lead}`: the caller's draft to this lead, whatever device it was written on.

use crate::App;
use crate::draft_view::DraftView;
use application::StoreError;
use application::ports::messages::draft_to;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use domain::LeadId;
use http::StatusCode;
use http_api::{ApiResult, Caller, JsonBody, PathOf, axum, utoipa};
use std::sync::Arc;

#[utoipa::path(get, path = "/api/emails/draft/of/{lead}", operation_id = "get_lead_draft",
    params(("lead" = LeadId, Path)),
    responses((status = 200, body = DraftView), (status = 204, description = "Nothing is being written")))]
pub async fn get_lead_draft(
    State(app): State<Arc<App>>,
    caller: Caller,
    PathOf(lead): PathOf<LeadId>,
) -> ApiResult<Response> {
    let id = draft_to(&caller.signed_in()?.user, &lead);
    match app.messages.draft(&caller.workspace, &id).await {
        Ok(draft) => Ok(JsonBody(DraftView::from(draft)).into_response()),
        // Most leads have no draft: that is not an error.
        Err(StoreError::NotFound) => {
            app.leads.get(&caller.workspace, &lead).await?;
            Ok(StatusCode::NO_CONTENT.into_response())
        }
        Err(error) => Err(error.into()),
    }
}

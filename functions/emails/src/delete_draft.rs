//! `DELETE /api/emails/draft/{id}`: deletes a draft that was sent or discarded.

use crate::App;
use axum::extract::State;
use domain::DraftId;
use http::StatusCode;
use http_api::{ApiResult, Caller, PathOf, axum, utoipa};
use std::sync::Arc;

#[utoipa::path(delete, path = "/api/emails/draft/{id}", operation_id = "delete_draft",
    params(("id" = DraftId, Path)), responses((status = 204)))]
pub async fn delete_draft(
    State(app): State<Arc<App>>,
    caller: Caller,
    PathOf(id): PathOf<DraftId>,
) -> ApiResult<StatusCode> {
    app.own_draft(&caller, &id).await?;
    app.messages.delete_draft(&caller.workspace, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}

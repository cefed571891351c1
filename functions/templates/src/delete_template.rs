//! `DELETE /api/templates/{id}`: deletes a template; sequences keep the text that they were made with.

use crate::App;
use axum::extract::State;
use domain::TemplateId;
use http::StatusCode;
use http_api::{ApiResult, Caller, PathOf, axum, utoipa};
use std::sync::Arc;

#[utoipa::path(delete, path = "/api/templates/{id}", operation_id = "delete_template",
    params(("id" = TemplateId, Path)), responses((status = 204)))]
pub async fn delete_template(
    State(app): State<Arc<App>>,
    caller: Caller,
    PathOf(id): PathOf<TemplateId>,
) -> ApiResult<StatusCode> {
    app.templates.get(&caller.workspace, &id).await?;
    app.templates.delete(&caller.workspace, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}

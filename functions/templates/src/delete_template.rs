//! `DELETE /api/templates/{id}`: deletes a template; sequences keep the text that they were made with.

use crate::App;
use axum::extract::State;
use domain::TemplateId;
use domain::event::{Event, EventKind};
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
    let template = app.templates.get(&caller.workspace, &id).await?;
    let event = Event::new(EventKind::TemplateDeleted, caller.actor(), app.clock.now());
    app.templates.delete(&template, &event).await?;
    Ok(StatusCode::NO_CONTENT)
}

//! `DELETE /api/fields/{id}`: deletes a custom field. Leads keep their values as text, and a new field with the same
//! name finds them again.

use crate::App;
use application::retry;
use axum::extract::State;
use domain::CustomFieldId;
use domain::event::{Event, EventKind};
use http::StatusCode;
use http_api::{ApiError, ApiResult, Caller, PathOf, axum, utoipa};
use std::sync::Arc;

#[utoipa::path(delete, path = "/api/fields/{id}", operation_id = "delete_field",
    params(("id" = CustomFieldId, Path)), responses((status = 204)))]
pub async fn delete_field(
    State(app): State<Arc<App>>,
    caller: Caller,
    PathOf(id): PathOf<CustomFieldId>,
) -> ApiResult<StatusCode> {
    let deleted = retry!(async {
        let mut fields = app.custom_fields.get(&caller.workspace).await?;
        let before = fields.fields.len();
        fields.fields.retain(|field| field.id != id);
        fields.renames.retain(|rename| rename.field != id);
        if fields.fields.len() == before {
            return Ok(Err(ApiError::not_found("field")));
        }
        let event = Event::new(EventKind::CustomFieldDeleted, caller.actor(), app.clock.now());
        app.custom_fields.save(&fields, &event.because(id.as_str())).await.map(Ok)
    });
    deleted??;
    Ok(StatusCode::NO_CONTENT)
}

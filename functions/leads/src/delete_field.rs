//! `DELETE /api/fields/{id}`: deletes a custom field. Leads keep their values as text, and a new field with the same
//! name finds them again. A field that a column fills or reads is not deleted.

use crate::App;
use crate::rule_uses::refuse_in_use;
use application::retry;
use axum::extract::State;
use domain::CustomFieldId;
use domain::event::{Event, EventKind};
use http::StatusCode;
use http_api::{ApiError, ApiResult, Caller, FieldError, PathOf, axum, utoipa};
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
        let Some(place) = fields.fields.iter().position(|field| field.id == id) else {
            return Ok(Err(ApiError::not_found("field")));
        };
        let field = fields.fields.remove(place);
        let mut columns = app.columns.list(&caller.workspace).await?;
        columns.retain(|column| column.uses_custom_field(&field.key));
        let uses = columns.into_iter().map(|column| FieldError {
            field: column.id.to_string(),
            detail: format!("the column {}", column.name),
        });
        if let Err(refused) = refuse_in_use("The field is", uses.collect()) {
            return Ok(Err(refused));
        }
        fields.renames.retain(|rename| rename.field != id);
        let event = Event::new(EventKind::CustomFieldDeleted, caller.actor(), app.clock.now());
        app.custom_fields.save(&fields, &event.because(id.as_str())).await.map(Ok)
    });
    deleted??;
    Ok(StatusCode::NO_CONTENT)
}

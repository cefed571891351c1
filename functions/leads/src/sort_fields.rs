//! `PUT /api/fields/order`: sets the order in which custom fields are shown.

use crate::App;
use application::retry;
use axum::extract::State;
use domain::CustomFieldId;
use domain::event::{Event, EventKind};
use domain::lead::custom_field::CustomField;
use http_api::{ApiResult, Caller, JsonBody, PageBody, axum, utoipa};
use serde::Deserialize;
use std::sync::Arc;

#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FieldOrder {
    /// The fields' ids. A field that is not named comes behind those that are; an unknown id is passed over.
    fields: Vec<CustomFieldId>,
}

#[utoipa::path(put, path = "/api/fields/order", operation_id = "sort_fields", request_body = FieldOrder,
    responses((status = 200, body = PageBody<CustomField>)))]
pub async fn sort_fields(
    State(app): State<Arc<App>>,
    caller: Caller,
    JsonBody(order): JsonBody<FieldOrder>,
) -> ApiResult<JsonBody<PageBody<CustomField>>> {
    let sorted = retry!(async {
        let mut fields = app.custom_fields.get(&caller.workspace).await?;
        let place = |field: &CustomField| order.fields.iter().position(|id| *id == field.id);
        fields.fields.sort_by_key(|field| place(field).unwrap_or(usize::MAX));
        let event = Event::new(EventKind::CustomFieldsSorted, caller.actor(), app.clock.now());
        app.custom_fields.save(&fields, &event).await?;
        Ok(fields.fields)
    });
    Ok(JsonBody(PageBody { items: sorted?, next_cursor: None, total: None }))
}

//! `PUT /api/leads/{id}/opening-line`: sets the opening line that a user wrote.

use crate::App;
use crate::lead_view::{LeadView, read_view};
use axum::extract::State;
use domain::LeadId;
use domain::event::{Event, EventKind};
use domain::lead::enrichment::{BY_USER, Field, FieldResult, FieldStatus, FieldValue};
use domain::lead::opening_line::MAX_LINE_CHARS;
use http_api::{ApiResult, Caller, FieldErrors, JsonBody, PathOf, axum, utoipa};
use serde::Deserialize;
use std::sync::Arc;

#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WrittenLine {
    /// One line of up to 220 characters. No model replaces it, and every campaign uses it.
    text: String,
}

#[utoipa::path(put, path = "/api/leads/{id}/opening-line", operation_id = "set_opening_line",
    params(("id" = LeadId, Path)), request_body = WrittenLine, responses((status = 200, body = LeadView)))]
pub async fn set_opening_line(
    State(app): State<Arc<App>>,
    caller: Caller,
    PathOf(id): PathOf<LeadId>,
    JsonBody(written): JsonBody<WrittenLine>,
) -> ApiResult<JsonBody<LeadView>> {
    let mut errors = FieldErrors::default();
    let text = errors.required("text", &written.text, MAX_LINE_CHARS);
    if text.contains(['\n', '\r']) {
        errors.add("text", "must be one line");
    }
    errors.finish()?;
    let now = app.clock.now();
    app.leads.get(&caller.workspace, &id).await?;
    let result = FieldResult {
        field: Field::FirstLine,
        status: FieldStatus::Found { value: FieldValue::FirstLine { text, facts: Vec::new() } },
        source: BY_USER.to_owned(),
        at: now,
        input_digest: String::new(),
        why: None,
        written_with: None,
    };
    let event = Event::new(EventKind::FieldFound, caller.actor(), now).because(Field::FirstLine.as_str());
    app.leads.put_field(&caller.workspace, &id, &result, &event).await?;
    Ok(JsonBody(read_view(&app, &caller.workspace, &id).await?))
}

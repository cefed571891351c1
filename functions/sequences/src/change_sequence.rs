//! `PATCH /api/sequences/{id}`: changes a sequence. Other steps or another sending window make a new version;
//! enrolled leads stay on the old one.

use crate::App;
use crate::sequence_view::SequenceView;
use crate::step_body::{StepBody, check_steps, read_steps};
use axum::extract::State;
use domain::SequenceId;
use domain::event::{Event, EventKind};
use domain::sequence::variant::assign_variant_ids;
use domain::time::weekly_hours::SendingWindow;
use http_api::{ApiResult, Caller, FieldErrors, IfMatch, JsonBody, PathOf, axum, utoipa};
use serde::Deserialize;
use std::sync::Arc;

#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SequenceChanges {
    name: Option<String>,
    /// All steps, in order.
    steps: Option<Vec<StepBody>>,
    window: Option<SendingWindow>,
    /// Refused with `sequence_in_use` while campaigns still use it.
    archived: Option<bool>,
    /// The revision that this change is based on; `If-Match` does the same.
    rev: Option<u64>,
}

#[utoipa::path(patch, path = "/api/sequences/{id}", operation_id = "change_sequence",
    params(("id" = SequenceId, Path)), request_body = SequenceChanges, responses((status = 200, body = SequenceView)))]
pub async fn change_sequence(
    State(app): State<Arc<App>>,
    caller: Caller,
    PathOf(id): PathOf<SequenceId>,
    if_match: IfMatch,
    JsonBody(changes): JsonBody<SequenceChanges>,
) -> ApiResult<JsonBody<SequenceView>> {
    let mut sequence = app.sequences.get(&caller.workspace, &id).await?;
    if_match.check(changes.rev, sequence.rev)?;
    let before = sequence.pinned();
    let mut errors = FieldErrors::default();
    if let Some(name) = changes.name {
        sequence.name = errors.required("name", &name, 120);
    }
    if let Some(steps) = changes.steps {
        sequence.steps = read_steps(steps, &*app.ids);
        assign_variant_ids(&before.steps, &mut sequence.steps);
    }
    if let Some(window) = changes.window {
        sequence.window = window;
    }
    check_steps(&sequence.steps, &sequence.window, &mut errors);
    errors.finish()?;
    if changes.archived == Some(true) && !sequence.archived {
        app.is_used_by_none(&caller.workspace, &id).await?;
    }
    sequence.archived = changes.archived.unwrap_or(sequence.archived);
    if sequence.pinned() != before {
        sequence.version += 1;
    }
    sequence.updated_at = app.clock.now();
    let event = Event::new(EventKind::SequenceChanged, caller.actor(), sequence.updated_at);
    sequence.rev = app.sequences.save(&sequence, &event).await?;
    Ok(JsonBody(sequence.into()))
}

//! `POST /api/sequences`: creates a sequence; it may be empty until a campaign is launched with it.

use crate::App;
use crate::sequence_view::SequenceView;
use crate::step_body::{StepBody, check_steps, read_steps};
use axum::extract::State;
use domain::SequenceId;
use domain::event::{Event, EventKind};
use domain::sequence::Sequence;
use domain::time::weekly_hours::SendingWindow;
use http::StatusCode;
use http_api::{ApiResult, Caller, FieldErrors, JsonBody, axum, utoipa};
use serde::Deserialize;
use std::sync::Arc;

#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewSequence {
    name: String,
    #[serde(default)]
    steps: Vec<StepBody>,
    /// If left out, Monday to Friday from 9 to 17 in the lead's time zone.
    window: Option<SendingWindow>,
}

#[utoipa::path(post, path = "/api/sequences", operation_id = "create_sequence", request_body = NewSequence,
    responses((status = 201, body = SequenceView)))]
pub async fn create_sequence(
    State(app): State<Arc<App>>,
    caller: Caller,
    JsonBody(new): JsonBody<NewSequence>,
) -> ApiResult<(StatusCode, JsonBody<SequenceView>)> {
    let mut errors = FieldErrors::default();
    let name = errors.required("name", &new.name, 120);
    let steps = read_steps(new.steps, &*app.ids);
    let window = new.window.unwrap_or_default();
    check_steps(&steps, &window, &mut errors);
    errors.finish()?;
    let now = app.clock.now();
    let mut sequence = Sequence {
        id: SequenceId::new(app.ids.next()),
        workspace: caller.workspace.clone(),
        name,
        version: 1,
        steps,
        window,
        archived: false,
        created_at: now,
        updated_at: now,
        rev: 0,
    };
    let event = Event::new(EventKind::SequenceCreated, caller.actor(), now);
    sequence.rev = app.sequences.save(&sequence, &event).await?;
    Ok((StatusCode::CREATED, JsonBody(sequence.into())))
}

//! `POST /api/sequences/{id}/clone`: creates a sequence with the same steps and sending window under another
//! name; its steps have new ids.

use crate::App;
use crate::sequence_view::SequenceView;
use axum::extract::State;
use domain::event::{Event, EventKind};
use domain::sequence::{Sequence, Step};
use domain::{SequenceId, StepId};
use http::StatusCode;
use http_api::{ApiResult, Caller, CloneRequest, JsonBody, PathOf, axum, utoipa};
use std::collections::BTreeMap;
use std::sync::Arc;

#[utoipa::path(post, path = "/api/sequences/{id}/clone", operation_id = "clone_sequence",
    params(("id" = SequenceId, Path)), request_body = CloneRequest, responses((status = 201, body = SequenceView)))]
pub async fn clone_sequence(
    State(app): State<Arc<App>>,
    caller: Caller,
    PathOf(id): PathOf<SequenceId>,
    JsonBody(request): JsonBody<CloneRequest>,
) -> ApiResult<(StatusCode, JsonBody<SequenceView>)> {
    let original = app.sequences.get(&caller.workspace, &id).await?;
    let name = request.name_for(&original.name)?;
    let now = app.clock.now();
    let mut sequence = Sequence {
        id: SequenceId::new(app.ids.next()),
        workspace: caller.workspace.clone(),
        name,
        version: 1,
        steps: with_own_ids(original.steps, || StepId::new(app.ids.next())),
        window: original.window,
        archived: false,
        created_at: now,
        updated_at: now,
        rev: 0,
    };
    let event = Event::new(EventKind::SequenceCreated, caller.actor(), now).because(id.as_str());
    sequence.rev = app.sequences.save(&sequence, &event).await?;
    Ok((StatusCode::CREATED, JsonBody(sequence.into())))
}

/// Copies the steps with new ids, also in the targets of branches.
fn with_own_ids(steps: Vec<Step>, mut fresh: impl FnMut() -> StepId) -> Vec<Step> {
    let ids: BTreeMap<StepId, StepId> = steps.iter().map(|step| (step.id.clone(), fresh())).collect();
    let renamed = |id: &StepId| ids.get(id).unwrap_or(id).clone();
    let step = |mut step: Step| {
        step.id = renamed(&step.id);
        step.kind.rename_targets(renamed);
        step
    };
    steps.into_iter().map(step).collect()
}

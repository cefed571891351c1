//! `POST /api/sequences/{id}/patches`: changes texts of a version in use; it applies to messages that have
//! not gone out yet.

use crate::App;
use crate::sequence_view::SequenceView;
use crate::step_body::{StepBody, check_steps, read_steps};
use axum::extract::State;
use domain::SequenceId;
use domain::event::{Event, EventKind};
use domain::sequence::diff::SequenceDiff;
use domain::sequence::{MAX_PATCHES, Patch, SequenceVersion};
use http_api::{ApiError, ApiResult, Caller, FieldErrors, JsonBody, PathOf, axum, utoipa};
use serde::Deserialize;
use std::sync::Arc;

#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPatch {
    /// The newest version, if left out.
    version: Option<u32>,
    /// All steps of the version, in order, with the new texts.
    steps: Vec<StepBody>,
    /// The revision of the sequence that this change is based on.
    rev: Option<u64>,
}

#[utoipa::path(post, path = "/api/sequences/{id}/patches", operation_id = "patch_sequence",
    params(("id" = SequenceId, Path)), request_body = NewPatch, responses((status = 200, body = SequenceView)))]
pub async fn patch_sequence(
    State(app): State<Arc<App>>,
    caller: Caller,
    PathOf(id): PathOf<SequenceId>,
    JsonBody(new): JsonBody<NewPatch>,
) -> ApiResult<JsonBody<SequenceView>> {
    let workspace = &caller.workspace;
    let mut sequence = app.sequences.get(workspace, &id).await?;
    if new.rev.is_some_and(|rev| rev != sequence.rev) {
        return Err(ApiError::conflict(
            "changed_meanwhile",
            "Someone else changed this sequence. Reload and try again.",
        ));
    }
    let number = new.version.unwrap_or(sequence.version);
    let record = app.sequences.version_record(workspace, &id, number).await;
    let mut record =
        record.map_err(|error| ApiError::from_missing(error, "version", "there is no such version"))?;
    let steps = read_steps(new.steps, &*app.ids);
    let mut errors = FieldErrors::default();
    check_steps(&steps, &record.version.window, &mut errors);
    errors.finish()?;
    let patched = SequenceVersion { steps, ..record.version.clone() };
    let diff = SequenceDiff::of(&record.version, &patched);
    if !diff.is_patch() {
        let detail =
            "a patch changes only texts and the shares of variants; save other changes as a new version";
        return Err(ApiError::invalid("steps", detail));
    }
    if diff.is_empty() {
        return Ok(JsonBody(sequence.into()));
    }
    if record.patches.len() >= MAX_PATCHES {
        let detail = format!("version {number} was patched {MAX_PATCHES} times; save a new version");
        return Err(ApiError::invalid("version", detail));
    }
    let changed = diff.steps.iter().filter(|row| !row.is_unchanged());
    let before = changed.filter_map(|row| record.version.step(&row.id).cloned()).collect();
    let now = app.clock.now();
    record.patches.push(Patch { at: now, by: Some(caller.user_or_key()), before });
    record.version = patched;
    let event =
        Event::new(EventKind::SequencePatched, caller.actor(), now).because(format!("version={number}"));
    let newest = number == sequence.version;
    if newest {
        sequence.steps.clone_from(&record.version.steps);
        sequence.updated_at = now;
    }
    app.sequences.patch(&record, Some(&sequence).filter(|_| newest), &event).await?;
    sequence.rev += u64::from(newest);
    Ok(JsonBody(sequence.into()))
}

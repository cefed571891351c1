//! `POST /api/sequences/{id}/rollouts`: rolls a version out to the campaigns with its sequence, and decides
//! about active leads on other versions.

use crate::App;
use crate::rollout_view::RolloutView;
use application::campaign::launch_checks::launch_faults;
use application::campaign::rollout::start_rollout;
use axum::extract::State;
use domain::event::{Event, EventKind};
use domain::sequence::SequenceVersion;
use domain::sequence::rollout::{People, Rollout, StepMapping};
use domain::{RolloutId, SequenceId, WorkspaceId};
use http::StatusCode;
use http_api::{ApiError, ApiResult, Caller, FieldErrors, JsonBody, PathOf, axum, utoipa};
use serde::Deserialize;
use std::sync::Arc;

#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewRollout {
    /// The newest version, if left out; an older one takes leads back.
    version: Option<u32>,
    people: People,
    /// The target for each removed step, by step id; required for every removed step if leads are moved at
    /// once.
    #[serde(default)]
    mapping: StepMapping,
}

#[utoipa::path(post, path = "/api/sequences/{id}/rollouts", operation_id = "publish_sequence",
    params(("id" = SequenceId, Path)), request_body = NewRollout, responses((status = 201, body = RolloutView)))]
pub async fn publish_sequence(
    State(app): State<Arc<App>>,
    caller: Caller,
    PathOf(id): PathOf<SequenceId>,
    JsonBody(new): JsonBody<NewRollout>,
) -> ApiResult<(StatusCode, JsonBody<RolloutView>)> {
    let workspace = &caller.workspace;
    let sequence = app.sequences.get(workspace, &id).await?;
    let number = new.version.unwrap_or(sequence.version);
    let version = app.known_version(workspace, &id, number, "version").await?;
    let under_way = app.active_enrolments(workspace, &id, &version).await?;
    let at_once = new.people == People::Now;
    let gone = if at_once { under_way.gone } else { Default::default() };
    let mut errors = FieldErrors::default();
    for fault in new.mapping.faults(&gone, &version) {
        errors.add(format!("mapping.{}", fault.step), fault.reason);
    }
    // Every campaign must be able to send this version.
    let company = app.workspaces.get(workspace).await?.company;
    for campaign in &under_way.campaigns {
        for (field, why) in launch_faults(&*app.accounts, &company, campaign, &version).await? {
            errors.add("version", format!("campaign '{}': {field} {why}", campaign.name));
        }
    }
    errors.finish()?;
    let now = app.clock.now();
    let mut rollout = Rollout {
        id: RolloutId::new(app.ids.next()),
        workspace: workspace.clone(),
        sequence: id,
        version: number,
        people: new.people,
        mapping: new.mapping,
        campaigns: under_way.campaigns.into_iter().map(|campaign| campaign.id).collect(),
        under_way: under_way.people.iter().map(|row| row.people).sum(),
        by: caller.signed_in()?.user.clone(),
        ordered_at: now,
        finished_at: None,
        rev: 0,
    };
    let event = Event::new(EventKind::RolloutOrdered, caller.actor(), now);
    rollout.rev = app.sequences.save_rollout(&rollout, &event).await?;
    start_rollout(&*app.outbox, &rollout).await?;
    let view = app.rollout_view(rollout).await?;
    Ok((StatusCode::CREATED, JsonBody(view)))
}

impl App {
    /// Answers 422 on `field` unless the version exists.
    pub async fn known_version(
        &self,
        workspace: &WorkspaceId,
        id: &SequenceId,
        version: u32,
        field: &str,
    ) -> ApiResult<SequenceVersion> {
        let found = self.sequences.version(workspace, id, version).await;
        found.map_err(|error| ApiError::from_missing(error, field, "there is no such version"))
    }
}

//! `POST /api/sequences/{id}/diff`: compares two versions of a sequence and shows the active leads on the
//! older ones.

use crate::App;
use crate::diff_view::{DiffView, StandingView};
use crate::step_body::{StepBody, check_steps, read_steps};
use application::campaign::missing_values::{MOST_LOOKED_AT, MissingValues, missing_values};
use application::campaign::planning_context::PlanningContext;
use axum::extract::State;
use domain::campaign::Campaign;
use domain::sequence::SequenceVersion;
use domain::time::weekly_hours::SendingWindow;
use domain::{SequenceId, StepId};
use http_api::{ApiResult, Caller, FieldErrors, JsonBody, PathOf, axum, utoipa};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The version to look at: unsaved steps and window, or a saved version; without either the newest one.
#[derive(Debug, Default, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DiffRequest {
    version: Option<u32>,
    steps: Option<Vec<StepBody>>,
    window: Option<SendingWindow>,
    /// The version that it is compared with; if left out the newest, or for the newest the one before.
    since: Option<u32>,
    /// Also counts the leads that lack a value which the newer texts need; that reads the leads.
    #[serde(default)]
    missing_values: bool,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct DiffAnswer {
    /// The older of the two versions.
    pub since: u32,
    /// The newer one; for unsaved steps the number that they would get.
    pub version: u32,
    pub diff: DiffView,
    /// All active leads on other versions than the newer one; none for a user who does not see all leads.
    pub people: Vec<StandingView>,
    /// Steps that leads on other versions may still reach and that the newer one does not have: if leads are
    /// moved at once, each needs a target or the exit.
    pub gone: Vec<StepBody>,
    /// The number of active and paused campaigns with this sequence.
    pub campaigns: usize,
    /// Present if `missing_values` was asked for by a user who sees all leads.
    pub missing_values: Option<LeadsMissingValues>,
}

/// The active leads of these campaigns, up to a thousand, that would lack a value; for one campaign `GET
/// /api/campaigns/{id}/missing-values` covers all its leads.
#[derive(Debug, Default, Serialize, utoipa::ToSchema)]
pub struct LeadsMissingValues {
    pub looked_at: usize,
    /// Whether there are more leads that were not looked at.
    pub more: bool,
    /// Leads that would be held at one of their next steps if they were on the newer version.
    pub people: usize,
    /// The same leads by the first value that each of them lacks.
    pub fields: BTreeMap<String, usize>,
}

#[utoipa::path(post, path = "/api/sequences/{id}/diff", operation_id = "diff_sequence",
    params(("id" = SequenceId, Path)), request_body = DiffRequest, responses((status = 200, body = DiffAnswer)))]
pub async fn diff_sequence(
    State(app): State<Arc<App>>,
    caller: Caller,
    PathOf(id): PathOf<SequenceId>,
    JsonBody(request): JsonBody<DiffRequest>,
) -> ApiResult<JsonBody<DiffAnswer>> {
    let workspace = &caller.workspace;
    let sequence = app.sequences.get(workspace, &id).await?;
    let newest = sequence.pinned();
    let unsaved = request.steps.is_some() || request.window.is_some();
    let newer = if unsaved {
        let steps = request.steps.map_or(newest.steps.clone(), |steps| read_steps(steps, &*app.ids));
        let window = request.window.unwrap_or_else(|| newest.window.clone());
        let mut errors = FieldErrors::default();
        check_steps(&steps, &window, &mut errors);
        errors.finish()?;
        SequenceVersion { version: newest.version + 1, steps, window, ..newest.clone() }
    } else {
        app.known_version(workspace, &id, request.version.unwrap_or(newest.version), "version").await?
    };
    let before =
        if newer.version >= newest.version { newer.version.saturating_sub(1).max(1) } else { newest.version };
    let since = app.known_version(workspace, &id, request.since.unwrap_or(before), "since").await?;
    let mut under_way = app.active_enrolments(workspace, &id, &newer).await?;
    let sees_all = caller.leads().is_all();
    if !sees_all {
        under_way.people.clear();
    }
    let missing_values = match request.missing_values && sees_all {
        true => Some(app.leads_missing_values(&under_way.campaigns, &newer).await?),
        false => None,
    };
    let versions = app.sequences.versions(workspace, &id).await?;
    let latest = |step: &StepId| versions.iter().find_map(|record| record.version.step(step)).cloned();
    Ok(JsonBody(DiffAnswer {
        since: since.version,
        version: newer.version,
        diff: DiffView::of(&since, &newer),
        people: under_way.people,
        gone: under_way.gone.iter().filter_map(latest).map(StepBody::from).collect(),
        campaigns: under_way.campaigns.len(),
        missing_values,
    }))
}

impl App {
    async fn leads_missing_values(
        &self,
        campaigns: &[Campaign],
        version: &SequenceVersion,
    ) -> ApiResult<LeadsMissingValues> {
        let (mut told, mut more) = (MissingValues::default(), false);
        for campaign in campaigns {
            let room = MOST_LOOKED_AT - told.looked_at;
            if room == 0 {
                more = true;
                break;
            }
            let planning = PlanningContext::on(&self.enrolling, campaign.clone(), version.clone()).await?;
            let of_campaign = missing_values(&self.enrolling, &planning, None, room).await?;
            more |= of_campaign.next_cursor.is_some();
            told.add(of_campaign);
        }
        let MissingValues { looked_at, people, fields, .. } = told;
        Ok(LeadsMissingValues { looked_at, more, people, fields })
    }
}

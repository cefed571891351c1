//! `GET /api/sequences/{id}/versions`: every version with its patches and its active leads, newest first.

use crate::App;
use crate::step_body::StepBody;
use axum::extract::State;
use domain::event::UserOrKey;
use domain::sequence::{Patch, VersionRecord};
use domain::time::weekly_hours::SendingWindow;
use domain::{SequenceId, WorkspaceId};
use http_api::{ApiResult, Caller, JsonBody, PageBody, PathOf, axum, utoipa};
use jiff::Timestamp;
use serde::Serialize;
use std::collections::BTreeMap;
use std::sync::Arc;

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct VersionView {
    pub version: u32,
    pub steps: Vec<StepBody>,
    pub window: SendingWindow,
    pub made_at: Timestamp,
    pub made_by: Option<UserOrKey>,
    /// Changes of texts while the version was in use, oldest first.
    pub patches: Vec<PatchView>,
    /// The number of active leads on the version, over all its campaigns; null for a user who does not see all leads.
    pub under_way: Option<u64>,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct PatchView {
    pub at: Timestamp,
    /// None if a variant was found ahead and the others were paused automatically.
    pub by: Option<UserOrKey>,
    /// The steps as they were before.
    pub before: Vec<StepBody>,
}

impl From<Patch> for PatchView {
    fn from(patch: Patch) -> Self {
        let Patch { at, by, before } = patch;
        Self { at, by, before: before.into_iter().map(StepBody::from).collect() }
    }
}

impl VersionView {
    pub fn of(record: VersionRecord, under_way: Option<u64>) -> Self {
        let VersionRecord { version, made_at, made_by, patches, .. } = record;
        Self {
            version: version.version,
            steps: version.steps.into_iter().map(StepBody::from).collect(),
            window: version.window,
            made_at,
            made_by,
            patches: patches.into_iter().map(PatchView::from).collect(),
            under_way,
        }
    }
}

#[utoipa::path(get, path = "/api/sequences/{id}/versions", operation_id = "list_versions",
    params(("id" = SequenceId, Path)), responses((status = 200, body = PageBody<VersionView>)))]
pub async fn list_versions(
    State(app): State<Arc<App>>,
    caller: Caller,
    PathOf(id): PathOf<SequenceId>,
) -> ApiResult<JsonBody<PageBody<VersionView>>> {
    let workspace = &caller.workspace;
    app.sequences.get(workspace, &id).await?;
    let people = if caller.leads().is_all() { Some(app.active_leads(workspace, &id).await?) } else { None };
    let versions = app.sequences.versions(workspace, &id).await?;
    let total = Some(versions.len());
    let view = |record: VersionRecord| {
        let count = |people: &BTreeMap<u32, u64>| people.get(&record.version.version).copied().unwrap_or(0);
        let under_way = people.as_ref().map(count);
        VersionView::of(record, under_way)
    };
    Ok(JsonBody(PageBody { items: versions.into_iter().map(view).collect(), next_cursor: None, total }))
}

impl App {
    /// The active leads of the sequence by version, read from counters.
    async fn active_leads(&self, workspace: &WorkspaceId, id: &SequenceId) -> ApiResult<BTreeMap<u32, u64>> {
        let campaigns = self.campaigns.list(workspace).await?;
        let mut people: BTreeMap<u32, i64> = BTreeMap::new();
        for campaign in campaigns.iter().filter(|campaign| campaign.sequence == *id) {
            for ((version, _), count) in self.stats.step_counts(workspace, &campaign.id).await? {
                *people.entry(version).or_default() += count;
            }
        }
        Ok(people.into_iter().map(|(version, count)| (version, u64::try_from(count).unwrap_or(0))).collect())
    }
}

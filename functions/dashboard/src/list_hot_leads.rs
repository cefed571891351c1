//! `GET /api/dashboard/hot-leads`: the leads that are hot now, as the list of leads says it, and until when.

use crate::App;
use application::ports::leads::{LeadQuery, LeadSort};
use axum::extract::State;
use domain::lead::Temperature;
use domain::lead::filter::LeadFilter;
use domain::workspace::task::{Task, TaskKind};
use domain::{LeadId, TaskId, UserId};
use http_api::{ApiResult, Caller, JsonBody, PageBody, axum, utoipa};
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use std::collections::BTreeMap;
use std::sync::Arc;

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct HotLead {
    pub lead_id: LeadId,
    pub lead_name: String,
    pub score: u8,
    /// When the lead turned hot; none where that was before the app noted it.
    pub since: Option<Timestamp>,
    /// When the lead is hot no longer, if it does nothing more.
    pub until: Timestamp,
    pub owner: Option<UserId>,
    /// The call task, while it is open.
    pub task_id: Option<TaskId>,
}

/// A call that was put off for longer is no longer this lead's.
const AHEAD: SignedDuration = SignedDuration::from_hours(7 * 24);

/// How many are shown: those with the highest score.
const MOST: usize = 200;

/// What selects hot leads, here and in the list of leads.
pub(crate) fn hot_leads(limit: usize, now: Timestamp) -> LeadQuery {
    LeadQuery {
        filter: LeadFilter { temperature: vec![Temperature::Hot], ..LeadFilter::default() },
        sort: LeadSort::Score,
        descending: true,
        limit,
        as_of: Some(now),
        ..LeadQuery::default()
    }
}

/// The hot leads, those that turned hot last first; at most 200.
#[utoipa::path(get, path = "/api/dashboard/hot-leads", operation_id = "list_hot_leads",
    responses((status = 200, body = PageBody<HotLead>)))]
pub async fn list_hot_leads(
    State(app): State<Arc<App>>,
    caller: Caller,
) -> ApiResult<JsonBody<PageBody<HotLead>>> {
    let (workspace, now) = (&caller.workspace, app.clock.now());
    let page = app.lists.page(workspace, caller.leads(), &hot_leads(MOST, now)).await?;
    let ids: Vec<LeadId> = page.leads.into_iter().map(|row| row.id).collect();
    if ids.is_empty() {
        return Ok(JsonBody(PageBody { total: Some(0), items: Vec::new(), next_cursor: None }));
    }
    let leads =
        caller.keep_seen(app.leads.get_many(workspace, &ids).await?, |lead| Some(lead.id.clone())).await?;
    let wanted = |task: &Task| task.kind == TaskKind::HotLead && ids.contains(&task.id.lead());
    let tasks = app.tasks.due(workspace, Timestamp::MIN..now + AHEAD, &wanted, MOST).await?;
    let tasks: BTreeMap<LeadId, TaskId> = tasks.into_iter().map(|task| (task.id.lead(), task.id)).collect();
    // The list may be a moment behind the lead itself.
    let hot = leads.into_iter().filter_map(|lead| {
        let hot = lead.hot(now)?;
        Some(HotLead {
            lead_name: lead.display_name(),
            score: domain::lead::score::score(&lead, now).total,
            since: lead.engagement.hot_since.max(lead.engagement.hot_by_score_since),
            until: hot.until,
            owner: lead.owner,
            task_id: tasks.get(&lead.id).cloned(),
            lead_id: lead.id,
        })
    });
    let mut items: Vec<HotLead> = hot.collect();
    items.sort_by_key(|hot| std::cmp::Reverse((hot.since, hot.score)));
    Ok(JsonBody(PageBody { total: Some(page.total), items, next_cursor: None }))
}

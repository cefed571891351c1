//! `GET /api/dashboard/hot-leads`: leads that turned hot and have not been called yet.

use crate::App;
use axum::extract::State;
use domain::workspace::task::{Task, TaskKind};
use domain::{LeadId, TaskId, UserId};
use http_api::{ApiResult, Caller, JsonBody, PageBody, axum, utoipa};
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use std::sync::Arc;

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct HotLead {
    pub lead_id: LeadId,
    pub lead_name: String,
    pub since: Timestamp,
    pub owner: Option<UserId>,
    /// The call task; completing it takes the lead off this list.
    pub task_id: TaskId,
}

/// A call that was put off for longer is no longer hot.
const AHEAD: SignedDuration = SignedDuration::from_hours(7 * 24);

/// How many are shown: those whose task is due first.
const MOST: usize = 200;

/// The leads that turned hot, latest first; at most 200.
#[utoipa::path(get, path = "/api/dashboard/hot-leads", operation_id = "list_hot_leads",
    responses((status = 200, body = PageBody<HotLead>)))]
pub async fn list_hot_leads(
    State(app): State<Arc<App>>,
    caller: Caller,
) -> ApiResult<JsonBody<PageBody<HotLead>>> {
    // The task's copy of the owner may be a moment behind; the lead itself is asked below.
    let wanted =
        |task: &Task| task.kind == TaskKind::HotLead && caller.leads().sees(task.lead_owner.as_ref());
    let time = Timestamp::MIN..app.clock.now() + AHEAD;
    let tasks = app.tasks.due(&caller.workspace, time, &wanted, MOST).await?;
    let seen = caller.keep_seen(tasks, |task| Some(task.id.lead())).await?;
    let hot = seen.into_iter().map(|task| HotLead {
        lead_id: task.id.lead(),
        lead_name: task.lead_name,
        since: task.created_at,
        owner: task.owner,
        task_id: task.id,
    });
    let mut items: Vec<HotLead> = hot.collect();
    items.sort_by_key(|hot| std::cmp::Reverse(hot.since));
    Ok(JsonBody(PageBody { total: Some(items.len()), items, next_cursor: None }))
}

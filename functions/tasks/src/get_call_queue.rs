//! `GET /api/calls/queue`: the leads to turn to today, the most valuable first.

use crate::App;
use crate::call_queue_view::CallQueueRow;
use application::PageRequest;
use axum::extract::State;
use domain::lead::Lead;
use domain::message::Direction;
use domain::message::conversation::{Conversation, Folder};
use domain::workspace::call_queue::{QueueRow, rank};
use domain::workspace::task::Task;
use domain::{LeadId, UserId, WorkspaceId};
use http_api::{ApiResult, Caller, JsonBody, PageBody, axum, utoipa};
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The tasks that are read at a time, and how often: those of the whole workspace that are due first.
const TASKS: usize = 200;
const READS: usize = 10;

/// The conversations that are read at a time, and as often as the tasks: the latest of the whole workspace.
const CONVERSATIONS: usize = 100;

/// Tasks of the coming hours are in the queue too: a lead may be in reach before them.
const AHEAD: SignedDuration = SignedDuration::from_hours(12);

/// The caller's due calls, hot leads, follow-ups and the replies that wait, and those of no owner. Each row says why it is
/// there (`reason`) and why it stands where it does (`parts`).
#[utoipa::path(get, path = "/api/calls/queue", operation_id = "get_call_queue",
    responses((status = 200, body = PageBody<CallQueueRow>)))]
pub async fn get_call_queue(
    State(app): State<Arc<App>>,
    caller: Caller,
) -> ApiResult<JsonBody<PageBody<CallQueueRow>>> {
    let now = app.clock.now();
    let is_ours =
        |owner: Option<&UserId>| caller.user().is_none_or(|user| owner.is_none_or(|owner| owner == user));
    let mut tasks = due_tasks(&app, &caller.workspace, now).await?;
    let mut replies = open_conversations(&app, &caller.workspace).await?;
    replies.retain(|one| one.last_direction == Direction::In);

    let mut ids: Vec<LeadId> = tasks.iter().map(|task| task.id.lead()).collect();
    ids.extend(replies.iter().map(|reply| reply.lead.clone()));
    ids.sort();
    ids.dedup();
    let leads = app.leads.get_many(&caller.workspace, &ids).await?;
    let owners: BTreeMap<LeadId, Option<UserId>> =
        leads.iter().map(|lead| (lead.id.clone(), lead.owner.clone())).collect();
    // What was left to the former owner of a lead that was handed over is its new owner's.
    let is_of_caller = |lead: &LeadId, user: Option<&UserId>| {
        is_ours(user) || owners.get(lead).is_some_and(|owner| owner.is_some() && is_ours(owner.as_ref()))
    };
    tasks.retain(|task| is_of_caller(&task.id.lead(), task.owner.as_ref()));
    replies.retain(|one| is_of_caller(&one.lead, one.assignee.as_ref()));
    let seen = leads.into_iter().filter(|lead| caller.leads().sees(lead.owner.as_ref()));
    let leads: BTreeMap<LeadId, Lead> = seen.map(|lead| (lead.id.clone(), lead)).collect();
    let replies: BTreeMap<LeadId, Conversation> =
        replies.into_iter().map(|one| (one.lead.clone(), one)).collect();

    let called = tasks.iter().filter_map(|task| QueueRow::of_task(task, leads.get(&task.id.lead())?, now));
    let answered = replies.values().filter_map(|reply| {
        let lead = leads.get(&reply.lead).filter(|lead| !lead.do_not_contact)?;
        Some(QueueRow::of_reply(reply, lead, now))
    });
    let rows = rank(called.chain(answered).collect());
    let view = |row: QueueRow| {
        let lead = leads.get(&row.lead)?;
        Some(CallQueueRow::of(row, lead, replies.get(&lead.id), now))
    };
    let items: Vec<CallQueueRow> = rows.into_iter().filter_map(view).collect();
    Ok(JsonBody(PageBody { total: Some(items.len()), items, next_cursor: None }))
}

async fn open_conversations(app: &App, workspace: &WorkspaceId) -> ApiResult<Vec<Conversation>> {
    let mut page = PageRequest::first(CONVERSATIONS);
    let mut open = Vec::new();
    for _ in 0..READS {
        let found = app.conversations.list(workspace, Folder::Open, page).await?;
        open.extend(found.items);
        let Some(cursor) = found.next_cursor else { break };
        page = PageRequest { limit: CONVERSATIONS, cursor: Some(cursor) };
    }
    Ok(open)
}

/// Reads the tasks that are due, and those of the coming hours.
async fn due_tasks(app: &App, workspace: &WorkspaceId, now: Timestamp) -> ApiResult<Vec<Task>> {
    let mut page = PageRequest::first(TASKS);
    let mut tasks: Vec<Task> = Vec::new();
    for _ in 0..READS {
        let found = app.tasks.open(workspace, None, page).await?;
        let is_due = |task: &Task| task.due_at.duration_since(now) < AHEAD;
        let goes_on = found.items.iter().all(is_due);
        tasks.extend(found.items.into_iter().filter(is_due));
        let Some(cursor) = found.next_cursor.filter(|_| goes_on) else { break };
        page = PageRequest { limit: TASKS, cursor: Some(cursor) };
    }
    Ok(tasks)
}

//! `GET /api/calls/queue`: the leads to turn to today, the most valuable first.

use crate::App;
use crate::call_queue_view::CallQueueRow;
use axum::extract::State;
use domain::LeadId;
use domain::lead::Lead;
use domain::message::conversation::Conversation;
use domain::workspace::call_queue::{QueueRow, rank};
use domain::workspace::task::Task;
use http_api::{ApiResult, Caller, JsonBody, PageBody, axum, utoipa};
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The most tasks of a queue, and the most conversations: the tasks that are due first, and the latest answers.
const MOST: usize = 2_000;
const MOST_ANSWERS: usize = 1_000;

/// Tasks of the coming hours are in the queue too: a lead may be in reach before them. They are fewer than from any evening to
/// nine in the morning, so that a call of tomorrow is not due today.
const AHEAD: SignedDuration = SignedDuration::from_hours(8);

/// The caller's due calls, hot leads, follow-ups and the replies that wait, and those of no owner. Each row says why it is
/// there (`reason`) and why it stands where it does (`parts`).
#[utoipa::path(get, path = "/api/calls/queue", operation_id = "get_call_queue",
    responses((status = 200, body = PageBody<CallQueueRow>)))]
pub async fn get_call_queue(
    State(app): State<Arc<App>>,
    caller: Caller,
) -> ApiResult<JsonBody<PageBody<CallQueueRow>>> {
    let now = app.clock.now();
    let is_theirs =
        |task: &Task| caller.user().is_none_or(|user| task.owner.as_ref().is_none_or(|owner| owner == user));
    let tasks = app.tasks.due(&caller.workspace, Timestamp::MIN..now + AHEAD, &is_theirs, MOST).await?;
    let is_seen = |one: &Conversation| caller.leads().sees(one.lead_owner.as_ref());
    let replies = app.conversations.waiting(&caller.workspace, caller.user(), &is_seen, MOST_ANSWERS).await?;

    let mut ids: Vec<LeadId> = tasks.iter().map(|task| task.id.lead()).collect();
    ids.extend(replies.iter().map(|reply| reply.lead.clone()));
    ids.sort();
    ids.dedup();
    let leads = app.leads.get_many(&caller.workspace, &ids).await?;
    let seen = leads.into_iter().filter(|lead| caller.leads().sees(lead.owner.as_ref()));
    let leads: BTreeMap<LeadId, Lead> = seen.map(|lead| (lead.id.clone(), lead)).collect();
    let replies: BTreeMap<LeadId, Conversation> =
        replies.into_iter().map(|one| (one.lead.clone(), one)).collect();

    let called = tasks.iter().filter_map(|task| QueueRow::of_task(task, leads.get(&task.id.lead())?, now));
    let answered = replies.values().filter_map(|reply| {
        let is_open = |lead: &&Lead| !lead.do_not_contact && lead.opt_out_hold.is_none();
        let lead = leads.get(&reply.lead).filter(is_open)?;
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

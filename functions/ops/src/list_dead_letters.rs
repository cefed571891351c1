//! `GET /api/ops/queues/{queue}/dead-letters`: shows the dead letters of a queue and leaves them there.

use crate::App;
use crate::queue_name::QueueName;
use application::ports::queues::DeadLetter;
use axum::extract::State;
use http_api::{ApiResult, Caller, JsonBody, PathOf, axum, utoipa};
use serde::Serialize;
use serde_json::Value;
use std::sync::Arc;

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct DeadLetterList {
    /// Dead letters of the caller's workspace, among the up to ten that were read.
    pub items: Vec<DeadLetterView>,
    /// Those that were read but belong to other workspaces or to none.
    pub others: usize,
    /// The number of dead letters of this queue.
    pub total: u64,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct DeadLetterView {
    pub id: String,
    /// The message's purpose, in a few words.
    pub summary: String,
    /// The message as JSON.
    pub body: String,
    /// How often the message was received, for processing or by this list.
    pub attempts: u32,
}

#[utoipa::path(get, path = "/api/ops/queues/{queue}/dead-letters", operation_id = "list_dead_letters",
    params(("queue" = QueueName, Path)), responses((status = 200, body = DeadLetterList)))]
pub async fn list_dead_letters(
    State(app): State<Arc<App>>,
    caller: Caller,
    PathOf(queue): PathOf<QueueName>,
) -> ApiResult<JsonBody<DeadLetterList>> {
    app.refuse_guests(&caller).await?;
    let letters = app.queues.dead_letters(queue.into()).await?;
    let seen = letters.len();
    let items: Vec<_> =
        letters.into_iter().filter_map(|letter| view(letter, caller.workspace.as_str())).collect();
    let total = app.queues.depth(queue.into()).await?.dead;
    Ok(JsonBody(DeadLetterList { others: seen - items.len(), items, total }))
}

/// A body may contain what a lead wrote: only its own workspace sees it.
fn view(letter: DeadLetter, workspace: &str) -> Option<DeadLetterView> {
    let body: Value = serde_json::from_str(&letter.body).ok()?;
    let owner = body.get("workspace").or_else(|| body.pointer("/enrolment/workspace"))?;
    if owner.as_str() != Some(workspace) {
        return None;
    }
    let what = ["do", "send", "ingest"].iter().find_map(|tag| body.get(*tag)?.as_str());
    let about = ["lead", "message", "campaign", "import", "account"]
        .iter()
        .find_map(|field| body.get(*field)?.as_str())
        .or_else(|| body.pointer("/enrolment/lead")?.as_str());
    let summary = [what, about].into_iter().flatten().collect::<Vec<_>>().join(" ");
    Some(DeadLetterView { id: letter.id, summary, body: letter.body, attempts: letter.received_count })
}

//! `POST /api/ops/queues/{queue}/redrive`: all dead letters of a queue are tried again.

use crate::App;
use crate::queue_name::QueueName;
use axum::extract::State;
use http::StatusCode;
use http_api::{ApiResult, Caller, JsonBody, PathOf, axum, utoipa};
use serde::Serialize;
use std::sync::Arc;

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Redriven {
    /// How many there were when it began.
    pub moved: u64,
}

/// Of every workspace: a message that is tried again does nothing twice.
#[utoipa::path(post, path = "/api/ops/queues/{queue}/redrive", operation_id = "redrive_queue",
    params(("queue" = QueueName, Path)), responses((status = 202, body = Redriven)))]
pub async fn redrive_queue(
    State(app): State<Arc<App>>,
    caller: Caller,
    PathOf(queue): PathOf<QueueName>,
) -> ApiResult<(StatusCode, JsonBody<Redriven>)> {
    app.refuse_guests(&caller).await?;
    let moved = app.queues.depth(queue.into()).await?.dead;
    if moved > 0 {
        app.queues.redrive(queue.into()).await?;
        tracing::info!(user.id = %caller.user, queue = ?queue, moved, "dead letters are tried again");
    }
    Ok((StatusCode::ACCEPTED, JsonBody(Redriven { moved })))
}

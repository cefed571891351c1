//! `POST /api/ops/queues/{queue}/redrive`: moves all dead letters of a queue back for another attempt.

use crate::App;
use crate::queue_name::QueueName;
use axum::extract::State;
use http::StatusCode;
use http_api::{ApiResult, Caller, JsonBody, PathOf, axum, utoipa};
use serde::Serialize;
use std::sync::Arc;

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Redriven {
    /// The number of dead letters when the redrive began.
    pub moved: u64,
}

/// Covers the messages of every workspace; a message that is processed twice does nothing twice.
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
        tracing::info!(user.id = %caller.user_or_key(), queue = ?queue, moved, "dead letters are tried again");
    }
    Ok((StatusCode::ACCEPTED, JsonBody(Redriven { moved })))
}

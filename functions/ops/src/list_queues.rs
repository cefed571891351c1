//! `GET /api/ops/queues`: the number of waiting messages by queue.

use crate::App;
use crate::queue_name::QueueName;
use application::queue_messages::Queue;
use axum::extract::State;
use futures::future::join_all;
use http_api::{ApiResult, Caller, JsonBody, axum, utoipa};
use serde::Serialize;
use std::sync::Arc;

/// Approximate numbers, as SQS counts them, over all workspaces of the installation.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct QueueList {
    pub queues: Vec<QueueView>,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct QueueView {
    pub name: QueueName,
    pub waiting: u64,
    /// Received by a consumer that has not finished.
    pub in_flight: u64,
    pub delayed: u64,
    /// Dead letters: given up after several attempts; they can be redriven.
    pub dead: u64,
}

#[utoipa::path(get, path = "/api/ops/queues", operation_id = "list_queues",
    responses((status = 200, body = QueueList)))]
pub async fn list_queues(State(app): State<Arc<App>>, caller: Caller) -> ApiResult<JsonBody<QueueList>> {
    app.refuse_guests(&caller).await?;
    let depths = join_all(Queue::ALL.map(|queue| app.queues.depth(queue))).await;
    let mut queues = Vec::with_capacity(depths.len());
    for (queue, depth) in Queue::ALL.into_iter().zip(depths) {
        let depth = depth?;
        queues.push(QueueView {
            name: queue.into(),
            waiting: depth.waiting,
            in_flight: depth.in_flight,
            delayed: depth.delayed,
            dead: depth.dead,
        });
    }
    Ok(JsonBody(QueueList { queues }))
}

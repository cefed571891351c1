//! `POST /api/ops/inbound/{id}/replay`: reads an inbound event again, as if it arrived now. What it has done already is not
//! done again.

use crate::App;
use application::ports::inbound_records::Replay;
use application::ports::outbox::send_all;
use application::queue_messages::IngestEvent;
use application::retry;
use axum::extract::State;
use domain::InboundId;
use http::StatusCode;
use http_api::{ApiResult, Caller, JsonBody, PathOf, axum, utoipa};
use jiff::Timestamp;
use serde::Serialize;
use std::sync::Arc;

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct ReplayAsked {
    pub asked_at: Timestamp,
}

/// The event is queued; `replay.done_at` of the event says when it was read.
#[utoipa::path(post, path = "/api/ops/inbound/{id}/replay", operation_id = "replay_inbound",
    params(("id" = InboundId, Path)), responses((status = 202, body = ReplayAsked)))]
pub async fn replay_inbound(
    State(app): State<Arc<App>>,
    caller: Caller,
    PathOf(id): PathOf<InboundId>,
) -> ApiResult<(StatusCode, JsonBody<ReplayAsked>)> {
    let asked_at = app.clock.now();
    let (workspace, by) = (&caller.workspace, &caller.signed_in()?.user);
    retry!(async {
        let mut record = app.inbound_records.get(workspace, &id).await?;
        record.replay = Some(Replay { by: by.clone(), asked_at, done_at: None, has_changed: false });
        app.inbound_records.save(&record).await.map(drop)
    })?;
    let (workspace, user) = (workspace.clone(), by.clone());
    let event = IngestEvent::Replay { workspace, record: id.clone(), user, at: asked_at };
    send_all(&*app.outbox, &[event], 0).await?;
    tracing::info!(user.id = %caller.user_or_key(), inbound.id = %id, "an inbound event is read again");
    Ok((StatusCode::ACCEPTED, JsonBody(ReplayAsked { asked_at })))
}

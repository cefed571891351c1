//! `POST /api/leads/{id}/notes`: adds a note to the lead's timeline.

use crate::App;
use crate::timeline::{TimelineEntry, of_activity};
use application::ports::leads::{Activity, ActivityKind};
use axum::extract::State;
use domain::LeadId;
use http::StatusCode;
use http_api::{ApiResult, Caller, FieldErrors, JsonBody, PathOf, axum, utoipa};
use serde::Deserialize;
use std::sync::Arc;

#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewNote {
    /// Up to 5,000 characters.
    text: String,
}

#[utoipa::path(post, path = "/api/leads/{id}/notes", operation_id = "add_note", params(("id" = LeadId, Path)),
    request_body = NewNote, responses((status = 201, body = TimelineEntry)))]
pub async fn add_note(
    State(app): State<Arc<App>>,
    caller: Caller,
    PathOf(id): PathOf<LeadId>,
    JsonBody(new): JsonBody<NewNote>,
) -> ApiResult<(StatusCode, JsonBody<TimelineEntry>)> {
    let mut errors = FieldErrors::default();
    let text = errors.required("text", &new.text, 5_000);
    errors.finish()?;
    app.leads.get(&caller.workspace, &id).await?;
    let activity = Activity {
        id: app.ids.next().to_string(),
        at: app.clock.now(),
        kind: ActivityKind::Note { text },
        actor: Some(caller.user_or_key()),
    };
    app.leads.put_activity(&caller.workspace, &id, &activity).await?;
    let names = app.key_names(&caller.workspace, activity.actor.iter()).await?;
    Ok((StatusCode::CREATED, JsonBody(of_activity(activity, &names))))
}

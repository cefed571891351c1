//! `POST /api/settings/suppressions/keep`: confirms an entry that a model alone has made. It is the admin's from then on.

use crate::App;
use crate::suppression_view::{SuppressionKind, SuppressionView, scope};
use application::lead::model_suppressions::read_by_model;
use application::lead::suppressing::suppress_scope;
use axum::extract::State;
use domain::event::{Event, EventKind};
use domain::lead::suppression::Suppression;
use http_api::{ApiError, ApiResult, Caller, JsonBody, axum, utoipa};
use serde::Deserialize;
use std::sync::Arc;

#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct KeepSuppression {
    scope: SuppressionKind,
    value: String,
}

#[utoipa::path(post, path = "/api/settings/suppressions/keep", operation_id = "keep_suppression",
    request_body = KeepSuppression, responses((status = 200, body = SuppressionView)))]
pub async fn keep_suppression(
    State(app): State<Arc<App>>,
    caller: Caller,
    JsonBody(keep): JsonBody<KeepSuppression>,
) -> ApiResult<JsonBody<SuppressionView>> {
    let scope = scope(keep.scope, &keep.value)?;
    let found = app.suppressions.find(&caller.workspace, std::slice::from_ref(&scope)).await?;
    let entry = found.into_iter().next().ok_or_else(|| ApiError::not_found("entry"))?;
    let Some(read) = read_by_model(&app.model_suppressions, &entry).await? else {
        // A repeat, or an entry that a user has made.
        return Ok(JsonBody(entry.into()));
    };
    let kept = Suppression { created_by: Some(caller.user_or_key()), ..entry };
    let event = Event::new(EventKind::SuppressionAdded, caller.actor(), app.clock.now());
    suppress_scope(&app.suppressing, &kept, &event).await?;
    let told =
        format!("Kept on the suppression list: “{}” was read as an opt-out, and is one.", read.sentence);
    app.note_on_leads(&caller, &scope, &told).await?;
    Ok(JsonBody(kept.into()))
}

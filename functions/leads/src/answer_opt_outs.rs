//! `POST /api/fields/{id}/opt-outs`: answers what a custom field says that may say who has opted out. Its leads are opted
//! out in the background, or the field is not asked about any more.

use crate::App;
use application::lead::earlier_opt_outs::start_applying;
use application::retry;
use axum::extract::State;
use domain::CustomFieldId;
use domain::event::{Event, EventKind};
use domain::lead::attributes::Target;
use domain::lead::custom_field::OptOutAnswer as KnownAnswer;
use http::StatusCode;
use http_api::{ApiError, ApiResult, Caller, JsonBody, PathOf, axum, utoipa};
use serde::Deserialize;
use std::sync::Arc;

#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OptOutAnswer {
    /// What the values say: `do_not_contact`, `opted_out`, `opted_out_email`, `opted_out_phone` or `bounced`. None: they
    /// say nothing of opt-outs.
    target: Option<Target>,
}

#[utoipa::path(post, path = "/api/fields/{id}/opt-outs", operation_id = "answer_opt_outs",
    params(("id" = CustomFieldId, Path)), request_body = OptOutAnswer, responses((status = 202)))]
pub async fn answer_opt_outs(
    State(app): State<Arc<App>>,
    caller: Caller,
    PathOf(id): PathOf<CustomFieldId>,
    JsonBody(answer): JsonBody<OptOutAnswer>,
) -> ApiResult<StatusCode> {
    if answer.target.is_some_and(|target| !target.is_opt_out()) {
        return Err(ApiError::invalid("target", "says nothing of opt-outs"));
    }
    let (workspace, now) = (&caller.workspace, app.clock.now());
    let fields = app.custom_fields.get(workspace).await?;
    if fields.fields.iter().all(|field| field.id != id) {
        return Err(ApiError::not_found("field"));
    }
    // The job is queued before the question is gone.
    if let Some(target) = answer.target {
        start_applying(&*app.outbox, (workspace, &id), (target, caller.user_or_key(), now)).await?;
    }
    retry!(async {
        let mut fields = app.custom_fields.get(workspace).await?;
        let said = KnownAnswer::from(answer.target);
        if fields.opt_out_answers.insert(id.clone(), said) == Some(said) {
            return Ok(());
        }
        let event = Event::new(EventKind::CustomFieldChanged, caller.actor(), now).because(id.as_str());
        app.custom_fields.save(&fields, &event).await.map(drop)
    })?;
    Ok(StatusCode::ACCEPTED)
}

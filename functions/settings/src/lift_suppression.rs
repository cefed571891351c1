//! `POST /api/settings/suppressions/lift`: takes an entry off the list; an opt-out only with a typed reason.

use crate::App;
use crate::suppression_view::{SuppressionKind, scope};
use application::leads::{Activity, ActivityKind};
use axum::extract::State;
use domain::event::Event;
use domain::suppression::SuppressionReason;
use http::StatusCode;
use http_api::{ApiError, ApiResult, Caller, JsonBody, axum, utoipa};
use serde::Deserialize;
use std::sync::Arc;

const SHORTEST_REASON: usize = 10;

#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LiftSuppression {
    scope: SuppressionKind,
    value: String,
    /// Needed for opt-outs and complaints; kept on the lead's timeline.
    #[serde(default)]
    reason: String,
}

#[utoipa::path(post, path = "/api/settings/suppressions/lift", operation_id = "lift_suppression",
    request_body = LiftSuppression, responses((status = 204)))]
pub async fn lift_suppression(
    State(app): State<Arc<App>>,
    caller: Caller,
    JsonBody(lift): JsonBody<LiftSuppression>,
) -> ApiResult<StatusCode> {
    let scope = scope(lift.scope, &lift.value)?;
    let found = app.suppressions.find(&caller.workspace, std::slice::from_ref(&scope)).await?;
    let entry = found.first().ok_or_else(|| ApiError::not_found("entry"))?;
    let (now, reason) = (app.clock.now(), lift.reason.trim());
    let chosen = matches!(entry.reason, SuppressionReason::OptedOut | SuppressionReason::Complaint);
    if chosen && reason.chars().count() < SHORTEST_REASON {
        let detail =
            format!("say in at least {SHORTEST_REASON} characters why this person may be written to again");
        return Err(ApiError::invalid("reason", detail));
    }
    for lead in app.leads_of(&caller, &scope).await? {
        let text = format!("Suppression lifted ({:?}). {reason}", entry.reason).chars().take(1_000).collect();
        let activity = Activity {
            id: app.ids.next().to_string(),
            at: now,
            kind: ActivityKind::Note { text },
            actor: Some(caller.user.clone()),
        };
        app.leads.put_activity(&caller.workspace, &lead, &activity).await?;
    }
    let event = Event::new("suppression_lifted", caller.actor(), now);
    app.suppressions.lift(entry, &event).await?;
    Ok(StatusCode::NO_CONTENT)
}

//! `POST /api/settings/suppressions/lift`: removes an entry from the suppression list, with a typed reason;
//! the answer can undo it.

use crate::App;
use crate::suppression_view::{SuppressionKind, scope};
use application::ports::leads::{Activity, ActivityKind};
use axum::extract::State;
use domain::WorkspaceId;
use domain::event::{Event, EventKind, UserOrKey};
use domain::lead::suppression::{StopSign, Suppression, SuppressionReason, SuppressionScope};
use http_api::{ApiError, ApiResult, Caller, JsonBody, axum, utoipa};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

const SHORTEST_REASON: usize = 10;

#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LiftSuppression {
    scope: SuppressionKind,
    value: String,
    /// The reason has at least 10 characters; it is kept on the lead's timeline, with the user and the time.
    #[serde(default)]
    reason: String,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct LiftedSuppression {
    /// The sealed entry; `restore_suppression` puts it back.
    pub undo: String,
}

/// The contents of a removed entry, sealed so that nobody can forge one.
#[derive(Serialize, Deserialize)]
struct Kept {
    scope: SuppressionScope,
    reason: SuppressionReason,
    source: Option<String>,
    created_by: Option<UserOrKey>,
    created_at: Timestamp,
    expires_at: Option<Timestamp>,
    #[serde(default)]
    sign: Option<StopSign>,
}

#[utoipa::path(post, path = "/api/settings/suppressions/lift", operation_id = "lift_suppression",
    request_body = LiftSuppression, responses((status = 200, body = LiftedSuppression)))]
pub async fn lift_suppression(
    State(app): State<Arc<App>>,
    caller: Caller,
    JsonBody(lift): JsonBody<LiftSuppression>,
) -> ApiResult<JsonBody<LiftedSuppression>> {
    let scope = scope(lift.scope, &lift.value)?;
    let reason = lift.reason.trim();
    if reason.chars().count() < SHORTEST_REASON {
        let detail =
            format!("say in at least {SHORTEST_REASON} characters why this lead may be contacted again");
        return Err(ApiError::invalid("reason", detail));
    }
    let found = app.suppressions.find(&caller.workspace, std::slice::from_ref(&scope)).await?;
    let entry = found.first().ok_or_else(|| ApiError::not_found("entry"))?;
    let was = entry.reason.as_str().replace('_', " ");
    app.note_on_leads(&caller, &scope, &format!("Removed from the suppression list ({was}). {reason}"))
        .await?;
    let event = Event::new(EventKind::SuppressionLifted, caller.actor(), app.clock.now());
    app.suppressions.lift(entry, &event).await?;
    Ok(JsonBody(LiftedSuppression { undo: app.sealed(entry)? }))
}

impl App {
    /// Adds a note to the timeline of the leads with this address or number.
    pub(crate) async fn note_on_leads(
        &self,
        caller: &Caller,
        scope: &SuppressionScope,
        text: &str,
    ) -> ApiResult<()> {
        for lead in self.leads_of(caller, scope).await? {
            let activity = Activity {
                id: self.ids.next().to_string(),
                at: self.clock.now(),
                kind: ActivityKind::Note { text: text.chars().take(1_000).collect() },
                actor: Some(caller.user_or_key()),
            };
            self.leads.put_activity(&caller.workspace, &lead, &activity).await?;
        }
        Ok(())
    }

    fn sealed(&self, entry: &Suppression) -> ApiResult<String> {
        let Suppression { workspace, scope, reason, source, created_by, created_at, expires_at, sign } =
            entry.clone();
        let kept = Kept { scope, reason, source, created_by, created_at, expires_at, sign };
        let text =
            serde_json::to_string(&kept).map_err(|_| ApiError::internal("an entry is not plain data"))?;
        Ok(self.keys.seal(&bound_to(&workspace), &text))
    }

    /// None if this workspace never had such an entry.
    pub(crate) fn unsealed(&self, workspace: &WorkspaceId, undo: &str) -> Option<Suppression> {
        let text = self.keys.open(&bound_to(workspace), undo)?;
        let Kept { scope, reason, source, created_by, created_at, expires_at, sign } =
            serde_json::from_str(&text).ok()?;
        let workspace = workspace.clone();
        Some(Suppression { workspace, scope, reason, source, created_by, created_at, expires_at, sign })
    }
}

fn bound_to(workspace: &WorkspaceId) -> String {
    format!("lifted suppression {workspace}")
}

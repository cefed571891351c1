//! `DELETE /api/keys/{id}`: revokes an API key; its next request is refused. The key stays in the list, because history
//! names it.

use crate::App;
use application::retry;
use axum::extract::State;
use domain::ApiKeyId;
use domain::event::{Event, EventKind};
use http::StatusCode;
use http_api::{ApiResult, Caller, PathOf, axum, utoipa};
use std::sync::Arc;

#[utoipa::path(delete, path = "/api/keys/{id}", operation_id = "revoke_key", params(("id" = ApiKeyId, Path)),
    responses((status = 204)))]
pub async fn revoke_key(
    State(app): State<Arc<App>>,
    caller: Caller,
    PathOf(id): PathOf<ApiKeyId>,
) -> ApiResult<StatusCode> {
    let now = app.clock.now();
    retry!(async {
        let mut key = app.api_keys.get(&caller.workspace, &id).await?;
        if key.revoked_at.is_some() {
            return Ok(());
        }
        key.revoked_at = Some(now);
        app.api_keys.save(&key, &Event::new(EventKind::ApiKeyRevoked, caller.actor(), now)).await.map(drop)
    })?;
    Ok(StatusCode::NO_CONTENT)
}

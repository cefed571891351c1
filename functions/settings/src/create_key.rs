//! `POST /api/keys`: creates an API key, and shows its secret this once.

use crate::App;
use crate::key_view::{ApiKeyView, NewApiKeyView};
use application::identity::api_keys::{NewSecret, new_secret};
use axum::extract::State;
use domain::ApiKeyId;
use domain::event::{Event, EventKind};
use domain::workspace::api_key::{ApiKey, ApiKeyState, ApiScope, MOST_KEYS, MOST_REQUESTS_PER_MINUTE};
use http::StatusCode;
use http_api::{ApiError, ApiResult, Caller, FieldErrors, JsonBody, axum, utoipa};
use jiff::SignedDuration;
use serde::Deserialize;
use std::collections::BTreeSet;
use std::sync::Arc;

/// The requests a minute of a key, if none are named.
const USUAL_REQUESTS_PER_MINUTE: u32 = 120;
/// The longest life of a key that expires: ten years.
const LONGEST_DAYS: u32 = 3_650;

#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewApiKey {
    /// What the program is called; history shows the name.
    name: String,
    /// What the key may do, at least one.
    scopes: BTreeSet<ApiScope>,
    /// A number from 1 to 3,650; the key is valid until it is revoked, if left out.
    expires_in_days: Option<u32>,
    /// A number from 1 to 1,000; 120 if left out. Further requests in the same minute are answered 429.
    requests_per_minute: Option<u32>,
}

#[utoipa::path(post, path = "/api/keys", operation_id = "create_key", request_body = NewApiKey,
    responses((status = 201, body = NewApiKeyView)))]
pub async fn create_key(
    State(app): State<Arc<App>>,
    caller: Caller,
    JsonBody(new): JsonBody<NewApiKey>,
) -> ApiResult<(StatusCode, JsonBody<NewApiKeyView>)> {
    let mut errors = FieldErrors::default();
    let name = errors.required("name", &new.name, 80);
    if new.scopes.is_empty() {
        errors.add("scopes", "choose at least one scope");
    }
    if new.expires_in_days.is_some_and(|days| !(1..=LONGEST_DAYS).contains(&days)) {
        errors.add("expires_in_days", format!("is from 1 to {LONGEST_DAYS}"));
    }
    let requests_per_minute = new.requests_per_minute.unwrap_or(USUAL_REQUESTS_PER_MINUTE);
    if !(1..=MOST_REQUESTS_PER_MINUTE).contains(&requests_per_minute) {
        errors.add("requests_per_minute", format!("is from 1 to {MOST_REQUESTS_PER_MINUTE}"));
    }
    errors.finish()?;
    caller.demand_proof().await?;
    let now = app.clock.now();
    let known = app.api_keys.list(&caller.workspace).await?;
    if known.iter().filter(|key| key.state(now) == ApiKeyState::Active).count() >= MOST_KEYS {
        let detail =
            format!("This workspace has {MOST_KEYS} API keys. Revoke one that is not used any more.");
        return Err(ApiError::conflict("too_many_keys", detail));
    }
    let lasts = new.expires_in_days.map(|days| SignedDuration::from_hours(24 * i64::from(days)));
    let NewSecret { secret, prefix, hash } = new_secret(&*app.ids);
    let key = ApiKey {
        id: ApiKeyId::new(app.ids.next()),
        workspace: caller.workspace.clone(),
        name,
        prefix,
        secret_hash: hash,
        scopes: new.scopes,
        requests_per_minute,
        created_by: caller.signed_in()?.user.clone(),
        created_at: now,
        expires_at: lasts.and_then(|lasts| now.checked_add(lasts).ok()),
        revoked_at: None,
        last_used_at: None,
        rev: 0,
    };
    app.api_keys.create(&key, &Event::new(EventKind::ApiKeyCreated, caller.actor(), now)).await?;
    Ok((StatusCode::CREATED, JsonBody(NewApiKeyView { key: ApiKeyView::of(key, now), secret })))
}

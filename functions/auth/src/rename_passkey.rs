//! `PATCH /api/auth/passkeys/{id}`: gives a passkey another name.

use crate::App;
use crate::list_passkeys::OwnPasskey;
use crate::remove_passkey::unless_missing;
use application::identity::passkeys::rename_passkey as rename;
use axum::extract::State;
use domain::workspace::passkey::LONGEST_PASSKEY_NAME;
use http_api::{ApiResult, Caller, FieldErrors, JsonBody, PathOf, axum, utoipa};
use serde::Deserialize;
use std::sync::Arc;

#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PasskeyName {
    name: String,
}

#[utoipa::path(patch, path = "/api/auth/passkeys/{id}", operation_id = "rename_passkey",
    params(("id" = String, Path)), request_body = PasskeyName, responses((status = 200, body = OwnPasskey)))]
pub async fn rename_passkey(
    State(app): State<Arc<App>>,
    caller: Caller,
    PathOf(id): PathOf<String>,
    JsonBody(change): JsonBody<PasskeyName>,
) -> ApiResult<JsonBody<OwnPasskey>> {
    let mut errors = FieldErrors::default();
    let name = errors.required("name", &change.name, LONGEST_PASSKEY_NAME);
    errors.finish()?;
    let who = app.proven_session(&caller).await?;
    let renamed = rename(&*app.logins, who, (&id, &name), app.clock.now()).await;
    Ok(JsonBody(unless_missing(renamed)?.into()))
}

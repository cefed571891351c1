//! `GET /api/auth/passkeys`: the passkeys of the caller's login.

use crate::App;
use axum::extract::State;
use domain::workspace::passkey::Passkey;
use http_api::{ApiResult, Caller, JsonBody, axum, utoipa};
use jiff::Timestamp;
use serde::Serialize;
use std::sync::Arc;

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct OwnPasskeys {
    /// The passkey added last comes last.
    pub items: Vec<OwnPasskey>,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct OwnPasskey {
    pub id: String,
    pub name: String,
    pub added_at: Timestamp,
    /// The latest sign-in with it.
    pub used_at: Option<Timestamp>,
}

impl From<Passkey> for OwnPasskey {
    fn from(passkey: Passkey) -> Self {
        let Passkey { id, name, added_at, used_at, .. } = passkey;
        Self { id, name, added_at, used_at }
    }
}

#[utoipa::path(get, path = "/api/auth/passkeys", operation_id = "list_passkeys",
    responses((status = 200, body = OwnPasskeys)))]
pub async fn list_passkeys(State(app): State<Arc<App>>, caller: Caller) -> ApiResult<JsonBody<OwnPasskeys>> {
    let login = app.logins.login(&caller.signed_in()?.login).await?;
    Ok(JsonBody(OwnPasskeys { items: login.passkeys.into_iter().map(Into::into).collect() }))
}

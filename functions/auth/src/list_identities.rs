//! `GET /api/auth/identities`: the accounts at providers that the caller's login is connected to.

use crate::App;
use axum::extract::State;
use domain::workspace::identity::SignInProvider;
use http_api::{ApiResult, Caller, JsonBody, axum, utoipa};
use jiff::Timestamp;
use serde::Serialize;
use std::sync::Arc;

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct ConnectedIdentities {
    pub items: Vec<ConnectedIdentity>,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct ConnectedIdentity {
    pub provider: SignInProvider,
    /// The account's address, where the provider tells it.
    pub email: Option<String>,
    pub connected_at: Timestamp,
}

#[utoipa::path(get, path = "/api/auth/identities", operation_id = "list_identities",
    responses((status = 200, body = ConnectedIdentities)))]
pub async fn list_identities(
    State(app): State<Arc<App>>,
    caller: Caller,
) -> ApiResult<JsonBody<ConnectedIdentities>> {
    let login = app.logins.login(&caller.signed_in()?.login).await?;
    let items = login.identities.into_iter().map(|one| ConnectedIdentity {
        provider: one.provider,
        email: one.email,
        connected_at: one.connected_at,
    });
    Ok(JsonBody(ConnectedIdentities { items: items.collect() }))
}

//! `POST /api/auth/address`: proves the address of the caller's login by the token of the mailed link.

use crate::App;
use application::identity::address_proof::{NotItsLink, prove_address as prove};
use application::ports::sign_up_rule::SignUpRule;
use axum::extract::State;
use domain::workspace::login::Login;
use http::StatusCode;
use http_api::{ApiError, ApiResult, Caller, JsonBody, axum, utoipa};
use serde::Deserialize;
use std::sync::Arc;

#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AddressToken {
    /// The token behind `#token=` in the mailed link.
    token: String,
}

#[utoipa::path(post, path = "/api/auth/address", operation_id = "prove_address", request_body = AddressToken,
    responses((status = 204)))]
pub async fn prove_address(
    State(app): State<Arc<App>>,
    caller: Caller,
    JsonBody(given): JsonBody<AddressToken>,
) -> ApiResult<StatusCode> {
    let who = app.open_session(&caller).await?;
    let proven = prove(&*app.logins, &app.keys, who, (&given.token, app.clock.now())).await?;
    proven.map_err(|NotItsLink| {
        let detail = "This link has expired, or is for another login. Sign in with the address that the mail came to, and ask \
                      for a new link in your profile.";
        ApiError::new(StatusCode::GONE, "link_dead", detail)
    })?;
    Ok(StatusCode::NO_CONTENT)
}

impl App {
    pub fn has_proven_address(&self, login: &Login) -> bool {
        login.has_proven_address(self.sign_up_rule == SignUpRule::Open)
    }
}

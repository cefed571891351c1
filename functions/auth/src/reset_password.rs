//! `POST /api/auth/reset`: sets a new password by a link that works once. All sessions end, accounts at providers are
//! disconnected where the login had a password, and its user is signed in or asked for the code of the second step. A mailed link
//! also proves the address.

use crate::App;
use crate::session_view::SignInAnswer;
use application::identity::password_reset;
use application::identity::passwords::password_fault;
use axum::extract::State;
use http::StatusCode;
use http_api::{ApiError, ApiResult, ClientNetwork, Device, JsonBody, axum, utoipa};
use serde::Deserialize;
use std::sync::Arc;

#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPassword {
    /// The token behind `#token=` in the reset link.
    token: String,
    /// The password has at least 10 characters.
    password: String,
}

#[utoipa::path(post, path = "/api/auth/reset", operation_id = "reset_password", request_body = NewPassword,
    responses((status = 200, body = SignInAnswer)))]
pub async fn reset_password(
    State(app): State<Arc<App>>,
    network: ClientNetwork,
    device: Device,
    JsonBody(new): JsonBody<NewPassword>,
) -> ApiResult<JsonBody<SignInAnswer>> {
    if let Some(why) = password_fault(&new.password) {
        return Err(ApiError::invalid("password", why));
    }
    app.limit_flood("reset", &network).await?;
    let link = (new.token.as_str(), new.password.as_str());
    let stores = (&*app.logins, &*app.users, app.sign_up_rule);
    let who = password_reset::reset_password(stores, &*app.ids, link, app.clock.now()).await?;
    app.sign_in_by_password(who.map_err(|_| dead_link())?, device).await
}

pub fn dead_link() -> ApiError {
    let detail = "This link was used, has expired or was replaced by a newer one. Request a new link.";
    ApiError::new(StatusCode::GONE, "link_dead", detail)
}

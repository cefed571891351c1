//! `POST /api/auth/login`: signs in. The answer and its timing are the same for a wrong password and an
//! unknown address.

use crate::App;
use crate::session_view::SessionView;
use application::identity::passwords::password_matches;
use axum::extract::State;
use domain::contact::email_address::EmailAddress;
use http_api::{ApiError, ApiResult, ClientNetwork, JsonBody, axum, utoipa};
use serde::Deserialize;
use std::sync::Arc;

#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Credentials {
    email: String,
    password: String,
}

#[utoipa::path(post, path = "/api/auth/login", operation_id = "log_in", request_body = Credentials,
    responses((status = 200, body = SessionView)))]
pub async fn log_in(
    State(app): State<Arc<App>>,
    network: ClientNetwork,
    JsonBody(given): JsonBody<Credentials>,
) -> ApiResult<JsonBody<SessionView>> {
    let email = EmailAddress::parse(&given.email).ok();
    let name = email.as_ref().map_or("no address", EmailAddress::as_str);
    let tries = app.count_attempt("login", name, &network).await?;
    let user = match &email {
        Some(email) => app.users.by_email(email).await?,
        None => None,
    };
    let matches = password_matches(&given.password, user.as_ref().map(|user| user.password_hash.as_str()));
    let user = user.filter(|user| matches && !user.disabled);
    let user = user.ok_or_else(|| ApiError::unauthorized("Wrong e-mail or password."))?;
    app.clear_attempts(tries).await?;
    app.sign_in(user).await
}

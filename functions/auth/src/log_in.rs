//! `POST /api/auth/login`: signs in, or asks for the code of the second step. The answer and its timing are the same for a wrong password and an
//! unknown address.

use crate::App;
use crate::session_view::SignInAnswer;
use application::identity::memberships::active_user;
use application::identity::passwords::password_matches;
use axum::extract::State;
use domain::contact::email_address::EmailAddress;
use http_api::{ApiError, ApiResult, ClientNetwork, Device, JsonBody, axum, utoipa};
use serde::Deserialize;
use std::sync::Arc;

#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Credentials {
    email: String,
    password: String,
}

#[utoipa::path(post, path = "/api/auth/login", operation_id = "log_in", request_body = Credentials,
    responses((status = 200, body = SignInAnswer)))]
pub async fn log_in(
    State(app): State<Arc<App>>,
    network: ClientNetwork,
    device: Device,
    JsonBody(given): JsonBody<Credentials>,
) -> ApiResult<JsonBody<SignInAnswer>> {
    let email = EmailAddress::parse(&given.email).ok();
    let name = email.as_ref().map_or("no address", EmailAddress::as_str);
    let tries = app.count_attempt("login", name, &network).await?;
    let login = match &email {
        Some(email) => app.logins.by_email(email).await?,
        None => None,
    };
    let matches = password_matches(&given.password, login.as_ref().map(|login| login.password_hash.as_str()));
    let signed_in = match login.clone().filter(|_| matches) {
        Some(login) => active_user(&*app.users, &login).await?.map(|user| (login, user)),
        None => None,
    };
    let Some(signed_in) = signed_in else {
        app.access.note_refusal((name, login.as_ref()), device.origin()).await;
        return Err(ApiError::unauthorized("Wrong e-mail or password."));
    };
    app.clear_attempts(tries).await?;
    app.sign_in_by_password(signed_in, device).await
}

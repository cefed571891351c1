//! `POST /api/auth/login`: answers the same, after the same time, whether the address is known or not.

use crate::App;
use crate::session_view::SessionView;
use application::passwords::password_matches;
use application::sessions;
use axum::extract::State;
use domain::email_address::EmailAddress;
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
    app.limit("login", email.as_ref().map(EmailAddress::as_str), &network).await?;
    let user = match &email {
        Some(email) => app.users.by_email(email).await?,
        None => None,
    };
    let matches = password_matches(&given.password, user.as_ref().map(|user| user.password_hash.as_str()));
    let user = user.filter(|user| matches && !user.disabled);
    let user = user.ok_or_else(|| ApiError::unauthorized("Wrong e-mail or password."))?;
    let workspace = app.workspaces.get(&user.workspace).await?;
    let (session, token) = sessions::open(&*app.users, &*app.ids, &user, app.clock.now()).await?;
    Ok(JsonBody(app.session_view(&session, token, user, workspace)))
}

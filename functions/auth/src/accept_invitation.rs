//! `POST /api/auth/invitation`: accepts an invitation. The invited user sets a name and a password and is
//! signed in.

use crate::App;
use crate::reset_password::dead_link;
use crate::session_view::SessionView;
use application::StoreError;
use application::identity::invitations::join_by_invitation;
use application::identity::passwords::password_fault;
use axum::extract::State;
use http::StatusCode;
use http_api::{ApiError, ApiResult, ClientNetwork, FieldErrors, JsonBody, axum, utoipa};
use serde::Deserialize;
use std::sync::Arc;

#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AcceptedInvitation {
    /// The token behind `#token=` in the invitation link.
    token: String,
    name: String,
    /// The password has at least 10 characters.
    password: String,
}

#[utoipa::path(post, path = "/api/auth/invitation", operation_id = "accept_invitation",
    request_body = AcceptedInvitation, responses((status = 201, body = SessionView)))]
pub async fn accept_invitation(
    State(app): State<Arc<App>>,
    network: ClientNetwork,
    JsonBody(given): JsonBody<AcceptedInvitation>,
) -> ApiResult<(StatusCode, JsonBody<SessionView>)> {
    let mut errors = FieldErrors::default();
    let name = errors.required("name", &given.name, 120);
    if let Some(why) = password_fault(&given.password) {
        errors.add("password", why);
    }
    errors.finish()?;
    app.limit_flood("invitation", &network).await?;
    let who = (given.token.as_str(), name.as_str(), given.password.as_str());
    let user = match join_by_invitation(&*app.users, &*app.ids, who, app.clock.now()).await {
        Ok(taken) => taken.map_err(|_| dead_link())?,
        Err(StoreError::Conflict) => {
            let detail = "You already have an account here. Sign in with it.";
            return Err(ApiError::conflict("email_taken", detail));
        }
        Err(other) => return Err(other.into()),
    };
    Ok((StatusCode::CREATED, app.sign_in(user).await?))
}

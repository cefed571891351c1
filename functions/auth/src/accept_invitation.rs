//! `POST /api/auth/invitation`: accepts an invitation. The invited user sets a name and a password, or gives the
//! password of the login that the address has, and is signed in. A login with a second factor joins with its code.

use crate::App;
use crate::reset_password::dead_link;
use crate::session_view::SignInAnswer;
use crate::sign_in_by_provider::not_verified;
use application::StoreError;
use application::identity::invitations::{NotJoined, Proof, join_by_invitation, read_invitation};
use application::identity::passwords::{length_fault, password_fault};
use application::identity::sign_in_challenge::AfterCode;
use axum::extract::State;
use domain::workspace::login::MOST_WORKSPACES;
use http::StatusCode;
use http_api::{ApiError, ApiResult, ClientNetwork, Device, FieldErrors, JsonBody, axum, utoipa};
use serde::Deserialize;
use std::sync::Arc;

#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AcceptedInvitation {
    /// The token behind `#token=` in the invitation link.
    token: String,
    name: String,
    /// A new password of at least 10 characters; where the address has a login, its password.
    password: String,
}

#[utoipa::path(post, path = "/api/auth/invitation", operation_id = "accept_invitation",
    request_body = AcceptedInvitation,
    responses((status = 201, body = SignInAnswer), (status = 200, body = SignInAnswer)))]
pub async fn accept_invitation(
    State(app): State<Arc<App>>,
    network: ClientNetwork,
    device: Device,
    JsonBody(given): JsonBody<AcceptedInvitation>,
) -> ApiResult<(StatusCode, JsonBody<SignInAnswer>)> {
    let mut errors = FieldErrors::default();
    let name = errors.required("name", &given.name, 120);
    if let Some(why) = length_fault(&given.password) {
        errors.add("password", why);
    }
    errors.finish()?;
    app.limit_flood("invitation", &network).await?;
    let invited = read_invitation(&*app.users, &given.token, app.clock.now()).await?;
    let invited = invited.map_err(|_| dead_link())?;
    // The password of a login that is there may be guessed here as it may at sign-in: the tries are counted together.
    let known = app.logins.by_email(&invited.email).await?;
    if known.is_none()
        && let Some(why) = password_fault(&given.password)
    {
        return Err(ApiError::invalid("password", why));
    }
    let tries = match &known {
        Some(_) => Some(app.count_attempt("login", invited.email.as_str(), &network).await?),
        None => None,
    };
    let who = (given.token.as_str(), name.as_str(), Proof::Password(&given.password));
    let stores = (&*app.logins, &*app.users);
    let joined = match join_by_invitation(stores, &*app.ids, who, app.clock.now()).await {
        Ok(joined) => joined,
        Err(StoreError::Conflict) => return Err(login_changed()),
        Err(other) => return Err(other.into()),
    };
    if let (Some(login), Err(NotJoined::WrongPassword)) = (&known, &joined) {
        app.note_refusal(login, device.origin()).await;
    }
    if let (Some(tries), Ok(_) | Err(NotJoined::CodeNeeded)) = (tries, &joined) {
        app.clear_attempts(tries).await?;
    }
    match (joined, known) {
        (Err(NotJoined::CodeNeeded), Some(login)) => {
            let then = AfterCode::Join { token: given.token, name };
            Ok((StatusCode::OK, JsonBody(app.second_step(&login, then))))
        }
        (joined, _) => {
            let JsonBody(session) = app.sign_in(joined.map_err(refused)?, device).await?;
            Ok((StatusCode::CREATED, JsonBody(SignInAnswer::Session(Box::new(session)))))
        }
    }
}

pub fn login_changed() -> ApiError {
    ApiError::conflict("login_changed", "Your login was changed at the same moment. Try again.")
}

pub fn refused(why: NotJoined) -> ApiError {
    match why {
        NotJoined::DeadLink => dead_link(),
        NotJoined::WrongPassword => {
            ApiError::invalid("password", "is not the password of the login that this address has")
        }
        NotJoined::OtherAddress => {
            let detail = "This account has another address than the invitation. Choose the account of the invited address, or \
                          ask for an invitation to this one.";
            ApiError::conflict("other_address", detail)
        }
        NotJoined::NotVerified => not_verified(),
        NotJoined::NotConnected => {
            let detail = "The invited address has a login already, and this account is not connected to it. Sign in, connect \
                          the account in your profile, then open the invitation again.";
            ApiError::conflict("not_connected", detail)
        }
        NotJoined::CodeNeeded => {
            ApiError::conflict("code_needed", "Two-step sign-in was switched on. Try again.")
        }
        NotJoined::AlreadyInTeam => {
            ApiError::conflict("already_in_team", "You are in this team already. Sign in.")
        }
        NotJoined::TooManyWorkspaces => {
            let detail = format!("Your login opens {MOST_WORKSPACES} workspaces, which is the most.");
            ApiError::conflict("too_many_workspaces", &detail)
        }
    }
}

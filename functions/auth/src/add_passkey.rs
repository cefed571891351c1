//! `POST /api/auth/passkeys/new`: adds the passkey that a device has made. Where it is the login's first second factor, the
//! answer has the recovery codes, and a new session: all others have ended.

use crate::App;
use crate::confirm_totp::FirstSecondFactor;
use crate::list_passkeys::OwnPasskey;
use crate::sign_in_by_passkey::{attempt_expired, user_not_verified};
use application::identity::passkeys::{NewPasskey, NotAdded, add_passkey as add};
use axum::extract::State;
use domain::workspace::passkey::{LONGEST_PASSKEY_NAME, MOST_PASSKEYS};
use http::StatusCode;
use http_api::{ApiError, ApiResult, Caller, Device, FieldErrors, JsonBody, axum, utoipa};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// What a device says when it has made a passkey. Bytes are base 64 for URLs.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MadePasskey {
    /// The text that came with the challenge.
    attempt: String,
    client_data: String,
    authenticator_data: String,
    /// What the user calls it; the browser and the system if left out.
    name: Option<String>,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct PasskeyAdded {
    pub passkey: OwnPasskey,
    /// What came with the first second factor; none where the login had another one before.
    pub first: Option<FirstSecondFactor>,
}

#[utoipa::path(post, path = "/api/auth/passkeys/new", operation_id = "add_passkey", request_body = MadePasskey,
    responses((status = 201, body = PasskeyAdded)))]
pub async fn add_passkey(
    State(app): State<Arc<App>>,
    caller: Caller,
    device: Device,
    JsonBody(made): JsonBody<MadePasskey>,
) -> ApiResult<(StatusCode, JsonBody<PasskeyAdded>)> {
    let mut errors = FieldErrors::default();
    let name = errors.text("name", made.name, LONGEST_PASSKEY_NAME);
    errors.finish()?;
    let who = app.open_session(&caller).await?;
    let name = name.or_else(|| device.name.clone()).unwrap_or_else(|| "Passkey".to_owned());
    let new = NewPasskey {
        attempt: &made.attempt,
        client_data: &made.client_data,
        authenticator_data: &made.authenticator_data,
        name: &name,
    };
    let makers = (&*app.keys, &*app.ids, &*app.public_url);
    let stores = (&*app.logins, &*app.limits);
    let added = add(stores, makers, who, new, app.clock.now()).await?.map_err(refused)?;
    let first = app.first_second_factor(added.recovery_codes, (added.login, added.user), device).await?;
    Ok((StatusCode::CREATED, JsonBody(PasskeyAdded { passkey: added.passkey.into(), first })))
}

fn refused(why: NotAdded) -> ApiError {
    match why {
        NotAdded::DeadAttempt => attempt_expired(),
        NotAdded::UserNotVerified => user_not_verified(),
        NotAdded::NotValid => ApiError::invalid(
            "authenticator_data",
            "is not what a device says that made a passkey for this site",
        ),
        NotAdded::Known => ApiError::conflict("passkey_known", "Your login has this passkey already."),
        NotAdded::TooMany => {
            let detail =
                format!("Your login has {MOST_PASSKEYS} passkeys, which is the most. Remove one first.");
            ApiError::conflict("too_many_passkeys", detail)
        }
    }
}

//! `POST /api/calls/phone`: rings a phone that the caller says is theirs, and a voice reads a code.

use crate::App;
use crate::place_call::not_placed;
use application::tasks::prove_phone::{NotRead, read_code};
use axum::extract::State;
use domain::contact::phone_number::PhoneNumber;
use domain::workspace::own_phone::CODES_A_DAY;
use http::StatusCode;
use http_api::{ApiError, ApiResult, Caller, JsonBody, axum, utoipa};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OwnPhone {
    /// The number of the caller's own phone.
    phone: PhoneNumber,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct PhoneCodeView {
    pub phone: PhoneNumber,
    /// The code cannot be entered from then on.
    pub expires_at: Timestamp,
}

#[utoipa::path(post, path = "/api/calls/phone", operation_id = "read_phone_code", request_body = OwnPhone,
    responses((status = 202, body = PhoneCodeView)))]
pub async fn read_phone_code(
    State(app): State<Arc<App>>,
    caller: Caller,
    JsonBody(own): JsonBody<OwnPhone>,
) -> ApiResult<(StatusCode, JsonBody<PhoneCodeView>)> {
    let whose = (&caller.workspace, &caller.signed_in()?.user);
    let phone = own.phone.clone();
    let expires_at = read_code(&app.calling, &*app.ids, whose, own.phone).await.map_err(refusal)?;
    Ok((StatusCode::ACCEPTED, JsonBody(PhoneCodeView { phone, expires_at })))
}

fn refusal(reason: NotRead) -> ApiError {
    let (code, detail) = match reason {
        NotRead::JustNow => (
            "code_read_just_now",
            "A code was asked for a moment ago. Wait a minute and a half before you ask for another one."
                .to_owned(),
        ),
        NotRead::Often => (
            "code_read_often",
            format!(
                "You or others have asked {CODES_A_DAY} times within a day for a code to this phone, which is the most. Try \
                 again in 24 hours."
            ),
        ),
        NotRead::Refused => (
            "code_refused_often",
            "The provider has refused too many of these calls today. Ask an admin to check the account that places calls, and \
             try again in 24 hours."
                .to_owned(),
        ),
        NotRead::NotPlaced(reason) => return not_placed(reason),
    };
    ApiError::conflict(code, detail)
}

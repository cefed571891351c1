//! `POST /api/calls/phone/confirm`: takes the code that was read, and the phone is the caller's own, from which they call leads.

use crate::App;
use application::tasks::prove_phone::enter_code;
use axum::extract::State;
use domain::contact::phone_number::PhoneNumber;
use domain::workspace::own_phone::EnteredCode;
use http_api::{ApiError, ApiResult, Caller, JsonBody, axum, utoipa};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct HeardCode {
    /// The six digits that the voice read. Spaces are ignored.
    code: String,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct OwnPhoneView {
    pub phone: PhoneNumber,
}

#[utoipa::path(post, path = "/api/calls/phone/confirm", operation_id = "confirm_phone", request_body = HeardCode,
    responses((status = 200, body = OwnPhoneView)))]
pub async fn confirm_phone(
    State(app): State<Arc<App>>,
    caller: Caller,
    JsonBody(heard): JsonBody<HeardCode>,
) -> ApiResult<JsonBody<OwnPhoneView>> {
    let code: String = heard.code.chars().filter(|character| !character.is_whitespace()).collect();
    if code.len() != 6 || !code.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(ApiError::invalid("code", "must be the six digits that were read to you"));
    }
    let whose = (&caller.workspace, &caller.signed_in()?.user);
    match enter_code(&app.calling, whose, &code).await? {
        EnteredCode::Right(phone) => Ok(JsonBody(OwnPhoneView { phone })),
        EnteredCode::Wrong => Err(ApiError::invalid("code", "is not the one that was read to you")),
        EnteredCode::NoneExpected => Err(ApiError::conflict(
            "no_code",
            "No code is expected: it was used, it expired, or too many entries were wrong. Have another one read.",
        )),
    }
}

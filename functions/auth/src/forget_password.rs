//! `POST /api/auth/forgot`: sends a password reset link by mail. The answer and its timing are the same
//! whether or not the address has a login: only the reader of the mailbox finds out.

use crate::App;
use application::ports::outbox::send_all;
use application::queue_messages::SendMessage;
use application::sending::FORGOTTEN;
use axum::extract::State;
use domain::contact::email_address::EmailAddress;
use http::StatusCode;
use http_api::{ApiResult, ClientNetwork, FieldErrors, JsonBody, axum, utoipa};
use serde::Deserialize;
use std::sync::Arc;

#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ForgottenPassword {
    email: String,
}

#[utoipa::path(post, path = "/api/auth/forgot", operation_id = "forget_password", request_body = ForgottenPassword,
    responses((status = 202)))]
pub async fn forget_password(
    State(app): State<Arc<App>>,
    network: ClientNetwork,
    JsonBody(given): JsonBody<ForgottenPassword>,
) -> ApiResult<StatusCode> {
    let mut errors = FieldErrors::default();
    let email = errors.take("email", EmailAddress::parse(&given.email));
    errors.finish()?;
    if let Some(email) = email {
        app.limit("forgot", email.as_str(), &network).await?;
        let sealed = app.keys.seal(FORGOTTEN, email.as_str());
        let order = SendMessage::ForgottenPassword { sealed, at: app.clock.now() };
        send_all(&*app.outbox, &[order], 0).await?;
    }
    Ok(StatusCode::ACCEPTED)
}

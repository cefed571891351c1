//! `POST /api/auth/address/link`: mails the caller the link that proves the address of their login.

use crate::App;
use application::ports::outbox::send_all;
use application::queue_messages::SendMessage;
use application::sending::ADDRESS_ASKED;
use axum::extract::State;
use http::StatusCode;
use http_api::{ApiError, ApiResult, Caller, axum, utoipa};
use jiff::SignedDuration;
use std::sync::Arc;

/// The most mails to one login in an hour.
const MOST_AN_HOUR: u32 = 5;
const HOUR: SignedDuration = SignedDuration::from_hours(1);

/// An address that is proven gets no mail.
#[utoipa::path(post, path = "/api/auth/address/link", operation_id = "mail_address_link", responses((status = 202)))]
pub async fn mail_address_link(State(app): State<Arc<App>>, caller: Caller) -> ApiResult<StatusCode> {
    let (login, _) = app.open_session(&caller).await?;
    if app.has_proven_address(&login) {
        return Ok(StatusCode::ACCEPTED);
    }
    if app.system_mail.address().is_none() {
        let detail =
            "This installation has no sender of its own for such a mail. Ask the person who set it up.";
        return Err(ApiError::conflict("no_sender", detail));
    }
    app.take(&format!("address/{}", login.id), MOST_AN_HOUR, HOUR).await?;
    let sealed = app.keys.seal(ADDRESS_ASKED, login.id.as_str());
    let order = SendMessage::AddressLink { sealed, at: app.clock.now() };
    send_all(&*app.outbox, &[order], 0).await?;
    Ok(StatusCode::ACCEPTED)
}

//! `POST /api/emails/bulk/{id}/cancel`: cancels a bulk message; what has not gone out yet does not go out.

use crate::App;
use crate::mailing_view::MailingView;
use application::bulk_messages::start::cancel_mailing as cancel;
use axum::extract::State;
use domain::MailingId;
use http_api::{ApiResult, Caller, JsonBody, PathOf, axum, utoipa};
use std::sync::Arc;

#[utoipa::path(post, path = "/api/emails/bulk/{id}/cancel", operation_id = "cancel_mailing",
    params(("id" = MailingId, Path)), responses((status = 200, body = MailingView)))]
pub async fn cancel_mailing(
    State(app): State<Arc<App>>,
    caller: Caller,
    PathOf(id): PathOf<MailingId>,
) -> ApiResult<JsonBody<MailingView>> {
    let mailing = cancel(&app.mailings, &caller.workspace, &id, caller.actor()).await?;
    Ok(JsonBody(app.mailing_view(mailing).await?))
}

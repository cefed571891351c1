//! `POST /api/emails/bulk`: starts a bulk message. Its messages go out within the account's limits. Repeated
//! requests with the same idempotency key start it once.

use crate::App;
use crate::mailing_body::MailingBody;
use crate::mailing_view::{MailingView, view};
use application::bulk_messages::start::{NewMailing, start_mailing as start};
use application::ports::stats::Counters;
use axum::extract::State;
use http::StatusCode;
use http_api::{ApiResult, Caller, JsonBody, KeyedId, axum, utoipa};
use std::sync::Arc;

#[utoipa::path(post, path = "/api/emails/bulk", operation_id = "start_mailing", request_body = MailingBody,
    responses((status = 202, body = MailingView)))]
pub async fn start_mailing(
    State(app): State<Arc<App>>,
    caller: Caller,
    KeyedId(request): KeyedId,
    JsonBody(body): JsonBody<MailingBody>,
) -> ApiResult<(StatusCode, JsonBody<MailingView>)> {
    let meant = app.meant(&caller, body, 1).await?;
    let new = NewMailing {
        request,
        whom: meant.whom,
        people: u32::try_from(meant.people).unwrap_or(u32::MAX),
        words: meant.words,
        channel: meant.channel,
        connection: meant.connection.id,
        author: caller.user.clone(),
        send_at: meant.send_at,
    };
    let mailing = start(&app.mailings, &caller.workspace, new).await?;
    // The job is queued: nothing after this may fail, or the request would be repeated.
    Ok((StatusCode::ACCEPTED, JsonBody(view(mailing, &Counters::new()))))
}

//! `POST /api/webhooks/twilio-voice/{account}`: a report of a call, answered with what the provider is to do now. It is
//! not enqueued: a user waits on the phone for the answer. The address is signed with the body.

use crate::App;
use crate::receive::verified;
use application::ports::calls::Instruction;
use application::tasks::hear_call::hear_call;
use axum::extract::{OriginalUri, Path, State};
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, header};
use http_api::{ApiResult, RawBody, axum, utoipa};
use std::sync::Arc;

/// The provider's word in addresses of webhooks.
const TWILIO: &str = "twilio";

#[utoipa::path(post, path = "/api/webhooks/twilio-voice/{account}", operation_id = "receive_call_report",
    params(("account" = String, Path)),
    request_body(content = String, content_type = "application/x-www-form-urlencoded", description = "As Twilio sends it"),
    responses((status = 200, content_type = "text/xml", body = String, description = "Instructions as TwiML")))]
pub async fn receive_call_report(
    State(app): State<Arc<App>>,
    Path(account): Path<String>,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
    raw: RawBody,
) -> ApiResult<Response> {
    let (open, verified) = verified(&app, TWILIO, Some(&account), &uri, &headers, raw.bytes).await?;
    let next = match app.call_placer.report(&open.settings, &verified.payload) {
        Ok(report) => hear_call(&app.hearing, &open, &report).await?,
        // It is signed and yet about no call of ours: the provider would only repeat it.
        Err(unreadable) => {
            tracing::warn!(account.id = %open.id, webhook.reason = %unreadable, "webhook.unreadable");
            Instruction::HangUp
        }
    };
    let script = app.call_placer.instructions(&next);
    Ok(([(header::CONTENT_TYPE, "text/xml; charset=utf-8")], script).into_response())
}

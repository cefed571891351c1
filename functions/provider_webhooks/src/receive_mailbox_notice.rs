//! `POST /api/webhooks/{provider}/{account}/mailbox`: something is new in the mailbox of this account, or its provider wants to
//! see that the address is ours.

use crate::App;
use crate::answer::{forged, unknown_webhook};
use crate::receive::request;
use application::ports::provider_events::Forged;
use application::workspace::mailbox_push::{NoticePorts, believed_notices, note_notices};
use axum::extract::{OriginalUri, Path, State};
use axum::response::{IntoResponse, Response};
use domain::AccountId;
use http::{HeaderMap, StatusCode, header};
use http_api::{ApiResult, RawBody, axum, utoipa};
use std::sync::Arc;

const PLAIN: [(header::HeaderName, &str); 2] =
    [(header::CONTENT_TYPE, "text/plain; charset=utf-8"), (header::X_CONTENT_TYPE_OPTIONS, "nosniff")];

#[utoipa::path(post, path = "/api/webhooks/{provider}/{account}/mailbox", operation_id = "receive_mailbox_notice",
    params(("provider" = String, Path, description = "`microsoft`"), ("account" = String, Path)),
    request_body(content = String, content_type = "application/json", description = "As the provider sends it"),
    responses((status = 200, description = "The provider's token", body = String, content_type = "text/plain"), (status = 202, description = "The mailbox is read at once")))]
pub async fn receive_mailbox_notice(
    State(app): State<Arc<App>>,
    Path((provider, account)): Path<(String, String)>,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
    raw: RawBody,
) -> ApiResult<Response> {
    let id = AccountId::parse(&account).map_err(|_| unknown_webhook())?;
    let account = app.account(&provider, &id).await?.ok_or_else(unknown_webhook)?;
    if !app.mailbox_push.sends_notices(&account.settings) {
        return Err(unknown_webhook());
    }
    let request = request(&app, &uri, &headers, raw.bytes);
    if let Some(token) = app.mailbox_push.handshake(&provider, &request) {
        return Ok((PLAIN, token).into_response());
    }
    let notices = believed_notices(&*app.mailbox_push, &app.keys, &account, &request);
    let notices = notices.map_err(|reason: Forged| {
        let (workspace, id) = (&account.workspace, &account.id);
        tracing::warn!(webhook.provider = provider, workspace.id = %workspace, account.id = %id,
            webhook.reason = %reason, "webhook.refused");
        forged()
    })?;
    let ports = NoticePorts {
        clock: &*app.clock,
        mailbox_readings: &*app.mailbox_readings,
        limits: &*app.limits,
        outbox: &*app.outbox,
    };
    note_notices(&ports, &account, &notices).await?;
    Ok(StatusCode::ACCEPTED.into_response())
}

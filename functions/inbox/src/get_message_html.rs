//! `GET /api/messages/{message_id}/html`: the HTML version of an inbound mail, for a frame of the app. A frame cannot send
//! the session's token, so the address is signed: it stands in the message as the API shows it, and passes within two
//! hours. The policy of the answer forbids scripts, forms and contents of other hosts; `images=true` allows images.

use crate::App;
use crate::safe_html::safe_html;
use application::identity::stage_keys::StageKeys;
use application::ingesting::kept_mail::kept_mail;
use application::ports::store::found;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use domain::message::Message;
use domain::{MessageId, WorkspaceId};
use http::{HeaderName, HeaderValue, header};
use http_api::{ApiError, ApiResult, PathOf, QueryOf, axum, utoipa};
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use std::sync::Arc;

const VALID_SECONDS: i64 = 3_600;
/// The time for which an HTML version is offered: its object in the bucket expires a few days later (`template.yaml`).
const KEPT_FOR: SignedDuration = SignedDuration::from_hours(24 * 85);
const NOT_KEPT: &str = "<p>The formatted version of this mail is no longer kept. Show the text instead.</p>";
/// What a mail looks like that says nothing else.
const STYLE: &str = "body{margin:12px;color:#1c2426;background:#fff;overflow-wrap:anywhere;\
    font:14px/1.5 system-ui,'Segoe UI',Roboto,sans-serif}img{max-width:100%;height:auto}";

#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct HtmlQuery {
    workspace: WorkspaceId,
    /// The second until which the address is valid.
    until: i64,
    signature: String,
    /// Whether images of other hosts are shown, which tells their owners that the mail is read.
    #[serde(default)]
    images: bool,
}

/// The address of the HTML version, for the next hour at least: within an hour it is always the same, so that a frame
/// is not loaded again and again.
pub(crate) fn html_url(keys: &StageKeys, message: &Message, now: Timestamp) -> Option<String> {
    let age = now.duration_since(message.created_at);
    if !message.has_html || age > KEPT_FOR {
        return None;
    }
    let until = (now.as_second() / VALID_SECONDS + 2) * VALID_SECONDS;
    let (workspace, id) = (&message.workspace, &message.id);
    let signature = keys.sign_link(&["mail html", workspace.as_str(), id.as_str(), &until.to_string()]);
    Some(format!("/api/messages/{id}/html?workspace={workspace}&until={until}&signature={signature}"))
}

#[utoipa::path(get, path = "/api/messages/{message_id}/html", operation_id = "get_message_html",
    params(("message_id" = MessageId, Path), HtmlQuery),
    responses((status = 200, body = String, content_type = "text/html")))]
pub async fn get_message_html(
    State(app): State<Arc<App>>,
    PathOf(id): PathOf<MessageId>,
    QueryOf(query): QueryOf<HtmlQuery>,
) -> ApiResult<Response> {
    let HtmlQuery { workspace, until, signature, images } = query;
    let parts = ["mail html", workspace.as_str(), id.as_str(), &until.to_string()];
    if !app.keys.link_is_signed(&parts, &signature) || until < app.clock.now().as_second() {
        return Err(ApiError::unauthorized("This address is not valid any more. Reload the conversation."));
    }
    let message = found(app.messages.get(&workspace, &id).await)?;
    let message = message.ok_or_else(|| ApiError::not_found("message"))?;
    let mail = match message.blob.as_deref().filter(|_| message.has_html) {
        Some(key) => kept_mail(&*app.blobs, key).await?,
        None => None,
    };
    let body = mail.map_or_else(|| NOT_KEPT.to_owned(), |mail| safe_html(&mail.mail.html));
    Ok(document(&body, images))
}

fn document(body: &str, images: bool) -> Response {
    let page = format!(
        "<!doctype html><html><head><meta charset=\"utf-8\"><meta name=\"robots\" content=\"noindex\">\
         <style>{STYLE}</style></head><body>{body}</body></html>"
    );
    let hosts = if images { " https:" } else { "" };
    let policy = format!(
        "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; style-src 'unsafe-inline'; \
         img-src data:{hosts}; form-action 'none'; base-uri 'none'; frame-ancestors 'self'"
    );
    let policy = HeaderValue::from_str(&policy).expect("the policy is plain ASCII");
    let headers: [(HeaderName, HeaderValue); 4] = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8")),
        (header::CONTENT_SECURITY_POLICY, policy),
        (header::X_FRAME_OPTIONS, HeaderValue::from_static("SAMEORIGIN")),
        (header::CACHE_CONTROL, HeaderValue::from_static("private, no-store")),
    ];
    (headers, page).into_response()
}

//! Resend's webhooks: received mail is announced and then fetched from here; what became of a mail is reported with the
//! tags that its request had.

use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{Fate, Letter, MailWebhook};
use crate::inbound::{Delivery, Via};
use crate::mail::Mail;
use crate::sandbox::Sandbox;

pub(crate) const SIGNING_SECRET: &str = "whsec_c2FuZGJveC1yZXNlbmQtc2lnbmluZy1zZWNyZXQ=";
/// A link to a raw mail is valid for so long.
const LINK_LASTS: SignedDuration = SignedDuration::from_hours(1);

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct ReceivedMail {
    at: Timestamp,
    from: String,
    to: String,
    subject: String,
    raw: String,
    /// The permission in the link to the raw mail, and how long it is valid.
    link: Option<(String, Timestamp)>,
}

pub(super) fn received(sandbox: &Sandbox, webhook: &MailWebhook, letter: &Letter<'_>) -> Delivery {
    let now = sandbox.now();
    let mut world = sandbox.world();
    let serial = world.serial().to_string();
    let id = sandbox.seed().roll(&["received", &serial]).uuid();
    let event = json!({
        "type": "email.received", "created_at": now.to_string(),
        "data": {
            "email_id": id, "created_at": now.to_string(), "from": letter.from, "to": [letter.to], "bcc": [], "cc": [],
            "message_id": "", "subject": letter.subject, "attachments": [],
        },
    });
    let mail = ReceivedMail {
        at: now,
        from: letter.from.to_owned(),
        to: letter.to.to_owned(),
        subject: letter.subject.to_owned(),
        raw: letter.raw.to_owned(),
        link: None,
    };
    world.resend_received.insert(id.clone(), mail);
    Delivery::new(Via::Resend, format!("msg_{id}"), webhook.url.clone(), event.to_string())
}

pub(super) fn report(
    webhook: &MailWebhook,
    mail: &Mail,
    tags: Option<&Value>,
    id: &str,
    fate: Fate<'_>,
    now: Timestamp,
) -> Delivery {
    let kind = match fate {
        Fate::Delivered => "email.delivered",
        Fate::Bounced { .. } => "email.bounced",
        Fate::Complained => "email.complained",
    };
    let email_id = mail.message_id.split('@').next().unwrap_or_default();
    let mut data = json!({
        "email_id": email_id, "created_at": mail.at.to_string(), "from": mail.from, "to": [mail.to],
        "subject": mail.subject, "tags": tags.cloned().unwrap_or_else(|| json!({})),
    });
    if let Fate::Bounced { diagnostic, .. } = fate {
        data["bounce"] = json!({ "type": "Permanent", "subType": "General", "message": diagnostic });
    }
    let event = json!({ "type": kind, "created_at": now.to_string(), "data": data });
    Delivery::new(Via::Resend, format!("msg_{id}"), webhook.url.clone(), event.to_string())
}

pub(super) fn routes() -> Router<Sandbox> {
    Router::new()
        .route("/resend/emails/receiving/{id}", get(retrieve))
        .route("/resend-downloads/{id}/{permission}", get(download))
}

/// Answers with the mail's fields and a link to the whole.
async fn retrieve(State(sandbox): State<Sandbox>, headers: HeaderMap, Path(id): Path<String>) -> Response {
    if let Err(refused) = crate::resend::enter(&sandbox, &headers) {
        return refused.into_response();
    }
    let now = sandbox.now();
    let mut world = sandbox.world();
    let permission = sandbox.seed().roll(&["link", &id, &world.serial().to_string()]).hex(40);
    let Some(mail) = world.resend_received.get_mut(&id) else {
        let body = json!({ "statusCode": 404, "name": "not_found", "message": "Email not found" });
        return (StatusCode::NOT_FOUND, Json(body)).into_response();
    };
    let expires = now + LINK_LASTS;
    mail.link = Some((permission.clone(), expires));
    let url = format!("{}/resend-downloads/{id}/{permission}", sandbox.config().public_url);
    Json(json!({
        "object": "email", "id": id, "to": [mail.to], "from": mail.from, "created_at": mail.at.to_string(),
        "subject": mail.subject, "html": null, "text": null, "headers": {}, "bcc": [], "cc": [], "reply_to": [],
        "attachments": [], "raw": { "download_url": url, "expires_at": expires.to_string() },
    }))
    .into_response()
}

/// Answers with the raw mail. The link carries its own permission; a key is refused, as its store refuses two of them.
async fn download(
    State(sandbox): State<Sandbox>,
    headers: HeaderMap,
    Path((id, permission)): Path<(String, String)>,
) -> Response {
    if headers.contains_key(header::AUTHORIZATION) {
        return StatusCode::BAD_REQUEST.into_response();
    }
    let now = sandbox.now();
    let world = sandbox.world();
    let Some(mail) = world.resend_received.get(&id) else { return StatusCode::FORBIDDEN.into_response() };
    let is_allowed = |(known, until): &(String, Timestamp)| *known == permission && now < *until;
    match mail.link.as_ref().is_some_and(is_allowed) {
        true => ([(header::CONTENT_TYPE, "message/rfc822")], mail.raw.clone()).into_response(),
        false => StatusCode::FORBIDDEN.into_response(),
    }
}

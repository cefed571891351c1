//! Verifies a webhook, stores and enqueues it, whichever way it names its account.

use crate::App;
use crate::answer::{accepted, forged, incomplete, no_key, not_subscribed, unknown_webhook};
use application::ingesting::large_payloads;
use application::ports::outbox::send_all;
use application::ports::provider_calls::OpenAccount;
use application::ports::provider_events::{Forged, Verified, WebhookRequest};
use application::queue_messages::{IngestEvent, Payload};
use axum::body::Bytes;
use axum::response::Response;
use domain::workspace::account::Account;
use http::{HeaderMap, Uri};
use http_api::{ApiResult, axum};
use jiff::SignedDuration;
use sha2::{Digest, Sha256};

/// A larger body is stored in the bucket.
const LARGEST_INLINE: usize = 64 * 1024;

pub async fn receive(
    app: &App,
    word: &str,
    named: Option<&str>,
    uri: &Uri,
    headers: &HeaderMap,
    body: Bytes,
) -> ApiResult<Response> {
    let (open, verified) = verified(app, word, named, uri, headers, body).await?;
    let answer = app.webhooks.answer(open.settings.provider());
    if !app.webhooks.subscribe(&open, &verified).await.map_err(not_subscribed)? {
        enqueue(app, open.account, verified).await?;
    }
    Ok(accepted(answer))
}

/// Returns the account, open, and the content that its provider has signed.
pub async fn verified(
    app: &App,
    word: &str,
    named: Option<&str>,
    uri: &Uri,
    headers: &HeaderMap,
    body: Bytes,
) -> ApiResult<(OpenAccount, Verified)> {
    let Some(provider) = app.webhooks.provider_at(word) else { return Err(unknown_webhook()) };
    let request = request(app, uri, headers, body);
    let accounts = app.accounts(provider, named, &request).await?;
    if accounts.is_empty() {
        tracing::warn!(webhook.provider = provider, webhook.reason = "unknown account", "webhook.refused");
        return Err(unknown_webhook());
    }
    let mut refusal = forged();
    for account in accounts {
        let open = match app.open(account) {
            Ok(open) => open,
            // If no other account matches, this error makes the provider retry; a webhook meant for another
            // account goes on to it.
            Err(error) => {
                refusal = error;
                continue;
            }
        };
        match app.webhooks.verify(&open, &request, app.clock.now()).await {
            Ok(verified) => {
                app.floods.refuse(&open, app.clock.now())?;
                refuse_second_body(app, &open, &verified, &request).await?;
                return Ok((open, verified));
            }
            Err(reason) => {
                match reason {
                    Forged::Incomplete(what) => refusal = incomplete(what),
                    Forged::NoKey => refusal = no_key(),
                    _ => {}
                }
                let (workspace, id) = (&open.workspace, &open.id);
                tracing::warn!(webhook.provider = provider, workspace.id = %workspace, account.id = %id,
                    webhook.reason = %reason, "webhook.refused");
            }
        }
    }
    Err(refusal)
}

/// How long an id is remembered whose signature does not cover the body. The signature is valid for minutes.
const ID_IS_TAKEN: SignedDuration = SignedDuration::from_hours(24);

/// Refuses an id that came with another body before. The body is noted first, so that a repeat of a request that broke off
/// in between is none of these.
async fn refuse_second_body(
    app: &App,
    account: &Account,
    verified: &Verified,
    request: &WebhookRequest,
) -> ApiResult<()> {
    if !app.webhooks.is_signed_apart(account.settings.provider()) {
        return Ok(());
    }
    let now = app.clock.now();
    let id = format!("webhook {} {}", account.id, verified.event_id);
    let body = format!("{id} {}", hex::encode(Sha256::digest(&request.body)));
    let is_new = app.limits.first_time(&body, now, ID_IS_TAKEN).await?;
    let is_first = app.limits.first_time(&id, now, ID_IS_TAKEN).await?;
    if is_new && !is_first {
        tracing::warn!(account.id = %account.id, webhook.reason = "its id came with another body", "webhook.refused");
        return Err(forged());
    }
    Ok(())
}

/// A name derived from the event's id: a repeated event has the same name.
pub fn event_name(verified: &Verified) -> String {
    hex::encode(Sha256::digest(verified.event_id.as_bytes()))
}

/// The URL as it was called, but with our own host name: the `Host` of a caller proves nothing.
pub fn request(app: &App, uri: &Uri, headers: &HeaderMap, body: Bytes) -> WebhookRequest {
    let path = uri.path_and_query().map_or(uri.path(), |path| path.as_str());
    let text = |value: &http::HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    WebhookRequest {
        url: format!("{}{path}", app.public_url),
        headers: headers.iter().map(|(name, value)| (name.as_str().to_owned(), text(value))).collect(),
        body: body.into(),
    }
}

async fn enqueue(app: &App, account: Account, verified: Verified) -> ApiResult<()> {
    let name = event_name(&verified);
    let Verified { event_id, payload } = verified;
    let body = if payload.len() <= LARGEST_INLINE {
        Payload::Inline(payload)
    } else {
        let key = large_payloads::payload(&account.workspace, &account.id, &name);
        app.blobs.put(&key, "application/octet-stream", payload.into_bytes()).await?;
        Payload::Blob(key)
    };
    let event = IngestEvent::Webhook {
        workspace: account.workspace,
        account: account.id,
        kind: account.settings.kind(),
        settings: Some(Box::new(account.settings)),
        received_at: app.clock.now(),
        event_id,
        body,
    };
    send_all(&*app.outbox, &[event], 0).await?;
    Ok(())
}

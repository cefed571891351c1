//! `POST /u/{workspace}/{message}/{signature}`: opts out at once (RFC 8058), whatever the body says: a valid
//! signature is enough.

use crate::App;
use crate::page::{Page, PageErrors, nothing_here, try_again};
use crate::signed_message::InPath;
use application::queue_messages::IngestEvent;
use axum::extract::State;
use axum::response::Response;
use http::StatusCode;
use http_api::{axum, utoipa};
use maud::html;
use std::sync::Arc;

#[utoipa::path(post, path = "/u/{workspace}/{message}/{signature}", operation_id = "unsubscribe",
    params(("workspace" = String, Path), ("message" = String, Path), ("signature" = String, Path)),
    responses((status = 200, description = "A page that says it is done", content_type = "text/html"), PageErrors))]
pub async fn unsubscribe(State(app): State<Arc<App>>, InPath(link): InPath) -> Response {
    let signed = link.filter(|l| app.links(&l.workspace, &l.message).unsubscribe_is_signed(&l.signature));
    let Some(link) = signed else { return nothing_here() };
    let at = app.clock.now();
    let to = app.links(&link.workspace, &link.message).unsubscribed_at(&link.to);
    // A link that has lost its address stops less, and must not use up what the whole one may.
    let whole = if to.is_some() { "/to" } else { "" };
    let counted = format!("unsubscribed/{}/{}{whole}", link.message, link.signature);
    let event = IngestEvent::Unsubscribed {
        workspace: link.workspace.clone(),
        lead: link.message.lead(),
        to,
        event_id: format!("unsubscribed-{}-{}", link.message, at.as_second()),
        message: Some(link.message),
        at,
    };
    // Unlike a visit, an opt-out must not be lost: on an error the lead, or the mail program, tries again.
    if let Err(error) = app.enqueue_stop(&counted, event).await {
        tracing::error!(%error, "an unsubscription was not taken in");
        return try_again();
    }
    let company = app.company_name(&link.workspace).await;
    let title = "Done: nothing more is sent to you";
    let body = html! {
        @if let Some(name) = &company { div.bar { p.top { (name) } } }
        main {
            h1 { (title) }
            p.lead { "Everything that was planned for you is cancelled. You can close this page." }
        }
    };
    Page { status: StatusCode::OK, title, preview_token: None, framed: false, body }.answer()
}

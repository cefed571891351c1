//! `POST /d/{workspace}/{user}/{signature}`: stops a user's digest (RFC 8058), whatever the body says: a valid signature
//! is enough.

use crate::App;
use crate::page::{Page, PageErrors, nothing_here, try_again};
use crate::signed_user::SignedUser;
use application::queue_messages::IngestEvent;
use axum::extract::State;
use axum::response::Response;
use http::StatusCode;
use http_api::{axum, utoipa};
use maud::html;
use std::sync::Arc;

#[utoipa::path(post, path = "/d/{workspace}/{user}/{signature}", operation_id = "stop_digest",
    params(("workspace" = String, Path), ("user" = String, Path), ("signature" = String, Path)),
    responses((status = 200, description = "A page that says it is done", content_type = "text/html"), PageErrors))]
pub async fn stop_digest(State(app): State<Arc<App>>, link: SignedUser) -> Response {
    let Some((workspace, user)) = link.checked(&app) else { return nothing_here() };
    let counted = format!("digest/{workspace}/{user}");
    let event = IngestEvent::DigestStopped { workspace, user, at: app.clock.now() };
    // Like an opt-out it must not be lost: on an error the user, or the mail program, tries again.
    if let Err(error) = app.enqueue_stop(&counted, event).await {
        tracing::error!(%error, "a digest was not stopped");
        return try_again();
    }
    let title = "Done: your digest is stopped";
    let body = html! {
        main {
            h1 { (title) }
            p.lead { "You can switch it on again in the app, under Settings, Notifications." }
        }
    };
    Page { status: StatusCode::OK, title, preview_token: None, framed: false, body }.answer()
}

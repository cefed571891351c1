//! `GET /d/{workspace}/{user}/{signature}`: the page with the button that stops a user's digest. Opening it changes
//! nothing.

use crate::App;
use crate::page::{Page, PageErrors, nothing_here};
use crate::signed_user::SignedUser;
use axum::extract::State;
use axum::response::Response;
use http::StatusCode;
use http_api::{axum, utoipa};
use maud::html;
use std::sync::Arc;

#[utoipa::path(get, path = "/d/{workspace}/{user}/{signature}", operation_id = "show_stop_digest",
    params(("workspace" = String, Path), ("user" = String, Path), ("signature" = String, Path)),
    responses((status = 200, description = "A page with one button", content_type = "text/html"), PageErrors))]
pub async fn show_stop_digest(State(app): State<Arc<App>>, link: SignedUser) -> Response {
    let Some((workspace, user)) = link.checked(&app) else { return nothing_here() };
    let action = format!("/d/{workspace}/{user}/{}", link.signature);
    let title = "Stop your digest?";
    let body = html! {
        main {
            h1 { (title) }
            p.lead { "leadflow then sends you no more mails about what waits for you." }
            form method="post" action=(action) {
                input type="hidden" name="List-Unsubscribe" value="One-Click";
                button.act type="submit" { "Stop my digest" }
            }
            p.hint { "You can switch it on again in the app, under Settings, Notifications." }
        }
    };
    Page { status: StatusCode::OK, title, preview_token: None, framed: false, body }.answer()
}

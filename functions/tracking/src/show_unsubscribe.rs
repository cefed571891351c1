//! `GET /u/{workspace}/{message}/{signature}`: the page with the unsubscribe button. Opening it changes
//! nothing.

use crate::App;
use crate::page::{Page, PageErrors, nothing_here};
use crate::signed_message::InPath;
use axum::extract::State;
use axum::response::Response;
use http::StatusCode;
use http_api::{axum, utoipa};
use maud::html;
use std::sync::Arc;

#[utoipa::path(get, path = "/u/{workspace}/{message}/{signature}", operation_id = "show_unsubscribe",
    params(("workspace" = String, Path), ("message" = String, Path), ("signature" = String, Path)),
    responses((status = 200, description = "A page with one button", content_type = "text/html"), PageErrors))]
pub async fn show_unsubscribe(State(app): State<Arc<App>>, InPath(link): InPath) -> Response {
    let signed = link.filter(|l| app.links(&l.workspace, &l.message).unsubscribe_is_signed(&l.signature));
    let Some(link) = signed else { return nothing_here() };
    let company = app.company_name(&link.workspace).await;
    let title = match &company {
        Some(name) => format!("Stop all messages from {name}?"),
        None => "Stop all messages?".to_owned(),
    };
    let is_ours = app.links(&link.workspace, &link.message).unsubscribed_at(&link.to).is_some();
    let to = if is_ours { format!("?to={}", link.to) } else { String::new() };
    let action = format!("/u/{}/{}/{}{to}", link.workspace, link.message, link.signature);
    let body = html! {
        @if let Some(name) = &company { div.bar { p.top { (name) } } }
        main {
            h1 { (title) }
            p.lead { "One tap, and nothing more is sent to you." }
            form method="post" action=(action) {
                input type="hidden" name="List-Unsubscribe" value="One-Click";
                button.act type="submit" { "Stop all messages" }
            }
            p.hint { "No sign-in, no questions, no confirmation mail." }
            ol.way {
                li { b { "At once" } "Everything that was planned for you is cancelled." }
                li { b { "For good" } "Nobody here can write to this address again, even if it turns up in another list." }
                li { b { "What we keep" } "This address, on a list of people we do not contact." }
            }
            div.card { p { "Opening this page changed nothing. Mail scanners open links too, so we wait for your tap." } }
        }
    };
    Page { status: StatusCode::OK, title: &title, preview_token: None, framed: false, body }.answer()
}

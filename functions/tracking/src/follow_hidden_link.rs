//! `GET /t/h/{workspace}/{message}/{signature}`: the link of a mail that no reader sees. Whatever follows it is a
//! scanner, and so is the same visitor at the other links.

use crate::App;
use crate::page::{PageErrors, note, nothing_here};
use crate::signed_message::InPath;
use crate::visitor::Visitor;
use axum::extract::State;
use axum::response::Response;
use domain::lead::engagement::Action;
use http::StatusCode;
use http_api::{axum, utoipa};
use std::sync::Arc;

#[utoipa::path(get, path = "/t/h/{workspace}/{message}/{signature}", operation_id = "follow_hidden_link",
    params(("workspace" = String, Path), ("message" = String, Path), ("signature" = String, Path)),
    responses((status = 200, description = "A page without content", content_type = "text/html"), PageErrors))]
pub async fn follow_hidden_link(
    State(app): State<Arc<App>>,
    InPath(link): InPath,
    visitor: Visitor,
) -> Response {
    let signed = link.filter(|l| app.links(&l.workspace, &l.message).hidden_is_signed(&l.signature));
    let Some(link) = signed else { return nothing_here() };
    let (lead, id) = (link.message.lead(), app.ids.next().to_string());
    let (place, action) = (link.message.clone(), Action::HiddenLinkFollowed);
    let visit = app.tracked(visitor, link.workspace, lead, Some(link.message), id, action);
    app.count_visit(place.as_str(), visit).await;
    note(StatusCode::OK, "Nothing to see here", "This link is for programs that check mails.")
}

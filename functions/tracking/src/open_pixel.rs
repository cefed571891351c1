//! `GET /t/o/{workspace}/{message}/{signature}`: the picture in a mail that records an open.

use crate::App;
use crate::signed_message::InPath;
use crate::visitor::Visitor;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use domain::lead::engagement::Action;
use http::{StatusCode, header};
use http_api::{axum, utoipa};
use std::sync::Arc;

/// A transparent GIF of one pixel.
const GIF: &[u8] =
    b"GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\x00\x00\x00!\xf9\x04\x01\x00\x00\x00\x00,\
                     \x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;";

#[utoipa::path(get, path = "/t/o/{workspace}/{message}/{signature}", operation_id = "open_pixel",
    params(("workspace" = String, Path), ("message" = String, Path), ("signature" = String, Path)),
    responses((status = 200, description = "One transparent point", content_type = "image/gif"),
        (status = 404, description = "The same point, or a page where the link is broken; nothing is recorded",
            content((String = "image/gif"), (String = "text/html")))))]
pub async fn open_pixel(State(app): State<Arc<App>>, InPath(link): InPath, visitor: Visitor) -> Response {
    let signed = link.filter(|l| app.links(&l.workspace, &l.message).open_is_signed(&l.signature));
    let Some(link) = signed else { return (StatusCode::NOT_FOUND, picture()).into_response() };
    let (lead, id) = (link.message.lead(), app.ids.next().to_string());
    let place = link.message.clone();
    let visit = app.tracked(visitor, link.workspace, lead, Some(link.message), id, Action::Opened);
    app.count_visit(place.as_str(), visit).await;
    picture().into_response()
}

fn picture() -> impl IntoResponse {
    let headers = [(header::CONTENT_TYPE, "image/gif"), (header::CACHE_CONTROL, "no-store, private")];
    (headers, GIF)
}

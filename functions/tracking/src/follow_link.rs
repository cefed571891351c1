//! `GET /t/c/{workspace}/{message}/{signature}?u=`: records a click and redirects to the URL that was signed,
//! and to no other.

use crate::App;
use crate::page::{PageErrors, nothing_here};
use crate::signed_message::InPath;
use crate::visitor::Visitor;
use axum::extract::{Query, State};
use axum::response::{IntoResponse, Response};
use domain::lead::engagement::Action;
use domain::message::mail_body::is_trackable;
use http::{HeaderValue, StatusCode, header};
use http_api::{axum, utoipa};
use serde::Deserialize;
use std::sync::Arc;

#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Target {
    #[serde(default)]
    u: String,
}

#[utoipa::path(get, path = "/t/c/{workspace}/{message}/{signature}", operation_id = "follow_link",
    params(("workspace" = String, Path), ("message" = String, Path), ("signature" = String, Path), Target),
    responses((status = 302, description = "On to the link's target"), PageErrors))]
pub async fn follow_link(
    State(app): State<Arc<App>>,
    InPath(link): InPath,
    visitor: Visitor,
    target: Result<Query<Target>, axum::extract::rejection::QueryRejection>,
) -> Response {
    let target = target.map(|Query(target)| target.u).unwrap_or_default();
    let signed = link.filter(|l| app.links(&l.workspace, &l.message).click_is_signed(&target, &l.signature));
    let (Some(link), Some(location)) = (signed, location(&target)) else { return nothing_here() };
    let (lead, id) = (link.message.lead(), app.ids.next().to_string());
    let action = Action::Clicked { url: target };
    let place = link.message.clone();
    let visit = app.tracked(visitor, link.workspace, lead, Some(link.message), id, action);
    app.count_visit(place.as_str(), visit).await;
    let headers = [
        (header::LOCATION, location),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store, private")),
    ];
    (StatusCode::FOUND, headers).into_response()
}

/// Returns the link, byte for byte, if it is one that is tracked.
fn location(target: &str) -> Option<HeaderValue> {
    HeaderValue::from_str(target).ok().filter(|_| is_trackable(target))
}

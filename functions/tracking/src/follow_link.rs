//! `GET /t/c/{workspace}/{message}/{signature}?u=`: records a click and redirects to the URL that was signed,
//! and to no other.

use crate::App;
use crate::page::nothing_here;
use crate::signed_message::InPath;
use crate::visitor::Visitor;
use axum::extract::{Query, State};
use axum::response::{IntoResponse, Response};
use domain::lead::engagement::Action;
use http::{StatusCode, header};
use http_api::{axum, utoipa};
use serde::Deserialize;
use std::sync::Arc;
use url::Url;

#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Target {
    #[serde(default)]
    u: String,
}

#[utoipa::path(get, path = "/t/c/{workspace}/{message}/{signature}", operation_id = "follow_link",
    params(("workspace" = String, Path), ("message" = String, Path), ("signature" = String, Path), Target),
    responses((status = 302, description = "On to the link's target")))]
pub async fn follow_link(
    State(app): State<Arc<App>>,
    InPath(link): InPath,
    visitor: Visitor,
    target: Result<Query<Target>, axum::extract::rejection::QueryRejection>,
) -> Response {
    let target = target.map(|Query(target)| target.u).unwrap_or_default();
    let signed = link.filter(|l| app.links(&l.workspace, &l.message).click_is_signed(&target, &l.signature));
    let (Some(link), Some(location)) = (signed, address(&target)) else { return nothing_here() };
    let (lead, id) = (link.message.lead(), app.ids.next().to_string());
    let action = Action::Clicked { url: target };
    let event = app.tracked(visitor, link.workspace, lead, Some(link.message), id, action);
    app.enqueue_if_possible(event).await;
    let headers = [(header::LOCATION, location.as_str()), (header::CACHE_CONTROL, "no-store, private")];
    (StatusCode::FOUND, headers).into_response()
}

/// The URL as a header can carry it; only `http` and `https`.
fn address(text: &str) -> Option<String> {
    let url = Url::parse(text).ok().filter(|url| matches!(url.scheme(), "http" | "https"))?;
    Some(url.into())
}

//! `GET /.well-known/leadflow/{question}`: proves to this installation that a tracking domain leads to it.

use crate::App;
use crate::page::{PageErrors, nothing_here};
use application::workspace::tracking_domain::{LONGEST_QUESTION, answer};
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use http::header;
use http_api::{axum, utoipa};
use std::sync::Arc;

#[utoipa::path(get, path = "/.well-known/leadflow/{question}", operation_id = "answer_tracking_domain",
    params(("question" = String, Path)),
    responses((status = 200, description = "The signature of the question", content_type = "text/plain"), PageErrors))]
pub async fn answer_tracking_domain(State(app): State<Arc<App>>, Path(question): Path<String>) -> Response {
    if question.len() > LONGEST_QUESTION {
        return nothing_here();
    }
    let headers = [(header::CONTENT_TYPE, "text/plain; charset=utf-8"), (header::CACHE_CONTROL, "no-store")];
    (headers, answer(&app.keys, &question)).into_response()
}

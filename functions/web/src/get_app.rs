//! `GET /`: the app's page.

use crate::App;
use crate::serve_file::serve;
use axum::extract::State;
use axum::response::Response;
use http::HeaderMap;
use http_api::{ApiResult, axum, utoipa};
use std::sync::Arc;

#[utoipa::path(get, path = "/", operation_id = "get_app",
    responses((status = 200, description = "The app", content_type = "text/html")))]
pub async fn get_app(State(app): State<Arc<App>>, headers: HeaderMap) -> ApiResult<Response> {
    serve(&app, "index.html", &headers)
}

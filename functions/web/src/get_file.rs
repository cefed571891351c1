//! `GET /{proxy+}`: a file of the build, the app's page, or 404.

use crate::App;
use crate::asked_page::asks_for_page;
use crate::files::extension;
use crate::serve_file::serve;
use axum::extract::{Path, State};
use axum::response::Response;
use http::{HeaderMap, StatusCode};
use http_api::{ApiError, ApiResult, axum, utoipa};
use std::sync::Arc;

/// Prefixes of paths that other functions answer, if at all: never the app.
const ELSEWHERE: [&str; 6] = ["api/", "preview/", "t/", "u/", "d/", "assets/"];
/// The prefix of the app's pages whose address ends in a domain name, which looks like the name of a file.
const OF_A_DOMAIN: &str = "companies/";

#[utoipa::path(get, path = "/{proxy+}", operation_id = "get_file", params(("proxy+" = String, Path)),
    responses((status = 200, description = "A file, or the app")))]
pub async fn get_file(
    State(app): State<Arc<App>>,
    Path(path): Path<String>,
    headers: HeaderMap,
) -> ApiResult<Response> {
    let path = path.trim_start_matches('/');
    let is_elsewhere = ELSEWHERE.iter().any(|prefix| path.starts_with(prefix));
    if app.files.find(path).is_some() {
        return serve(&app, path, &headers);
    }
    let last = path.rsplit('/').next().unwrap_or("");
    let is_file = !extension(last).is_empty() && !path.starts_with(OF_A_DOMAIN);
    if is_elsewhere || path == "api" || is_file || !asks_for_page(path, &headers) {
        return Err(ApiError::new(StatusCode::NOT_FOUND, "not_found", "Nothing exists at this address."));
    }
    serve(&app, "index.html", &headers)
}
